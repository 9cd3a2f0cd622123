package batchsize

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed too_few_updates.md
var tooFewDoc string

// TooFewUpdates finds runs that end while the loss still falls, long before
// they could have come to anything.
var TooFewUpdates = nnvet.Check{
	ID:       "NN0503",
	Name:     "too-few-updates",
	Pitfall:  nnvet.BatchSize,
	Doc:      tooFewDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: []nnvet.Limit{
		{Name: "updates", Default: 200, Source: "convention: small networks take a few hundred updates to converge"},
		{Name: "fall", Default: 0.01, Source: "convention: a hundredth of a constant's loss from the third quarter to the last is more than noise, and goes on"},
		{Name: "epochs", Default: 2, Source: "convention: a single pass may be a trial whether the program runs"},
		nnvet.HealthySkill,
	},
	Explains: []string{"NN0201"},
	AtEnd:    true,
	Run:      tooFew,
}

func tooFew(p *nnvet.Pass) {
	run, _ := planOf(p.Trace)
	p.Measured("%s updates", number(float64(p.Trace.Run.Steps)))
	if float64(p.Trace.Run.Steps) >= p.Limit("updates") {
		return
	}
	c, err := p.Trace.Course(nnvet.Train)
	if err != nil {
		p.Skip("%v", err)
		return
	}
	skill := c.Skill()
	fell := (c.Part(0.5, 0.75) - c.Part(0.75, 1)) / c.Scale.Loss
	if math.IsInf(skill, -1) || skill >= p.Limit("skill") || !(fell > p.Limit("fall")) {
		return
	}
	epochs := run.epochs()
	if math.IsNaN(epochs) {
		epochs = float64(p.Trace.Series(nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Validation}).Len())
	}
	if epochs < p.Limit("epochs") {
		p.Short("the run has %d updates, and may have been a trial: no second epoch is known of", p.Trace.Run.Steps)
		return
	}
	reportFew(p, run, epochs, c, fell)
}

func reportFew(p *nnvet.Pass, run plan, epochs float64, c nnvet.Course, fell float64) {
	// What the mean fall of late leaves to go to half of the loss, at least to
	// where enough updates are made; falls slow down, so twice that.
	const enough, slows = 1000, 2
	ahead := slows * 0.5 * c.Part(0.75, 1) / (fell * c.Scale.Loss) / 4 // in lengths of this run
	times := math.Ceil(math.Max(ahead, enough/float64(p.Trace.Run.Steps)))
	to := fmt.Sprintf("%.0f", stat.Signif(math.Ceil(epochs*times), 2))
	f := nnvet.Finding{
		Confidence: 0.6,
		Span:       nnvet.Span{From: c.Steps[0], To: c.Steps[c.Len()-1]},
		Brief:      fmt.Sprintf("%s updates", number(float64(p.Trace.Run.Steps))),
		Message:    fmt.Sprintf("the run is too short: it makes %d updates in %s epochs, and the loss still falls at the end; %s", p.Trace.Run.Steps, number(epochs), c.Ended()),
		Evidence: []nnvet.Evidence{
			{What: "updates in all", Saw: float64(p.Trace.Run.Steps), Limit: "updates"},
			{What: "fall of the loss from the third quarter to the last, in constants' losses", Saw: fell, Key: c.Key, Limit: "fall"},
			c.Evidence("skill"),
		},
		Treatments: []nnvet.Treatment{{
			Action:   fmt.Sprintf("train %s epochs in the place of %s, and stop where the validation loss no longer falls", to, number(epochs)),
			Settings: []nnvet.Setting{{Name: "epochs", From: number(epochs), To: to}},
		}},
	}
	if x := p.Trace.Entry("epochs", ""); x != nil {
		f.Source = x.Source
	}
	if run.batch > 16 {
		f.Treatments = append(f.Treatments, nnvet.Treatment{
			Action: fmt.Sprintf("take batches of %.0f rows, for more updates an epoch", run.smaller(math.Inf(1))),
		})
	}
	p.Report(f)
}
