package hiddenunits

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed too_narrow.md
var tooNarrowDoc string

// TooNarrow finds layers with fewer units than directions that must pass them,
// or that use all they have and still learn little.
var TooNarrow = nnvet.Check{
	ID:       "NN1101",
	Name:     "too-narrow",
	Pitfall:  nnvet.HiddenUnits,
	Doc:      tooNarrowDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedParams, nnvet.NeedHead, nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: []nnvet.Limit{
		{Name: "full", Default: 0.8, Source: "measured on small MLPs: the outputs of healthy last hidden layers varied in 0.02 to 0.55 of as many directions as they have units"},
		{Name: "fits", Default: 0.9, Source: "convention: a network that explains nine tenths of its training rows is wide enough for them"},
		{Name: "late", Default: 0.05, Source: "convention: a loss that still falls by a twentieth of a constant's in the last tenth needs steps before units"},
		nnvet.HealthySkill, nnvet.NoSkill,
	},
	Explains: []string{"NN0801", "NN0201", "NN0206"}, // a layer of a unit or two is dead as soon as they are
	AtEnd:    true,
	Run:      tooNarrow,
}

func tooNarrow(p *nnvet.Pass) {
	stages := slices.DeleteFunc(hidden(p.Trace), func(s nnvet.Stage) bool { return !dense(&s) })
	if len(stages) == 0 {
		p.Skip("there is no dense hidden layer")
		return
	}
	narrowest := slices.MinFunc(stages, func(a, b nnvet.Stage) int { return a.Units() - b.Units() })
	p.Measured("%s", units(narrowest.Units()))
	c, err := p.Trace.Course(nnvet.Train)
	if err != nil || c.Scale.How == "" {
		p.Skip("what a constant would reach is not known, so that nobody can say how much was learned")
		return
	}
	n, known := needOf(p.Trace)
	switch skill := c.Skill(); {
	case math.IsInf(skill, -1) || skill >= p.Limit("fits") || c.Late() > p.Limit("late"):
	case known && bottleneck(narrowest, n):
		reportBottleneck(p, narrowest, n, c)
	case skill < p.Limit("skill") && skill > p.Limit("learned"):
		// What learned nothing at all has another reason: even one unit learns something.
		crowded(p, stages[len(stages)-1], n, c)
	}
}

// bottleneck reports whether a layer has fewer units than what must pass it.
func bottleneck(s nnvet.Stage, n need) bool {
	must := n.outputs
	if n.inputs > 0 {
		must = min(must, n.inputs)
	}
	return s.Units() < must
}

func reportBottleneck(p *nnvet.Pass, s nnvet.Stage, n need, c nnvet.Course) {
	f := finding(p, s, n)
	f.Confidence = 0.85
	f.Message = fmt.Sprintf("layer %s is too narrow: %s, through which %d directions of the targets must pass; %s", s.Layer.Name, units(s.Units()), n.outputs, c.Ended())
	f.Evidence = []nnvet.Evidence{
		{What: "units of the narrowest layer", Saw: float64(s.Units()), Lo: float64(n.outputs), Hi: 1024},
		{What: "directions in which the targets vary", Saw: float64(n.outputs)},
		c.Evidence("fits"),
	}
	switch {
	case n.same:
		f.Severity = nnvet.Note
		f.Message += "; the targets are as many as the inputs, so it may be meant, as the code of an autoencoder is"
	case c.Skill() < p.Limit("skill"):
		f.Severity = nnvet.Error
	}
	p.Report(f)
}

// crowded looks for a last hidden layer whose units all go their own ways, in
// a network that has learned something and no more than that.
func crowded(p *nnvet.Pass, s nnvet.Stage, n need, c nnvet.Course) {
	rank := p.Trace.Series(nnvet.Key{Quantity: nnvet.ActRank, Site: s.Layer.Name})
	if rank.Len() == 0 {
		p.Skip("in how many directions the outputs of layer %s vary was not recorded", s.Layer.Name)
		return
	}
	_, v := rank.Last()
	// One unit always fills its one direction: that it is one, and what was learned, must do.
	if !(v >= p.Limit("full")*float64(s.Units())) || s.Units() >= usual(n).lo {
		return
	}
	f := finding(p, s, n)
	f.Confidence = 0.6
	f.Message = fmt.Sprintf("layer %s is too narrow: its %s vary in %.2g directions, all that they have; %s", s.Layer.Name, units(s.Units()), v, c.Ended())
	f.Evidence = []nnvet.Evidence{
		{What: "directions of its outputs over its units", Saw: v / float64(s.Units()), Key: rank.Key, Limit: "full", Lo: 0.02, Hi: 0.55},
		c.Evidence("skill"),
	}
	p.Report(f)
}

func finding(p *nnvet.Pass, s nnvet.Stage, n need) nnvet.Finding {
	return nnvet.Finding{
		Site:       s.Layer.Name,
		Source:     s.Layer.Source,
		Label:      units(s.Units()),
		Span:       nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)},
		Brief:      units(s.Units()),
		Treatments: []nnvet.Treatment{widen(p.Trace, s, usual(n).lo)},
	}
}

// widen returns the treatment that gives a layer its units, and likewise every
// other hidden layer that has no more than it: behind one of two units a wide
// layer sees no more than two numbers.
func widen(t *nnvet.Trace, s nnvet.Stage, to int) nnvet.Treatment {
	out := nnvet.Treatment{Action: fmt.Sprintf("give layer %s %d units in the place of %d", s.Layer.Name, to, s.Units())}
	var likewise []string
	certain := t.OfFile()
	for _, h := range hidden(t) {
		if !dense(&h) || h.Units() > s.Units() {
			continue
		}
		if h.Layer != s.Layer {
			likewise = append(likewise, h.Layer.Name)
		}
		out.Settings = append(out.Settings, nnvet.Setting{Name: "units", Site: h.Layer.Name, From: fmt.Sprint(h.Units()), To: fmt.Sprint(to)})
		// In a program the next layer must be told as well; in an experiment file
		// layers learn their inputs by themselves.
		a, ok := t.CallAt(h.Layer.Source).Arg("units")
		certain = certain && ok
		if e := (nnvet.Edit{At: a.Source, New: fmt.Sprint(to)}); !slices.Contains(out.Edits, e) { // an alias writes several at one place
			out.Edits = append(out.Edits, e)
		}
	}
	if !certain {
		out.Edits = nil
	}
	switch {
	case len(likewise) > 2:
		out.Action += fmt.Sprintf(", and likewise %s and %d more", likewise[0], len(likewise)-1)
	case len(likewise) > 0:
		out.Action += ", and likewise " + strings.Join(likewise, " and ")
	}
	return out
}
