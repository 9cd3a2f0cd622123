package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A training is one `nnvet run` of the embedded engine.
type training struct {
	*exec.Cmd
	out, errs bytes.Buffer
}

func trainingIn(t *testing.T, dir string, argv ...string) *training {
	t.Helper()
	r := &training{Cmd: exec.CommandContext(t.Context(), argv[0], argv[1:]...)}
	r.Dir, r.Stdout, r.Stderr = dir, &r.out, &r.errs
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	return r
}

// await waits until as many files match a pattern below the training's
// directory, and there is something in each.
func (r *training) await(t *testing.T, pattern string, n int) {
	t.Helper()
	for began := time.Now(); time.Since(began) < 30*time.Second; time.Sleep(time.Millisecond) {
		files, err := filepath.Glob(filepath.Join(r.Dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		written := 0
		for _, f := range files {
			if fi, err := os.Stat(f); err == nil && fi.Size() > 0 {
				written++
			}
		}
		if written >= n {
			return
		}
	}
	t.Fatalf("there is no %s: %s%s", pattern, &r.out, &r.errs)
}

// ended waits for the end, with an exit code and what stdout then holds.
func (r *training) ended(t *testing.T, code int, wants ...string) {
	t.Helper()
	_ = r.Wait()
	if got := r.ProcessState.ExitCode(); got != code {
		t.Errorf("got exit code %d (%v), want %d", got, r.ProcessState, code)
	}
	for _, want := range wants {
		if !regexp.MustCompile(want).Match(r.out.Bytes()) {
			t.Errorf("stdout does not match %s", want)
		}
	}
	if t.Failed() {
		t.Logf("stdout: %s\nstderr: %s", &r.out, &r.errs)
	}
}

// noisy writes a table whose target is half chance, so that its training takes
// its time.
func noisy(t *testing.T, dir, name string) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("a,b,y\n")
	for range 8000 {
		x, z := r.NormFloat64(), r.NormFloat64()
		fmt.Fprintf(&b, "%.4f,%.4f,%.4f\n", x, z, x*z+r.NormFloat64())
	}
	put(t, filepath.Join(dir, name), b.String())
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const traces = ".nnvet/runs/*/r0-*.jsonl"

// TestInterruptedTraining interrupts a training, and the one that goes on with
// it by the command that the first one shows.
func TestInterruptedTraining(t *testing.T) {
	handled(t)
	for name, c := range map[string]struct {
		signal syscall.Signal
		code   int
		dir    string // of the runs
	}{"Ctrl-C": {syscall.SIGINT, 130, ".nnvet"}, "SIGTERM": {syscall.SIGTERM, 143, "my runs"}} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			noisy(t, dir, "my data.csv")
			args := []string{"nnvet", "run", "my data.csv", "--target", "y"}
			if c.dir != ".nnvet" {
				args = append(args, "--dir", c.dir)
			}
			traces := strings.Replace(traces, ".nnvet", c.dir, 1)
			first := trainingIn(t, dir, args...)
			first.await(t, traces, 1)
			_ = first.Process.Signal(c.signal)
			first.ended(t, c.code, `stopped after \d+ steps?, \d+ epochs?`, `\n go on     nnvet run --resume=`)

			_, rest, _ := strings.Cut(first.out.String(), "\n go on     ")
			command, _, _ := strings.Cut(rest, "\n")
			second := trainingIn(t, dir, "sh", "-c", "exec "+command)
			second.await(t, traces, 2)
			_ = second.Process.Signal(c.signal)
			second.ended(t, c.code, `stopped after \d+ steps?, \d+ epochs?`)
		})
	}
}

// handled has the test handle the signals of a keyboard: ignored ones would be
// ignored by what it starts.
func handled(t *testing.T) {
	t.Helper()
	taken := make(chan os.Signal, 1)
	signal.Notify(taken, syscall.SIGINT, syscall.SIGTERM)
	t.Cleanup(func() { signal.Stop(taken) })
}

// wine puts the example's table into a directory, and an experiment on it that
// takes a few tenths of a second.
func wine(t *testing.T, dir, rest string) {
	t.Helper()
	text, err := os.ReadFile("../../examples/data/wine.csv")
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "wine.csv"), string(text))
	put(t, filepath.Join(dir, "e.yaml"), "data: {path: wine.csv, target: cultivar}\noptimizer: {adam: {lr: 0.001}}\nepochs: 2000\npatience: 0\n"+rest)
}

// TestInterruptedSeeds interrupts the training of the seeds after the first:
// its model and its score are there.
func TestInterruptedSeeds(t *testing.T) {
	handled(t)
	dir := t.TempDir()
	var seeds []string
	for i := range 200 {
		seeds = append(seeds, fmt.Sprint(i))
	}
	wine(t, dir, "seeds: ["+strings.Join(seeds, ", ")+"]\n")
	r := trainingIn(t, dir, "nnvet", "run", "e.yaml")
	r.await(t, "e.safetensors", 1)
	_ = r.Process.Signal(syscall.SIGINT)
	r.ended(t, 130, `^nnvet: cultivar: accuracy `, `\n model     e.safetensors\n`, `\n seeds     stopped: \d+ of 200 are trained; the model is of the first\n`)
}

// TestUnsavedModel takes the model's folder away while the training runs.
func TestUnsavedModel(t *testing.T) {
	dir := t.TempDir()
	here := filepath.Join(dir, "here")
	if err := os.Mkdir(here, 0o700); err != nil {
		t.Fatal(err)
	}
	wine(t, here, "")
	r := trainingIn(t, dir, "nnvet", "run", "here/e.yaml")
	r.await(t, traces, 1)
	if err := os.Rename(here, filepath.Join(dir, "there")); err != nil {
		t.Fatal(err)
	}
	r.ended(t, codeNoVerdict, `^nnvet: cultivar: accuracy `, `\n model     not saved: no such file or directory\n`)
	if want := "nnvet: here/e.safetensors: not written: no such file or directory\n"; r.errs.String() != want {
		t.Errorf("stderr: got %q, want %q", &r.errs, want)
	}
}

// TestFullDisk trains on disks that are full before, and in the middle of, a
// training. Where this user may mount none, it is skipped.
func TestFullDisk(t *testing.T) {
	if os.Getpagesize() != 4096 {
		t.Skip("such a small disk holds too few pages")
	}
	const script = `mkdir disk && mount -t tmpfs -o size=$0 none disk && cp wine.csv disk && cd disk || exit 99
exec nnvet run wine.csv --target cultivar`
	for name, c := range map[string]struct {
		size string
		code int
		want string
	}{
		"before": {"16k", codeUsage, `^$`},
		"in it":  {"40k", codeNoVerdict, `(?s)^nnvet: cultivar: accuracy [^;]*; lost:\s+parts\s+of\s+the\s+trace\s+could\s+not\s+be\s+written.*; no\s+problem\s+found.*\n model     not saved: no space left on device\n`},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), "unshare", "-rm", "sh", "-c", script, c.size)
			cmd.Dir = t.TempDir()
			wine(t, cmd.Dir, "")
			var out, errs bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errs
			if err := cmd.Run(); errors.Is(err, exec.ErrNotFound) || cmd.ProcessState.ExitCode() == 99 || strings.HasPrefix(errs.String(), "unshare") {
				t.Skipf("no disk to fill: %v %s", err, &errs)
			}
			if got := cmd.ProcessState.ExitCode(); got != c.code || !regexp.MustCompile(c.want).Match(out.Bytes()) {
				t.Errorf("got exit code %d, want %d; stdout does not match %s: %s\nstderr: %s", got, c.code, c.want, &out, &errs)
			}
		})
	}
}
