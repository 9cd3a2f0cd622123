package batchsize

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed batch_too_large.md
var tooLargeDoc string

// TooLarge finds runs that spend their epochs on too few updates, each of which
// averages over far more rows than its direction needs.
var TooLarge = nnvet.Check{
	ID:       "NN0501",
	Name:     "batch-too-large",
	Pitfall:  nnvet.BatchSize,
	Doc:      tooLargeDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedSeries(nnvet.BatchRows, ""), nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: []nnvet.Limit{
		{Name: "share", Default: 0.25, Source: "convention: fewer than four updates an epoch"},
		{Name: "an-epoch", Default: 20, Source: "convention: with fewer, an epoch is hardly stochastic"},
		{Name: "rows", Default: 64, Source: "convention: batches of up to 64 rows are usual, and few of them an epoch mean few rows: then it takes epochs"},
		{Name: "fits", Default: 0.8, Source: "convention: where four fifths are explained, more of the same is for who wants it"},
		{Name: "updates", Default: 200, Source: "convention: small networks take a few hundred updates to converge; measured, full batches at fixed epochs and rate lost 0.37 of skill in 6 of 6 settings"},
		{Name: "passes", Default: 3, Source: "convention: who goes through the rows once or twice lacks epochs before it lacks smaller batches"},
		{Name: "steps", Default: 50, Source: "convention: where the rows are not known, a shorter run has hardly begun at any batch"},
		{Name: "noise", Default: 10, Source: "McCandlish et al. 2018: past the noise scale, twice the batch saves hardly any update"},
		{Name: "late", Default: 0.05, Source: "convention: a loss that still falls by a twentieth of a constant's in the last tenth is not done"},
		nnvet.HealthySkill, nnvet.NoSkill, nnvet.StillFalls,
	},
	Explains: []string{"NN0503", "NN0201"},
	AtEnd:    true,
	Run:      tooLarge,
}

func tooLarge(p *nnvet.Pass) {
	run, ok := planOf(p.Trace)
	if !ok {
		p.Skip("the rows of a batch are not known")
		return
	}
	if o := fullBatch(p.Trace); o != "" {
		p.Skip("%s searches along lines, for which all rows at once are right", o)
		return
	}
	noise, measured := noiseOf(p.Trace)
	p.Measured("batch %s", number(run.batch))
	if math.IsNaN(run.total) && !measured {
		p.Skip("neither the rows of the training set nor the noise of the gradients was recorded")
		return
	}
	c, err := p.Trace.Course(nnvet.Train)
	if err != nil {
		p.Skip("%v", err)
		return
	}
	few := run.steps < p.Limit("updates")
	large := run.batch/run.total > p.Limit("share") || run.batch > p.Limit("rows") && run.perEpoch() < p.Limit("an-epoch")
	wasted := measured && !noise.bound && run.batch > p.Limit("noise")*noise.rows && few
	if !(few && large) && !wasted {
		return
	}
	if epochs := run.epochs(); !wasted && epochs < p.Limit("passes") {
		p.Short("the run goes through its rows %s times; it takes %.0f to tell a batch that is too large from a run that is too short", number(epochs), p.Limit("passes"))
		return
	} else if math.IsNaN(epochs) && run.steps < p.Limit("steps") {
		p.Short("the run has %s steps over an unknown number of rows; it takes %.0f to judge", number(run.steps), p.Limit("steps"))
		return
	}
	if !unfinished(p, run, c) {
		return
	}
	if !measured || noise.bound {
		noise.rows = math.Inf(1)
	}
	to := run.smaller(noise.rows)
	if !(to < run.batch) {
		return
	}
	reportLarge(p, run, noise, c, to)
}

// fullBatch returns the kind of an optimizer that wants one function to search
// on, the same from step to step, or "".
func fullBatch(t *nnvet.Trace) string {
	for _, o := range t.Optimizers {
		if o.Kind == "LBFGS" {
			return o.Kind
		}
	}
	return ""
}

// unfinished reports whether a run shows that it had too few updates. Of all
// rows in one batch nothing hides whether the loss still falls, and it is no
// matter how much is explained by then.
func unfinished(p *nnvet.Pass, run plan, c nnvet.Course) bool {
	switch skill := c.Skill(); {
	case math.IsInf(skill, -1): // another story
		return false
	case skill < p.Limit("skill"):
		return true
	case run.perEpoch() == 1 && stillFalls(p, c):
		return true
	default:
		return skill < p.Limit("fits") && c.Late() > p.Limit("late")
	}
}

// stillFalls reports whether the validation loss, or the training loss where
// there is no other, fell from the third quarter to the last.
func stillFalls(p *nnvet.Pass, c nnvet.Course) bool {
	if v, err := p.Trace.Course(nnvet.Validation); err == nil {
		c = v
	}
	return c.Fell() > p.Limit("falls")
}

func reportLarge(p *nnvet.Pass, run plan, noise noiseScale, c nnvet.Course, to float64) {
	f := nnvet.Finding{
		Confidence: 0.6, // one run cannot tell it from a rate that is too low: a smaller batch at as many epochs can
		Source:     place(p.Trace, run),
		Label:      fmt.Sprintf("%s rows a batch", number(run.batch)),
		Span:       nnvet.Span{From: c.Steps[0], To: c.Steps[c.Len()-1]},
		Brief:      fmt.Sprintf("batch %s", number(run.batch)),
		Message:    fmt.Sprintf("the batch is too large: %s rows a batch leave %s updates in all; %s", number(run.batch), number(run.steps), c.Ended()),
		Evidence: []nnvet.Evidence{
			{What: "updates in all", Saw: run.steps, Limit: "updates"},
		},
	}
	if !math.IsNaN(run.total) {
		f.Message = fmt.Sprintf("the batch is too large: %s of %s rows a batch leave %s updates an epoch, %s in all; %s",
			number(run.batch), number(run.total), number(run.perEpoch()), number(run.steps), c.Ended())
		if share := run.batch / run.total; share > p.Limit("share") {
			f.Evidence = append(f.Evidence, nnvet.Evidence{What: "share of the training rows in a batch", Saw: share, Limit: "share"})
		}
		if n := run.perEpoch(); n < p.Limit("an-epoch") {
			f.Evidence = append(f.Evidence, nnvet.Evidence{What: "updates an epoch", Saw: n, Limit: "an-epoch"})
		}
	}
	why := ""
	if !math.IsInf(noise.rows, 1) {
		f.Confidence = 0.75
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "batch over the gradients' noise scale", Saw: run.batch / noise.rows, Key: nnvet.Key{Quantity: nnvet.RowGrad}, Limit: "noise"})
		why = fmt.Sprintf(" (past %s, the noise scale of its gradients, a larger batch saves hardly any update)", number(noise.rows))
	}
	if skill := c.Skill(); skill <= p.Limit("learned") {
		f.Severity = nnvet.Error
		f.Evidence = append(f.Evidence, c.Evidence("learned"))
	} else if skill < p.Limit("skill") {
		f.Evidence = append(f.Evidence, c.Evidence("skill"))
	} else if c.Late() > p.Limit("late") {
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "fall of the loss in the last tenth, in constants' losses", Saw: c.Late(), Key: c.Key, Limit: "late"})
	} else {
		if v, err := p.Trace.Course(nnvet.Validation); err == nil {
			c = v
		}
		f.Evidence = append(f.Evidence, c.Falling("falls"))
	}
	times := math.Ceil(math.Max(run.batch/to, p.Limit("updates")/run.steps))
	longer := nnvet.Treatment{Action: fmt.Sprintf("keep the batch and train %s times as many epochs, for %s updates", number(times), number(times*run.steps))}
	f.Treatments = []nnvet.Treatment{run.change(p.Trace, to, why), longer}
	p.Report(f)
}
