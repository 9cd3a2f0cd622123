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
// test suggests, from the smallest. It errs by a factor of 0.03 to 7, and a race
// of these five never ended more than 13 % above the best loss (24 and 18
// configurations, design measurements).
var raced = []float64{0.1, 0.3, 1, 3, 10}

// usual is a rate that serves most networks with an optimizer, and is raced
// too: where the targets are mostly noise, or a few rows dominate the loss, a
// range test sees no rate, or a wrong one (0.001 is Adam's own default).
var usual = map[string]float64{"adam": 0.001, "adamw": 0.001, "rmsprop": 0.001, "sgd": 0.01}

// asGood is the factor of the lowest validation loss within which a rate is as
// good, of which the smallest is taken: it is the safest. It is a standard error
// of the loss, that of a mean of squared normal errors, whose variance is 2/rows
// of its square; without it the luckiest rate wins where there is little to learn.
func asGood(rows int) float64 { return 1 + math.Sqrt(2/float64(rows)) }

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
	if err == nil && e.val.Rows > 0 {
		rate, err = e.race(ctx, rate)
	}
	if err != nil {
		return err
	}
	e.SetRate(rate)
	return nil
}

// SetRate gives the optimizer a learning rate that the file leaves open.
func (e *Experiment) SetRate(rate float64) { e.Plan.Spec.Optimizer.LR = rate }

// race returns the smallest rate that is as good as the best by the validation
// loss.
func (e *Experiment) race(ctx context.Context, around float64) (float64, error) {
	rates := []float64{usual[e.Plan.Spec.Optimizer.Kind]}
	for _, factor := range raced {
		rates = append(rates, factor*around)
	}
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
	i := slices.IndexFunc(losses, func(l float64) bool { return l <= lowest+(asGood(e.val.Rows)-1)*math.Abs(lowest) })
	return rates[max(i, 0)], nil
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
