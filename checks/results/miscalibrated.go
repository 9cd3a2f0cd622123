package results

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed miscalibrated.md
var miscalibratedDoc string

// Miscalibrated finds networks whose confidence is not how often they are
// right, and whose numbers are drawn too far out or not far enough.
var Miscalibrated = nnvet.Check{
	ID:       "NN0213",
	Name:     "miscalibrated",
	Pitfall:  nnvet.Results,
	Doc:      miscalibratedDoc,
	Severity: nnvet.Note,
	Presumed: true,
	Needs: []nnvet.Need{{What: "predictions of validation rows beside the truth", Has: func(t *nnvet.Trace) bool {
		p := t.Predicted(nnvet.Validation, "")
		return p != nil && len(p.Bins)+len(p.Outputs) > 0
	}}},
	Limits: []nnvet.Limit{
		{Name: "error", Default: 0.05, Source: "convention: probabilities that are off by five points are read as right"},
		{Name: "strong", Default: 0.2, Source: "convention: off by twenty points, a confidence misleads whoever acts on it"},
		{Name: "slope", Default: 0.1, Source: "convention: a tenth from the slope of 1"},
		{Name: "sure", Default: 2, Source: "convention: standard errors beyond the limit, so that few rows do not alarm"},
		{Name: "rows", Default: 200, Source: "convention: about 13 rows a bin; of fewer a share is known to 28 points"},
		nnvet.HealthySkill,
	},
	AtEnd: true,
	Run: func(p *nnvet.Pass) {
		said := p.Trace.Predicted(nnvet.Validation, "")
		h := headOf(p.Trace, said.Head)
		switch {
		case float64(said.Rows) < p.Limit("rows"):
			p.Short("predictions of %d validation rows were looked at; it takes %g", said.Rows, p.Limit("rows"))
		case h != nil && h.Weighted:
			p.Skip("%s weighs classes or rows, which bends its probabilities on purpose", said.Head)
		case len(said.Bins) > 0:
			judgeBins(p, said)
		default:
			judgeSlope(p, said)
		}
	},
}

func headOf(t *nnvet.Trace, name string) *nnvet.Head {
	for i := range t.Heads {
		if t.Heads[i].Name == name {
			return &t.Heads[i]
		}
	}
	return nil
}

// A calibration is the root mean square distance of confidence from the share
// that is right, less what chance alone makes of it (Kumar, Liang and Ma 2019).
type calibration struct {
	square, spread float64 // of the estimate of its square, and its standard error where there is no error
	over           float64 // mean of confidence less share: positive where it is too sure
}

func (c calibration) error() float64 { return math.Sqrt(math.Max(0, c.square)) }

// least returns the lower end of the error, so many standard errors down.
func (c calibration) least(sure float64) float64 {
	return math.Sqrt(math.Max(0, c.square-sure*c.spread))
}

func calibrationOf(bins []nnvet.Bin) calibration {
	var c calibration
	var n, variance float64
	for _, b := range bins {
		n += float64(b.N)
	}
	for _, b := range bins {
		if b.N < 2 {
			continue
		}
		w, gap := float64(b.N)/n, b.Confidence-b.Right
		chance := b.Right * (1 - b.Right) / float64(b.N-1)
		c.square += w * (gap*gap - chance)
		c.over += w * gap
		// A bin in which all is right still says so of few rows only.
		chance = math.Max(chance, b.Confidence*(1-b.Confidence)/float64(b.N))
		variance += 2 * w * w * chance * chance
	}
	c.spread = math.Sqrt(variance)
	return c
}

func judgeBins(p *nnvet.Pass, said *nnvet.Predictions) {
	c := calibrationOf(said.Bins)
	if !(c.square <= 1) {
		p.Skip("what %s was given are no probabilities", said.Head)
		return
	}
	p.Measured("off by %.2f", c.error())
	least := c.least(p.Limit("sure"))
	if least <= p.Limit("error") {
		return
	}
	too := "too sure of itself"
	if c.over < 0 {
		too = "less sure than it need be"
	}
	worst := said.Bins[0]
	for _, b := range said.Bins {
		if math.Abs(b.Confidence-b.Right) > math.Abs(worst.Confidence-worst.Right) {
			worst = b
		}
	}
	f := nnvet.Finding{
		Site:       said.Head,
		Span:       nnvet.Span{From: said.Step, To: max(said.Step, p.Trace.Run.Steps-1)},
		Brief:      fmt.Sprintf("off by %.2f", c.error()),
		Confidence: 0.8,
		Message: fmt.Sprintf("the network is %s: its probabilities are off by %s points in the root mean square; of %d rows at %s it is right on %s",
			too, figure(100*c.error()), worst.N, percent(worst.Confidence), percent(worst.Right)),
		Evidence: []nnvet.Evidence{
			{What: "calibration error, its lower end", Saw: least, Limit: "error"},
			{What: "calibration error, less chance", Saw: c.error()},
			{What: "mean confidence less share that is right", Saw: c.over},
		},
		Treatments: []nnvet.Treatment{
			{Action: "keep the weights of the epoch with the lowest validation loss, before confidence runs ahead of accuracy"},
			{Action: "divide the logits by a temperature that is fitted on validation rows, before a probability is used for a decision"},
		},
	}
	if skill, _ := endSkill(p.Trace); least > p.Limit("strong") && skill < p.Limit(nnvet.HealthySkill.Name) {
		f.Severity = nnvet.Warning
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "skill at the end (1 - loss / constant's loss)", Saw: skill, Limit: nnvet.HealthySkill.Name})
	}
	p.Report(f)
}

// judgeSlope looks for the output whose predictions are the furthest from a
// slope of 1, beyond what chance makes of so many rows.
func judgeSlope(p *nnvet.Pass, said *nnvet.Predictions) {
	var worst *nnvet.Pair
	beyond, shown := 0.0, math.NaN()
	for i := range said.Outputs {
		o := &said.Outputs[i]
		slope := o.Slope()
		if math.IsNaN(slope) || math.IsInf(slope, 0) || o.N < 3 {
			continue
		}
		if math.IsNaN(shown) || math.Abs(slope-1) > math.Abs(shown-1) {
			shown = slope
		}
		chance := math.Sqrt(math.Max(0, 1-o.Affine())/float64(o.N-2)) * o.TruthStd / o.GuessStd
		if d := math.Abs(slope-1) - p.Limit("slope") - p.Limit("sure")*chance; d > beyond {
			beyond, worst = d, o
		}
	}
	if math.IsNaN(shown) {
		p.Skip("predictions of %s do not vary, or are not finite", said.Head)
		return
	}
	p.Measured("slope %.2f", min(shown, 99))
	if worst == nil {
		return
	}
	slope := worst.Slope()
	how := "too far from the mean"
	if slope > 1 {
		how = "not far enough from the mean"
	}
	name := "predictions lie"
	if len(said.Outputs) > 1 {
		name = fmt.Sprintf("predictions of output %d lie", worst.Output)
	}
	p.Report(nnvet.Finding{
		Site:       said.Head,
		Span:       nnvet.Span{From: said.Step, To: max(said.Step, p.Trace.Run.Steps-1)},
		Brief:      fmt.Sprintf("slope %.2f", min(max(slope, -99), 99)),
		Confidence: 0.6,
		Message:    fmt.Sprintf("%s %s: where the prediction is higher by 1, the truth is higher by %s", name, how, figure(slope)),
		Evidence: []nnvet.Evidence{
			{What: "slope of the truth over the prediction, from 1", Saw: math.Abs(slope - 1), Limit: "slope", Lo: 0, Hi: p.Limit("slope")},
		},
		Treatments: []nnvet.Treatment{
			{Action: fmt.Sprintf("draw the truth over the prediction on validation rows; where it is a line of slope %s, correct predictions by that, else regularize (slope below 1) or train longer (above)", figure(slope))},
		},
	})
}
