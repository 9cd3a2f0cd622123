package engine

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// ScheduleKinds lists the names that Schedule.Kind may have; none is constant.
func ScheduleKinds() []string {
	return []string{"constant", "step", "exponential", "cosine", "linear"}
}

// At returns what the learning rate is multiplied by in a step of a run of
// total steps, perEpoch of them an epoch. During the warmup the rate of step s
// is (s+1)/Warmup of the full one: one of 0 would waste the first step. Drops
// count from the first epoch on. Cosine and linear spread over the steps after
// the warmup and would reach their floor in the step after the last, as
// PyTorch's do.
func (s Schedule) At(step, perEpoch, total int64) float64 {
	if step < s.Warmup {
		return float64(step+1) / float64(s.Warmup)
	}
	epoch := step / max(1, perEpoch)
	past := min(1, float64(step-s.Warmup)/float64(max(1, total-s.Warmup)))
	switch s.Kind {
	case "step":
		return math.Pow(cmp.Or(s.Factor, 0.1), float64(epoch/max(1, s.Every)))
	case "exponential":
		return math.Pow(s.Factor, float64(epoch))
	case "cosine":
		return s.Floor + (1-s.Floor)*(1+math.Cos(math.Pi*past))/2
	case "linear":
		return 1 + (s.Floor-1)*past
	}
	return 1
}

func (s Schedule) check() error {
	kinds := ScheduleKinds()
	switch {
	case s.Kind != "" && !slices.Contains(kinds, s.Kind):
		return fmt.Errorf("schedule: there is no %q: use one of %s", s.Kind, strings.Join(kinds, ", "))
	case s.Warmup < 0:
		return fmt.Errorf("schedule: warmup %d: it must be a number of steps", s.Warmup)
	case s.Kind == "step" && s.Every <= 0:
		return fmt.Errorf("schedule: step: every %d: it must say after how many epochs the rate drops", s.Every)
	case s.Kind == "exponential" && s.Factor == 0:
		return fmt.Errorf("schedule: exponential: factor is missing: it must say what each epoch multiplies the rate by, as 0.95")
	case !(s.Factor >= 0 && s.Factor < math.Inf(1)):
		return fmt.Errorf("schedule: factor %v: it must be a positive number", s.Factor)
	case !(s.Floor >= 0 && s.Floor <= 1):
		return fmt.Errorf("schedule: floor %v: it must be a share of the learning rate, from 0 to 1", s.Floor)
	}
	return nil
}
