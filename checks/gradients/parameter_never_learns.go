package gradients

import (
	_ "embed"
	"fmt"
	"slices"

	"github.com/nnvet/nnvet"
)

//go:embed parameter_never_learns.md
var neverLearnsDoc string

// NeverLearns finds parameters that ask for gradients but keep their first
// values: no optimizer has them, or no gradient reaches them.
var NeverLearns = nnvet.Check{
	ID:       "NN0807",
	Name:     "parameter-never-learns",
	Pitfall:  nnvet.Gradients,
	Doc:      neverLearnsDoc,
	Severity: nnvet.Warning,
	Needs:    []nnvet.Need{nnvet.NeedParams, nnvet.NeedOptimizer},
	Limits:   []nnvet.Limit{nnvet.HealthySkill},
	Explains: []string{"NN0602", "NN0801", "NN0201"},
	AtEnd:    true,
	Run:      neverLearns,
}

// A cause is why a parameter keeps its first value.
type cause int

const (
	unregistered cause = iota // in the graph, but in no module of the network
	leftOut                   // in the network, but in no optimizer
	disconnected              // in an optimizer, but without a gradient
	idle                      // one of the two before, in a layer without outputs while gradients were on
)

// A stuck group is parameters that keep their first values for one cause.
type stuck struct {
	params []*nnvet.Param
	layers []string // that they belong to, in order
	loose  []string // those that belong to none
}

// String says which they are.
func (s stuck) String() string {
	if len(s.layers) > 0 {
		return "those of " + layers(s.layers)
	}
	return list(s.loose)
}

func neverLearns(p *nnvet.Pass) {
	t := p.Trace
	held := held(t)
	if len(held) == 0 {
		p.Skip("which parameters the optimizer holds was not recorded")
		return
	}
	starved := make(map[string]bool)
	for _, e := range t.Events {
		if e.Kind == nnvet.NoGradient {
			starved[e.Site] = true
		}
	}
	var groups [idle + 1]stuck
	learning := 0 // weights that do learn
	for i := range t.Params {
		switch c, is := causeOf(t, &t.Params[i], held, starved); {
		case is:
			groups[c].add(&t.Params[i])
		case t.Params[i].Trainable && len(t.Params[i].Shape) >= 2:
			learning++
		}
	}
	if spare := groups[idle]; len(groups[leftOut].params)+len(groups[disconnected].params) > 0 {
		groups[idle] = stuck{}
		for _, q := range spare.params { // a layer whose weights others use without calling it
			c := leftOut
			if held[q.Name] {
				c = disconnected
			}
			groups[c].add(q)
		}
	}
	for c, g := range groups {
		if len(g.params) > 0 {
			reportStuck(p, cause(c), g, learning)
		}
	}
	p.Measured("%d learn", len(held))
}

// held returns the names of the parameters that any optimizer holds.
func held(t *nnvet.Trace) map[string]bool {
	out := make(map[string]bool)
	for _, o := range t.Optimizers {
		for _, g := range o.Groups {
			for _, name := range g.Params {
				out[name] = true
			}
		}
	}
	return out
}

// causeOf returns why a parameter never learns, if it should and does not. One
// that asks for no gradients is frozen on purpose.
func causeOf(t *nnvet.Trace, q *nnvet.Param, held, starved map[string]bool) (cause, bool) {
	switch {
	case !q.Trainable || held[q.Name] && !starved[q.Name]:
		return 0, false
	case q.Unregistered && !held[q.Name]:
		return unregistered, true
	case !ran(t, q.Layer):
		return idle, true
	case held[q.Name]:
		return disconnected, true
	}
	return leftOut, true
}

// ran reports whether a layer gave outputs while gradients were on, as far as
// the trace can tell. It can of layers without layers below them, if it holds any outputs.
func ran(t *nnvet.Trace, layer string) bool {
	if l := t.Layer(layer); l == nil || !l.Leaf {
		return true
	}
	if t.Series(nnvet.Key{Quantity: nnvet.ActStd, Site: layer}).Len() > 0 {
		return true
	}
	for range t.All(nnvet.ActStd) {
		return false
	}
	return true
}

func (g *stuck) add(q *nnvet.Param) {
	g.params = append(g.params, q)
	switch {
	case q.Layer == "":
		g.loose = append(g.loose, q.Name)
	case !slices.Contains(g.layers, q.Layer):
		g.layers = append(g.layers, q.Layer)
	}
}

// words says what is wrong and what to do about it, by cause.
var words = [...]struct{ fault, label, action string }{
	unregistered: {"in no module of the network, so that no optimizer got them", "not part of the network",
		"hold the layers in nn.ModuleList or nn.ModuleDict in place of a list or dict, before the optimizer is made"},
	leftOut: {"in no optimizer", "in no optimizer",
		"give the optimizer all of them: model.parameters(); or freeze them on purpose: requires_grad_(False)"},
	disconnected: {"in the optimizer, but no gradient ever reaches them", "no gradient reaches it",
		"look between them and the loss for detach(), .data, .item(), torch.no_grad(), argmax or round, and take it out"},
	idle: {"never used while gradients are on", "never runs with gradients",
		"call them in forward and outside of torch.no_grad(), or freeze them on purpose: requires_grad_(False)"},
}

func reportStuck(p *nnvet.Pass, c cause, s stuck, learning int) {
	weights := 0
	for _, q := range s.params {
		if len(q.Shape) >= 2 {
			weights++
		}
	}
	w := words[c]
	f := nnvet.Finding{
		Confidence: 0.9,
		Site:       slices.Concat(s.layers, s.loose)[0],
		Label:      w.label,
		Span:       nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)},
		Brief:      fmt.Sprintf("%d stuck", len(s.params)),
		Message:    fmt.Sprintf("%d of %d tensors never learn: %v are %s", len(s.params), len(p.Trace.Params), s, w.fault),
		Evidence:   []nnvet.Evidence{{What: "parameters that never change", Saw: float64(len(s.params))}},
		Treatments: []nnvet.Treatment{{Action: w.action}},
	}
	if c == unregistered || c == leftOut { // what cuts the others off, or would call them, a person must find
		f.Treatments[0].Settings = []nnvet.Setting{{Name: "trained", From: "part", To: "all"}}
	}
	f.Source = sourceOf(p.Trace, f.Site)
	lone := weights > 0 && learning <= 1 // the last layer, or nothing, learns
	loss, err := p.Trace.Course(nnvet.Train)
	switch {
	case lone && !(err == nil && loss.Skill() >= p.Limit("skill")):
		f.Severity = nnvet.Error
	case c == idle && !lone: // a spare layer, a teacher
		f.Severity = nnvet.Note
	}
	p.Report(f)
}
