package regularization

import (
	_ "embed"
	"fmt"

	"github.com/nnvet/nnvet"
)

//go:embed decay_on_norm_or_bias.md
var decayOnNormDoc string

// DecayOnNormOrBias tells of weight decay on parameters that it was not made
// for. It is information and no more.
var DecayOnNormOrBias = nnvet.Check{
	ID:       "NN0406",
	Name:     "decay-on-norm-or-bias",
	Pitfall:  nnvet.Regularization,
	Doc:      decayOnNormDoc,
	Severity: nnvet.Note,
	Needs:    []nnvet.Need{nnvet.NeedOptimizer, nnvet.NeedParams},
	Limits: []nnvet.Limit{
		{Name: "decay", Default: 1e-3, Source: "convention: less hardly moves a bias within a training"},
	},
	Run: decayOnNorm,
}

func decayOnNorm(p *nnvet.Pass) {
	if p.Trace.OfFile() {
		p.Measured("by nnvet")
		return // its decay is for weights alone
	}
	for i := range p.Trace.Optimizers {
		o := &p.Trace.Optimizers[i]
		for j := range o.Groups {
			g := &o.Groups[j]
			decay, _ := g.Setting("weight_decay")
			n, first := flat(p.Trace, g)
			if decay < p.Limit("decay") || n == 0 {
				continue
			}
			p.Report(nnvet.Finding{
				Confidence: 0.5,
				Site:       g.Name,
				Source:     o.Source,
				Label:      fmt.Sprintf("decays biases by %g", decay),
				Span:       nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)},
				Brief:      fmt.Sprintf("on %d", n),
				Message:    fmt.Sprintf("weight decay of %g also draws %d biases and scales to zero, such as %s, which hold little to learn by heart", decay, n, first),
				Evidence:   []nnvet.Evidence{{What: "weight decay", Saw: decay, Limit: "decay"}, {What: "biases and scales in the group", Saw: float64(n)}},
				Treatments: []nnvet.Treatment{{
					Action: "give the optimizer two groups: parameters of two dimensions or more with the decay, the others with weight_decay=0",
				}},
			})
			return
		}
	}
	p.Measured("none")
}

// flat counts the parameters of a group that have one dimension, and names the first.
func flat(t *nnvet.Trace, g *nnvet.Group) (n int, first string) {
	for _, name := range g.Params {
		if q := t.Param(name); q != nil && len(q.Shape) == 1 {
			if n++; n == 1 {
				first = name
			}
		}
	}
	return n, first
}
