package prove

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// A laboratory does one experiment: it trains arms of a base, whose trace is t.
type laboratory struct {
	*Prover
	ctx   context.Context
	base  Variant
	t     *nnvet.Trace
	check *nnvet.Check
}

// How many seeds an experiment takes.
const (
	fewSeeds = 3 // where the difference that is looked for is large
	armSeeds = 5 // where it is a fiftieth of the way to a perfect predictor
)

// asItIs names the arm without a change.
const asItIs = "the network as it is"

// A sided is an arm before it is trained.
type sided struct {
	nnvet.Arm
	variant Variant
}

// afford says what an experiment would take that does not fit into the time.
func (l *laboratory) afford(trainings int) error {
	if l.affords(trainings) {
		return nil
	}
	each := l.walls / time.Duration(max(1, l.done)*max(1, l.subject.Jobs()))
	return fmt.Errorf("too dear: its %d trainings take about %s, which is more than is left of %s", trainings, (each * time.Duration(trainings)).Round(time.Second), l.Budget)
}

// with returns an arm with an alteration.
func (l *laboratory) with(what string, size float64, a Alteration) (sided, error) {
	v, err := l.alter(l.ctx, l.base, l.t, a)
	return sided{nnvet.Arm{What: what, Size: size, Settings: a.settings}, v}, err
}

// trained trains arms on the same seeds and scores them.
func (l *laboratory) trained(arms []sided, seeds []int64, of func(Score) float64) ([]nnvet.Arm, error) {
	l.plan(len(arms) * len(seeds))
	sides := make([]side, len(arms))
	for i, a := range arms {
		sides[i] = side{a.variant, seeds}
	}
	scores, err := l.train(l.ctx, "an experiment for "+l.check.Name, sides)
	if err != nil {
		return nil, err
	}
	var out []nnvet.Arm
	for i, a := range arms {
		for j, seed := range seeds {
			a.At = append(a.At, float64(seed))
			a.Figures = append(a.Figures, of(scores[i][j]))
		}
		out = append(out, a.Arm)
	}
	return out, nil
}

// tuned gives every arm the learning rate that is best for it, chosen on seeds
// that do not judge. Trainings that find their rate themselves have it.
func (l *laboratory) tuned(arms []sided) ([]sided, error) {
	out := slices.Clone(arms)
	for i, a := range arms {
		if e, ok := l.subject.(Alterable); ok && e.FindsRate(l.ctx, a.variant) {
			continue
		}
		all, err := l.rates(l.ctx, candidate{variant: a.variant})
		if err != nil {
			return nil, err
		}
		best, _, err := l.halve(l.ctx, "racing learning rates of "+a.What, all)
		if err != nil {
			return nil, err
		}
		out[i].variant = best.variant
	}
	return out, nil
}

// tuningRuns is about how many trainings it takes to tune one arm.
const tuningRuns = 11

// compared trains arms at their own learning rates beside the training as it is.
func (l *laboratory) compared(arms []sided) ([]nnvet.Arm, error) {
	arms, err := l.besides(arms, armSeeds)
	if err != nil {
		return nil, err
	}
	return l.trained(arms, l.fresh(armSeeds), l.yard.Of)
}

// besides puts the network as it is before arms, and gives each its learning rate,
// where that and so many seeds of each fit into the time.
func (l *laboratory) besides(arms []sided, seeds int) ([]sided, error) {
	arms = append([]sided{{nnvet.Arm{What: asItIs, Size: 1}, l.base}}, arms...)
	if err := l.afford(len(arms) * (tuningRuns + seeds)); err != nil {
		return nil, err
	}
	return l.tuned(arms)
}

// limit returns a limit of the check, as the settings have it.
func (l *laboratory) limit(name string) float64 {
	if v, ok := l.Vet.Limits[l.check.ID+"."+name]; ok {
		return v
	}
	i := slices.IndexFunc(l.check.Limits, func(x nnvet.Limit) bool { return x.Name == name })
	if i < 0 {
		return math.NaN()
	}
	return l.check.Limits[i].Default
}

// chosen trains arms beside the first, which is without a change, on a few seeds,
// picks one of those that are within one standard error of the best, and trains
// that and the first on fresh seeds, so that luck that chose proves nothing.
func (l *laboratory) chosen(sides []sided, pick func(arms []nnvet.Arm, good []int) int) ([]nnvet.Arm, error) {
	arms, err := l.trained(sides, l.fresh(fewSeeds), l.yard.Of)
	if err != nil {
		return nil, err
	}
	scores := make([][]float64, len(arms))
	for i := 1; i < len(arms); i++ { // the first is none to be picked
		scores[i] = arms[i].Figures
	}
	good := stat.Survivors(scores, 1)
	if len(good) == 0 {
		return arms, nil
	}
	best := pick(arms, good)
	last, err := l.trained([]sided{sides[0], sides[best]}, l.fresh(armSeeds), l.yard.Of)
	if err != nil {
		return nil, err
	}
	arms[0].At, arms[0].Figures = append(arms[0].At, last[0].At...), append(arms[0].Figures, last[0].Figures...)
	arms[best] = last[1]
	return arms, nil
}
