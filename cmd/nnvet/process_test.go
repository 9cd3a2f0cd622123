package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
)

// watched is `nnvet run` over a Python program, in a process group of its own.
func watched(t *testing.T, program string) *exec.Cmd {
	t.Helper()
	python, _ := interpreter()
	if python == "" {
		t.Skip("no Python 3 on this machine")
	}
	cmd := exec.CommandContext(t.Context(), "nnvet", "run", "--", python, "-c", program)
	cmd.Dir = t.TempDir()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// start starts cmd, waits until its program has printed "ready", and returns
// the rest of its output.
func start(t *testing.T, cmd *exec.Cmd) *bufio.Reader {
	t.Helper()
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out := bufio.NewReader(pipe)
	if line, err := out.ReadString('\n'); line != "ready\n" {
		t.Fatalf("got %q, %v, want ready", line, err)
	}
	return out
}

// TestBytes compares what a program writes with what comes through nnvet.
func TestBytes(t *testing.T) {
	cmd := watched(t, `
import sys
data = bytes(range(256)) * 1000
sys.stdout.buffer.write(data)
sys.stderr.buffer.write(data[::-1])
`)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	var want, reversed []byte
	for i := range 256_000 {
		want, reversed = append(want, byte(i)), append(reversed, byte(255-i))
	}
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("stdout: got %d bytes that differ from the program's %d", out.Len(), len(want))
	}
	rest, ok := bytes.CutPrefix(errs.Bytes(), reversed)
	if !ok || !bytes.HasPrefix(rest, []byte("nnvet: nothing was watched: ")) {
		t.Errorf("stderr: got %d bytes that do not begin with the program's; after them %q", errs.Len(), rest)
	}
}

// TestSignals sends the keyboard's signals to nnvet's group, as a terminal
// does, and others to nnvet alone, as a scheduler does. Either reaches the
// program once, and nnvet outlives it.
func TestSignals(t *testing.T) {
	// It ends at SIGTERM, so a second SIGINT that nnvet passed on before would show.
	const handles = `
import signal, sys, time
got = []
def note(n, _):
    got.append(n)
    print('got', n, flush=True)
signal.signal(signal.SIGINT, note)
signal.signal(signal.SIGTERM, note)
print('ready', flush=True)
deadline = time.monotonic() + 60
while signal.SIGTERM not in got and time.monotonic() < deadline:
    time.sleep(0.01)
sys.exit(5)
`
	const dies = `
import time
print('ready', flush=True)
time.sleep(60)
`
	// Where the test itself runs with these ignored, as under nohup, so would its
	// children. A handled signal is theirs to take as they will.
	taken := make(chan os.Signal, 1)
	signal.Notify(taken, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(taken)
	for name, c := range map[string]struct {
		program string
		signals []syscall.Signal
		code    int
		out     []string // a line after each signal; none where it ends the program
	}{
		"handled": {handles, []syscall.Signal{syscall.SIGINT, syscall.SIGINT, syscall.SIGTERM}, 5, []string{"got 2\n", "got 2\n", "got 15\n"}},
		"Ctrl-C":  {dies, []syscall.Signal{syscall.SIGINT}, 130, []string{""}},
		"SIGTERM": {dies, []syscall.Signal{syscall.SIGTERM}, 143, []string{""}},
		"SIGHUP":  {dies, []syscall.Signal{syscall.SIGHUP}, 129, []string{""}},
		"Ctrl-\\": {dies, []syscall.Signal{syscall.SIGQUIT}, 131, []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := watched(t, c.program)
			var errs bytes.Buffer
			cmd.Stderr = &errs
			out := start(t, cmd)
			for i, s := range c.signals {
				to := cmd.Process.Pid
				if s == syscall.SIGINT || s == syscall.SIGQUIT {
					to = -to
				}
				if err := syscall.Kill(to, s); err != nil {
					t.Fatal(err)
				}
				if line, err := out.ReadString('\n'); line != c.out[i] {
					t.Fatalf("after signal %d: got %q, %v, want %q", s, line, err, c.out[i])
				}
			}
			rest, err := io.ReadAll(out)
			if err != nil || len(rest) > 0 {
				t.Errorf("at the end: got %q, %v, want nothing", rest, err)
			}
			_ = cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != c.code {
				t.Errorf("got exit code %d (%v), want %d", got, cmd.ProcessState, c.code)
			}
			if !strings.Contains(errs.String(), "nnvet: nothing was watched: PyTorch was never imported; the command ") {
				t.Errorf("nnvet did not have the last word: %q", errs.String())
			}
		})
	}
}

// TestIgnoredSignals runs nnvet as nohup and background jobs of a shell do.
func TestIgnoredSignals(t *testing.T) {
	cmd := watched(t, `
import signal
print([signal.getsignal(s) == signal.SIG_IGN for s in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)])
`)
	cmd.Args = append([]string{"sh", "-c", `trap "" HUP INT; exec "$@"`, "sh"}, cmd.Args...)
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	cmd.Path = sh
	out, err := cmd.Output()
	if want := "[True, True, False]\n"; err != nil || string(out) != want {
		t.Errorf("got %q, %v, want %q", out, err, want)
	}
}

// TestKilled kills nnvet: the program goes on, and keeps its output.
func TestKilled(t *testing.T) {
	cmd := watched(t, `
import os, time
parent = os.getppid()
print('ready', flush=True)
deadline = time.monotonic() + 60
while os.getppid() == parent and time.monotonic() < deadline:
    time.sleep(0.01)
print('still here', flush=True)
`)
	out := start(t, cmd)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(out); err != nil || string(rest) != "still here\n" {
		t.Errorf("got %q, %v, want the program to go on", rest, err)
	}
	_ = cmd.Wait()
}

// TestNobodyReads closes stderr before nnvet writes to it, as `2>&1 | head` does.
func TestNobodyReads(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := watched(t, "import sys; sys.exit(5)")
	cmd.Stderr = w
	_ = cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != 5 {
		t.Errorf("got exit code %d (%v), want the program's 5", got, cmd.ProcessState)
	}
}
