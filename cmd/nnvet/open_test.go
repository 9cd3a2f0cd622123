package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/config"
	"github.com/nnvet/nnvet/internal/page/serve"
	"github.com/nnvet/nnvet/internal/store"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// TestOpen holds that the printed address shows the runs, and that Ctrl-C ends
// the server with exit code 0.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"one.py", "two.py"} {
		run, err := store.Create(filepath.Join(dir, ".nnvet"), version, []string{"python", name})
		if err != nil {
			t.Fatal(err)
		}
		if err := run.End(0); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "nnvet", "open", "--no-browser")
	cmd.Dir = dir
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{Jar: jar}).Get(strings.TrimSpace(address))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(body, []byte("one.py")) || !bytes.Contains(body, []byte("two.py")) {
		t.Errorf("got %d %.500s, want both runs", res.StatusCode, body)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after Ctrl-C: %v, want exit code 0", err)
	}
}

// shelfOf returns the shelf of a new store.
func shelfOf(t *testing.T) *shelf {
	t.Helper()
	s := newShelf(&options{store: filepath.Join(t.TempDir(), ".nnvet"), settings: new(config.Settings)}, nil)
	t.Cleanup(s.close)
	return s
}

// TestFollow holds that a run which another nnvet watches is live with what it
// has recorded, grows, and is over when it has ended.
func TestFollow(t *testing.T) {
	s := shelfOf(t)
	run, err := store.Create(s.o.store, version, []string{"python", "train.py"})
	if err != nil {
		t.Fatal(err)
	}
	w, err := tracefile.Create(run.Dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	write := func(records ...record) {
		t.Helper()
		for _, r := range records {
			if err := w.Write(r); err != nil {
				t.Fatal(err)
			}
		}
	}
	write(softmaxTwice...)
	write(record{"k": "step", "s": []int{0, 1}, "loss": []float64{2.5, 2.25}, "lr": [][]float64{{0.1}}})
	live := s.live(run.Meta.ID)
	if live == nil {
		t.Fatal("a run that goes on is not live")
	}
	if rep := live.Input().Report; len(rep.Result.Findings) != 1 || rep.Result.Findings[0].Check.ID != "NN0703" {
		t.Errorf("got %v at once, want NN0703", rep.Result.Findings)
	}
	write(record{"k": "step", "s": []int{2, 3}, "loss": []float64{2.25, 2.125}, "lr": [][]float64{{0.1}}})
	within(t, "the trace grows", func() bool { return live.Trace().Run.Steps == 4 })
	if err := run.End(0); err != nil {
		t.Fatal(err)
	}
	within(t, "the run is over", live.Over)
	if s.live("nosuch") != nil {
		t.Error("a run that there is not is live")
	}
}

// within waits for something to be so.
func within(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !so(); time.Sleep(drawEvery / 10) {
		if time.Now().After(end) {
			t.Fatalf("not in 30 s: %s", what)
		}
	}
}

func TestGoesOn(t *testing.T) {
	s := shelfOf(t)
	run, err := store.Create(s.o.store, version, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !goesOn(run) {
		t.Error("a run that has just begun does not go on")
	}
	run.Meta.Started = time.Now().Add(-2 * silence)
	if goesOn(run) {
		t.Error("a run that never wrote a line goes on")
	}
	if err := os.WriteFile(run.Path("r0-1.jsonl"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if !goesOn(run) {
		t.Error("a long run that still writes does not go on")
	}
	if err := run.End(0); err != nil || goesOn(run) {
		t.Errorf("a run that has ended goes on (%v)", err)
	}
}

// TestOutside holds that nothing outside of a store is a run of it.
func TestOutside(t *testing.T) {
	s := shelfOf(t)
	run, err := store.Create(s.o.store, version, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !s.has(run.Meta.ID) {
		t.Fatal("the store's own run is missing")
	}
	if err := os.Symlink(t.TempDir(), filepath.Join(s.o.store, "runs", "linked")); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"linked", "nosuch", run.Meta.ID + "/meta.json"} {
		if s.has(id) {
			t.Errorf("%s is a run", id)
		}
	}
}

// TestIgnore holds that a dismissed finding is one of the settings that hold.
func TestIgnore(t *testing.T) {
	s := shelfOf(t)
	s.o.settings.File = filepath.Join(t.TempDir(), "nnvet.toml")
	if err := s.ignore("", serve.Waiver{Fingerprint: "b1946ac9", Reason: "meant"}); err != nil {
		t.Fatal(err)
	}
	got, err := config.Read(s.o.settings.File, checks.All)
	if err != nil || got.Options.Ignore["b1946ac9"] != "meant" {
		t.Errorf("got %v, %v", got, err)
	}
}
