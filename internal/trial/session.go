package trial

import (
	"context"
	"math"
	"slices"

	"github.com/nnvet/nnvet/internal/engine"
)

// kept is how many networks a session keeps: as many as the shapes that a sweep
// goes to and fro between, and not so many that large ones fill the memory.
const kept = 4

// A session runs the trials of one worker, one after another, in memory that it
// uses again.
type session struct {
	trainer  engine.Trainer
	networks []*engine.Network // used last first
}

func (s *session) run(ctx context.Context, j Job) Outcome {
	nan := math.NaN()
	out := Outcome{Test: engine.Scores{Loss: nan, Accuracy: nan, RMSE: nan, MAE: nan, R2: nan}}
	n, err := s.network(j.Spec, max(1, min(j.Spec.Batch, j.Train.Rows)))
	if err != nil {
		out.Err = err
		return out
	}
	n.Initialize(j.Spec.Seed)
	t := &s.trainer
	if out.Err = t.Reset(n, j.Spec, j.Train, j.Val); out.Err != nil {
		return out
	}
	t.Observer, t.Continue = j.Observer, j.Continue
	if out.Result, out.Err = t.Run(ctx); out.Err != nil {
		return out
	}
	if j.Test.Rows > 0 {
		if out.Test, out.Err = engine.Evaluate(n, j.Test, n.Rows()); out.Err != nil {
			return out
		}
	}
	if j.Judge != nil {
		out.Err = j.Judge(n)
	}
	return out
}

// network returns a network for the spec, one that was used before where it
// can.
func (s *session) network(spec engine.Spec, rows int) (*engine.Network, error) {
	for i, n := range s.networks {
		if n.Fits(spec, rows) {
			s.networks = slices.Insert(slices.Delete(s.networks, i, i+1), 0, n)
			return n, nil
		}
	}
	n, err := engine.New(spec, rows)
	if err != nil {
		return nil, err
	}
	s.networks = slices.Insert(s.networks, 0, n)
	if len(s.networks) > kept {
		s.networks = slices.Delete(s.networks, kept, len(s.networks))
	}
	return n, nil
}
