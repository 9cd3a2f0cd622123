package hiddenunits

import (
	_ "embed"
	"fmt"
	"slices"

	"github.com/nnvet/nnvet"
)

//go:embed too_wide.md
var tooWideDoc string

// TooWide is that a narrower network does as well.
var TooWide = nnvet.Check{
	ID:         "NN1102",
	Name:       "too-wide",
	Pitfall:    nnvet.HiddenUnits,
	Doc:        tooWideDoc,
	Severity:   nnvet.Note,
	Limits:     []nnvet.Limit{nnvet.AsGood},
	Experiment: "the network at a half and at a quarter of its width, each at its own best learning rate",
	Run: func(p *nnvet.Pass) {
		e := p.Experiment(2)
		if e == nil {
			return
		}
		asItIs, best := e.Arms[0], nnvet.Arm{}
		for _, a := range e.Arms[1:] {
			if a.Size < 1 && a.Keeps(asItIs, p.Limit("same")) && (best.What == "" || a.Size < best.Size) {
				best = a
			}
		}
		if best.What == "" {
			p.Measured("skill %.2f", asItIs.Mean())
			return
		}
		reportWidth(p, asItIs, best, "narrower", nnvet.Note)
	},
}

// reportWidth reports that another width is the one to take.
func reportWidth(p *nnvet.Pass, asItIs, other nnvet.Arm, how string, severity nnvet.Severity) {
	ahead, _ := other.Ahead(asItIs)
	p.Report(nnvet.Finding{
		Severity:   severity,
		Message:    fmt.Sprintf("%s scores %.2f, and the network as it is %.2f (%d seeds)", other.What, other.Mean(), asItIs.Mean(), len(other.Figures)),
		Brief:      fmt.Sprintf("%gx", other.Size),
		Evidence:   []nnvet.Evidence{{What: "score of the " + how + " network less that of this one", Saw: ahead, Limit: "same", Lo: -1, Hi: 0}},
		Treatments: []nnvet.Treatment{{Action: "take " + other.What, Settings: other.Settings}},
	})
}

//go:embed width_sweep.md
var widthSweepDoc string

// WidthSweep is that another width does better. Of its experiment's arms the one
// that was chosen, on seeds of their own, is trained on five fresh ones beside the
// network as it is; the others cannot win on as few as they have.
var WidthSweep = nnvet.Check{
	ID:         "NN1104",
	Name:       "width-sweep",
	Pitfall:    nnvet.HiddenUnits,
	Doc:        widthSweepDoc,
	Severity:   nnvet.Warning,
	Limits:     []nnvet.Limit{nnvet.AsGood, nnvet.Harm},
	Experiment: "the network at a quarter, a half, twice and four times its width, each at its own best learning rate, on three seeds, and the smallest that does best on five more",
	Run: func(p *nnvet.Pass) {
		e := p.Experiment(2)
		if e == nil {
			return
		}
		asItIs := e.Arms[0]
		i := slices.IndexFunc(e.Arms[1:], func(a nnvet.Arm) bool { return a.Beats(asItIs, p.Limit("same")) })
		if i < 0 {
			p.Measured("skill %.2f", asItIs.Mean())
			return
		}
		other := e.Arms[1+i]
		how := "wider"
		if other.Size < 1 {
			how = "narrower"
		}
		reportWidth(p, asItIs, other, how, other.Weight(asItIs, p.Limit("harm")))
	},
}
