package subject

import (
	"context"
	"errors"
	"math"
	"slices"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/trial"
)

// raced are the learning rates that are tried, as factors of what the range
// test suggests. Measured on 24 small networks, the suggestion was from 0.03 to 7
// times the best rate, so that it is a place to look about and no answer.
var raced = []float64{0.1, 0.3, 1, 3}

// usual is a rate that serves most networks with an optimizer (0.001 is Adam's
// own default). Those about it are raced too: where targets are mostly noise, a
// few rows dominate the loss, or everything is learned at once, a range test
// sees no rate, or a wrong one.
var usual = map[string]float64{"adam": 0.001, "adamw": 0.001, "rmsprop": 0.001, "sgd": 0.01}

var aboutUsual = []float64{0.3, 1, 3, 10}

// highest is how many times the usual rate may be taken: on data that is learned
// at once a ramp goes on without harm far past what is stable (convention).
const highest = 30

// asGood returns how far above the lowest validation loss a rate is as good. It
// is a standard error of the loss, that of a mean of squared normal errors, whose
// variance is 2/rows of its square, and at least a fiftieth of what there was to
// learn, the width within which proofs call two losses the same. Of the rates
// that are as good the middle one is taken, far from too slow and from unstable:
// by the lowest loss alone the luckiest would win.
func (e *Experiment) asGood(lowest float64) float64 {
	const same = 0.02
	return max(math.Sqrt(2/float64(e.val.Rows))*math.Abs(lowest), same*e.toLearn())
}

// toLearn returns about the loss of the best constant: the entropy of classes,
// the variance of numbers.
func (e *Experiment) toLearn() float64 {
	if e.facts.Classes == 0 {
		var sum, squares float64
		for _, y := range e.train.Y {
			sum += float64(y)
			squares += float64(y) * float64(y)
		}
		n := float64(len(e.train.Y))
		return squares/n - sum/n*sum/n
	}
	entropy := 0.0
	for _, p := range e.shares() {
		entropy -= p * math.Log(p)
	}
	return entropy
}

// How far each of them trains: a quarter of the training, but no more than so
// many steps (a convention),
// and at least so many epochs, each of which is judged once.
const (
	raceShare  = 4
	raceSteps  = 500
	raceEpochs = 2
)

// FindRate settles the learning rate where the file leaves it open, for all
// seeds: a range test, and a race of the rates around what it suggests, by
// the validation loss. Without validation rows the range test decides alone.
func (e *Experiment) FindRate(ctx context.Context) error {
	if !e.Plan.RangeTest {
		return nil
	}
	rate, _, err := engine.RangeTest(ctx, e.Plan.Spec, e.train, engine.RangeOptions{})
	if errors.Is(err, engine.ErrFlat) {
		rate, err = usual[e.Plan.Spec.Optimizer.Kind], nil
	}
	rate = min(rate, highest*usual[e.Plan.Spec.Optimizer.Kind])
	if err == nil && e.val.Rows > 0 {
		rate, err = e.race(ctx, rate)
	}
	if err != nil {
		return placed(e.File, err)
	}
	e.SetRate(rate)
	return nil
}

// SetRate gives the optimizer a learning rate that the file leaves open.
func (e *Experiment) SetRate(rate float64) { e.Plan.Spec.Optimizer.LR = rate }

// race returns the middle one of the rates that are as good as the best by the
// validation loss.
func (e *Experiment) race(ctx context.Context, around float64) (float64, error) {
	var rates []float64
	for _, factor := range raced {
		rates = append(rates, factor*around)
	}
	for _, factor := range aboutUsual {
		rates = append(rates, factor*usual[e.Plan.Spec.Optimizer.Kind])
	}
	rates = slices.DeleteFunc(rates, func(r float64) bool { return r > highest*usual[e.Plan.Spec.Optimizer.Kind] })
	slices.Sort(rates)
	rates = slices.Compact(rates)
	losses := make([]float64, len(rates))
	jobs := func(yield func(trial.Job) bool) {
		for _, rate := range rates {
			spec := e.Plan.Spec
			spec.Optimizer.LR = rate
			spec.Epochs, spec.Steps = e.raceLength(), 0
			if !yield(trial.Job{Spec: spec, Train: e.train, Val: e.val}) {
				return
			}
		}
	}
	if err := trial.Run(ctx, jobs, 0, func(i int, o trial.Outcome) {
		losses[i] = math.Inf(1)
		if o.Err == nil && o.Result.Stopped != engine.NotFinite {
			losses[i] = o.Result.BestValLoss
		}
	}); err != nil {
		return 0, err
	}
	lowest := slices.Min(losses)
	var good []float64
	for i, l := range losses {
		if l <= lowest+e.asGood(lowest) {
			good = append(good, rates[i])
		}
	}
	if len(good) == 0 { // the loss is finite at none
		return rates[0], nil
	}
	return good[(len(good)-1)/2], nil
}

// raceLength returns the epochs of a race.
func (e *Experiment) raceLength() int {
	s := &e.Plan.Spec
	perEpoch := (e.train.Rows + s.Batch - 1) / s.Batch
	epochs := s.Epochs
	if s.Steps > 0 {
		epochs = int(s.Steps) / perEpoch
	}
	return max(raceEpochs, min(epochs/raceShare, (raceSteps+perEpoch-1)/perEpoch))
}
