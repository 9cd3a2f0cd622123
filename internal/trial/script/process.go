package script

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	grace = 2 * time.Second        // between asking a process to end and ending it
	look  = 250 * time.Millisecond // between two looks at memory
)

// A process is a trial's first process, which leads a session and a group of
// its own.
type process struct {
	pid  int
	done chan struct{} // closed when it has ended and what follows is valid

	status syscall.WaitStatus
	cpu    time.Duration
	lost   error // why it is not known how it ended
}

// start starts a program without standard input.
func start(path string, args []string, dir string, out *os.File, env []string) (*process, error) {
	cmd := &exec.Cmd{Path: path, Args: args, Dir: dir, Stdout: out, Stderr: out, Env: env, SysProcAttr: &syscall.SysProcAttr{Setsid: true}}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{pid: cmd.Process.Pid, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		err := cmd.Wait()
		ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
		if !ok {
			p.lost = err
			return
		}
		p.status, p.cpu = ws, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()
	}()
	return p, nil
}

// code returns the exit code, 128+n where signal n ended the process.
func (p *process) code() int {
	if p.status.Signaled() {
		return 128 + int(p.status.Signal())
	}
	return p.status.ExitStatus()
}

// wait waits for the process to end, ends it where it must, and says why it
// ended.
func (p *process) wait(ctx context.Context, o Options) string {
	var late <-chan time.Time
	if o.Time > 0 {
		timer := time.NewTimer(o.Time)
		defer timer.Stop()
		late = timer.C
	}
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		select {
		case <-p.done:
			return Exit
		case <-ctx.Done():
			p.stop()
			return Killed
		case <-late:
			p.stop()
			return Time
		case <-tick.C:
			if o.Memory > 0 && resident(p.pid) > o.Memory {
				p.stop()
				return Memory
			}
		}
	}
}

// stop asks the group to end, and ends it.
func (p *process) stop() {
	_ = syscall.Kill(-p.pid, syscall.SIGTERM)
	select {
	case <-p.done:
		return
	case <-time.After(grace):
	}
	_ = syscall.Kill(-p.pid, syscall.SIGKILL)
	<-p.done
}

// end ends all processes that a trial left behind: those of its group, and,
// where the system tells, those of its session and those that were started
// with its directory in their environment.
func end(leader int, dir string) {
	for began := time.Now(); time.Since(began) < grace; time.Sleep(5 * time.Millisecond) {
		alive := false
		if leader > 1 {
			alive = syscall.Kill(-leader, syscall.SIGKILL) == nil
		}
		for _, m := range members(leader) {
			alive = syscall.Kill(m.pid, syscall.SIGKILL) == nil || alive
		}
		for _, pid := range startedWith("="+dir+"/", "="+dir+"\x00") {
			alive = syscall.Kill(pid, syscall.SIGKILL) == nil || alive
		}
		if !alive {
			return
		}
	}
}

// A member is a process of a group or session.
type member struct {
	pid      int
	resident int64 // bytes in memory
}

// members lists the processes of a leader's group and session that live still.
func members(leader int) []member {
	if leader <= 1 {
		return nil
	}
	var out []member
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		// The name, in parentheses, may hold anything; behind it: state, parent, group, session, and as the 22nd pages.
		text := string(b)
		f := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
		if len(f) < 22 || f[0] == "Z" {
			continue
		}
		group, _ := strconv.Atoi(f[2])
		session, _ := strconv.Atoi(f[3])
		if group == leader || session == leader {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			pages, _ := strconv.ParseInt(f[21], 10, 64)
			out = append(out, member{pid, pages * int64(os.Getpagesize())})
		}
	}
	return out
}

// resident returns the bytes that a leader's group and session have in memory.
func resident(leader int) int64 {
	var sum int64
	for _, m := range members(leader) {
		sum += m.resident
	}
	return sum
}

// startedWith lists the processes, but this one, whose environment held one of
// some texts when they were started.
func startedWith(texts ...string) []int {
	var out []int
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended, or is somebody else's
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		for _, text := range texts {
			if pid != os.Getpid() && strings.Contains(string(b), text) {
				out = append(out, pid)
				break
			}
		}
	}
	return out
}
