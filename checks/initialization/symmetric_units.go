package initialization

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed symmetric_units.md
var symmetricUnitsDoc string

// SymmetricUnits finds layers whose units begin equal and get equal
// gradients, so that they stay one unit for ever.
var SymmetricUnits = nnvet.Check{
	ID:       "NN0901",
	Name:     "symmetric-units",
	Pitfall:  nnvet.Initialization,
	Doc:      symmetricUnitsDoc,
	Severity: nnvet.Error,
	Needs:    []nnvet.Need{nnvet.NeedParams},
	Limits: []nnvet.Limit{
		{Name: "share", Default: 0.5, Source: "measured on small MLPs: zero and constant weights always pass it; 0 of 200 healthy runs did"},
	},
	Explains: []string{"NN0601", "NN0602", "NN0801", "NN0904", "NN0201", "NN1002", "NN0803", "NN0903", "NN0902"},
	Run: func(p *nnvet.Pass) {
		var found []*nnvet.Param
		unknown, looked, worst := "", 0, 0.0
		for i := range p.Trace.Params {
			q := &p.Trace.Params[i]
			if q.Rows < 2 || isTable(p.Trace, q) {
				continue
			}
			looked++
			if share(q.Twins, q) <= p.Limit("share") {
				continue
			}
			if q.GradTwins < 0 {
				unknown = q.Name
				continue
			}
			same := share(min(q.Twins, q.GradTwins), q)
			worst = max(worst, same)
			if same > p.Limit("share") {
				found = append(found, q)
			}
		}
		switch {
		case len(found) > 0:
			reportSymmetry(p, found, worst)
		case looked == 0:
			p.Skip("no weight of two or more units was recorded")
		case unknown != "":
			p.Skip("units of %s begin equal, but their first gradients were not recorded", unknown)
		default:
			p.Measured("%.0f%% equal", 100*worst)
		}
	},
}

func share(n int, q *nnvet.Param) float64 { return float64(n) / float64(q.Rows) }

// isTable reports whether the rows of a parameter are entries and not units:
// those that a batch does not hold all have the gradient zero.
func isTable(t *nnvet.Trace, q *nnvet.Param) bool {
	l := t.Layer(q.Layer)
	return l != nil && strings.HasPrefix(l.Kind, "Embedding")
}

func reportSymmetry(p *nnvet.Pass, found []*nnvet.Param, worst float64) {
	t, first := p.Trace, found[0]
	names := make([]string, len(found))
	var evidence []nnvet.Evidence
	for i, q := range found {
		names[i] = q.Name
		evidence = append(evidence, nnvet.Evidence{What: "units of " + q.Name + " with equal weights and equal gradients", Saw: share(min(q.Twins, q.GradTwins), q), Limit: "share"})
	}
	f := nnvet.Finding{
		Site:     first.Layer,
		Label:    "makes all units alike",
		Span:     nnvet.Span{To: max(t.Run.Steps-1, 0)},
		Brief:    fmt.Sprintf("%.0f%% equal", 100*worst),
		Message:  fmt.Sprintf("units are symmetric: %d of the %d of %s begin with equal weights and get equal gradients, so they stay one unit", min(first.Twins, first.GradTwins), first.Rows, first.Name),
		Evidence: evidence,
	}
	if len(names) > 1 {
		f.Message += "; the same holds for " + strings.Join(names[1:min(len(names), 4)], ", ")
		if len(names) > 4 {
			f.Message += fmt.Sprintf(" and %d more", len(names)-4)
		}
	}
	if l := t.Layer(first.Layer); l != nil {
		f.Source, f.Label = l.Source, "all its units are alike"
	}
	if c := constantCall(t); c != nil {
		f.Source, f.Label = c.Source, "makes all units alike"
	}
	law, why := lawFor(t, first.Layer)
	f.Treatments = []nnvet.Treatment{
		{
			Action:   fmt.Sprintf(t.Say(random), t.Say(law.Words), why),
			Settings: []nnvet.Setting{{Name: "weight init", From: "constant", To: law.name()}},
			Edits:    randomStarts(t, found),
		},
		{Action: t.Say(byDefault), Settings: []nnvet.Setting{{Name: "weight init", From: "constant", To: "default"}}},
	}
	p.Report(f)
}

// What to do about weights that begin equal.
var (
	random = nnvet.Words{
		Program: "start the weights at random: %s, which suits %s, and nn.init.zeros_(layer.bias)",
		File:    "start the weights at random: init: %s, which suits %s",
	}
	byDefault = nnvet.Words{
		Program: "take the initialization out: PyTorch's own start serves up to about 8 layers",
		File:    "take init out: weights start at random by themselves, to the size that suits the layer behind",
	}
)

// randomStarts returns the edits that start the layers of an experiment file
// at random, or none where one of them does not say how it starts. With an
// alias, several say it at one place.
func randomStarts(t *nnvet.Trace, found []*nnvet.Param) []nnvet.Edit {
	var edits []nnvet.Edit
	for _, q := range found {
		l := t.Layer(q.Layer)
		if !t.OfFile() || l == nil {
			return nil
		}
		start, ok := t.CallAt(l.Source).Arg("init")
		if !ok {
			return nil
		}
		if slices.ContainsFunc(edits, func(e nnvet.Edit) bool { return e.At == start.Source }) {
			continue
		}
		law, _ := lawFor(t, q.Layer)
		edits = append(edits, nnvet.Edit{At: start.Source, New: law.File})
	}
	return edits
}

// constantCall returns the call that gives weights one value, if only one in
// the source does. Biases may well begin so.
func constantCall(t *nnvet.Trace) *nnvet.Call {
	return onlyCall(t, "weight", "constant_", "zeros_", "ones_", "fill_", "zero_")
}

// lawFor returns the initialization that suits the activation after a layer,
// and what it suits.
func lawFor(t *nnvet.Trace, layer string) (l law, why string) {
	for _, s := range t.Stages() {
		if s.Layer.Name == layer {
			return suits(t, &s)
		}
	}
	return he, "ReLU"
}
