package learningrate

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// A course is how the training loss went, against a loss that shows that
// something was learned.
type course struct {
	*nnvet.Series
	scale nnvet.Baseline // the best constant predictor; the first loss, without a How, where that is not known
}

// The limits that the checks judge harm by.
var (
	healthySkill = nnvet.Limit{Name: "skill", Default: 0.32, Source: "measured on small MLPs: 95 of 100 healthy runs ended above it"}
	enoughSteps  = nnvet.Limit{Name: "steps", Default: 50, Source: "convention: a shorter run has hardly begun, and its steps are the longest"}
	noSkill      = nnvet.Limit{Name: "learned", Default: 0.02, Source: "the smallest effect worth claiming; below it a constant does as well"}
)

// courseOf returns the course of the run. The error says what is missing.
func courseOf(t *nnvet.Trace) (course, error) {
	c := course{Series: t.Series(nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Train})}
	if h, err := t.MainHead(); err == nil {
		if b, err := t.Baseline(h, nnvet.Train); err == nil {
			c.Series, c.scale = t.TrainLoss(h), b
		}
	}
	if c.Len() == 0 {
		return c, fmt.Errorf("no training loss was recorded")
	}
	if c.scale.How == "" {
		c.scale.Loss = c.Values[0]
	}
	if !(c.scale.Loss > 0) || math.IsInf(c.scale.Loss, 0) {
		return c, fmt.Errorf("the first loss is %.3g, which gives no scale to judge by", c.scale.Loss)
	}
	return c, nil
}

// tenth returns the mean loss of the n-th tenth of the run's steps, 1 to 10.
// It is not finite where a loss in it is not, or where none was recorded.
func (c course) tenth(n int64) float64 {
	first, last := c.Steps[0], c.Steps[c.Len()-1]+1
	at := func(n int64) int64 { return first + (last-first)*n/10 }
	xs := stat.Between(c.Steps, c.Values, at(n-1), at(n))
	if len(xs) == 0 && n == 10 {
		xs = c.Values[c.Len()-1:]
	}
	return stat.Mean(xs)
}

// skill returns what was learned by the end: 0 nothing, 1 all, -Inf where the
// loss is no longer finite.
func (c course) skill() float64 { return c.scale.Skill(c.tenth(10)) }

// late returns how much the loss fell in the last tenth, in units of the
// scale; NaN where that is not known.
func (c course) late() float64 { return (c.tenth(9) - c.tenth(10)) / c.scale.Loss }

// blowUp returns the index of the first loss that is not finite, or at which
// the smoothed loss is times its best so far and above the scale; -1 without.
func (c course) blowUp(times float64) int {
	best := math.Inf(1)
	for i, v := range stat.EMA(c.Values, 0.9) {
		best = math.Min(best, v)
		if !stat.Finite(v) || v > times*best && v > c.scale.Loss {
			return i
		}
	}
	return -1
}

// ended says in words how the loss ended.
func (c course) ended() string {
	if i := stat.FirstBad(c.Values); i >= 0 {
		return fmt.Sprintf("the loss is %v from step %d on", lower(c.Values[i]), c.Steps[i])
	}
	if c.scale.How == "" {
		return fmt.Sprintf("the loss goes from %.3g to %.3g", c.scale.Loss, c.tenth(10))
	}
	return fmt.Sprintf("the loss ends at %.3g, where %s gives %.3g", c.tenth(10), c.scale.How, c.scale.Loss)
}

// evidence returns the figure that the harm was judged by, with the limit that it crossed.
func (c course) evidence(limit string) nnvet.Evidence {
	return nnvet.Evidence{What: "skill at the end (1 - loss / constant's loss)", Saw: c.skill(), Key: c.Key, Limit: limit}
}

// lower writes a number that is not finite as people do.
func lower(v float64) string {
	if math.IsNaN(v) {
		return "NaN"
	}
	return "infinite"
}
