package engine

import (
	"math"
	"testing"
)

// TestBad holds which gradients tell of a step that nobody samples, and that
// the first such step is told of once.
func TestBad(t *testing.T) {
	const weight, bias = 0, 1
	for _, c := range []struct {
		name  string
		layer Dense
		loss  float64
		spoil []int // parameters
		want  bool
	}{
		{"nothing", Dense{Units: 3}, 1, nil, false},
		{"loss", Dense{Units: 3}, math.Inf(1), nil, true},
		{"biases", Dense{Units: 3}, 1, []int{bias}, true},
		{"weights as well", Dense{Units: 3}, 1, []int{weight, bias}, true},
		{"weights alone", Dense{Units: 3}, 1, []int{weight}, false},
		{"weights without biases", Dense{Units: 3, NoBias: true}, 1, []int{weight}, true},
	} {
		n := network(t, Spec{Input: Shape{2}, Layers: layers(&c.layer), Loss: Loss{Kind: CrossEntropy}, Batch: 4})
		for _, i := range c.spoil {
			n.Params()[i].Grad[1] = float32(math.NaN())
		}
		var w watch
		w.reset(n)
		if first, second := w.bad(n, c.loss), w.bad(n, c.loss); first != c.want || second {
			t.Errorf("%s: got %v and then %v, want %v and then false", c.name, first, second, c.want)
		}
	}
}
