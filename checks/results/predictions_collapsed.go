package results

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed predictions_collapsed.md
var collapsedDoc string

// Collapsed finds networks that answer nearly the same for every row.
var Collapsed = nnvet.Check{
	ID:       "NN0206",
	Name:     "predictions-collapsed",
	Pitfall:  nnvet.Results,
	Doc:      collapsedDoc,
	Severity: nnvet.Warning,
	Needs: []nnvet.Need{{What: "predictions beside the truth", Has: func(t *nnvet.Trace) bool {
		return lastPredictions(t) != nil || spreadOf(t) != nil
	}}},
	Limits: []nnvet.Limit{
		{Name: "spread", Default: 0.1, Source: "convention: predictions that are right explain at most the square, a hundredth, with a tenth of the truth's spread"},
		{Name: "one", Default: 0.95, Source: "convention: nearly every row is given to one class"},
		{Name: "true", Default: 0.8, Source: "convention: a class of more rows than that may well be predicted for all"},
		{Name: "rows", Default: 50, Source: "convention: fewer rows can be of one class by chance"},
		nnvet.HealthySkill, nnvet.NoSkill,
	},
	Explains: []string{"NN0216"},
	Symptom:  true,
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		said := lastPredictions(p.Trace)
		if said == nil {
			said = spreadOf(p.Trace)
		}
		if float64(said.Rows) < p.Limit("rows") {
			p.Short("predictions of %d rows were looked at; it takes %g", said.Rows, p.Limit("rows"))
			return
		}
		if !classesCollapsed(p, said) && !outputsCollapsed(p, said) {
			p.Skip("predictions of %s are not finite, or the truth does not vary", said.Head)
		}
	},
}

// lastPredictions returns those of the end: on validation rows, or else on
// training rows; nil where there are none.
func lastPredictions(t *nnvet.Trace) *nnvet.Predictions {
	for _, split := range []string{nnvet.Validation, nnvet.Train} {
		if p := t.Predicted(split, ""); p != nil && len(p.Outputs)+len(p.Matrix) > 0 {
			return p
		}
	}
	return nil
}

// spreadOf returns what the series of the predictions' spread tells of a
// network with one output; nil where it tells nothing.
func spreadOf(t *nnvet.Trace) *nnvet.Predictions {
	h, err := t.MainHead()
	if err != nil || h.Loss != nnvet.MSE && h.Loss != nnvet.L1 && h.Loss != nnvet.SmoothL1 && h.Loss != nnvet.Huber {
		return nil
	}
	y := t.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
	mean, std := t.Series(nnvet.Key{Quantity: nnvet.PredMean, Site: h.Name, Split: nnvet.Train}), t.Series(nnvet.Key{Quantity: nnvet.PredStd, Site: h.Name, Split: nnvet.Train})
	if y == nil || y.Of != 1 || len(y.Columns) != 1 || std.Len() == 0 || mean.Len() == 0 {
		return nil
	}
	step, _ := std.Last()
	tenth := max(std.Len()/10, 1)
	c := y.Columns[0]
	return &nnvet.Predictions{Head: h.Name, Split: nnvet.Train, Step: step, Rows: c.N, Outputs: []nnvet.Pair{{
		N: c.N, Truth: c.Mean, TruthStd: c.Std, GuessStd: stat.Median(std.Values[std.Len()-tenth:]),
		Guess: stat.Median(mean.Values[mean.Len()-min(tenth, mean.Len()):]), Covariance: math.NaN(), MAE: math.NaN(),
	}}}
}

// outputsCollapsed judges numbers. It reports false where there are none to judge.
func outputsCollapsed(p *nnvet.Pass, said *nnvet.Predictions) bool {
	var worst *nnvet.Pair
	least, collapsed, judged := math.Inf(1), 0, 0
	for i := range said.Outputs {
		o := &said.Outputs[i]
		ratio := o.GuessStd / o.TruthStd
		if !(o.TruthStd > 0) || !stat.Finite(ratio) {
			continue
		}
		judged++
		if ratio < p.Limit("spread") {
			collapsed++
		}
		if ratio < least {
			least, worst = ratio, o
		}
	}
	if judged == 0 {
		return false
	}
	p.Measured("spread %.2f", min(least, 99))
	if collapsed == 0 {
		return true
	}
	name := "predictions"
	if len(said.Outputs) > 1 {
		name = fmt.Sprintf("predictions of output %d", worst.Output)
	}
	f := nnvet.Finding{
		Brief: fmt.Sprintf("spread %.2f", least),
		Message: fmt.Sprintf("%s hardly differ between rows: they spread by %s about %s, where the truth spreads by %s about %s",
			name, figure(worst.GuessStd), figure(worst.Guess), figure(worst.TruthStd), figure(worst.Truth)),
		Evidence: []nnvet.Evidence{
			{What: "standard deviation of predictions over that of the truth", Saw: least, Limit: "spread"},
		},
	}
	if collapsed > 1 {
		f.Message += fmt.Sprintf("; the same holds for %d of %d outputs", collapsed, len(said.Outputs))
	}
	reportCollapse(p, said, f, judged > collapsed)
	return true
}

// classesCollapsed judges classes. It reports false where there are none.
func classesCollapsed(p *nnvet.Pass, said *nnvet.Predictions) bool {
	m := said.Merit()
	var all, most int64
	class := -1
	for _, c := range m.Classes {
		all += c.Rows
		if c.Said > most {
			class, most = c.Class, c.Said
		}
	}
	if all == 0 || class < 0 {
		return false
	}
	share, truth := float64(most)/float64(all), float64(m.Classes[class].Rows)/float64(all)
	p.Measured("%.0f%% one", 100*share)
	if share <= p.Limit("one") || truth >= p.Limit("true") {
		return true
	}
	reportCollapse(p, said, nnvet.Finding{
		Brief: fmt.Sprintf("%.0f%% one", 100*share),
		Message: fmt.Sprintf("the network says class %d for %s of the rows, of which %s are",
			class, percent(share), percent(truth)),
		Evidence: []nnvet.Evidence{
			{What: "share of rows that one class is predicted for", Saw: share, Limit: "one"},
			{What: "share of rows that are of it", Saw: truth, Limit: "true"},
			{What: "accuracy", Saw: m.Accuracy},
		},
	}, false)
	return true
}

// reportCollapse grades by harm. Where some outputs do vary, those that do not
// may be noise that nobody can predict.
func reportCollapse(p *nnvet.Pass, said *nnvet.Predictions, f nnvet.Finding, partly bool) {
	skill, split := endSkill(p.Trace)
	f.Severity, f.Confidence = p.Harm(skill), 0.8
	// A little skill is in keeping with classes that overlap, of which the commonest is rightly said.
	if partly || skill > p.Limit(nnvet.NoSkill.Name) {
		f.Severity, f.Confidence = nnvet.Note, 0.5
	}
	f.Site = said.Head
	f.Span = nnvet.Span{From: said.Step, To: max(said.Step, p.Trace.Run.Steps-1)}
	if c, err := p.Trace.Course(split); err == nil {
		end := ending(c)
		f.Span = nnvet.Span{From: min(f.Span.From, end.From), To: max(f.Span.To, end.To)}
	}
	if !math.IsNaN(skill) {
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "skill at the end (1 - loss / constant's loss)", Saw: skill, Limit: nnvet.NoSkill.Name, Key: nnvet.Key{Quantity: nnvet.Loss, Split: split}})
	}
	f.Message += fmt.Sprintf("; these are %s rows", rowsName[said.Split])
	f.Treatments = []nnvet.Treatment{{Action: p.Trace.Say(followOne)}, {Action: p.Trace.Say(lookAt)}}
	p.Report(f)
}

var followOne = nnvet.Words{
	Program: "put two very different rows through the network and print every layer's output: the layer where they become equal is where to look",
	File:    "train without hidden layers (network: []) first: where even that answers more varied, the layers lose the signal: fewer of them, relu, and init: he_normal",
}
