package engine

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

// normEps is what PyTorch's clip_grad_norm_ adds to the norm before it divides.
const normEps = 1e-6

func (c Clip) check() error {
	const remedy = "it must be a positive number, or left out"
	switch {
	case !(c.Norm >= 0 && c.Norm < math.Inf(1)):
		return fmt.Errorf("clip: norm %v: %s", c.Norm, remedy)
	case !(c.Value >= 0 && c.Value < math.Inf(1)):
		return fmt.Errorf("clip: value %v: %s", c.Value, remedy)
	}
	return nil
}

// norm returns the Euclidean norm of all gradients. It is not finite exactly
// where one of them is not.
func norm(set *kernel.Set, g []float32) float64 { return math.Sqrt(set.SumSquares(g)) }

// apply clips gradients whose norm is given: first every element, then all of
// them together, so that both bounds hold in the end. As in PyTorch a gradient
// that is NaN stays NaN, and a norm that is NaN or infinite spoils what it
// scales.
func (c Clip) apply(set *kernel.Set, g []float32, before float64) {
	if c.Value > 0 {
		clamp(g, float32(c.Value))
		if c.Norm > 0 {
			before = norm(set, g)
		}
	}
	if c.Norm > 0 {
		if k := c.Norm / (before + normEps); !(k >= 1) {
			set.Scale(g, g, float32(k))
		}
	}
}

// clamp bounds x to [-to, to] and leaves NaN as it is.
func clamp(x []float32, to float32) {
	for i, v := range x {
		if v > to {
			x[i] = to
		} else if v < -to {
			x[i] = -to
		}
	}
}
