package record

import (
	"testing"

	"github.com/nnvet/nnvet/internal/engine"
)

// Gradients of 0 are equal without meaning it: the first that is another tells.
func TestTwinsOfZeroGradients(t *testing.T) {
	p := &engine.Param{Shape: []int{2, 1}, Trainable: true, Value: []float32{0, 0}, Grad: []float32{0, 0}}
	for _, tt := range []struct {
		name string
		grad []float32
		want int
	}{
		{"alike", []float32{3, 3}, 2},
		{"apart", []float32{3, 4}, 0},
	} {
		tw := newTwins([]*engine.Param{p})
		tw.start(0, p)
		see := func(grad []float32, want int, wantOK bool) {
			q := *p
			q.Grad = grad
			if n, ok := tw.gradient(0, &q); n != want || ok != wantOK {
				t.Errorf("%s, gradient %v: got %d, %v, want %d, %v", tt.name, grad, n, ok, want, wantOK)
			}
		}
		see([]float32{0, 0}, 2, true) // as far as anybody knows
		see([]float32{0, 0}, 2, false)
		see(tt.grad, tt.want, true)
		see([]float32{5, 5}, 0, false)
	}
}
