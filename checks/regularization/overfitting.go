package regularization

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed overfitting.md
var overfittingDoc string

// Overfitting finds runs whose validation loss rises again, or stays far above
// the training loss.
var Overfitting = nnvet.Check{
	ID:       "NN0401",
	Name:     "overfitting",
	Pitfall:  nnvet.Regularization,
	Doc:      overfittingDoc,
	Severity: nnvet.Warning,
	Needs:    []nnvet.Need{nnvet.NeedSeries(nnvet.Loss, nnvet.Train), nnvet.NeedSeries(nnvet.Loss, nnvet.Validation), nnvet.NeedHead},
	Limits: []nnvet.Limit{
		{Name: "rise", Default: 0.05, Source: "Godbole et al. 2023 call it problematic overfitting when the validation error rises during training; measured, a twentieth of a constant's loss is past what healthy small networks do"},
		{Name: "gap", Default: 0.6, Source: "measured on small MLPs: of 300 healthy runs, 99 of 100 had a gap below 0.44, and none one above 0.51"},
		{Name: "evaluations", Default: 5, Source: "convention: of fewer, a rise is one figure"},
		{Name: "grave", Default: 0.1, Source: "a tenth of what can be learned is a large effect"},
		{Name: "fits", Default: 0.32, Source: "measured on small MLPs: 95 of 100 healthy runs ended above it; what is not learned cannot be learned by heart"},
		nnvet.NoSkill,
	},
	Explains: []string{"NN0201"},
	AtEnd:    true,
	Run:      overfitting,
}

func overfitting(p *nnvet.Pass) {
	g, err := gapOf(p.Trace)
	switch {
	case err != nil:
		p.Skip("%v", err)
		return
	case g.val.Scale.How == "":
		p.Skip("what a constant would reach is not known, so that there is nothing to hold a rise of the loss against")
		return
	case float64(g.val.Len()) < p.Limit("evaluations"):
		p.Short("validation was seen %d times; it takes %.0f to judge", g.val.Len(), p.Limit("evaluations"))
		return
	}
	p.Measured("gap %.2f", clamp(g.open))
	if !stat.Finite(g.skill) || g.train < p.Limit("fits") {
		return // diverged, or learned nothing that could be by heart
	}
	switch {
	case g.rise > p.Limit("rise") && g.rise > g.noise:
		reportRise(p, g)
	case g.open > p.Limit("gap"), g.skill <= p.Limit("learned"):
		reportGap(p, g)
	}
}

// clamp keeps a figure on the board within its place.
func clamp(v float64) float64 { return math.Max(-9, math.Min(9, v)) }

func reportRise(p *nnvet.Pass, g gap) {
	f := finding(g)
	f.Confidence = 0.9
	if g.rise > p.Limit("grave") {
		f.Confidence = 0.95 // what is learned of training rows and lost on others is what overfitting is
	}
	f.Brief = fmt.Sprintf("rise %.2f", clamp(g.rise))
	last, _ := g.val.Last()
	f.Message = fmt.Sprintf("the network overfits: the validation loss is lowest at step %d, with %.3g, and ends at %.3g, while training goes on to a skill of %.2f",
		g.at, g.val.Scale.At(g.best), g.val.Part(0.9, 1), g.train)
	f.Span = nnvet.Span{From: g.at, To: last}
	f.Evidence = append([]nnvet.Evidence{
		{What: "rise of the validation loss since its lowest, in constants' losses", Saw: g.rise, Key: g.val.Key, Limit: "rise"},
	}, f.Evidence...)
	if lost := g.best - g.skill; lost > p.Limit("grave") && g.skill < 0 {
		f.Severity = nnvet.Error
	}
	if kept, best, ok := accuracy(p.Trace, g.at); ok {
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "validation accuracy at the end", Saw: kept, Key: nnvet.Key{Quantity: nnvet.Accuracy, Split: nnvet.Validation}})
		if kept > best-0.02 {
			f.Message += fmt.Sprintf("; accuracy does not suffer (%.1f %%), but the network is surer of its mistakes than it should be", 100*kept)
			if g.rise <= p.Limit("grave") {
				f.Severity = nnvet.Note // little is lost, and only by who reads the probabilities
			}
		}
	}
	if p.Trace.Event(nnvet.BestKept) != nil {
		f.Severity = nnvet.Note
		f.Message += "; the weights of its best evaluation are kept, so that nothing is lost"
	}
	f.Treatments = remedies(p.Trace, g)
	p.Report(f)
}

func reportGap(p *nnvet.Pass, g gap) {
	f := finding(g)
	f.Confidence = 0.7
	f.Brief = fmt.Sprintf("gap %.2f", clamp(g.open))
	f.Message = fmt.Sprintf("the network overfits: it explains %s of its training rows and %s of the validation rows", explained(g.train), explained(g.skill))
	f.Evidence = append([]nnvet.Evidence{
		{What: "validation loss less training loss, in constants' losses", Saw: g.open, Key: g.val.Key, Limit: "gap", Lo: -0.1, Hi: 0.44},
	}, f.Evidence...)
	if !(g.open > p.Limit("gap")) { // a part of the training rows, and nothing of others
		f.Evidence[0].Limit, f.Evidence[2].Limit = "", "learned"
	}
	f.Treatments = remedies(p.Trace, g)
	p.Report(f)
}

func finding(g gap) nnvet.Finding {
	last, _ := g.val.Last()
	return nnvet.Finding{
		Span: nnvet.Span{From: g.val.Steps[0], To: last},
		Evidence: []nnvet.Evidence{
			{What: "skill on training rows at the end", Saw: g.train},
			{What: "skill on validation rows at the end", Saw: g.skill, Key: g.val.Key},
			{What: "skill on validation rows at their best", Saw: g.best, Key: g.val.Key},
		},
	}
}

// explained writes a skill as a share.
func explained(skill float64) string {
	if skill <= 0 {
		return "none"
	}
	return fmt.Sprintf("%.0f %%", 100*skill)
}

// accuracy returns the validation accuracy at the end, and at a step.
func accuracy(t *nnvet.Trace, at int64) (end, then float64, ok bool) {
	s := t.Series(nnvet.Key{Quantity: nnvet.Accuracy, Split: nnvet.Validation})
	if s.Len() == 0 {
		return 0, 0, false
	}
	for i, step := range s.Steps {
		if step <= at {
			then = s.Values[i]
		}
	}
	_, end = s.Last()
	return end, then, stat.Finite(end) && stat.Finite(then)
}
