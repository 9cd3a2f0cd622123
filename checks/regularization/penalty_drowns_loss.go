package regularization

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed penalty_drowns_loss.md
var penaltyDoc string

// PenaltyDrownsLoss finds runs whose backward pass is called on something of
// which the data's loss is a small part.
var PenaltyDrownsLoss = nnvet.Check{
	ID:       "NN0407",
	Name:     "penalty-drowns-loss",
	Pitfall:  nnvet.Regularization,
	Doc:      penaltyDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedHead, nnvet.NeedSeries(nnvet.Loss, nnvet.Train), nnvet.NeedSeries(nnvet.HeadLoss, nnvet.Train)},
	Limits: []nnvet.Limit{
		{Name: "share", Default: 0.9, Source: "convention: nine tenths of what is minimized are not the data's"},
		{Name: "scaled", Default: 0.01, Source: "convention: a ratio that varies by less is a constant factor, as of gathered gradients, and no penalty"},
		nnvet.HealthySkill, nnvet.NoSkill,
	},
	Explains: []string{"NN0602", "NN0206", "NN0201"},
	AtEnd:    true,
	Run:      penaltyDrowns,
}

func penaltyDrowns(p *nnvet.Pass) {
	h, err := p.Trace.MainHead()
	if err != nil {
		p.Skip("%v", err)
		return
	}
	if h.Root {
		p.Measured("no penalty")
		return
	}
	share, swing, n := penaltyShare(p.Trace, h)
	const few = 5
	if n < few {
		p.Short("the loss and what backward was called on are both known at %d steps; it takes %d", n, few)
		return
	}
	p.Measured("%.0f%% penalty", 100*share)
	if !(share > p.Limit("share")) || swing < p.Limit("scaled") {
		return
	}
	c, err := p.Trace.Course(nnvet.Train)
	if err != nil {
		p.Skip("%v", err)
		return
	}
	severity, harm := p.HarmOf(c)
	f := nnvet.Finding{
		Severity:   severity,
		Confidence: 0.8,
		Site:       h.Name,
		Source:     h.Source,
		Label:      fmt.Sprintf("%.0f %% of what is minimized is something else", 100*share),
		Span:       nnvet.Span{From: c.Steps[0], To: c.Steps[c.Len()-1]},
		Brief:      fmt.Sprintf("%.0f%% penalty", 100*share),
		Message:    fmt.Sprintf("a penalty drowns the loss: %.3g %% of what backward is called on is not %s; %s", 100*share, h.Name, c.Ended()),
		Evidence: []nnvet.Evidence{
			{What: "share of what is minimized that is not the loss, median", Saw: share, Key: nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Train}, Limit: "share"},
			harm,
		},
		Treatments: []nnvet.Treatment{{Action: fmt.Sprintf("divide the penalty by %g, so that it comes to a tenth of the loss", stat.Signif(10*share/(1-share), 2))}},
	}
	p.Report(f)
}

// penaltyShare returns the median share of what backward was called on that is
// not the head's, by how much their ratio varies, and at how many steps both
// are known.
func penaltyShare(t *nnvet.Trace, h *nnvet.Head) (share, swing float64, n int) {
	all := t.Series(nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Train})
	own := t.Series(nnvet.Key{Quantity: nnvet.HeadLoss, Site: h.Name, Split: nnvet.Train})
	if all.Len() == 0 || own.Len() == 0 {
		return math.NaN(), 0, 0
	}
	at := make(map[int64]float64, all.Len())
	for i, step := range all.Steps {
		at[step] = all.Values[i]
	}
	var ratios []float64
	for i, step := range own.Steps {
		total, ok := at[step]
		if r := own.Values[i] / total; ok && r >= 0 && stat.Finite(r) {
			ratios = append(ratios, r)
		}
	}
	if len(ratios) == 0 {
		return math.NaN(), 0, 0
	}
	median := stat.Median(ratios)
	return 1 - median, (stat.Quantile(ratios, 0.9) - stat.Quantile(ratios, 0.1)) / median, len(ratios)
}
