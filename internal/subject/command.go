// Package subject runs what trains: the user's own command, with the probe in
// every Python that it starts.
package subject

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/nnvet/nnvet/probe"
)

// A Watch says where and how the probe records.
type Watch struct {
	Dir      string  // an absolute directory, which the traces are written to
	Version  string  // of nnvet
	Overhead float64 // the share of wall time that the probe may take
	Twin     bool    // keep the rows that are trained on, for a twin of the network
}

// Environment variables that the probe reads.
const (
	envOut      = "NNVET_OUT"
	envVersion  = "NNVET_VERSION"
	envOverhead = "NNVET_OVERHEAD"
	envTwin     = "NNVET_TWIN" // "" keeps nothing, whatever the user's environment says
)

// Install puts the probe into the watch's directory.
func (w *Watch) Install() error {
	if strings.ContainsRune(w.Dir, os.PathListSeparator) {
		return fmt.Errorf("%s: PYTHONPATH cannot hold a path with %q", w.Dir, os.PathListSeparator)
	}
	return probe.Install(w.probe())
}

func (w *Watch) probe() string { return probeDir(w.Dir) }

func probeDir(out string) string { return filepath.Join(out, "probe") }

// Environ returns env with what the probe needs. The probe of a watch that
// nnvet itself runs under leaves the path, so that only one records.
func (w *Watch) Environ(env []string) []string {
	old := make(map[string]string)
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		old[name] = value
	}
	path := []string{w.probe()}
	for _, dir := range filepath.SplitList(old["PYTHONPATH"]) {
		if old[envOut] == "" || dir != probeDir(old[envOut]) {
			path = append(path, dir)
		}
	}
	twin := ""
	if w.Twin {
		twin = "1"
	}
	return append(env, // of a variable named twice, the last counts
		"PYTHONPATH="+strings.Join(path, string(os.PathListSeparator)),
		envOut+"="+w.Dir,
		envVersion+"="+w.Version,
		envOverhead+"="+strconv.FormatFloat(w.Overhead, 'g', -1, 64),
		envTwin+"="+twin)
}

// A StartError says why a command could not be started, and the exit code
// that shells give for it.
type StartError struct {
	Name string
	Code int // 127: there is no such command; 126: there is, but it cannot be run
	Err  error
}

func (e *StartError) Error() string {
	if e.Code == codeNotFound {
		return e.Name + ": command not found"
	}
	return fmt.Sprintf("%s: cannot be run: %v", e.Name, e.Err)
}

// Unwrap returns the system's error.
func (e *StartError) Unwrap() error { return e.Err }

const (
	codeCannotRun = 126
	codeNotFound  = 127
)

func startError(name string, err error) *StartError {
	code := codeCannotRun
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		code = codeNotFound
	}
	var pe *fs.PathError // its path says what Name says
	if errors.As(err, &pe) {
		err = pe.Err
	}
	var ee *exec.Error
	if errors.As(err, &ee) {
		err = ee.Err
	}
	return &StartError{name, code, err}
}

// A Command is a command that can be started.
type Command struct {
	args []string
	path string
}

// Find looks the command up as a shell does. Its error is a [*StartError].
func Find(args []string) (*Command, error) {
	path, err := exec.LookPath(args[0])
	if err != nil && !errors.Is(err, exec.ErrDot) { // the user's PATH may hold "."
		return nil, startError(args[0], err)
	}
	return &Command{args, path}, nil
}

// Path returns the file that the command runs.
func (c *Command) Path() string { return c.path }

// A Process is a command that was started.
type Process struct {
	cmd    *exec.Cmd
	caught chan os.Signal
	done   chan struct{}
	code   int // valid when done is closed
}

// Start starts the command under the probe, or without it where w is nil. It
// gets this process's own standard input, output and error, so nothing stands
// between it and them, and it stays in this process's group. Its error is a
// [*StartError].
func (c *Command) Start(w *Watch) (*Process, error) {
	cmd := exec.Command(c.path)
	cmd.Args, cmd.Err = c.args, nil
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if w != nil {
		cmd.Env = w.Environ(os.Environ())
	}
	p := &Process{cmd: cmd, caught: make(chan os.Signal, 16), done: make(chan struct{})}
	p.catch()
	if err := cmd.Start(); err != nil {
		p.release()
		return nil, startError(c.args[0], err)
	}
	go p.relay()
	go p.wait()
	return p, nil
}

// Signals that end or steer a process. The keyboard's go to the whole group,
// so the command has got them already; the others were meant for the command
// but sent to nnvet.
var (
	fromKeyboard = []os.Signal{syscall.SIGINT, syscall.SIGQUIT}
	forCommand   = []os.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2}
)

// catch keeps signals from ending nnvet before the command. A signal that
// nnvet was told to ignore, as by nohup, stays ignored here and in the command.
func (p *Process) catch() {
	for _, s := range append(fromKeyboard[:len(fromKeyboard):len(fromKeyboard)], forCommand...) {
		if !signal.Ignored(s) {
			signal.Notify(p.caught, s)
		}
	}
}

// relay passes on what was not sent to the whole group.
func (p *Process) relay() {
	for s := range p.caught {
		if s != syscall.SIGINT && s != syscall.SIGQUIT {
			_ = p.cmd.Process.Signal(s) // it may have ended meanwhile
		}
	}
}

func (p *Process) release() {
	signal.Stop(p.caught)
	close(p.caught)
}

func (p *Process) wait() {
	_ = p.cmd.Wait() // what it has to say is in ProcessState
	p.release()
	p.code = exitCode(p.cmd.ProcessState)
	close(p.done)
}

// exitCode returns a process's exit code, 128+n where signal n ended it.
func exitCode(s *os.ProcessState) int {
	if s == nil {
		return codeCannotRun // waiting itself failed: nothing is known of the process
	}
	if ws, ok := s.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return s.ExitCode()
}

// Done is closed when the command has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait waits for the command to end and returns its exit code: 128+n where
// signal n ended it.
func (p *Process) Wait() int {
	<-p.done
	return p.code
}
