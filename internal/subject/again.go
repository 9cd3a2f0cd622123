package subject

import (
	"context"
	"fmt"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/record"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// Again returns the experiment from another seed: its rows are divided as
// before, and weights and the order of rows are drawn anew. It shares the data.
func (e *Experiment) Again(seed int64) (*Experiment, error) {
	plan, err := e.File.Plan(e.facts, seed)
	if err != nil {
		return nil, err
	}
	again := *e
	plan.Spec.OutputBias = e.Plan.Spec.OutputBias
	again.Plan = plan
	return &again, nil
}

// Trace trains once and leaves a trace in the training's directory, and nothing
// else: no model, no state.
func (t *Training) Trace(ctx context.Context) error {
	if err := t.FindRate(ctx); err != nil {
		return err
	}
	w, err := tracefile.Create(t.Dir, 0)
	if err != nil {
		return err
	}
	defer w.Close()
	n, err := t.network(t.Plan.Spec)
	if err != nil {
		return err
	}
	recorder := record.New(w, t.recording())
	if _, err := engine.Train(ctx, n, t.Plan.Spec, t.train, t.val, recorder.Observer()); err != nil {
		return placed(t.File, fmt.Errorf("%s: %w", t.File.Name, err))
	}
	return recorder.Err()
}
