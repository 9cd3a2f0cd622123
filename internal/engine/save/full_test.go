//go:build unix

package save_test

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/nnvet/nnvet/internal/engine/save"
)

// TestWriteFileFull writes where no file may grow past a few bytes, in a
// process of its own, as on a disk that is full.
func TestWriteFileFull(t *testing.T) {
	if path := os.Getenv("SAVE_TEST_FULL"); path != "" {
		fillUp(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "model")
	if err := save.WriteFile(path, text("old")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestWriteFileFull$", "-test.v")
	cmd.Env = append(os.Environ(), "SAVE_TEST_FULL="+path)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if want := path + ": not written: file too large"; !strings.Contains(string(out), want) {
		t.Errorf("got %s, want %q", out, want)
	}
	holds(t, path, "old")
}

func fillUp(t *testing.T, path string) {
	signal.Ignore(syscall.SIGXFSZ) // so that write fails rather than the process
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 4096, Max: 4096}); err != nil {
		t.Fatal(err)
	}
	fmt.Println(save.WriteFile(path, text(strings.Repeat("new ", 1<<16))))
}
