package engine

import (
	"math"
	"testing"
)

// TestDifferences is a second way to the gradients: central differences of a
// forward pass in float64, written here, along random directions. It is for
// smooth functions only: at the kink of ReLU or max_pool a difference is no
// derivative.
func TestDifferences(t *testing.T) {
	const rows, in, hidden, out = 3, 4, 5, 2
	for _, c := range []struct {
		name  string
		layer Layer
		f     func(float64) float64
	}{
		{"tanh", &Tanh{}, math.Tanh},
		{"sigmoid", &Sigmoid{}, logistic},
		{"softplus", &Softplus{}, func(x float64) float64 { return math.Log1p(math.Exp(x)) }},
		{"gelu", &GELU{}, func(x float64) float64 { return x / 2 * (1 + math.Erf(x/math.Sqrt2)) }},
		{"silu", &SiLU{}, func(x float64) float64 { return x * logistic(x) }},
		{"elu", &ELU{}, func(x float64) float64 { return max(x, math.Expm1(min(x, 0))) }}, // its slope has no jump at alpha 1
	} {
		for _, loss := range []LossKind{MSE, BCELogits, PoissonLog, CrossEntropy} {
			eachSet(t, func(t *testing.T, set string) {
				n := made(t, Spec{Input: Shape{in}, Loss: Loss{Kind: loss}, Kernels: set, Layers: layers(&Dense{Units: hidden}, c.layer, &Dense{Units: out})}, rows)
				x, y, labels := drawn(seeded(1), rows*in), []float32{0, 1, 1, 0, 1, 1}, []int32{0, 1, 0}
				got := n.Loss(n.Forward(x, rows, true), y, labels, rows)
				n.Backward(rows)
				values, grads := n.Arena()
				p := make([]float64, len(values))
				for i, v := range values {
					p[i] = float64(v)
				}
				reference := func(p []float64) float64 {
					sum := 0.0
					for r := range rows {
						z := forward64(n, p, x[r*in:(r+1)*in], c.f)
						sum += loss64(loss, z, y[r*out:(r+1)*out], int(labels[r]))
					}
					return sum / rows
				}
				if want := reference(p); math.Abs(float64(got)-want) > 1e-6*max(1, want) {
					t.Errorf("%s, %s: loss %v, in float64 %v", c.name, loss, got, want)
				}
				for try := range uint64(5) {
					d := drawn(seeded(10+try), len(p))
					along := 0.0
					for i, g := range grads {
						along += float64(g) * float64(d[i])
					}
					const h = 1e-5 // the error of a difference is h² times a third derivative near 1
					difference := (reference(shifted(p, d, h)) - reference(shifted(p, d, -h))) / (2 * h)
					if math.Abs(along-difference) > 2e-6*max(1, math.Abs(difference)) {
						t.Errorf("%s, %s: the gradient gives %v along a direction, differences %v", c.name, loss, along, difference)
					}
				}
			})
		}
	}
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func shifted(p []float64, d []float32, h float64) []float64 {
	q := make([]float64, len(p))
	for i, v := range p {
		q[i] = v + h*float64(d[i])
	}
	return q
}

// forward64 is one row through dense, f and dense, with parameters that lie as
// in the arena of n.
func forward64(n *Network, p []float64, x []float32, f func(float64) float64) []float64 {
	row := make([]float64, len(x))
	for i, v := range x {
		row[i] = float64(v)
	}
	for layer := range 2 {
		weight, bias := n.Params()[2*layer], n.Params()[2*layer+1]
		next := make([]float64, len(bias.Value))
		for j := range next {
			next[j] = p[bias.At+j]
			for i, v := range row {
				next[j] += v * p[weight.At+i*len(next)+j]
			}
			if layer == 0 {
				next[j] = f(next[j])
			}
		}
		row = next
	}
	return row
}

// loss64 is the loss of a row: a mean over outputs, or that of a class.
func loss64(kind LossKind, z []float64, y []float32, label int) float64 {
	sum := 0.0
	if kind == CrossEntropy {
		for _, v := range z {
			sum += math.Exp(v)
		}
		return math.Log(sum) - z[label]
	}
	for j, v := range z {
		target := float64(y[j])
		switch kind {
		case MSE:
			sum += (v - target) * (v - target)
		case BCELogits:
			sum += math.Log1p(math.Exp(v)) - target*v
		case PoissonLog:
			sum += math.Exp(v) - target*v
		}
	}
	return sum / float64(len(z))
}
