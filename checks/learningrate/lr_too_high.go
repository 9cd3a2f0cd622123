package learningrate

import (
	_ "embed"
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed lr_too_high.md
var tooHighDoc string

// TooHigh finds steps that are too long for the weights that they change.
var TooHigh = nnvet.Check{
	ID:       "NN0601",
	Name:     "lr-too-high",
	Pitfall:  nnvet.LearningRate,
	Doc:      tooHighDoc,
	Severity: nnvet.Warning,
	Needs: []nnvet.Need{
		nnvet.NeedSeries(nnvet.Rate, ""), nnvet.NeedSeries(nnvet.Update, ""), nnvet.NeedSeries(nnvet.Loss, nnvet.Train),
	},
	Limits: []nnvet.Limit{
		{Name: "ratio", Default: 0.45, Source: "measured on small MLPs: log10 above -0.35 in any layer never trained well"},
		{Name: "fast", Default: fastest, Source: "measured on small MLPs: the largest median ratio of 200 healthy runs, 10^-1.5"},
		{Name: "rise", Default: 4, Source: "the stop rule of fastai's range test: 4 times the best smoothed loss"},
		{Name: "looks", Default: 5, Source: "convention: fewer are the start of Adam, whose first steps are its longest"},
		{Name: "thrown", Default: 3, Sound: 1.99, Source: "measured in the casebook's part to learn from: in 2000 sound runs the smoothed loss rose to 3.6 times its start at most, and where it rose by a third, weights were at 1.99 times their norm or less by a tenth of the run; rates 100 and 1000 times too high mostly left 3 to 29 times the norm"},
		{Name: "bounce", Default: 0.1, Source: "convention: so much skill lost is major"},
		{Name: "late", Default: 0.05, Source: "measured on small MLPs: a loss that still falls by so many baselines in the last tenth is on its way"},
		{Name: "fits", Default: 0.8, Source: "convention: where four fifths are explained, steps of any length have done their work, however the loss wanders"},
		enoughSteps, nnvet.HealthySkill, nnvet.NoSkill, nnvet.Wanders,
	},
	Explains: []string{"NN0602", "NN0604", "NN0801", "NN0802", "NN0804", "NN0805", "NN0201", "NN0206"}, // units that it killed leave steps that are too short
	Run:      tooHigh,
}

// An excess is a learning rate that is too high, and what shows it.
type excess struct {
	worst      *pace
	ratio      float64 // of the worst weight
	typical    float64 // median over weights, which the prescription brings to a healthy one
	span       nnvet.Span
	says       string
	label      string // in the source
	limit      string
	confidence float64
	shown      *nnvet.Evidence // by what, where not by the ratio of a step
	harm       *nnvet.Evidence // what else shows it; nil without
}

func tooHigh(p *nnvet.Pass) {
	ws := paces(p.Trace)
	if len(ws) == 0 {
		p.Skip("no weight of two dimensions or more was seen to move")
		return
	}
	c, err := p.Trace.Course(nnvet.Train)
	if err != nil {
		p.Skip("%v", err)
		return
	}
	if short := p.Trace.Run.Steps < int64(p.Limit("steps")); short && stat.FirstBad(c.Values) < 0 {
		p.Short("the run has %d steps; it takes %.0f to judge", p.Trace.Run.Steps, p.Limit("steps"))
		return
	}
	for _, look := range []func(*nnvet.Pass, []pace, nnvet.Course) *excess{rewritten, blownUp, thrown, flung, restless} {
		if x := look(p, ws, c); x != nil {
			reportExcess(p, x, c)
			return
		}
	}
	p.Measured("%s", board(stat.Median(medians(ws, 0, math.MaxInt64))))
}

// rewritten finds a weight that a typical step changes by a large part of itself.
func rewritten(p *nnvet.Pass, ws []pace, c nnvet.Course) *excess {
	var x *excess
	for i := range ws {
		w := &ws[i]
		if r := w.median(0, math.MaxInt64); r > p.Limit("ratio") && len(w.ratio) >= int(p.Limit("looks")) && (x == nil || r > x.ratio) {
			x = &excess{worst: w, ratio: r, limit: "ratio", confidence: 0.9, span: nnvet.Span{From: w.steps[0], To: w.steps[len(w.steps)-1]}}
		}
	}
	if x == nil {
		return nil
	}
	x.typical = stat.Median(medians(sameGroup(ws, x.worst), 0, math.MaxInt64))
	x.says = fmt.Sprintf("a typical step changes %s by %s its norm", x.worst.param.Name, partOf(x.ratio))
	return x
}

// blownUp finds a loss that blew up, and did not come back, after steps that
// were longer than healthy ones.
func blownUp(p *nnvet.Pass, ws []pace, c nnvet.Course) *excess {
	i := c.BlowUp(p.Limit("rise"))
	if i < 0 || c.Skill() >= p.Limit("skill") || unsettled(p, c) {
		return nil
	}
	at := c.Steps[i]
	moved := grown(p.Trace, ws)
	typical := stat.Median(medians(moved, 0, at))
	if !(typical > p.Limit("fast")) || !stat.Finite(c.Values[i]) && otherwiseBad(p, c, i, typical) {
		return nil
	}
	x := swiftest(moved, 0, at)
	x.typical, x.limit, x.confidence = typical, "fast", 0.8
	x.span = nnvet.Span{From: x.worst.steps[0], To: at}
	x.says = fmt.Sprintf("the loss blew up by step %d, after steps that changed the weights by %s their norm", at, partOf(typical))
	return x
}

// unsettled reports whether training goes on and may yet come right.
func unsettled(p *nnvet.Pass, c nnvet.Course) bool {
	return p.Trace.Run.Ended == nnvet.Running && stat.FirstBad(c.Values) < 0
}

// otherwiseBad reports whether a loss that stopped being finite has another
// explanation: values that came in so, or an operation such as log that failed
// in a training that went well until then.
func otherwiseBad(p *nnvet.Pass, c nnvet.Course, i int, typical float64) bool {
	e := p.Trace.Event(nnvet.NonFinite)
	switch {
	case e == nil:
		return false
	case e.Text == "input" || e.Text == "target":
		return true
	case e.Text == "update" || e.Text == "parameter":
		return false
	}
	before := c.Values[:i]
	return typical <= p.Limit("ratio") && (len(before) == 0 || stat.EMA(before, 0.9)[i-1] <= c.Scale.Loss)
}

// thrown finds a run that learned nothing, one of whose steps threw a weight
// far from where it was.
func thrown(p *nnvet.Pass, ws []pace, c nnvet.Course) *excess {
	if c.Skill() > p.Limit("learned") || unsettled(p, c) {
		return nil
	}
	var x *excess
	for _, w := range grown(p.Trace, ws) {
		for i, r := range w.ratio {
			if r > p.Limit("ratio") && (x == nil || r > x.ratio) {
				x = &excess{worst: &w, ratio: r, limit: "ratio", confidence: 0.6, span: nnvet.Span{From: w.steps[i], To: w.steps[i]}}
			}
		}
	}
	if x == nil {
		return nil
	}
	x.typical = stat.Median(medians(sameGroup(ws, x.worst), 0, x.span.From))
	x.says = fmt.Sprintf("step %d changed %s by %s its norm", x.span.From, x.worst.param.Name, partOf(x.ratio))
	return x
}

// flung finds a run whose first steps threw all weights far out while the loss
// rose far above where it began. What it learned after that, it learned from
// another start than the one that its initialization had chosen.
func flung(p *nnvet.Pass, ws []pace, c nnvet.Course) *excess {
	smooth := stat.EMA(c.Values, 0.9)
	if unsettled(p, c) || stat.FirstBad(smooth) >= 0 {
		return nil
	}
	peak := slices.Index(smooth, slices.Max(smooth))
	began := max(c.Scale.Loss, c.Values[0])
	at := max(c.Steps[peak], p.Trace.Run.Steps/10)
	moved := grown(p.Trace, ws)
	times := growth(p.Trace, moved, at)
	if !(smooth[peak] > p.Limit("rise")*began) || !(times > p.Limit("thrown")) {
		return nil
	}
	x := swiftest(moved, 0, at)
	if x.worst == nil {
		return nil
	}
	x.confidence = 0.75
	x.typical = times * stat.Median(medians(moved, 0, at)) // against the weights as they began
	x.span = nnvet.Span{From: x.worst.steps[0], To: at}
	x.says = fmt.Sprintf("the first steps took the weights to %s times their norm, and the loss to %s, %s times what it began with", number(stat.Signif(times, 2)), number(stat.Signif(smooth[peak], 3)), number(stat.Signif(smooth[peak]/began, 2)))
	x.label = fmt.Sprintf("weights grow to %s times their norm", number(stat.Signif(times, 2)))
	x.shown = &nnvet.Evidence{What: fmt.Sprintf("norm of the weights by step %d over their first, median", at), Saw: times, Key: nnvet.Key{Quantity: nnvet.WeightNorm}, Limit: "thrown", Lo: 0.9, Hi: 2}
	x.harm = &nnvet.Evidence{What: "highest smoothed loss over the first, or a constant's", Saw: smooth[peak] / began, Key: c.Key, Limit: "rise"}
	return x
}

// growth returns the median over weights of how many times its first norm a
// weight had at the last look up to a step. NaN where none was looked at twice.
func growth(t *nnvet.Trace, ws []pace, at int64) float64 {
	var all []float64
	for i := range ws {
		s := t.Series(nnvet.Key{Quantity: nnvet.WeightNorm, Site: ws[i].param.Name})
		if v := rateAt(s, at); s.Len() > 1 && s.Values[0] > 0 && stat.Finite(v) {
			all = append(all, v/s.Values[0])
		}
	}
	return stat.Median(all)
}

// restless finds a run whose steps were longer than any healthy run's all the
// way, and that came to rest above what it could reach: it learned next to
// nothing, or a part while its validation loss wanders; it ends far above the
// loss of a constant, or far above its own best.
func restless(p *nnvet.Pass, ws []pace, c nnvet.Course) *excess {
	moved := grown(p.Trace, ws)
	typical := stat.Median(medians(moved, 0, math.MaxInt64))
	if !(typical > p.Limit("fast")) || p.Trace.Run.Ended == nnvet.Running || c.Late() > p.Limit("late") {
		return nil
	}
	skill := c.Skill()
	best, bounce := fallenBack(c)
	wander, wanders := p.Restless()
	little := skill > p.Limit("learned") && skill < p.Limit("skill")
	wanders = wanders && skill >= p.Limit("skill") && skill < p.Limit("fits") && c.Scale.How != ""
	switch {
	case math.IsInf(skill, -1): // another look's
		return nil
	case !little && !wanders && skill >= -p.Limit("bounce") && !(bounce > p.Limit("bounce")):
		return nil
	}
	x := swiftest(moved, 0, math.MaxInt64)
	x.typical, x.limit, x.confidence = typical, "fast", 0.6
	x.span = nnvet.Span{From: x.worst.steps[0], To: x.worst.steps[len(x.worst.steps)-1]}
	x.says = fmt.Sprintf("a typical step changes the weights by %s their norm, and the loss came to rest", partOf(typical))
	switch {
	case wanders:
		x.says = fmt.Sprintf("a typical step changes the weights by %s their norm, and the validation loss wanders", partOf(typical))
		x.harm = &wander
	case bounce > p.Limit("bounce"):
		x.says = fmt.Sprintf("a typical step changes the weights by %s their norm, and the loss went back up from %s", partOf(typical), number(stat.Signif(best, 3)))
		x.harm = &nnvet.Evidence{What: "last loss above the best twentieth of the run, in constants' losses", Saw: bounce, Key: c.Key, Limit: "bounce"}
	}
	return x
}

// fallenBack returns the lowest mean loss of a twentieth of the run, and how far
// above it the last twentieth lies, in units of the scale; 0 where that is
// within the noise of single steps.
func fallenBack(c nnvet.Course) (best, bounce float64) {
	w := max((c.Steps[c.Len()-1]+1-c.Steps[0])/20, 10)
	last := c.Steps[c.Len()-1] + 1
	end := stat.Between(c.Steps, c.Values, last-w, last)
	best = math.Inf(1)
	var lowest []float64
	for from := c.Steps[0]; from < last-w; from += w {
		if xs := stat.Between(c.Steps, c.Values, from, from+w); stat.Mean(xs) < best {
			best, lowest = stat.Mean(xs), xs
		}
	}
	rise := stat.Mean(end) - best
	if len(end) < 5 || len(lowest) < 5 || !(rise > 2*apart(lowest, end)) {
		return best, 0
	}
	return best, rise / c.Scale.Loss
}

// grown returns the weights that do not start at next to nothing.
func grown(t *nnvet.Trace, ws []pace) []pace {
	var out []pace
	for _, w := range ws {
		if !w.bornSmall(t) {
			out = append(out, w)
		}
	}
	return out
}

// sameGroup returns the weights that share the learning rate of w.
func sameGroup(ws []pace, w *pace) []pace {
	var out []pace
	for _, o := range ws {
		if o.group == w.group {
			out = append(out, o)
		}
	}
	return out
}

// swiftest returns the weight with the highest median ratio over some steps.
// At least one was looked at there.
func swiftest(ws []pace, from, to int64) *excess {
	x := &excess{}
	for i := range ws {
		if r := ws[i].median(from, to); x.worst == nil && r > 0 || r > x.ratio {
			x.worst, x.ratio = &ws[i], r
		}
	}
	return x
}

func reportExcess(p *nnvet.Pass, x *excess, c nnvet.Course) {
	if x.label == "" {
		x.label = fmt.Sprintf("weights change by %s a step", part(x.ratio))
	}
	f := nnvet.Finding{
		Confidence: x.confidence,
		Source:     place(p.Trace, x.worst.group),
		Label:      x.label,
		Span:       x.span,
		Brief:      board(x.ratio),
		Message:    fmt.Sprintf("the learning rate is too high: %s; %s", x.says, c.Ended()),
		Evidence: []nnvet.Evidence{
			{What: "update over weight of " + x.worst.param.Name, Saw: x.ratio, Key: x.worst.key, Limit: x.limit, Lo: slowest, Hi: fastest},
		},
	}
	if x.shown != nil {
		f.Evidence[0] = *x.shown
	}
	switch skill := c.Skill(); {
	case skill <= p.Limit("learned"):
		f.Severity = nnvet.Error
		f.Evidence = append(f.Evidence, c.Evidence("learned"))
	case skill < p.Limit("skill"):
		f.Evidence = append(f.Evidence, c.Evidence("skill"))
	}
	if x.harm != nil {
		f.Evidence = append(f.Evidence, *x.harm)
	}
	if change, ok := changeRate(p.Trace, x.worst.group, x.worst.rate, healthyPace/x.typical); ok && change.to < change.from {
		f.Treatments = append(f.Treatments, change.treatment())
	} else {
		f.Treatments = append(f.Treatments, nnvet.Treatment{Action: "lower the learning rate to a tenth, and again until the loss falls steadily"})
	}
	p.Report(f)
}
