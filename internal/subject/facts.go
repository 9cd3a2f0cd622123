package subject

import (
	"context"
	"fmt"
	"strings"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/experiment"
	"github.com/nnvet/nnvet/internal/plural"
	"github.com/nnvet/nnvet/internal/report"
)

// decided says what was found and decided before training, and how it ended.
func (e *Experiment) decided(r engine.Result) []report.Fact {
	s := &e.Plan.Spec
	facts := []report.Fact{{Name: "data", Text: e.File.Data.Path}}
	for _, said := range e.Data {
		facts = append(facts, report.Fact{Name: "data", Text: said})
	}
	facts = append(facts,
		report.Fact{Name: "network", Text: summary(s.Layers)},
		report.Fact{Name: "training", Text: fmt.Sprintf("%s, learning rate %.3g%s, batch %d; %s", s.Optimizer.Kind, s.Optimizer.LR, e.found(), s.Batch, ended(r))})
	if len(e.Plan.Overruled) > 0 {
		facts = append(facts, report.Fact{Name: "overruled", Text: strings.Join(e.Plan.Overruled, "; ")})
	}
	return append(facts, report.Fact{Name: "decided", Text: strings.Join(e.Plan.Said, "; "), Detail: true})
}

func (e *Experiment) found() string {
	switch {
	case e.Plan.Race:
		return " (found by a range test and a race)"
	case e.Plan.RangeTest:
		return " (found by a range test)"
	}
	return ""
}

// summary names the layers in order, with their sizes.
func summary(nodes []engine.Node) string {
	var layers []string
	for _, n := range nodes {
		name := n.Layer.Kind()
		switch l := n.Layer.(type) {
		case *engine.Dense:
			name = fmt.Sprintf("dense %d", l.Units)
		case *engine.Conv2D:
			name = fmt.Sprintf("conv2d %d", l.Filters)
		case *engine.Embedding:
			name = fmt.Sprintf("embedding %d", l.Units)
		case *engine.Dropout:
			name = fmt.Sprintf("dropout %g", l.Rate)
		case *engine.Residual:
			name = "residual (" + summary(l.Body) + ")"
		}
		layers = append(layers, name)
	}
	return strings.Join(layers, ", ")
}

// ended says how a training ended.
func ended(r engine.Result) string {
	s := plural.Of(r.Epochs, "epoch")
	if r.Restored {
		s = fmt.Sprintf("the best of %s was %d, whose weights are kept", s, r.BestEpoch)
	}
	if r.Stopped == engine.NotFinite {
		s += "; stopped because the loss is not finite"
	}
	return s
}

// Default returns the experiment that a data file and its target stand for.
func Default(ctx context.Context, path, target string) (*experiment.File, error) {
	src, err := dataset.Open(ctx, path, dataset.Options{Target: target})
	if err != nil {
		return nil, err
	}
	return experiment.Default(path, target, src.Columns()), nil
}

// Columns returns the names of the columns of a data file.
func Columns(ctx context.Context, path string) ([]string, error) {
	src, err := dataset.Open(ctx, path, dataset.Options{})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range src.Columns() {
		names = append(names, f.Name)
	}
	return names, nil
}

// Starter returns a commented experiment file for a data file: path is the
// data as seen from where the file will lie, and from where it is read now.
func Starter(ctx context.Context, path, from, target string) ([]byte, error) {
	src, err := dataset.Open(ctx, from, dataset.Options{Target: target})
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	err = experiment.Init(&b, path, target, src.Columns())
	return []byte(b.String()), err
}
