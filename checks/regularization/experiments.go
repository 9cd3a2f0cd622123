package regularization

import (
	_ "embed"
	"fmt"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed unregularized.md
var unregularizedDoc string

// Unregularized is that some noise, decay or an earlier end would have helped.
// Of its experiment's arms the one that was chosen, on seeds of their own, is
// trained on five fresh ones beside the training as it is; the others cannot win on
// as few as they have.
var Unregularized = nnvet.Check{
	ID:         "NN0402",
	Name:       "unregularized",
	Pitfall:    nnvet.Regularization,
	Doc:        unregularizedDoc,
	Severity:   nnvet.Warning,
	Limits:     []nnvet.Limit{nnvet.AsGood, nnvet.Harm},
	Experiment: "the network again with weight decay, with noise on its inputs, and with dropout, each at a few strengths, and of the best the cheapest on five fresh seeds",
	Run: func(p *nnvet.Pass) {
		e := p.Experiment(2)
		if e == nil {
			return
		}
		asItIs := e.Arms[0]
		var chosen *nnvet.Arm
		for i := range e.Arms[1:] {
			if a := &e.Arms[1+i]; chosen == nil && a.Beats(asItIs, p.Limit("same")) {
				chosen = a
			}
		}
		if chosen == nil {
			p.Measured("skill %.2f", asItIs.Mean())
			return
		}
		ahead, _ := chosen.Ahead(asItIs)
		p.Report(nnvet.Finding{
			Severity:   chosen.Weight(asItIs, p.Limit("harm")),
			Message:    fmt.Sprintf("with %s it scores %.2f, and %.2f as it is (%d seeds)", chosen.What, chosen.Mean(), asItIs.Mean(), len(chosen.Figures)),
			Brief:      fmt.Sprintf("%+.2f", ahead),
			Evidence:   []nnvet.Evidence{{What: "score with " + chosen.What + " less that without", Saw: ahead, Limit: "same", Lo: -1, Hi: 0}},
			Treatments: []nnvet.Treatment{{Action: "train with " + chosen.What, Settings: chosen.Settings}},
		})
	},
}

//go:embed memorizes.md
var memorizesDoc string

// Memorizes is that the network could learn any labels by heart in this budget.
var Memorizes = nnvet.Check{
	ID:       "NN0404",
	Name:     "memorizes",
	Pitfall:  nnvet.Regularization,
	Doc:      memorizesDoc,
	Severity: nnvet.Warning,
	Limits: []nnvet.Limit{
		{Name: "learned", Default: 0.9, Source: "C. Zhang and others, Understanding deep learning requires rethinking generalization, 2017: networks that fit random labels fit them nearly all; the figure is a convention"},
		{Name: "gap", Default: 0.44, Source: "measured on small MLPs: of 300 healthy runs, 99 of 100 had a gap below it"},
	},
	Experiment: "the network again on labels that are permuted between rows",
	Run: func(p *nnvet.Pass) {
		e := p.Experiment(1)
		if e == nil {
			return
		}
		learned := e.Arms[0].Mean()
		g, err := gapOf(p.Trace)
		switch {
		case stat.FirstBad(e.Arms[0].Figures) >= 0:
			p.Skip("on permuted labels the training came to no finite score")
		case learned <= p.Limit("learned"):
			p.Measured("skill %.2f", clamp(learned))
		case err != nil:
			p.Skip("it learns %.0f %% of permuted labels by heart; whether that does harm is not known: %v", 100*learned, err)
		case g.open <= p.Limit("gap"): // large networks nearly all could, and this one does not
			p.Measured("gap %.2f", clamp(g.open))
		default:
			p.Report(nnvet.Finding{
				Source:  whereTrained(p.Trace),
				Message: fmt.Sprintf("on labels that belong to other rows it still learns %.0f %% of what there is by heart, and on its own the validation loss is %.2f constants' losses above the training loss", 100*learned, g.open),
				Brief:   fmt.Sprintf("skill %.2f", clamp(learned)),
				Evidence: []nnvet.Evidence{
					{What: "training skill on permuted labels", Saw: learned, Limit: "learned", Lo: -0.1, Hi: 0.9},
					{What: "validation loss less training loss, in constants' losses", Saw: g.open, Key: g.val.Key, Limit: "gap", Lo: -0.1, Hi: 0.44},
				},
				Treatments: remedies(p.Trace, g),
			})
		}
	},
}

// whereTrained returns where the optimizer is made.
func whereTrained(t *nnvet.Trace) nnvet.Location {
	if len(t.Optimizers) == 0 {
		return nnvet.Location{}
	}
	return t.Optimizers[0].Source
}
