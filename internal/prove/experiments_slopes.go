package prove

import (
	"context"
	"errors"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/subject"
)

// slopes compares gradients with differences of the loss.
func (l *laboratory) slopes() ([]nnvet.Arm, error) {
	e, ok := l.subject.(Alterable)
	if !ok {
		return nil, errors.New("it is done on the embedded engine only; in PyTorch, torch.autograd.gradcheck does it for a function of your own")
	}
	all, err := e.Slopes(l.ctx, l.base)
	if err != nil {
		return nil, err
	}
	var out []nnvet.Arm
	for _, s := range all {
		out = append(out, nnvet.Arm{What: s.Param, At: s.Steps, Figures: s.Errors})
	}
	if len(out) == 0 {
		return nil, errors.New("no gradient is large enough to be seen in the loss in single precision")
	}
	return out, nil
}

// Slopes compares the gradients of a variant with differences of its loss.
func (e *Experiment) Slopes(ctx context.Context, v Variant) ([]subject.Slope, error) {
	x, err := e.prepare(ctx, e.of(v))
	if err != nil {
		return nil, err
	}
	return x.Slopes()
}
