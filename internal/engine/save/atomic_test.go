package save_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/engine/save"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func TestWriteFileReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model")
	for _, want := range []string{"old", "new, and longer"} {
		if err := save.WriteFile(path, text(want)); err != nil {
			t.Fatal(err)
		}
		holds(t, path, want)
	}
}

// A write that fails half-way leaves the old file, and only that.
func TestWriteFileFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model")
	if err := save.WriteFile(path, text("old")); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the network is gone")
	err := save.WriteFile(path, func(w io.Writer) error {
		return errors.Join(text(strings.Repeat("new ", 1<<16))(w), broken)
	})
	if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), path+": not written: ") {
		t.Errorf("got %v, want path and cause", err)
	}
	holds(t, path, "old")
}

func TestWriteFileBadPlace(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct{ name, path, want string }{
		{"no folder", filepath.Join(dir, "absent", "model"), "no such file or directory"},
		{"a folder", dir, "no regular file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := save.WriteFile(tt.path, text("new"))
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Count(err.Error(), tt.path) != 1 {
				t.Errorf("got %v, want the path once and %q", err, tt.want)
			}
		})
	}
}

// A link stays a link: it is what it leads to that is replaced.
func TestWriteFileLink(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "model"), filepath.Join(t.TempDir(), "link")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, link); err != nil {
		t.Skip(err)
	}
	if err := save.WriteFile(link, text("new")); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "new")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, want that of the old file", info.Mode())
	}
}

// holds checks that a file holds a text and is alone in its folder.
func holds(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("got %.40q, %v, want %q", got, err, want)
	}
	names, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(names) != 1 {
		t.Errorf("got files %v, %v, want %s alone", names, err, path)
	}
}

// Writable tells before there is anything to write, and leaves nothing behind.
func TestWritable(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct{ name, path, want string }{
		{"a new file", filepath.Join(dir, "model"), ""},
		{"no folder", filepath.Join(dir, "absent", "model"), "no such file or directory"},
		{"a folder", dir, "no regular file"},
		{"a long name", filepath.Join(dir, strings.Repeat("m", 250)), "file name too long"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := save.Writable(tt.path)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("got %v, %v, want an empty folder", left, err)
	}
}
