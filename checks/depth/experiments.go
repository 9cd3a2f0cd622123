package depth

import (
	_ "embed"
	"fmt"

	"github.com/nnvet/nnvet"
)

//go:embed too_deep.md
var tooDeepDoc string

// TooDeep is that a shallower network does as well.
var TooDeep = nnvet.Check{
	ID:         "NN1001",
	Name:       "too-deep",
	Pitfall:    nnvet.Depth,
	Doc:        tooDeepDoc,
	Severity:   nnvet.Warning,
	Limits:     []nnvet.Limit{nnvet.AsGood, nnvet.Harm},
	Experiment: "networks of a half and a quarter of the layers and as many parameters, each at its own best learning rate",
	Run: func(p *nnvet.Pass) {
		e := p.Experiment(2)
		if e == nil {
			return
		}
		asItIs, best := e.Arms[0], nnvet.Arm{}
		for _, a := range e.Arms[1:] {
			if a.Keeps(asItIs, p.Limit("same")) && (best.What == "" || a.Size < best.Size) {
				best = a
			}
		}
		if best.What == "" {
			p.Measured("skill %.2f", asItIs.Mean())
			return
		}
		reportDepth(p, asItIs, best)
	},
}

// reportDepth reports that fewer layers do. That they do as well is worth
// knowing; that they do better is a fault.
func reportDepth(p *nnvet.Pass, asItIs, fewer nnvet.Arm) {
	severity, than := nnvet.Note, "as well"
	if fewer.Beats(asItIs, p.Limit("same")) {
		severity, than = fewer.Weight(asItIs, p.Limit("harm")), "better"
	}
	ahead, _ := fewer.Ahead(asItIs)
	p.Report(nnvet.Finding{
		Severity: severity,
		Message:  fmt.Sprintf("%s does %s: it scores %.2f, and the network as it is %.2f (%d seeds)", fewer.What, than, fewer.Mean(), asItIs.Mean(), len(fewer.Figures)),
		Brief:    fmt.Sprintf("%+.2f", ahead),
		Evidence: []nnvet.Evidence{{What: "score of the shallower network less that of this one", Saw: ahead, Limit: "same", Lo: -1, Hi: 0}},
		Treatments: []nnvet.Treatment{{
			Action: "take " + fewer.What, Settings: fewer.Settings,
		}},
	})
}

//go:embed needs_skips.md
var needsSkipsDoc string

// NeedsSkips is that the depth would serve, if layers could be passed by.
var NeedsSkips = nnvet.Check{
	ID:         "NN1003",
	Name:       "needs-skips",
	Pitfall:    nnvet.Depth,
	Doc:        needsSkipsDoc,
	Severity:   nnvet.Warning,
	Limits:     []nnvet.Limit{nnvet.AsGood, nnvet.Harm},
	Experiment: "the same network with a residual connection round every two layers, at its own best learning rate",
	Run: func(p *nnvet.Pass) {
		e := p.Experiment(2)
		if e == nil {
			return
		}
		plain, passable := e.Arms[0], e.Arms[1]
		ahead, _ := passable.Ahead(plain)
		switch beats := passable.Beats(plain, p.Limit("same")); {
		case !beats && ahead > p.Limit("same"):
			p.Skip("undecided: with residual connections it is ahead by %.2f on %d seeds, which may be luck", ahead, len(passable.Figures))
			return
		case !beats:
			p.Measured("%+.2f", ahead)
			return
		}
		p.Report(nnvet.Finding{
			Severity: passable.Weight(plain, p.Limit("harm")),
			Message:  fmt.Sprintf("with a residual connection round every two layers it scores %.2f, and %.2f without (%d seeds)", passable.Mean(), plain.Mean(), len(passable.Figures)),
			Brief:    fmt.Sprintf("%+.2f", ahead),
			Evidence: []nnvet.Evidence{{What: "score with residual connections less that without", Saw: ahead, Limit: "same", Lo: -1, Hi: 0}},
			Treatments: []nnvet.Treatment{{
				Action: p.Trace.Say(nnvet.Words{
					Program: "let every two layers be passed by: x = x + block(norm(x)), the last weights of each block starting at zero",
					File:    "put every two layers into a residual block with a layer_norm at its start, and init: zero in its last layer",
				}),
				Settings: passable.Settings,
			}},
		})
	},
}
