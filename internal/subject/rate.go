package subject

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/trial"
)

// raced are the learning rates that are tried, as factors of what the range
// test suggests. It errs by a factor of 0.03 to 7, and a race of these five
// never ended more than 13 % above the best loss (24 and 18 configurations,
// design measurements); smaller first, since of two that are as good the
// smaller is safer.
var raced = []float64{0.1, 0.3, 1, 3, 10}

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
		return fmt.Errorf("%s: %w; set optimizer.lr to train it all the same", e.File.Name, err)
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

// race returns the rate that reaches the lowest validation loss.
func (e *Experiment) race(ctx context.Context, around float64) (float64, error) {
	jobs := func(yield func(trial.Job) bool) {
		for _, factor := range raced {
			spec := e.Plan.Spec
			spec.Optimizer.LR = factor * around
			spec.Epochs, spec.Steps = e.raceLength(), 0
			if !yield(trial.Job{Spec: spec, Train: e.train, Val: e.val}) {
				return
			}
		}
	}
	best, lowest := around, math.Inf(1)
	err := trial.Run(ctx, jobs, 0, func(i int, o trial.Outcome) {
		if o.Err == nil && o.Result.BestValLoss < lowest {
			best, lowest = raced[i]*around, o.Result.BestValLoss
		}
	})
	return best, err
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
