package subject

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/experiment"
	"github.com/nnvet/nnvet/internal/prepare"
)

// An Experiment is a training on the embedded engine with its data, prepared
// and divided: what an experiment file comes to.
type Experiment struct {
	File        *experiment.File
	Plan        *experiment.Plan // of the first seed
	Preparation *prepare.Preparation
	Data        []string // what was found and decided about the data, a sentence each

	train, val, test engine.Data
	facts            experiment.Facts
}

// Prepare reads the data of an experiment and prepares it for the network. What
// the file asks for and cannot have is quoted from it.
func Prepare(ctx context.Context, f *experiment.File) (*Experiment, error) {
	e, err := prepared(ctx, f)
	return e, placed(f, err)
}

func prepared(ctx context.Context, f *experiment.File) (*Experiment, error) {
	table, err := dataset.Load(ctx, f.Data.Path, f.Data.Options)
	if err != nil {
		return nil, inData(err)
	}
	if err := missing(f.Data.Groups, table); err != nil {
		return nil, err
	}
	split, err := f.Data.Plan.Divide(table)
	if err != nil {
		return nil, inData(fmt.Errorf("%s: %w", f.Data.Path, err))
	}
	p, err := f.Data.Plan.Fit(table, split)
	if err != nil {
		return nil, inData(fmt.Errorf("%s: %w", f.Data.Path, err))
	}
	e := &Experiment{File: f, Preparation: p}
	e.Data = append(append(append(e.Data, table.Detected...), split.Said...), p.Said()...)
	for _, name := range f.Data.Plan.Exclude {
		e.Data = append(e.Data, "column "+name+": left out, as asked")
	}
	e.facts = experiment.Facts{
		Input: p.Shape(), Rows: len(split.Train), Val: len(split.Val), Classes: len(p.Classes()), Tokens: p.Tokens(),
	}
	if e.facts.Classes == 0 {
		e.facts.Outputs = p.Outputs()
	}
	if e.Plan, err = f.Plan(e.facts, f.Seeds[0]); err != nil {
		return nil, err
	}
	for _, part := range []struct {
		rows []int
		to   *engine.Data
	}{{split.Train, &e.train}, {split.Val, &e.val}, {split.Test, &e.test}} {
		if *part.to, err = e.rows(table, part.rows); err != nil {
			return nil, inData(fmt.Errorf("%s: %w", f.Data.Path, err))
		}
	}
	if f.Output != experiment.AsWritten {
		e.Plan.Spec.OutputBias = e.outputBias()
	}
	return e, e.fits()
}

// rows returns some rows of a table as the engine takes them.
func (e *Experiment) rows(t *dataset.Table, rows []int) (engine.Data, error) {
	if len(rows) == 0 {
		return engine.Data{}, nil // nil would stand for all rows
	}
	x, _, err := e.Preparation.Inputs(t, rows)
	if err != nil {
		return engine.Data{}, err
	}
	y, labels, err := e.Preparation.Targets(t, rows)
	if err != nil {
		return engine.Data{}, err
	}
	d := engine.Data{X: x, Y: y, Labels: labels, Rows: len(rows)}
	if labels != nil && !e.Plan.Spec.Loss.Kind.Labels() { // a loss on numbers, of classes
		d.Y, d.Labels = prepare.Indicators(labels, e.outputs()), nil
	}
	return d, nil
}

// outputs is how many numbers the network gives, for losses that take numbers
// where the target has classes: one for two of them.
func (e *Experiment) outputs() int {
	if e.facts.Classes == 2 {
		return 1
	}
	return e.facts.Classes
}

// fits builds the network once, so that what does not fit is said before
// anything is trained, with the line that it stands in.
func (e *Experiment) fits() error {
	n, err := e.network(e.Plan.Spec)
	if err != nil {
		return err
	}
	want := e.Preparation.Outputs()
	if e.train.Labels == nil && e.facts.Classes > 0 {
		want = e.outputs()
	}
	if got := n.Outputs(); got.Size() != want {
		return e.File.Quote(e.File.Place("network"), "the network ends with %v outputs, and target %s takes %d: end with dense: %d, or leave output: as_written out", got, e.Preparation.Target(), want, want)
	}
	return nil
}

// network builds a network of the experiment, and says in which line of the
// file stands what cannot be built.
func (e *Experiment) network(s engine.Spec) (*engine.Network, error) {
	n, err := engine.New(s, s.Batch)
	return n, placed(e.File, err)
}

// Stem is the path of what the experiment leaves behind, without an extension:
// beside its file, or in the working directory where there is none.
func (e *Experiment) Stem() string {
	if len(e.File.Name) > 0 && e.File.Name != experiment.Defaults {
		return strings.TrimSuffix(e.File.Name, filepath.Ext(e.File.Name))
	}
	base := filepath.Base(e.File.Data.Path)
	base, _, _ = strings.Cut(strings.TrimLeft(base, "."), ".")
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`*?[]`, r) {
			return '_'
		}
		return r
	}, base)
}
