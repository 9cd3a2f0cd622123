package script

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/nnvet/nnvet/probe"
)

// warmup is how long imports may take, after which trials begin without them.
const warmup = 2 * time.Minute

// serve is the program of a warm process; warm.py says what it is given.
const serve = `import sys; sys.path.insert(0, sys.argv[1]); from _nnvet import warm; del sys.path[0]; warm.serve()`

// A warm process has imported what a program imports, and forks trials of it.
// A framework's import is paid once.
type warm struct {
	cmd    *exec.Cmd
	orders io.WriteCloser
	ended  chan struct{} // closed when it answers no more

	lock  sync.Mutex
	next  int
	waits map[int]chan answer
}

type forking struct {
	ID     int               `json:"id"`
	Argv   []string          `json:"argv"`
	Dir    string            `json:"dir"`
	Env    map[string]string `json:"env"`
	Output string            `json:"output"`
	Module bool              `json:"module"`
}

type answer struct {
	ID     int     `json:"id"`
	PID    int     `json:"pid"`
	Status *uint32 `json:"status"`
	CPU    float64 `json:"cpu"` // seconds
	Ready  *bool   `json:"ready"`
}

var errWarm = errors.New("the process that forks trials has ended")

// startWarm starts a warm process, or returns nil where that does not work:
// trials take longer then, and are the same.
func (b *Bench) startWarm(ctx context.Context, py python) *warm {
	if runtime.GOOS != "linux" { // elsewhere a fork without exec is not safe after a framework's import
		return nil
	}
	dir := filepath.Join(b.root, "warm")
	files := filepath.Join(dir, "probe")
	if os.MkdirAll(filepath.Join(dir, "tmp"), 0o700) != nil || probe.Install(files) != nil {
		return nil
	}
	w, replies, err := launch(b.path, append(py.flags, "-c", serve, files, py.source(b.program.Dir), "3"), dir, files)
	if err != nil {
		return nil
	}
	ready := make(chan bool, 1)
	go w.listen(replies, ready)
	select {
	case ok := <-ready:
		if ok {
			return w
		}
	case <-time.After(warmup):
	case <-ctx.Done():
	}
	w.close()
	return nil
}

// launch starts the process in a directory of its own.
func launch(path string, args []string, dir, probe string) (*warm, *os.File, error) {
	replies, theirs, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer theirs.Close()
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.ExtraFiles, cmd.SysProcAttr = dir, []*os.File{theirs}, &syscall.SysProcAttr{Setsid: true}
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "NNVET_") {
			cmd.Env = append(cmd.Env, kv)
		}
	}
	cmd.Env = append(append(append(cmd.Env, hashSeed()...), quiet(dir)...), "PWD="+dir)
	orders, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		_ = replies.Close()
		return nil, nil, err
	}
	return &warm{cmd: cmd, orders: orders, ended: make(chan struct{}), waits: make(map[int]chan answer)}, replies, nil
}

// listen hands answers to those who wait for them, until there are no more.
func (w *warm) listen(replies *os.File, ready chan<- bool) {
	defer replies.Close()
	for s := bufio.NewScanner(replies); s.Scan(); {
		var a answer
		if json.Unmarshal(s.Bytes(), &a) != nil {
			break
		}
		if a.Ready != nil {
			ready <- *a.Ready
			continue
		}
		w.lock.Lock()
		c := w.waits[a.ID]
		w.lock.Unlock()
		if c != nil {
			c <- a
		}
	}
	close(ready)
	_ = w.cmd.Process.Kill() // it may live without answering
	_ = w.cmd.Wait()
	close(w.ended)
}

func (w *warm) alive() bool {
	select {
	case <-w.ended:
		return false
	default:
		return true
	}
}

// fork starts a trial in a child of the process.
func (w *warm) fork(py python, dir, output string, env []string) (*process, error) {
	f := forking{Argv: py.argv, Dir: dir, Output: output, Module: py.module, Env: make(map[string]string)}
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		f.Env[name] = value
	}
	answers := make(chan answer, 2) // one at the beginning, one at the end
	if err := w.send(&f, answers); err != nil {
		return nil, err
	}
	select {
	case a := <-answers:
		p := &process{pid: a.PID, done: make(chan struct{})}
		go w.follow(f.ID, p, answers)
		return p, nil
	case <-w.ended:
		return nil, errWarm
	}
}

func (w *warm) send(f *forking, answers chan answer) error {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.next++
	f.ID = w.next
	w.waits[f.ID] = answers
	line, err := json.Marshal(f)
	if err == nil {
		_, err = w.orders.Write(append(line, '\n'))
	}
	return err
}

// follow waits for the end of a child.
func (w *warm) follow(id int, p *process, answers <-chan answer) {
	defer close(p.done)
	select {
	case a := <-answers:
		p.cpu = time.Duration(a.CPU * float64(time.Second))
		if a.Status != nil {
			p.status = syscall.WaitStatus(*a.Status)
		}
	case <-w.ended:
		p.lost = errWarm
	}
	w.lock.Lock()
	delete(w.waits, id)
	w.lock.Unlock()
}

// close ends the process and all that it forked.
func (w *warm) close() {
	_ = w.orders.Close()
	select {
	case <-w.ended:
	case <-time.After(grace):
		_ = w.cmd.Process.Kill()
		<-w.ended
	}
}
