package nnvet

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet/internal/stat"
)

// A Course is how the loss went on one split, against a loss that shows that
// something was learned.
type Course struct {
	*Series
	Split string
	Scale Baseline // the best constant predictor; the first loss, without a How, where that is not known
}

// The limits that checks judge harm by.
var (
	HealthySkill = Limit{Name: "skill", Default: 0.32, Source: "measured on small MLPs: 95 of 100 healthy runs ended above it"}
	// StillFalls is where more steps, or longer ones, would have gained something.
	StillFalls = Limit{Name: "falls", Default: 0.02, Source: "the smallest effect worth claiming: what the loss still gained from the third quarter of the steps to the last"}
	NoSkill    = Limit{Name: "learned", Default: 0.02, Source: "the smallest effect worth claiming; below it a constant does as well"}
)

// Course returns the course of the run on a split. The error says what is missing.
func (t *Trace) Course(split string) (Course, error) {
	c := Course{Series: t.Series(Key{Quantity: Loss, Split: split}), Split: split}
	if h, err := t.MainHead(); err == nil {
		if b, err := t.Baseline(h, split); err == nil {
			c.Scale = b
			if split == Train {
				c.Series = t.TrainLoss(h)
			}
		}
	}
	if c.Len() == 0 {
		return c, fmt.Errorf("no %s loss was recorded", map[string]string{Train: "training", Validation: "validation"}[split])
	}
	if c.Scale.How == "" {
		c.Scale.Loss = c.Values[0]
	}
	if !(c.Scale.Loss > 0) || math.IsInf(c.Scale.Loss, 0) {
		return c, fmt.Errorf("the first loss is %.3g, which gives no scale to judge by", c.Scale.Loss)
	}
	return c, nil
}

// Part returns the mean loss from one share of the run's steps to another. It
// is not finite where a loss in it is not, or where none was recorded; of the
// end, the last loss stands in for that.
func (c Course) Part(from, to float64) float64 {
	first, n := c.Steps[0], float64(c.Steps[c.Len()-1]+1-c.Steps[0])
	xs := stat.Between(c.Steps, c.Values, first+int64(from*n), first+int64(to*n))
	if len(xs) == 0 && to >= 1 {
		xs = c.Values[c.Len()-1:]
	}
	return stat.Mean(xs)
}

// Skill returns what was learned by the end, the mean of the last tenth: 0
// nothing, 1 all, -Inf where the loss is no longer finite.
func (c Course) Skill() float64 { return c.Scale.Skill(c.Part(0.9, 1)) }

// Late returns how much the loss fell in the last tenth, in units of the
// scale; NaN where that is not known.
func (c Course) Late() float64 { return (c.Part(0.8, 0.9) - c.Part(0.9, 1)) / c.Scale.Loss }

// Fell returns how much the loss fell from the third quarter of the run's steps
// to the last, in units of the scale; NaN where that is not known.
func (c Course) Fell() float64 { return (c.Part(0.5, 0.75) - c.Part(0.75, 1)) / c.Scale.Loss }

// BlowUp returns the index of the first loss that is not finite, or at which
// the smoothed loss is times its best so far and above the scale; -1 without.
func (c Course) BlowUp(times float64) int {
	best := math.Inf(1)
	for i, v := range stat.EMA(c.Values, 0.9) {
		best = math.Min(best, v)
		if !stat.Finite(v) || v > times*best && v > c.Scale.Loss {
			return i
		}
	}
	return -1
}

// Ended says in words how the loss ended.
func (c Course) Ended() string {
	name := "the loss"
	if c.Split == Validation {
		name = "the validation loss"
	}
	if i := stat.FirstBad(c.Values); i >= 0 {
		how := "infinite"
		if math.IsNaN(c.Values[i]) {
			how = "NaN"
		}
		return fmt.Sprintf("%s is %s from step %d on", name, how, c.Steps[i])
	}
	if c.Scale.How == "" {
		return fmt.Sprintf("%s goes from %.3g to %.3g", name, c.Scale.Loss, c.Part(0.9, 1))
	}
	return fmt.Sprintf("%s ends at %.3g, where %s gives %.3g", name, c.Part(0.9, 1), c.Scale.How, c.Scale.Loss)
}

// Falling returns the evidence that the loss still fell at the end.
func (c Course) Falling(limit string) Evidence {
	return Evidence{What: "fall of the loss from the third quarter to the last, in constants' losses", Saw: c.Fell(), Key: c.Key, Limit: limit}
}

// Evidence returns the figure that harm was judged by, with the limit that it crossed.
func (c Course) Evidence(limit string) Evidence {
	return Evidence{What: "skill at the end (1 - loss / constant's loss)", Saw: c.Skill(), Key: c.Key, Limit: limit}
}

// Harm grades what a pattern cost by the skill that a run ended with: an error
// where nothing was learned, a warning where less was than in nearly all healthy
// runs, a note otherwise, and where the skill is NaN: no harm is seen then. The
// check must declare [HealthySkill] and [NoSkill].
func (p *Pass) Harm(skill float64) Severity {
	switch {
	case skill <= p.Limit(NoSkill.Name):
		return Error
	case skill < p.Limit(HealthySkill.Name):
		return Warning
	}
	return Note
}

// HarmOf grades what a pattern cost by how a run ended, with the figure that it
// goes by: the skill, and the limit that it crossed, which a note has none of.
func (p *Pass) HarmOf(c Course) (Severity, Evidence) {
	severity := p.Harm(c.Skill())
	crossed := map[Severity]string{Error: NoSkill.Name, Warning: HealthySkill.Name}
	return severity, c.Evidence(crossed[severity])
}
