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
// weights, order and noise. A seed that fails, or that the context ends, has
// NaN for its scores and is named in a fact.
func (e *Experiment) otherSeeds(ctx context.Context, scores []report.Score) []report.Fact {
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
	done := 1 // the first
	var failed []report.Fact
	stopped := trial.Run(ctx, jobs, 0, func(i int, o trial.Outcome) {
		if o.Err == nil {
			done++
		} else {
			failed = append(failed, report.Fact{Name: "seeds", Text: fmt.Sprintf("seed %d failed: %v", seeds[i], o.Err)})
		}
	})
	for i := range scores {
		for _, r := range reached {
			v := math.NaN()
			if r != nil {
				v = r[i].Value
			}
			scores[i].Seeds = append(slices.Clip(scores[i].Seeds), v)
		}
	}
	if stopped != nil && done <= len(seeds) {
		return []report.Fact{{Name: "seeds", Text: fmt.Sprintf("stopped: %d of %d are trained; the model is of the first", done, 1+len(seeds))}}
	}
	return failed
}

// spread returns the least and the greatest score of the seeds that did not
// fail, and how many these are.
func spread(seeds []float64) (least, greatest float64, n int) {
	least, greatest = math.Inf(1), math.Inf(-1)
	for _, v := range seeds {
		if !math.IsNaN(v) {
			least, greatest, n = min(least, v), max(greatest, v), n+1
		}
	}
	return least, greatest, n
}
