package engine

import (
	"math"
	"testing"
)

func TestClass(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		kind LossKind
		out  []float32
		want int
	}{
		{CrossEntropy, []float32{1, 3, 2}, 1},
		{CrossEntropy, []float32{1}, 0}, // of one class alone
		{MSE, []float32{0.1, 0.4, 0.4}, 1},
		{MSE, []float32{0.5}, 0},
		{Huber, []float32{0.6}, 1},
		{BCE, []float32{0.6}, 1},
		{BCELogits, []float32{0.4}, 1},
		{BCELogits, []float32{0}, 0},
		{BCELogits, []float32{-3, -2, -4}, 1},
		{BCE, []float32{0.9, nan}, -1},
		{BCELogits, []float32{inf}, -1},
	} {
		if got := c.kind.Class(c.out); got != c.want {
			t.Errorf("%s %v: got %d, want %d", c.kind, c.out, got, c.want)
		}
	}
}
