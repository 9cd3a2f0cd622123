package casebook

import (
	"context"
	"strconv"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/prove"
)

// A repair is one of AutoTrainer's, in our settings; factor changes the learning
// rate.
type repair struct {
	knob, to string
	factor   float64
}

// repairs are AutoTrainer's for each problem, in its order (Zhang et al. 2021).
// Where it only tells of a problem, abnormal data and an ending that does not
// suit the loss, ours are added in its favour.
func repairs(problem, end string) []repair {
	switch problem {
	case abnormalData:
		return []repair{{knob: "inputs", to: "standardize"}}
	case unsuited:
		return []repair{{knob: "final activation", to: end}}
	case vanishing:
		return []repair{{knob: "activation", to: "selu"}, {knob: "activation", to: "relu"}, {knob: "norm", to: "batch"}}
	case exploding:
		return []repair{
			{knob: "activation", to: "relu"}, {knob: "activation", to: "selu"}, {knob: "clip", to: "1"}, {knob: "clip", to: "0.1"},
			{knob: "activation", to: "tanh"}, {knob: "norm", to: "batch"},
		}
	case dying:
		return []repair{{knob: "activation", to: "selu"}, {knob: "weight init", to: "he"}, {knob: "activation", to: "leaky_relu"}, {knob: "norm", to: "batch"}}
	case unstable:
		return []repair{
			{knob: "optimizer", to: "adam"}, {knob: "lr", factor: 0.1}, {knob: "schedule", to: "cosine"}, {knob: "batch", to: "64"},
			{knob: "optimizer", to: "momentum"}, {knob: "input noise", to: "0.1"}, {knob: "weight init", to: "he"},
		}
	case slow:
		return []repair{{knob: "optimizer", to: "adam"}, {knob: "lr", factor: 10}, {knob: "weight init", to: "he"}}
	}
	return nil
}

// byRepairs tries AutoTrainer's repairs of the problem that its rules name, one
// after another, until they name none, and proves that one on fresh seeds; where
// none silences them, the best of all.
func (p *provable) byRepairs(ctx context.Context, c *Case, whole []prove.Score, budget int) (*Attempt, error) {
	began := time.Now()
	a := c.attempt(ByRepairs)
	base, trace, err := p.scored(ctx, nil, 1, 2, 3)
	if err != nil {
		return nil, err
	}
	y, err := prove.Choose(base, nil)
	if err != nil {
		return nil, err
	}
	problem, end := autoTrainerProblem(trace)
	a.Trainings = len(base)
	if problem == "" {
		a.Why = "its rules name no problem"
		return a, nil
	}
	var all []racer
	for _, r := range repairs(problem, end) {
		to := r.to
		if r.factor > 0 {
			to = strconv.FormatFloat(p.start.of.Spec.Optimizer.LR*r.factor, 'g', 3, 64)
		}
		v, err := p.with(nil, trace, []nnvet.Setting{{Name: r.knob, To: to}})
		if err != nil {
			continue
		}
		scores, t, err := p.scored(ctx, v, 1)
		if err != nil {
			return nil, err
		}
		a.Trainings++
		if left, _ := autoTrainerProblem(t); left == "" {
			all = []racer{{v, scores}}
			break
		}
		all = append(all, racer{v, scores})
		if a.Trainings >= budget {
			break
		}
	}
	if len(all) == 0 {
		a.Why = "none of its repairs of " + problem + " fits"
		return a, nil
	}
	if problem == unsuited {
		y = comparable(y, base, all)
	}
	best(all, y)
	claim, used, err := p.claim(ctx, y, nil, all[0].v)
	if err != nil {
		return nil, err
	}
	a.claimed(claim, y, whole, problem+": "+all[0].v.key)
	a.Trainings, a.Seconds = a.Trainings+used, time.Since(began).Seconds()
	return a, nil
}
