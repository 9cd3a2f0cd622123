package depth

import (
	_ "embed"
	"fmt"

	"github.com/nnvet/nnvet"
)

//go:embed starts_too_deep.md
var startsTooDeepDoc string

// StartsTooDeep finds plain deep networks that learned nothing: what 3 to 8
// layers cannot learn, more will not.
var StartsTooDeep = nnvet.Check{
	ID:       "NN1004",
	Name:     "starts-too-deep",
	Pitfall:  nnvet.Depth,
	Doc:      startsTooDeepDoc,
	Severity: nnvet.Error,
	Needs:    []nnvet.Need{nnvet.NeedParams, nnvet.NeedHead, nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: []nnvet.Limit{
		{Name: "layers", Default: 8, Source: "measured on small MLPs: up to 8 plain layers, every usual start and activation but the sigmoid lost at most 0.04 of skill"},
		{Name: "steps", Default: 100, Source: "convention: a shorter run has hardly begun"},
		nnvet.NoSkill,
	},
	Explains: []string{"NN0201", "NN0206"},
	Symptom:  true,
	AtEnd:    true,
	Run:      startsTooDeep,
}

func startsTooDeep(p *nnvet.Pass) {
	way := pathOf(p.Trace)
	p.Measured("%s", layers(way.layers))
	if float64(way.layers) <= p.Limit("layers") || way.skips > 0 {
		return
	}
	c, err := p.Trace.Course(nnvet.Train)
	if err != nil || c.Scale.How == "" {
		p.Skip("what a constant would reach is not known, so that nobody can say whether anything was learned")
		return
	}
	if float64(p.Trace.Run.Steps) < p.Limit("steps") {
		p.Short("the run has %d steps; it takes %.0f to judge", p.Trace.Run.Steps, p.Limit("steps"))
		return
	}
	if c.Skill() > p.Limit("learned") {
		return
	}
	p.Report(nnvet.Finding{
		Confidence: 0.6,
		Source:     whereMade(p.Trace),
		Label:      fmt.Sprintf("%d layers deep", way.layers),
		Span:       nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)},
		Brief:      layers(way.layers),
		Message:    fmt.Sprintf("the network starts too deep: %d layers one behind the other, none of which can be passed by, and nothing learned; %s", way.layers, c.Ended()),
		Evidence: []nnvet.Evidence{
			{What: "layers with weights on the longest way", Saw: float64(way.layers), Limit: "layers", Lo: 3, Hi: 8},
			c.Evidence("learned"),
		},
		Treatments: []nnvet.Treatment{shallower(p.Trace, way.layers), passable(p.Trace)},
	})
}

// shallower returns the treatment that takes layers away.
func shallower(t *nnvet.Trace, from int) nnvet.Treatment {
	const start = 4 // layers: what trains from any usual start, and shows whether the rest works
	return nnvet.Treatment{
		Action: t.Say(nnvet.Words{
			Program: fmt.Sprintf("begin with %d layers in the place of %d, of the same width, and add more only once those learn", start, from),
			File:    fmt.Sprintf("leave %d layers with weights of the %d in network, and add more only once those learn", start, from),
		}),
		Settings: []nnvet.Setting{{Name: "hidden layers", From: fmt.Sprint(from - 1), To: fmt.Sprint(start - 1)}},
	}
}

// passable returns the treatment that keeps the depth.
func passable(t *nnvet.Trace) nnvet.Treatment {
	return nnvet.Treatment{
		Action: t.Say(nnvet.Words{
			Program: "where the depth is needed, let every two layers be passed by: x = x + block(norm(x)), the last weights of each block starting at zero",
			File:    "where the depth is needed, put every two layers into a residual block with a norm at its start",
		}),
		Settings: []nnvet.Setting{{Name: "residual", From: "none", To: "every 2 layers"}},
	}
}

// whereMade returns where the network is made, or its first layer.
func whereMade(t *nnvet.Trace) nnvet.Location {
	for i := range t.Layers {
		if t.Layers[i].Source.Known() {
			return t.Layers[i].Source
		}
	}
	return nnvet.Location{}
}
