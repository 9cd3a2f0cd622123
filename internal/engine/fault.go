package engine

import (
	"fmt"

	"github.com/nnvet/nnvet"
)

// A LayerError says why a layer, or a change of training rows, cannot be built,
// or which value it does not take.
type LayerError struct {
	Path   string // "layers[3]", "layers[2].body[0]", "augment[0]"
	Kind   string // "conv2d"; "" where it is no layer
	Source nnvet.Location
	Err    error
}

func (e *LayerError) Error() string {
	if e.Kind == "" {
		return fmt.Sprintf("%s: %v", e.Path, e.Err)
	}
	return fmt.Sprintf("%s %s: %v", e.Path, e.Kind, e.Err)
}

func (e *LayerError) Unwrap() error { return e.Err }

// firstError keeps the first thing that was wrong with the data of a step, so
// that the loops over rows need not return errors.
type firstError struct{ err error }

func (f *firstError) note(err error) {
	if f.err == nil {
		f.err = err
	}
}
