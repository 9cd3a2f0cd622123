package subject

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/trial"
)

// otherSeeds trains the seeds after the first, one a core, and adds what each
// reaches to the scores: the same split and learning rate, other initial
// weights, order and noise.
func (e *Experiment) otherSeeds(ctx context.Context, scores []report.Score) error {
	seeds := e.File.Seeds[1:]
	reached := make([][]report.Score, len(seeds))
	jobs := func(yield func(trial.Job) bool) {
		for i, seed := range seeds {
			spec := e.Plan.Spec
			spec.Seed = seed
			judge := func(n *engine.Network) (err error) {
				reached[i], err = e.scores(n)
				return err
			}
			if !yield(trial.Job{Spec: spec, Train: e.train, Val: e.val, Judge: judge}) {
				return
			}
		}
	}
	var failed error
	err := trial.Run(ctx, jobs, 0, func(i int, o trial.Outcome) {
		if o.Err != nil && failed == nil {
			failed = fmt.Errorf("seed %d: %w", seeds[i], o.Err)
		}
	})
	if err != nil {
		return err
	}
	for i := range scores {
		for _, r := range reached {
			v := math.NaN() // of a seed that failed
			if r != nil {
				v = r[i].Value
			}
			scores[i].Seeds = append(slices.Clip(scores[i].Seeds), v)
		}
	}
	return failed
}
