package script

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nnvet/nnvet/internal/subject"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// A trial is one run in its own directory:
//
//	tree/      the copy, at tree + the program's directory
//	outside/   what was written elsewhere, at its own path; made by the probe
//	out/       the trace, the probe, and its notes
//	tmp/       temporary files
//	output     a pipe that standard output and error go to
type trial struct {
	bench *Bench
	order Order
	dir   string
}

func (t *trial) at(name string) string { return filepath.Join(t.dir, name) }

// home returns the directory that the program runs in.
func (t *trial) home() string {
	if t.bench.tree == nil {
		return t.bench.program.Dir
	}
	return t.at("tree") + t.bench.program.Dir
}

func (t *trial) watch() *subject.Watch {
	o := t.bench.options
	return &subject.Watch{Dir: t.at("out"), Version: o.Version, Overhead: o.Overhead}
}

// prepare makes the trial's directory.
func (t *trial) prepare(ctx context.Context) error {
	for _, dir := range []string{t.dir, t.at("out"), t.at("tmp")} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
	}
	if err := t.watch().Install(); err != nil {
		return err
	}
	if t.bench.tree == nil {
		if len(t.order.Files) > 0 {
			return errors.New("edited files need a copy of the directory: they cannot be tried in place")
		}
		return nil
	}
	if err := linkAbove(t.at("tree"), t.bench.program.Dir, t.bench.root); err != nil {
		return err
	}
	if err := os.Mkdir(t.home(), 0o700); err != nil && !errors.Is(err, fs.ErrExist) { // it exists where it is /
		return err
	}
	if err := t.bench.tree.copy(ctx, t.home()); err != nil {
		return err
	}
	return t.edit()
}

// edit writes the edited files into the copy.
func (t *trial) edit() error {
	for name, text := range t.order.Files {
		if !filepath.IsLocal(name) {
			return fmt.Errorf("%s: an edited file must lie below %s", name, t.bench.program.Dir)
		}
		path := filepath.Join(t.home(), name)
		mode := fs.FileMode(0o600)
		if info, err := os.Stat(path); err == nil {
			mode = info.Mode().Perm() | 0o200
		}
		// What is there may be a link to the user's own file.
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if real, err := filepath.EvalSymlinks(filepath.Dir(path)); err != nil || !below(real, t.dir) {
			return errors.Join(err, fmt.Errorf("%s: an edited file must lie below %s", name, t.bench.program.Dir))
		}
		if err := os.WriteFile(path, text, mode); err != nil {
			return err
		}
	}
	return nil
}

// run starts the program and waits for its end, or makes one.
func (t *trial) run(ctx context.Context) (Outcome, error) {
	out, err := openTail(t.at("output"))
	if err != nil {
		return Outcome{}, err
	}
	began := time.Now()
	p, err := t.start(out)
	if err != nil {
		out.close()
		return Outcome{}, err
	}
	ended := p.wait(ctx, t.bench.options)
	o := Outcome{Wall: time.Since(began), Ended: ended}
	end(p.pid, t.dir)
	o.Output = out.close()
	if p.lost != nil {
		return o, p.lost
	}
	o.Exit, o.CPU = p.code(), p.cpu
	if o.Ended == Exit && p.status.Signaled() {
		o.Ended = Killed
	}
	if o.Ended == Killed && ctx.Err() != nil {
		return o, context.Cause(ctx)
	}
	return o, nil
}

// start starts the program, forked from the warm process where there is one.
func (t *trial) start(out *tail) (*process, error) {
	b := t.bench
	args := t.args()
	if py, ok := parse(args); ok && b.Warm() {
		if p, err := b.warm.fork(py, t.home(), out.path, t.environ()); err == nil {
			return p, nil
		}
	}
	return start(t.path(), args, t.home(), out.writer, t.environ())
}

// path returns the program to start: the copy's, where it was copied.
func (t *trial) path() string {
	if own, ok := t.copied(t.bench.path); ok {
		if info, err := os.Lstat(own); err == nil && info.Mode().IsRegular() {
			return own
		}
	}
	return t.bench.path
}

// args returns the command with the paths that it names below the program's
// directory, or that an option of it does, turned to the copy.
func (t *trial) args() []string {
	args := slices.Clone(t.bench.program.Command)
	for i, a := range args[1:] {
		option, value, ok := strings.Cut(a, "=")
		if !ok || !strings.HasPrefix(option, "-") {
			option, value = "", a
		}
		if own, ok := t.copied(value); ok {
			if option != "" {
				own = option + "=" + own
			}
			args[i+1] = own
		}
	}
	return args
}

// copied returns where the copy of an absolute path lies.
func (t *trial) copied(path string) (string, bool) {
	if t.bench.tree == nil || !filepath.IsAbs(path) || !below(path, t.bench.program.Dir) {
		return "", false
	}
	return t.at("tree") + path, true
}

func below(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}

// collect reads what the trial left behind.
func (t *trial) collect(o *Outcome) error {
	trace, err := tracefile.Load(t.at("out"))
	switch {
	case err == nil:
		o.Trace = trace
	case !errors.Is(err, tracefile.ErrEmpty):
		return fmt.Errorf("trial: %w", err)
	}
	for _, line := range lines(t.at("out/redirected")) {
		var path string
		if json.Unmarshal([]byte(line), &path) == nil && !slices.Contains(o.Redirected, path) {
			o.Redirected = append(o.Redirected, path)
		}
	}
	for _, name := range lines(t.at("out/applied")) {
		if !slices.Contains(o.Applied, name) {
			o.Applied = append(o.Applied, name)
		}
	}
	slices.Sort(o.Redirected)
	slices.Sort(o.Applied)
	if t.order.Trace == "" {
		return nil
	}
	return t.keep(t.order.Trace)
}

// keep copies the files of the trace.
func (t *trial) keep(dir string) error {
	files, err := filepath.Glob(t.at("out/*.jsonl"))
	for _, from := range files {
		err = errors.Join(err, copyFile(from, filepath.Join(dir, filepath.Base(from)), entry{mode: 0o600, time: time.Now()}))
	}
	return err
}

// lines returns the lines of a small file that may not be there.
func lines(path string) []string {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	var out []string
	for s := bufio.NewScanner(f); s.Scan() && len(out) < 1000; {
		out = append(out, s.Text())
	}
	return out
}
