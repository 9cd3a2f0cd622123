package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// slow takes long enough to be interrupted.
const slow = `data: {path: wine.csv, target: cultivar}
network: [{dense: 32}, relu]
optimizer: {adam: {lr: 0.000001}}
loss: cross_entropy
epochs: 400
`

// TestProofGoesOn interrupts a proof: it ends as other programs do, and the
// next one keeps what was trained and proves the same.
func TestProofGoesOn(t *testing.T) {
	dir := t.TempDir()
	wine, err := os.ReadFile("../../examples/data/wine.csv")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"wine.csv": wine, "slow.yaml": []byte(slow)} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := func(args ...string) (*exec.Cmd, *bytes.Buffer) {
		cmd := exec.CommandContext(t.Context(), "nnvet", args...)
		errs := new(bytes.Buffer)
		cmd.Dir, cmd.Stderr = dir, errs
		return cmd, errs
	}
	run, _ := command("run", "slow.yaml")
	_ = run.Run() // it finds something, so that it fails
	first, errs := command("prove", "--format", "concise")
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, filepath.Join(dir, ".nnvet/runs/*/proof/journal.jsonl"))
	if err := first.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait()
	if got := first.ProcessState.ExitCode(); got != 130 || !strings.Contains(errs.String(), " goes on from there\n") {
		t.Fatalf("got exit code %d, want 130: %s", got, errs)
	}
	again, errs := command("prove", "--format", "concise")
	out, err := again.Output()
	if err != nil || !strings.Contains(errs.String(), "nnvet: goes on with ") || !strings.HasPrefix(string(out), "proven[NN0602] ") {
		t.Errorf("got %q, %v: %s", out, err, errs)
	}
}

// waitFor waits until a file that the pattern names holds something.
func waitFor(t *testing.T, pattern string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if names, _ := filepath.Glob(pattern); len(names) == 1 {
			if info, err := os.Stat(names[0]); err == nil && info.Size() > 0 {
				return
			}
		}
	}
	t.Fatalf("%s did not come", pattern)
}
