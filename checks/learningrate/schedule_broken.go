package learningrate

import (
	_ "embed"
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed schedule_broken.md
var scheduleDoc string

// ScheduleBroken finds learning rates that are nothing while there is still
// something to learn, that rise again at the end, or that never move.
var ScheduleBroken = nnvet.Check{
	ID:       "NN0605",
	Name:     "schedule-broken",
	Pitfall:  nnvet.LearningRate,
	Doc:      scheduleDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedSeries(nnvet.Rate, ""), nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: []nnvet.Limit{
		{Name: "nothing", Default: 0.01, Source: "convention: usual schedules take the rate to a hundredth only for a last polish"},
		{Name: "idle", Default: 0.3, Source: "convention: step schedules spend up to a quarter of the run at a hundredth"},
		{Name: "late", Default: 0.05, Source: "measured on small MLPs: a loss that still falls by so many baselines in a tenth of the run was cut off"},
		{Name: "back", Default: 0.5, Source: "convention: a run that ends above half of its highest rate has not come down"},
		{Name: "most", Default: 0.5, Source: "convention: a run that learned little and idled for half of its steps had them to learn more"},
		{Name: "fits", Default: 0.9, Source: "convention: where nine tenths are explained, the rest may well come slowly"},
		{Name: "lost", Default: 0.1, Source: "convention: so much skill lost is major"},
		enoughSteps, nnvet.HealthySkill, nnvet.NoSkill, nnvet.StillFalls,
	},
	Explains: []string{"NN0602", "NN0503", "NN0201", "NN0206"},
	AtEnd:    true,
	Run:      scheduleBroken,
}

// A plan is how the learning rate of a group went.
type plan struct {
	group *nnvet.Group
	*nnvet.Series
	top  int     // where it was first at its highest
	peak float64 // that
	all  int64   // steps of the run
}

func scheduleBroken(p *nnvet.Pass) {
	c, err := p.Trace.Course(nnvet.Train)
	switch {
	case err != nil:
		p.Skip("%v", err)
		return
	case p.Trace.Run.Steps < int64(p.Limit("steps")):
		p.Short("the run has %d steps; it takes %.0f to judge", p.Trace.Run.Steps, p.Limit("steps"))
		return
	}
	plans := plansOf(p.Trace)
	if len(plans) == 0 {
		p.Skip("the learning rates that were recorded are not finite, or of no optimizer")
		return
	}
	if !slices.ContainsFunc(plans, func(l plan) bool { return l.peak > 0 }) {
		reportZero(p, plans[0], c)
		return
	}
	for _, l := range plans {
		if !(l.peak > 0) { // a group that is meant to stay as it is
			continue
		}
		for _, judge := range []func(*nnvet.Pass, plan, nnvet.Course) bool{idle, endsHigh, endlessWarmup, still} {
			if judge(p, l, c) {
				return
			}
		}
	}
}

// plansOf returns the plans of all groups, that of the widest first.
func plansOf(t *nnvet.Trace) []plan {
	var out []plan
	for i := range t.Optimizers {
		for j := range t.Optimizers[i].Groups {
			g := &t.Optimizers[i].Groups[j]
			s := t.Series(nnvet.Key{Quantity: nnvet.Rate, Site: g.Name})
			if s.Len() == 0 || stat.FirstBad(s.Values) >= 0 {
				continue
			}
			l := plan{group: g, Series: s, peak: slices.Max(s.Values), all: t.Run.Steps}
			l.top = slices.Index(s.Values, l.peak)
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b plan) int { return len(b.group.Params) - len(a.group.Params) })
	return out
}

// below returns the step from which the rate stays below a share of its peak,
// after it; the end of the run where it does not.
func (l plan) below(share float64) int64 {
	i := l.Len()
	for i > l.top+1 && l.Values[i-1] < share*l.peak {
		i--
	}
	if i == l.Len() {
		return l.all
	}
	return l.Steps[i]
}

// reportZero reports a run that never had a learning rate.
func reportZero(p *nnvet.Pass, l plan, c nnvet.Course) {
	p.Report(nnvet.Finding{
		Severity: nnvet.Error, Confidence: 0.95,
		Source:   place(p.Trace, l.group),
		Label:    "a rate of 0",
		Span:     nnvet.Span{From: l.Steps[0], To: max(l.all-1, l.Steps[0])},
		Brief:    "always 0",
		Message:  "the learning rate is 0 in every step that was looked at, so no weight moves; " + c.Ended(),
		Evidence: []nnvet.Evidence{{What: "highest learning rate", Saw: 0, Key: l.Key}},
		Treatments: []nnvet.Treatment{{
			Action: "give the optimizer a rate, 0.001 for Adam and its kin or 0.01 for SGD, and see that the schedule does not multiply it by 0",
		}},
	})
}

// idle finds a rate that was nothing for much of the run, though the loss was
// still falling when it went.
func idle(p *nnvet.Pass, l plan, c nnvet.Course) bool {
	from := l.below(p.Limit("nothing"))
	share := float64(l.all-from) / float64(l.all)
	if share < p.Limit("idle") {
		return false
	}
	severity, evidence := harm(p, c)
	need := p.Limit("late")
	if severity > nnvet.Note {
		need = p.Limit(nnvet.NoSkill.Name) // slow, and not done
	}
	going := l.below(10 * p.Limit("nothing")) // the loss tells more while there is a rate
	fall := fallAt(c, going, l.all)
	most := share >= p.Limit("most")
	if !(fall > need) && !(most && severity > nnvet.Note) {
		return false
	}
	if severity == nnvet.Note {
		severity = nnvet.Warning
	}
	f := nnvet.Finding{
		Severity: severity, Confidence: 0.8,
		Source: schedulePlace(p.Trace, l.group),
		Label:  fmt.Sprintf("nothing is left of it after step %d", from),
		Span:   nnvet.Span{From: from, To: l.all - 1},
		Brief:  fmt.Sprintf("idle %.0f%%", 100*share),
		Message: fmt.Sprintf("the learning rate falls from %s to less than a hundredth of it by step %d of %d, and the last %.0f %% of the run are idle; %s",
			number(l.peak), from, l.all, 100*share, c.Ended()),
		Evidence: []nnvet.Evidence{
			{What: "share of the run with less than a hundredth of the highest rate", Saw: share, Key: l.Key, Limit: "idle"},
			evidence,
		},
		Treatments: []nnvet.Treatment{spread(p.Trace, l)},
	}
	if fall > need {
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: fmt.Sprintf("fall of the loss in a tenth of the run before step %d, in constants' losses", going), Saw: fall, Key: c.Key})
	}
	p.Report(f)
	return true
}

// fallAt returns how fast the loss fell before a step, in units of the scale in
// a tenth of the run; 0 where that is within its noise, NaN where there are too
// few losses to tell.
func fallAt(c nnvet.Course, step, all int64) float64 {
	w := min(max(all/20, 10), (step-c.Steps[0])/2)
	before, after := stat.Between(c.Steps, c.Values, step-2*w, step-w), stat.Between(c.Steps, c.Values, step-w, step)
	if len(before) < 5 || len(after) < 5 {
		return math.NaN()
	}
	fall := stat.Mean(before) - stat.Mean(after)
	if !(fall > 2*apart(before, after)) {
		return 0
	}
	return fall / c.Scale.Loss * float64(all) / 10 / float64(w)
}

// apart returns the standard error of the difference of two means.
func apart(a, b []float64) float64 {
	return math.Sqrt(variance(a)/float64(len(a)) + variance(b)/float64(len(b)))
}

func variance(xs []float64) float64 {
	mean, sum := stat.Mean(xs), 0.0
	for _, v := range xs {
		sum += (v - mean) * (v - mean)
	}
	return sum / float64(max(len(xs)-1, 1))
}

// endsHigh finds a rate that had come down and went up again, where the loss
// went up with it.
func endsHigh(p *nnvet.Pass, l plan, c nnvet.Course) bool {
	low := l.top
	for i := l.top; i < l.Len(); i++ {
		if l.Values[i] <= l.Values[low] {
			low = i // the last of several
		}
	}
	_, last := l.Last()
	if !(l.Values[low] <= 0.1*l.peak) || !(last >= p.Limit("back")*l.peak) {
		return false
	}
	at, w := l.Steps[low], max(l.all/20, 10)
	there, end := stat.Between(c.Steps, c.Values, at-w, at+1), stat.Between(c.Steps, c.Values, l.all-w, l.all)
	if len(there) < 5 || len(end) < 5 {
		return false
	}
	lost := (stat.Mean(end) - stat.Mean(there)) / c.Scale.Loss
	if !(lost > p.Limit(nnvet.NoSkill.Name)) || !(lost*c.Scale.Loss > 2*apart(there, end)) {
		return false
	}
	f := nnvet.Finding{
		Severity: nnvet.Warning, Confidence: 0.8,
		Source: schedulePlace(p.Trace, l.group),
		Label:  "the run ends before it is down again",
		Span:   nnvet.Span{From: at, To: l.all - 1},
		Brief:  "ends high",
		Message: fmt.Sprintf("the learning rate was down to %s at step %d and ends at %s, %.0f %% of its peak; the loss rose from %s to %s with it",
			number(l.Values[low]), at, number(last), 100*last/l.peak, number(stat.Signif(stat.Mean(there), 3)), number(stat.Signif(stat.Mean(end), 3))),
		Evidence: []nnvet.Evidence{
			{What: "last rate over the highest", Saw: last / l.peak, Key: l.Key, Limit: "back"},
			{What: "rise of the loss since, in constants' losses", Saw: lost, Key: c.Key, Limit: nnvet.NoSkill.Name},
		},
		Treatments: []nnvet.Treatment{spread(p.Trace, l), {Action: fmt.Sprintf("or end the run at step %d, where the rate is lowest", at)}},
	}
	if lost >= p.Limit("lost") {
		f.Severity = nnvet.Error
	}
	p.Report(f)
	return true
}

// endlessWarmup finds a rate that only ever rises, in a run that was not done.
func endlessWarmup(p *nnvet.Pass, l plan, c nnvet.Course) bool {
	half := rateAt(l.Series, l.Steps[0]+(l.all-l.Steps[0])/2)
	_, last := l.Last()
	if l.Len() < 4 || !slices.IsSorted(l.Values) || last != l.peak || half > 0.6*l.peak {
		return false
	}
	severity, evidence := harm(p, c)
	if severity == nnvet.Note && c.Skill() < p.Limit("fits") && c.Fell() > p.Limit("falls") {
		severity, evidence = nnvet.Warning, c.Falling("falls")
	}
	if severity == nnvet.Note || math.IsInf(c.Skill(), -1) { // a rise until it breaks is a range test
		return false
	}
	steps := max(int64(stat.Signif(float64(l.all)/20, 1)), 1)
	p.Report(nnvet.Finding{
		Severity: severity, Confidence: 0.7,
		Source: schedulePlace(p.Trace, l.group),
		Label:  "still warming up at the end",
		Span:   nnvet.Span{From: l.Steps[0], To: l.all - 1},
		Brief:  "only rises",
		Message: fmt.Sprintf("the learning rate still rises when the run ends, from %s to %s in %d steps; %s",
			number(l.Values[0]), number(last), l.all, c.Ended()),
		Evidence: []nnvet.Evidence{
			{What: "rate halfway over the last", Saw: half / l.peak, Key: l.Key, Lo: 0.6, Hi: 1},
			evidence,
		},
		Treatments: []nnvet.Treatment{{
			Action:   fmt.Sprintf("warm up over %d steps, a twentieth of the run, and let the rate fall after that", steps),
			Settings: []nnvet.Setting{{Name: "warmup", To: fmt.Sprint(steps)}},
		}},
	})
	return true
}

// schedulers are PyTorch's, but for the one that waits for a plateau, which
// rightly does nothing while there is none.
var schedulers = []string{
	"StepLR", "MultiStepLR", "ExponentialLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "CyclicLR", "OneCycleLR",
	"LambdaLR", "MultiplicativeLR", "LinearLR", "PolynomialLR", "SequentialLR", "ChainedScheduler",
}

// still finds a rate that never moves though the program makes a scheduler.
func still(p *nnvet.Pass, l plan, _ nnvet.Course) bool {
	call := schedulerOf(p.Trace)
	if call == nil || l.Len() < 3 || slices.Min(l.Values) != l.peak || l.Steps[l.Len()-1]-l.Steps[0] < int64(p.Limit("steps")) {
		return false
	}
	steps := 0
	for i := range p.Trace.Calls {
		if p.Trace.Calls[i].Func == "step" {
			steps++
		}
	}
	f := nnvet.Finding{
		Severity: nnvet.Note, Confidence: 0.7,
		Source:  call.Source,
		Label:   "moves nothing",
		Span:    nnvet.Span{From: l.Steps[0], To: l.all - 1},
		Brief:   "never moves",
		Message: fmt.Sprintf("the source has a scheduler, %s, and the learning rate is %s from the first of %d steps to the last", call.Func, number(l.peak), l.all),
		Evidence: []nnvet.Evidence{
			{What: "lowest rate over the highest", Saw: 1, Key: l.Key},
		},
		Treatments: []nnvet.Treatment{
			{Action: fmt.Sprintf("make the schedule fit the run: it has %d steps, and what is counted in epochs may be longer than all of it", l.all)},
		},
	}
	if steps < 2 {
		f.Message += ": the program calls step in one place, so the scheduler's is never called"
		f.Treatments = []nnvet.Treatment{{Action: "call the scheduler's step() after the optimizer's: once an epoch, or in every step where the schedule counts steps"}}
	}
	p.Report(f)
	return true
}

func schedulerOf(t *nnvet.Trace) *nnvet.Call {
	for i := range t.Calls {
		if slices.Contains(schedulers, t.Calls[i].Func) {
			return &t.Calls[i]
		}
	}
	return nil
}

// schedulePlace returns where the schedule is made, else the learning rate.
func schedulePlace(t *nnvet.Trace, g *nnvet.Group) nnvet.Location {
	if c := schedulerOf(t); c != nil {
		return c.Source
	}
	return place(t, g)
}

// spread prescribes a schedule that ends with the run.
func spread(t *nnvet.Trace, l plan) nnvet.Treatment {
	return nnvet.Treatment{
		Action: t.Say(nnvet.Words{
			Program: fmt.Sprintf("let the rate fall from %s to 0 over all %d steps: CosineAnnealingLR with T_max=%d, stepped after every step of the optimizer", number(l.peak), l.all, l.all),
			File:    fmt.Sprintf("let the rate fall from %s to 0 over the whole run: schedule: cosine", number(l.peak)),
		}),
		Settings: []nnvet.Setting{{Name: "schedule", To: "cosine"}},
	}
}
