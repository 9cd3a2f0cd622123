package normalization

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed predictions_not_unnormalized.md
var predictionsNotUnnormalizedDoc string

// PredictionsNotUnnormalized finds predictions that are right but for their
// unit: they were compared as they came, with a truth that was never scaled.
var PredictionsNotUnnormalized = nnvet.Check{
	ID:       "NN0109",
	Name:     "predictions-not-unnormalized",
	Pitfall:  nnvet.Normalization,
	Doc:      predictionsNotUnnormalizedDoc,
	Severity: nnvet.Error,
	Needs:    []nnvet.Need{nnvet.NeedHead, nnvet.NeedProfile(nnvet.Target), needPredictions},
	Limits: []nnvet.Limit{
		{Name: "lost", Default: 0.2, Source: "convention: what a scale and a shift would add to R²; well-trained networks lose a hundredth"},
		{Name: "follows", Default: 0.3, Source: "convention: predictions that follow the truth at all; healthy small MLPs do to 0.32 and more"},
		{Name: "unit", Default: 3, Source: "convention: deviations three times apart, or means three deviations; splits of one set come nowhere near"},
		{Name: "rows", Default: 30, Source: "convention: of fewer, a correlation is not known to a third"},
	},
	Explains: []string{"NN0206", "NN0208", "NN0209", "NN0213", "NN0216", "NN0401"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		regressions := 0
		for i := range p.Trace.Heads {
			if h := &p.Trace.Heads[i]; regression(h) {
				regressions++
				judgePredictions(p, h)
			}
		}
		if regressions == 0 {
			p.Skip("no loss here compares numbers")
		}
	},
}

func judgePredictions(p *nnvet.Pass, h *nnvet.Head) {
	said := p.Trace.Predicted(nnvet.Validation, h.Name)
	y := p.Trace.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
	switch {
	case said == nil:
		p.Skip("no validation predictions of %s were recorded", h.Name)
		return
	case y == nil:
		p.Skip("no targets of %s were recorded", h.Name)
		return
	case float64(said.Rows) < p.Limit("rows"):
		p.Short("%d validation rows were predicted; it takes %g", said.Rows, p.Limit("rows"))
		return
	}
	worst, lost, at := (*nnvet.Pair)(nil), 0.0, nnvet.Column{}
	for i := range said.Outputs {
		o := &said.Outputs[i]
		l := o.Affine() - o.R2()
		if !finite(l) || !(o.TruthStd > 0) || !(o.GuessStd > 0) {
			continue
		}
		if worst == nil || l > lost {
			worst, lost = o, l
			at, _ = columnAt(y.Columns, o.Output)
		}
	}
	if worst == nil {
		p.Skip("the validation predictions of %s do not vary", h.Name)
		return
	}
	p.Measured("R² %s", short(worst.R2()))
	unit := math.Max(apart(worst.TruthStd, at.Std), math.Abs(worst.Truth-at.Mean)/at.Std)
	if said.Decoded { // whoever turned one back turned the other back
		return
	}
	if lost > p.Limit("lost") && worst.Affine() >= p.Limit("follows") && at.Std > 0 && unit >= p.Limit("unit") {
		reportUnit(p, h, said, worst, at, lost, unit)
	}
}

func columnAt(cols []nnvet.Column, index int) (nnvet.Column, bool) {
	for _, c := range cols {
		if c.Index == index {
			return c, true
		}
	}
	return nnvet.Column{}, false
}

func reportUnit(p *nnvet.Pass, h *nnvet.Head, said *nnvet.Predictions, o *nnvet.Pair, y nnvet.Column, lost, unit float64) {
	slope := o.Slope()
	p.Report(nnvet.Finding{
		Site: h.Name, Source: h.Source, Confidence: 0.9,
		Label: "compared in two units",
		Span:  nnvet.Span{From: said.Step, To: max(p.Trace.Run.Steps-1, said.Step)},
		Brief: "R² " + short(o.R2()),
		Message: fmt.Sprintf("validation compares in another unit than training: its truth has mean %s and std %s, the targets of training %s and %s, so predictions have R² %s where they would have %s once scaled back",
			figure(o.Truth), figure(o.TruthStd), figure(y.Mean), figure(y.Std), figure(o.R2()), figure(o.Affine())),
		Evidence: []nnvet.Evidence{
			{What: "R² that a scale and a shift would add", Saw: lost, Limit: "lost"},
			{What: "R² after them", Saw: o.Affine(), Limit: "follows"},
			{What: "truth of validation from the targets of training, in times or deviations", Saw: unit, Limit: "unit"},
		},
		Treatments: []nnvet.Treatment{
			{Action: fmt.Sprintf("turn predictions back before they are compared with raw truth, with the mean and std that the targets of training were scaled by; on these rows that is about %s * prediction %s",
				figure(slope), signed(o.Truth-slope*o.Guess, figure(math.Abs(o.Truth-slope*o.Guess))))},
			{Action: "scale the validation targets as those of training, and multiply errors by the std when they are reported"},
		},
	})
}

// signed writes a number to be added, of which the figures are given: "+ 152", "- 3".
func signed(v float64, figures string) string {
	if v < 0 {
		return "- " + strings.TrimPrefix(figures, "-")
	}
	return "+ " + figures
}
