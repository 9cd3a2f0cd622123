package learningrate

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed lr_too_low.md
var tooLowDoc string

// TooLow finds steps that are too short for the run to get anywhere.
var TooLow = nnvet.Check{
	ID:       "NN0602",
	Name:     "lr-too-low",
	Pitfall:  nnvet.LearningRate,
	Doc:      tooLowDoc,
	Severity: nnvet.Warning,
	Needs: []nnvet.Need{
		nnvet.NeedSeries(nnvet.Rate, ""), nnvet.NeedSeries(nnvet.Update, ""), nnvet.NeedSeries(nnvet.Loss, nnvet.Train),
	},
	Limits: []nnvet.Limit{
		{Name: "ratio", Default: 6.3e-5, Source: "measured on small MLPs: log10 of the median below -4.2 found 14 of 15 rates that were too low, and 0 of 200 healthy ones"},
		{Name: "slowest", Default: slowest, Source: "measured on small MLPs: the smallest median ratio of 200 healthy runs, 10^-3.36"},
		{Name: "slow", Default: 8e-4, Sound: 1.2e-3, Source: "two thirds of the least of sound runs; measured in the casebook's part to learn from: 376 sound runs that ended unfinished, in batches of 8 rows or more, began with 1.2e-3 or more a step, rates 10 times too low for Adam with at most 8.1e-4"},
		{Name: "creeps", Default: 0.005, Source: "convention: a loss that falls by so little of a constant's from the third quarter to the last falls all the same"},
		{Name: "fits", Default: 0.9, Source: "convention: where nine tenths are explained, the rest may well come slowly"},
		{Name: "dead", Default: 0.4, Source: "measured on small MLPs: 1 of 200 healthy runs had a layer past it"},
		enoughSteps, nnvet.HealthySkill, nnvet.NoSkill, nnvet.StillFalls,
	},
	Explains: []string{"NN0201"},
	AtEnd:    true,
	Run:      tooLow,
}

func tooLow(p *nnvet.Pass) {
	ws := paces(p.Trace)
	c, err := p.Trace.Course(nnvet.Train)
	switch site, share := deadest(p.Trace); {
	case len(ws) == 0:
		p.Skip("no weight of two dimensions or more was seen to move")
		return
	case err != nil:
		p.Skip("%v", err)
		return
	case p.Trace.Run.Steps < int64(p.Limit("steps")):
		p.Short("the run has %d steps; it takes %.0f to judge", p.Trace.Run.Steps, p.Limit("steps"))
		return
	case share >= p.Limit("dead"):
		p.Skip("%.0f %% of the units of %s are dead, which shortens the steps at any rate", 100*share, site)
		return
	}
	from, to := c.Steps[0], c.Steps[c.Len()-1]
	all := medians(ws, from, to)
	typical := stat.Median(all)
	p.Measured("%s", board(typical))
	// A network that has learned what it can, or most of whose layers get no
	// gradient, moves as little. It moved well at first, or elsewhere.
	early := stat.Median(medians(ws, from, from+(to-from)/10))
	if !(typical < p.Limit("slowest")) || slices.Max(all) >= p.Limit("slowest") || early >= p.Limit("slowest") {
		if early < p.Limit("slow") && slices.Max(all) < p.Limit("slow") {
			unfinished(p, ws, c, early)
		}
		return
	}
	switch skill := c.Skill(); {
	case !(typical < p.Limit("ratio")):
		// Slower than any healthy run, but not by much: little learned and still learning says the rest.
		switch {
		case math.IsInf(skill, -1), tiny(p.Trace): // many small steps go as far as few long ones
		case skill < p.Limit("skill") && c.Fell() > p.Limit("creeps"):
			reportLow(p, ws, c, typical, c.Evidence("skill"))
		case skill < p.Limit("fits") && c.Fell() > p.Limit("falls"):
			reportLow(p, ws, c, typical, c.Falling("falls"))
		}
	case math.IsInf(skill, -1): // another story
	case skill < p.Limit("skill"):
		reportLow(p, ws, c, typical, c.Evidence("skill"))
	case c.Fell() > p.Limit("falls"):
		reportLow(p, ws, c, typical, c.Falling("falls"))
	}
}

// unfinished judges a run whose steps were shorter from the start than those
// that sound runs start with, though some of these take as short ones once
// they are nearly done: it is at fault where it ends amid its fall.
func unfinished(p *nnvet.Pass, ws []pace, c nnvet.Course, early float64) {
	skill := c.Skill()
	if math.IsInf(skill, -1) || skill >= p.Limit("fits") || !(c.Fell() > p.Limit("falls")) || tiny(p.Trace) {
		return
	}
	f := lowFinding(p, ws, c, stat.Median(medians(ws, c.Steps[0], c.Steps[c.Len()-1])), c.Falling("falls"))
	f.Confidence = 0.65
	f.Evidence[0] = nnvet.Evidence{What: "update over weight in the first tenth, median", Saw: early, Key: nnvet.Key{Quantity: nnvet.Update}, Limit: "slow", Lo: healthyPace / 2, Hi: fastest}
	p.Report(f)
}

// tiny reports whether batches are of a few rows.
func tiny(t *nnvet.Trace) bool {
	const few = 8
	s := t.Series(nnvet.Key{Quantity: nnvet.BatchRows})
	return s.Len() > 0 && stat.Median(s.Values) < few
}

// deadest returns the layer that has the largest share of dead units at the
// end. The rows of an embedding are not units.
func deadest(t *nnvet.Trace) (site string, share float64) {
	for s := range t.All(nnvet.Dead) {
		if l := t.Layer(s.Key.Site); l != nil && strings.HasPrefix(l.Kind, "Embedding") {
			continue
		}
		if _, v := s.Last(); v > share {
			site, share = s.Key.Site, v
		}
	}
	return site, share
}

func reportLow(p *nnvet.Pass, ws []pace, c nnvet.Course, typical float64, harm nnvet.Evidence) {
	f := lowFinding(p, ws, c, typical, harm)
	if typical >= p.Limit("ratio") {
		f.Confidence, f.Evidence[0].Limit = 0.65, "slowest"
	}
	p.Report(f)
}

func lowFinding(p *nnvet.Pass, ws []pace, c nnvet.Course, typical float64, harm nnvet.Evidence) nnvet.Finding {
	w := &ws[0]
	f := nnvet.Finding{
		Confidence: 0.9,
		Source:     place(p.Trace, w.group),
		Label:      fmt.Sprintf("weights change by %s a step", part(typical)),
		Span:       nnvet.Span{From: c.Steps[0], To: c.Steps[c.Len()-1]},
		Brief:      board(typical),
		Message:    fmt.Sprintf("the learning rate is too low: a typical step changes the weights by %s their norm; %s", partOf(typical), c.Ended()),
		Evidence: []nnvet.Evidence{
			{What: "update over weight, median", Saw: typical, Key: nnvet.Key{Quantity: nnvet.Update}, Limit: "ratio", Lo: slowest, Hi: fastest},
			harm,
		},
	}
	if c.Skill() < p.Limit("learned") {
		f.Severity = nnvet.Error
	}
	// Every group's rate is as wrong, as far as the trace can tell; the first
	// weight's is named.
	mine := stat.Median(medians(sameGroup(ws, w), c.Steps[0], c.Steps[c.Len()-1]))
	if change, ok := changeRate(p.Trace, w.group, w.rate, healthyPace/mine); ok && change.to > change.from {
		f.Treatments = append(f.Treatments, change.treatment())
	} else {
		f.Treatments = append(f.Treatments, nnvet.Treatment{Action: "raise the learning rate 10-fold, and again until the loss no longer falls faster"})
	}
	return f
}
