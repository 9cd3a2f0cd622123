// Package script runs a user's command again and again, each time as a trial:
// in a copy of its working directory, from another seed, with edited files or
// with settings that are changed at run time, within limits of time and memory.
// What a trial may touch is said in docs/trials.md.
package script

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/subject"
)

// A Program is a command as it was run.
type Program struct {
	Command []string
	Dir     string // its working directory
}

// An Order asks for one trial.
type Order struct {
	Seed     int64             // mixed into every seed that the program sets; 0: as written
	Files    map[string][]byte // edited files, by path relative to the program's directory
	Settings []nnvet.Setting   // changed at run time
	Known    json.RawMessage   // what a trace knows and these need, in JSON; nil for nothing
	Steps    int64             // of the optimizers, after which the run ends; 0: none
	Trace    string            // a directory that a copy of the trace is left in; "" for none
}

// Words for how a trial ended.
const (
	Exit   = "exit"   // by itself, with [Outcome.Exit]
	Time   = "time"   // it took longer than [Options.Time]
	Memory = "memory" // it took more than [Options.Memory]
	Killed = "killed" // by the context, or by a signal from elsewhere, such as the system's where memory is short
)

// An Outcome is what became of a trial.
type Outcome struct {
	Trace      *nnvet.Trace // nil where none was recorded
	Output     []byte       // what it printed to standard output and error, at most the last MiB
	Exit       int          // its exit code, 128+n where signal n ended it
	Wall, CPU  time.Duration
	Ended      string   // one of the words above
	Redirected []string // paths elsewhere that it wrote or removed: that happened in the scratch copy instead
	Applied    []string // names of the settings that were changed at run time
}

// Options say how trials are run. The zero value runs one at a time, without
// limits of time and memory, and copies at most 1 GiB for each.
type Options struct {
	Jobs     int           // trials at once
	Time     time.Duration // of one trial
	Memory   int64         // bytes that the processes of a trial have in memory, where the system tells
	MaxCopy  int64         // bytes of a scratch copy
	InPlace  bool          // run in the program's own directory: writes go where they go
	Version  string        // of nnvet, for the traces
	Overhead float64       // the share of wall time that the probe may take; 0: 0.02
}

const (
	defaultMaxCopy  = 1 << 30
	defaultOverhead = 0.02
)

// A Bench runs trials of one program.
type Bench struct {
	program Program
	path    string // of the program that the command names
	options Options
	root    string // of all that trials write, by its real path
	tree    *tree  // what is copied; nil in place
	warm    *warm  // nil: every trial is a process from its beginning
	slots   chan struct{}
	trials  atomic.Int64
}

// Open prepares trials of a program. Where the program is a Python script, a
// process that has imported what the script imports stands ready afterwards.
func Open(ctx context.Context, p Program, o Options) (*Bench, error) {
	b, err := open(ctx, p, o)
	if err != nil {
		return nil, err
	}
	if py, ok := parse(p.Command); ok {
		b.warm = b.startWarm(ctx, py)
	}
	if ctx.Err() != nil {
		return nil, errors.Join(context.Cause(ctx), b.Close())
	}
	return b, nil
}

func open(ctx context.Context, p Program, o Options) (_ *Bench, err error) {
	if len(p.Command) == 0 {
		return nil, errors.New("trial: no command")
	}
	if flag := subject.Isolates(p.Command); flag != "" {
		return nil, fmt.Errorf("trial: %s keeps Python from reading PYTHONPATH, through which a trial is isolated", flag)
	}
	if p.Dir, err = filepath.Abs(p.Dir); err == nil {
		p.Dir, err = filepath.EvalSymlinks(p.Dir)
	}
	if err != nil {
		return nil, fmt.Errorf("trial: %w", err)
	}
	o.Jobs = max(o.Jobs, 1)
	if o.MaxCopy == 0 {
		o.MaxCopy = defaultMaxCopy
	}
	if o.Overhead == 0 {
		o.Overhead = defaultOverhead
	}
	b := &Bench{program: p, options: o, slots: make(chan struct{}, o.Jobs)}
	if !o.InPlace {
		if b.tree, err = list(ctx, p.Dir, o.MaxCopy); err != nil {
			return nil, err
		}
	}
	if b.path, err = b.find(p.Command[0]); err != nil {
		return nil, fmt.Errorf("trial: %w", err)
	}
	root, err := os.MkdirTemp("", "nnvet-")
	if err == nil {
		b.root, err = filepath.EvalSymlinks(root)
	}
	if err != nil {
		return nil, fmt.Errorf("trial: %w", err)
	}
	return b, nil
}

// find returns the program of a command by its absolute path. One that is
// named from the working directory is the copy's, where that has it.
func (b *Bench) find(name string) (string, error) {
	if strings.ContainsRune(name, filepath.Separator) && !filepath.IsAbs(name) {
		name = filepath.Join(b.program.Dir, name)
	}
	c, err := subject.Find([]string{name})
	if err != nil {
		return "", err
	}
	return filepath.Abs(c.Path())
}

// Close ends what runs still and removes all that trials left.
func (b *Bench) Close() error {
	if b.warm != nil {
		b.warm.close()
	}
	end(0, b.root)
	return remove(b.root)
}

// Warm reports whether trials are forked from a process that has imported the
// framework already.
func (b *Bench) Warm() bool { return b.warm != nil && b.warm.alive() }

// Run runs one trial. Its error says why there was none; a program that fails
// is an outcome. It may be called by several goroutines.
func (b *Bench) Run(ctx context.Context, o Order) (out Outcome, err error) {
	select {
	case b.slots <- struct{}{}:
		defer func() { <-b.slots }()
	case <-ctx.Done():
		return out, context.Cause(ctx)
	}
	t := &trial{bench: b, order: o, dir: filepath.Join(b.root, strconv.FormatInt(b.trials.Add(1), 10))}
	defer func() { err = errors.Join(err, remove(t.dir)) }()
	if err := t.prepare(ctx); err != nil {
		return out, fmt.Errorf("trial: %w", err)
	}
	out, err = t.run(ctx)
	if err != nil {
		return out, fmt.Errorf("trial: %w", err)
	}
	return out, t.collect(&out)
}

// remove removes a directory and what lies below it, whose files a program may
// have made unreadable.
func remove(dir string) error {
	err := os.RemoveAll(dir)
	if err == nil {
		return nil
	}
	_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if d != nil && d.IsDir() {
			_ = os.Chmod(path, 0o700) // before it is read
		}
		return nil
	})
	return os.RemoveAll(dir)
}
