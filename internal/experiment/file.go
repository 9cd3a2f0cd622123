package experiment

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/prepare"
)

// Auto stands for a whole number that the data decides.
const Auto = -1

// AsWritten is the Output of a network whose last layer is the last one that
// is written.
const AsWritten = "as_written"

// A File says what to train, as far as that is known without the data.
type File struct {
	Name string // as locations name it
	Text []byte // as it was read

	Data      Data
	Layers    []engine.Node // nil: by the data; empty: no hidden layer
	Output    string        // "" for a layer that suits the loss, or AsWritten
	Loss      engine.Loss   // no Kind: by the target
	Optimizer engine.Optimizer
	Schedule  engine.Schedule
	Clip      engine.Clip
	Augment   []engine.Augment
	Batch     int   // or Auto, as Epochs and Patience
	Epochs    int   // as Auto where Steps says how long
	Steps     int64 // 0 where Epochs says how long
	Patience  int
	Seeds     []int64  // at least one
	Metrics   []string // empty: by the task
	Goal      *nnvet.Goal
	Kernels   string // "" for the fastest

	src    *source
	places map[string]nnvet.Location
	names  map[mention]nnvet.Location
	calls  []nnvet.Call
}

// Data says what to read, and how to prepare it.
type Data struct {
	Path    string // from where the program runs, not from where the file lies
	Options dataset.Options
	Plan    prepare.Plan
	Shuffle bool // the order of training rows changes between epochs
	Groups  []nnvet.ColumnGroup
}

// Read reads an experiment file.
func Read(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if fi, err := f.Stat(); err == nil && !fi.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a file", path)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	return Parse(path, text)
}

// Parse reads the text of an experiment file, whose name locations will have.
// The error may be Errors: all that is wrong, each with its line.
func Parse(name string, text []byte) (*File, error) {
	src, err := newSource(name, text)
	if err != nil {
		return nil, err
	}
	root, err := tree(src)
	if err != nil {
		return nil, err
	}
	f := unset(name)
	f.Text, f.src = text, src
	r := newReader(src)
	k := f.keys()
	r.fill("the experiment", root, k)
	f.settle(r)
	if err := r.errs.err(); err != nil {
		return nil, err
	}
	return f, nil
}

// unset returns the file in which everything is as when it is left out.
func unset(name string) *File {
	return &File{
		Name: name, Batch: Auto, Epochs: Auto, Patience: Auto, Optimizer: engine.Optimizer{Kind: "adam"},
		Data: Data{Shuffle: true, Plan: prepare.Plan{Split: prepare.SplitPlan{Val: 0.2, Test: 0.1, By: prepare.ByRandom}}},
	}
}

// settle notes what contradicts itself, and completes what follows from other keys.
func (f *File) settle(r *reader) {
	f.places, f.names, f.calls = r.places, r.names, r.calls
	f.Data.Plan.Target, f.Data.Plan.Amounts = f.Data.Options.Target, amounts[f.Loss.Kind]
	for _, path := range []*string{&f.Data.Path, &f.Data.Options.Labels} {
		if *path != "" && !filepath.IsAbs(*path) {
			*path = filepath.Join(filepath.Dir(f.Name), *path)
		}
	}
	if at, both := f.places["seeds"]; both && f.places["seed"].Known() {
		r.fault(at, "seed and seeds exclude each other: keep one")
	}
	if f.Steps > 0 && f.Epochs != Auto {
		r.fault(f.places["steps"], "epochs and steps exclude each other: keep one")
	}
	if len(f.Seeds) == 0 {
		f.Seeds = []int64{0}
	}
	s := f.Data.Plan.Split
	if at, ok := f.places["data.split"]; ok && s.Val+s.Test >= 1 {
		r.fault(at, "val %g and test %g leave no rows to train on: give shares that add up to less than 1", s.Val, s.Test)
	}
	if o := f.Optimizer; o.Nesterov && (o.Momentum == 0 || o.Dampening != 0) {
		r.fault(f.places["optimizer"], "nesterov takes a momentum and no dampening: set momentum to 0.9, say, and leave dampening out")
	}
}

// Place returns where the value of a key stands, such as "data.target"; the
// zero Location where the file leaves it out.
func (f *File) Place(key string) nnvet.Location { return f.places[key] }

// Mention returns where a key names a column, such as in a list of them. Where
// it does not, it is the place of its value, or of the nearest key above that
// the file has: "data.split" for "data.split.by". The whole data is no place.
func (f *File) Mention(key, name string) nnvet.Location {
	if at, ok := f.names[mention{key, name}]; ok {
		return at
	}
	for {
		if at, ok := f.places[key]; ok {
			return at
		}
		i := strings.LastIndexByte(key, '.')
		if i < 0 || !strings.Contains(key[:i], ".") {
			return nnvet.Location{}
		}
		key = key[:i]
	}
}

// Quote returns an error about a place of the file, with its line and a caret.
func (f *File) Quote(at nnvet.Location, format string, args ...any) error {
	if !at.Known() {
		return fmt.Errorf("%s: %w", f.Name, fmt.Errorf(format, args...))
	}
	return f.src.errorf(at, format, args...)
}
