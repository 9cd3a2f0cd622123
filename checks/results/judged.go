package results

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// rowsName says which rows a split is.
var rowsName = map[string]string{nnvet.Train: "training", nnvet.Validation: "validation"}

// judged returns the course that tells what was learned: that of the
// validation loss, or of the training loss where there is no other. Its scale
// is a constant predictor's.
func judged(t *nnvet.Trace, h *nnvet.Head) (nnvet.Course, error) {
	c, err := t.Course(nnvet.Validation)
	if c.Len() == 0 {
		c, err = t.Course(nnvet.Train)
	}
	if c.Len() == 0 {
		return c, fmt.Errorf("no loss of %s was recorded", h.Name)
	}
	if _, err := t.Baseline(h, c.Split); err != nil {
		return c, err
	}
	return c, err
}

// skillOf returns what was learned by the end on a split, -Inf where the loss
// is no longer finite, and NaN where the trace does not tell.
func skillOf(t *nnvet.Trace, split string) float64 {
	c, err := t.Course(split)
	if err != nil || c.Scale.How == "" {
		return math.NaN()
	}
	return c.Skill()
}

// endSkill is skillOf on validation rows, or on training rows where there are no others.
func endSkill(t *nnvet.Trace) (skill float64, split string) {
	if s := skillOf(t, nnvet.Validation); !math.IsNaN(s) {
		return s, nnvet.Validation
	}
	return skillOf(t, nnvet.Train), nnvet.Train
}

// trainSkill returns the skill on training data over the last tenth of the
// run, or -Inf where it is not known.
func trainSkill(t *nnvet.Trace) float64 {
	if s := skillOf(t, nnvet.Train); !math.IsNaN(s) {
		return s
	}
	return math.Inf(-1)
}

// ending returns the steps of the last tenth of a course.
func ending(c nnvet.Course) nnvet.Span {
	last, _ := c.Last()
	from := c.Steps[0] + int64(math.Ceil(0.9*float64(last+1-c.Steps[0])))
	for _, s := range c.Steps {
		if s >= from {
			return nnvet.Span{From: s, To: last}
		}
	}
	return nnvet.Span{From: last, To: last}
}

// figure writes a loss to three digits, without an exponent while it is of a
// usual size.
func figure(v float64) string {
	if a := math.Abs(v); a >= 1e-4 && a < 1e7 || v == 0 {
		return fmt.Sprint(stat.Signif(v, 3))
	}
	return fmt.Sprintf("%.3g", v)
}

// percent writes a share: "3 %", "0.4 %".
func percent(share float64) string {
	if p := 100 * share; p >= 10 || p == 0 {
		return fmt.Sprintf("%.0f %%", p)
	}
	return fmt.Sprintf("%s %%", figure(100*share))
}
