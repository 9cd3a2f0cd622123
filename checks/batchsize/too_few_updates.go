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

// TooFewUpdates finds runs that end long before they could have come to
// anything: while the loss still falls, or before one could tell.
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
		{Name: "begun", Default: 10, Source: "convention: fewer updates, in less than a pass over the rows, are a trial whether the program runs"},
		{Name: "hardly", Default: 50, Source: "measured in the casebook's part to learn from: of 2000 sound runs none made fewer than 96 updates; half of that"},
		{Name: "fits", Default: 0.8, Source: "convention: where four fifths are explained, more of the same is for who wants it"},
		{Name: "left", Default: 0.15, Source: "a loss that falls as one over the square root of the steps, as that of SGD amid noise does (Nemirovski et al. 2009), loses 0.155 of itself from the third quarter to the last: slower than that is near its floor"},
		{Name: "fast", Default: 0.05, Source: "convention: a twentieth of a constant's loss within half of the run is no noise of few batches"},
		nnvet.StillFalls, nnvet.HealthySkill, nnvet.NoSkill,
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
	if float64(p.Trace.Run.Steps) < p.Limit("begun") && !run.whole() {
		p.Short("the run has %d steps; it takes %.0f to judge", p.Trace.Run.Steps, p.Limit("begun"))
		return
	}
	skill := c.Skill()
	half := (c.Part(0, 0.5) - c.Part(0.5, 1)) / c.Scale.Loss // steadier than quarters of a few batches
	going := half > p.Limit("fast") && c.Fell() > p.Limit("falls") &&
		(skill < p.Limit("skill") || c.Fell() > p.Limit("left")*(1-skill))
	// In a few updates the losses of single batches hide whether it falls.
	hardly := float64(p.Trace.Run.Steps) < p.Limit("hardly") && run.whole() && c.Scale.How != ""
	if math.IsInf(skill, -1) || skill >= p.Limit("fits") || !going && !hardly || done(p, hardly) {
		return
	}
	epochs := run.epochs()
	if math.IsNaN(epochs) {
		epochs = float64(p.Trace.Series(nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Validation}).Len())
	}
	reportFew(p, run, epochs, c, going)
}

// done reports whether validation has come to rest, or nearly all its rows are
// right, whatever training still does: it may go on by heart. What has hardly
// begun, and learned next to nothing, rests before its start.
func done(p *nnvet.Pass, hardly bool) bool {
	const enough, right = 4, 0.95
	if s := p.Trace.Series(nnvet.Key{Quantity: nnvet.Accuracy, Split: nnvet.Validation}); s.Len() > 0 {
		if _, last := s.Last(); last >= right {
			return true
		}
	}
	v, err := p.Trace.Course(nnvet.Validation)
	return err == nil && v.Len() >= enough && !(v.Fell() > p.Limit("falls")) && !(hardly && v.Skill() < p.Limit("skill"))
}

func reportFew(p *nnvet.Pass, run plan, epochs float64, c nnvet.Course, going bool) {
	// What the mean fall of late leaves to go to half of the loss, at least to
	// where enough updates are made; falls slow down, so twice that.
	const enough, slows = 1000, 2
	times, says, falls := enough/float64(p.Trace.Run.Steps), "has hardly begun", ""
	if going {
		times = math.Max(times, slows*0.5*c.Part(0.75, 1)/(c.Fell()*c.Scale.Loss)/4) // in lengths of this run
		says, falls = "is too short", ", and the loss still falls at the end"
	}
	times = math.Ceil(times)
	from, to := number(epochs), fmt.Sprintf("%.0f", stat.Signif(math.Ceil(epochs*times), 2))
	action := fmt.Sprintf("train %s epochs in the place of %s, and stop where the validation loss no longer falls", to, from)
	if !(epochs > 0) {
		from, to = number(float64(p.Trace.Run.Steps)), fmt.Sprintf("%.0f", stat.Signif(float64(p.Trace.Run.Steps)*times, 2))
		action = fmt.Sprintf("train %s updates in the place of %s, and stop where the validation loss no longer falls", to, from)
	}
	f := nnvet.Finding{
		Confidence: 0.6,
		Span:       nnvet.Span{From: c.Steps[0], To: c.Steps[c.Len()-1]},
		Brief:      fmt.Sprintf("%s updates", number(float64(p.Trace.Run.Steps))),
		Message:    fmt.Sprintf("the run %s: it makes %d updates%s%s; %s", says, p.Trace.Run.Steps, in(epochs), falls, c.Ended()),
		Evidence: []nnvet.Evidence{
			{What: "updates in all", Saw: float64(p.Trace.Run.Steps), Limit: "hardly"},
		},
		Treatments: []nnvet.Treatment{{Action: action}},
	}
	if epochs > 0 {
		f.Treatments[0].Settings = []nnvet.Setting{{Name: "epochs", From: from, To: to}}
	}
	if going {
		f.Evidence[0].Limit = "updates"
		f.Evidence = append(f.Evidence, c.Falling("falls"))
	}
	limit := "skill"
	switch skill := c.Skill(); {
	case skill <= p.Limit("learned"):
		f.Severity, limit = nnvet.Error, "learned"
	case skill >= p.Limit("skill"):
		limit = "fits"
	}
	f.Evidence = append(f.Evidence, c.Evidence(limit))
	if x := p.Trace.Entry("epochs", ""); x != nil {
		f.Source = x.Source
	}
	if run.batch > 16 {
		f.Treatments = append(f.Treatments, nnvet.Treatment{
			Action:   fmt.Sprintf("take batches of %.0f rows, for more updates an epoch", run.smaller(math.Inf(1))),
			Settings: []nnvet.Setting{{Name: "batch", From: number(run.batch), To: fmt.Sprintf("%.0f", run.smaller(math.Inf(1)))}},
		})
	}
	p.Report(f)
}

// in writes in how many epochs something was done, or nothing where that is
// not known.
func in(epochs float64) string {
	switch {
	case !(epochs > 0):
		return ""
	case number(epochs) == "1":
		return " in 1 epoch"
	}
	return fmt.Sprintf(" in %s epochs", number(epochs))
}
