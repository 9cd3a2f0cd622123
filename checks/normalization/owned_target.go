package normalization

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

// An outlier is the target that lies furthest from the mean of its output.
type outlier struct {
	column   nnvet.Column
	value, z float64
}

func furthest(y *nnvet.Profile) outlier {
	var worst outlier
	for _, c := range y.Columns {
		for _, v := range []float64{c.Min, c.Max} {
			if z := math.Abs(v-c.Mean) / c.Std; c.Std > 0 && finite(v) && z > worst.z {
				worst = outlier{c, v, z}
			}
		}
	}
	return worst
}

// tame returns what to do about targets of which few own the scale.
func tame(t *nnvet.Trace, o outlier) []nnvet.Treatment {
	var out []nnvet.Treatment
	if o.column.Min >= 0 {
		out = append(out, nnvet.Treatment{Action: t.Say(nnvet.Words{
			Program: "learn the logarithm, log(1 + y), standardized, and turn predictions back: exp(prediction) - 1",
			File:    "let data.transform take the logarithm of the target: log",
		})})
	}
	return append(out, nnvet.Treatment{Action: fmt.Sprintf(
		"look at the rows with such targets: where %s is an error, leave it out; where it is true, take a loss that outliers pull less at, Huber", figure(o.value))})
}

// judgeOwned looks for a target that holds so much of the variance, at the
// right scale too, that a squared error is about it and hardly about others. The
// run must have gone badly by it: on the rows that were trained on, or on others.
func judgeOwned(p *nnvet.Pass, h *nnvet.Head, y *nnvet.Profile) {
	o := furthest(y)
	if h.Loss != nnvet.MSE || !p.Owns(o.z, o.column.N) {
		return
	}
	if n := p.Trace.TrainLoss(h).Len(); float64(n) < p.Limit("steps") {
		p.Short("%d losses of %s were recorded; it takes %g to judge", n, h.Name, p.Limit("steps"))
		return
	}
	c, ok := worst(p.Trace, h)
	if !ok {
		p.Skip("the trace does not tell what %s came to beside a constant predictor", h.Name)
		return
	}
	if c.Skill() < p.Limit("healthy") {
		reportOwned(p, h, o, c)
	}
}

// worst returns the course of the split on which less was learned, of the loss
// that the run trains on.
func worst(t *nnvet.Trace, h *nnvet.Head) (worse nnvet.Course, ok bool) {
	for _, split := range []string{nnvet.Train, nnvet.Validation} {
		if c, known := courseOf(t, h, split); known && (!ok || c.Skill() < worse.Skill()) {
			worse, ok = c, true
		}
	}
	return worse, ok
}

// courseOf returns the course of the loss that the run trains on, where that is
// the head's and a constant's is known.
func courseOf(t *nnvet.Trace, h *nnvet.Head, split string) (c nnvet.Course, known bool) {
	if main, err := t.MainHead(); err != nil || main != h {
		return c, false
	}
	c, err := t.Course(split)
	return c, err == nil && c.Scale.How != ""
}

func reportOwned(p *nnvet.Pass, h *nnvet.Head, o outlier, c nnvet.Course) {
	rest := o.rest(p.Trace.ProfileOf(nnvet.Target, nnvet.Validation, h.Name))
	f := nnvet.Finding{
		Severity: nnvet.Warning, Confidence: 0.75,
		Site:   h.Name,
		Source: h.Source,
		Label:  "squares errors, and few targets make nearly all of them",
		Span:   nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)},
		Brief:  "outliers",
		Message: fmt.Sprintf("few targets own the scale of all: one is %s, %s standard deviations from the mean of %s, and holds %.0f %% of the variance; %s",
			figure(o.value), short(o.z), figure(o.column.Mean), 100*o.share(), c.Ended()),
		Evidence: []nnvet.Evidence{
			{What: "furthest target, in std from the mean", Saw: o.z, Limit: "far"},
			{What: "share of the variance that it holds", Saw: o.share(), Limit: "owned"},
			{What: "std of the targets", Saw: o.column.Std},
			{What: "std of the others", Saw: rest},
		},
		Treatments: calm(p.Trace, h, o, rest),
	}
	limit := "healthy"
	if c.Skill() <= p.Limit("skill") {
		f.Severity, limit = nnvet.Error, "skill"
	}
	f.Evidence = append(f.Evidence, c.Evidence(limit))
	p.Report(f)
}

// share returns how much of the variance of its output an outlier holds, which
// is all where it is the only value that is not the mean.
func (o outlier) share() float64 { return o.z * o.z / float64(o.column.N) }

// rest returns the standard deviation of the other targets: of those counted
// with it, or of the validation rows, where that is less, as there may be more
// like it.
func (o outlier) rest(val *nnvet.Profile) float64 {
	n := float64(o.column.N)
	d := o.value - o.column.Mean
	std := math.Sqrt(max(0, (n*o.column.Std*o.column.Std-d*d*n/(n-1))/(n-1)))
	if val == nil {
		return std
	}
	for _, c := range val.Columns {
		if c.Index == o.column.Index && c.Std > 0 && c.Std < std {
			std = c.Std
		}
	}
	return std
}

// calm returns what to do about targets that are scaled well, but for a few.
func calm(t *nnvet.Trace, h *nnvet.Head, o outlier, rest float64) []nnvet.Treatment {
	out := []nnvet.Treatment{
		{Action: fmt.Sprintf("look at the rows with such targets: where %s is an error, mend it or leave the row out", figure(o.value))},
		huber(t, h, rest),
	}
	if !t.OfFile() {
		out = append(out, nnvet.Treatment{Action: fmt.Sprintf(
			"or cut the ends, y = y.clip(*np.quantile(y, [0.005, 0.995])) on the training rows, and standardize what comes of it: the others have a std of %s, not %s",
			figure(rest), figure(o.column.Std))})
	}
	if o.value > o.column.Mean {
		out = append(out, nnvet.Treatment{Action: t.Say(nnvet.Words{
			Program: "where they are amounts, never negative before any scaling, learn log(1 + y), standardized, and turn predictions back: exp(prediction) - 1",
			File:    "where they are amounts, never negative, let data.transform take the logarithm of the target: log",
		})})
	}
	return out
}

// huber returns the treatment that has a loss on which an outlier pulls no
// harder than an error of one standard deviation of the others.
func huber(t *nnvet.Trace, h *nnvet.Head, delta float64) nnvet.Treatment {
	d := figure(delta)
	out := nnvet.Treatment{
		Action: t.Say(nnvet.Words{
			Program: fmt.Sprintf("where it is true, take a loss that outliers pull less at: huber_loss with delta=%s, the std of the others", d),
			File:    fmt.Sprintf("where it is true, take a loss that outliers pull less at, loss: {huber: %s}, the std of the others", d),
		}),
		Settings: []nnvet.Setting{{Name: "loss", From: string(h.Loss), To: string(nnvet.Huber)}, {Name: "delta", To: d}},
	}
	if at, ok := t.CallAt(h.Source).Name(); ok && t.OfFile() {
		out.Edits = []nnvet.Edit{{At: at, New: fmt.Sprintf("{huber: %s}", d)}}
	}
	return out
}
