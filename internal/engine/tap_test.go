package engine

import (
	"slices"
	"testing"
)

// TestTap holds what a tap is shown: each layer that holds no others, the last
// one first, with its input and a gradient of the size of its output, and in the
// end the gradients that a network without it has.
func TestTap(t *testing.T) {
	s := Spec{Input: Shape{3}, Loss: Loss{Kind: MSE}, Batch: 4, Seed: 5, Layers: layers(
		&Dense{Units: 6}, &ReLU{}, &Residual{Body: layers(&Dense{Units: 6}, &Tanh{})}, &Dense{Units: 2})}
	x, y := make([]float32, 12), make([]float32, 8)
	for i := range x {
		x[i] = float32(i%5) - 2
	}
	plain, n := network(t, s), network(t, s)
	n.Watch(true)
	var order []int
	var outputs [6][]float32
	finished := 0
	n.Tap(Tap{
		Layer: func(layer int, in, dy []float32) {
			order = append(order, layer)
			want := x
			switch layer {
			case 1, 4: // ReLU and Tanh come behind the layer before
				want = outputs[layer-1]
			case 3: // the first in the block
				want = outputs[1]
			}
			if layer < 5 && !slices.Equal(in, want) || len(dy) != 4*n.layers[layer].Out.Size() {
				t.Errorf("layer %d: input %v, want %v; gradient of %d", layer, in, want, len(dy))
			}
		},
		Done: func() {
			if finished++; finished > 1 || len(order) != 5 {
				t.Errorf("done %d times, after layers %v", finished, order)
			}
		},
	})
	for _, n := range []*Network{plain, n} {
		out := n.Forward(x, 4, true)
		n.Activations(func(layer int, out []float32) { outputs[layer] = slices.Clone(out) })
		n.Loss(out, y, nil, 4)
		n.Backward(4)
	}
	if want := []int{5, 4, 3, 1, 0}; !slices.Equal(order, want) || finished != 1 {
		t.Errorf("got layers %v, want %v", order, want)
	}
	if !sameBits(plain.grads, n.grads) {
		t.Error("a tap changed the gradients")
	}
	n.Tap(Tap{})
	n.Backward(4)
	if len(order) != 5 {
		t.Error("the tap is still there")
	}
}

// TestFirstOrder holds that rows are fed in that order.
func TestFirstOrder(t *testing.T) {
	for _, keep := range []bool{false, true} {
		s := moonSpec()
		s.KeepOrder, s.Epochs = keep, 1
		train := twoMoons(100, 1)
		var fed []float32
		o := &Observer{After: func(s *Step) { fed = append(fed, s.X...) }}
		trained(t, s, train, Data{}, o)
		order := FirstOrder(s, train.Rows)
		if keep != (order == nil) {
			t.Fatalf("keeping the order: got %v", order)
		}
		for i := range train.Rows {
			row := i
			if !keep {
				row = int(order[i])
			}
			if fed[2*i] != train.X[2*row] || fed[2*i+1] != train.X[2*row+1] {
				t.Fatalf("row %d is not fed in place %d", row, i)
			}
		}
	}
}
