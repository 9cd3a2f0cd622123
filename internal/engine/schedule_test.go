package engine

import (
	"math"
	"strings"
	"testing"
)

func TestSchedulesAsPyTorch(t *testing.T) {
	golden := optimizerGoldens(t)
	for _, c := range golden.Schedules {
		if err := c.Spec.check(); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		for step, want := range c.Factors {
			if got := c.Spec.At(int64(step), golden.PerEpoch, golden.Total); !(math.Abs(got-want) < 1e-8) { // PyTorch multiplies step by step; the record has nine digits
				t.Errorf("%s: step %d: %v, PyTorch has %v", c.Name, step, got, want)
			}
		}
	}
}

func TestScheduleEnds(t *testing.T) {
	for _, c := range []struct {
		name  string
		s     Schedule
		step  int64
		total int64
		want  float64
	}{
		{"none", Schedule{}, 7, 10, 1},
		{"cosine past its end", Schedule{Kind: "cosine", Floor: 0.2}, 20, 10, 0.2},
		{"linear past its end", Schedule{Kind: "linear", Floor: 0.2}, 20, 10, 0.2},
		{"warmup as long as the run", Schedule{Kind: "cosine", Warmup: 10}, 9, 10, 1},
		{"warmup longer than the run", Schedule{Kind: "linear", Warmup: 20}, 9, 10, 0.5},
		{"a warmup of one step", Schedule{Warmup: 1}, 0, 10, 1},
	} {
		if got := c.s.At(c.step, 5, c.total); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %v in step %d of %d, want %v", c.name, got, c.step, c.total, c.want)
		}
	}
}

func TestScheduleRefuses(t *testing.T) {
	for _, c := range []struct {
		s    Schedule
		want string
	}{
		{Schedule{Kind: "cosin"}, `schedule: there is no "cosin": use one of constant`},
		{Schedule{Kind: "step"}, "schedule: step: every 0"},
		{Schedule{Kind: "exponential"}, "factor is missing"},
		{Schedule{Kind: "exponential", Factor: -1}, "factor -1"},
		{Schedule{Kind: "cosine", Floor: 2}, "floor 2"},
		{Schedule{Warmup: -1}, "warmup -1"},
		{Schedule{Factor: math.NaN()}, "factor NaN"},
	} {
		if err := c.s.check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %q", c.s, err, c.want)
		}
	}
}
