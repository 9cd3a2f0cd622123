package engine

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

// LeakyReLU is x where it is positive, else slope*x.
type LeakyReLU struct {
	Slope float64 `yaml:"slope" doc:"of what is negative; 0.01"`
}

func (*LeakyReLU) Kind() string { return "leaky_relu" }

func (l *LeakyReLU) about(Shape) about {
	return about{"LeakyReLU", map[string]float64{"negative_slope": or(l.Slope, 0.01)}}
}

func (l *LeakyReLU) build(b *builder, in Shape) (op, Shape, error) {
	slope := float32(or(l.Slope, 0.01))
	return b.pointwise(in, false,
		func(y, x, _ []float32) {
			for i, v := range x[:len(y)] {
				if v <= 0 {
					v *= slope
				}
				y[i] = v
			}
		},
		func(dy, x, _, _ []float32) {
			for i, v := range x[:len(dy)] {
				if v <= 0 {
					dy[i] *= slope
				}
			}
		}), in, finite("slope", l.Slope)
}

// ELU is x where it is positive, else alpha*(exp(x)-1) (Clevert et al. 2016).
type ELU struct {
	Alpha float64 `yaml:"alpha" doc:"what it falls to is -alpha; 1"`
}

func (*ELU) Kind() string { return "elu" }

func (l *ELU) about(Shape) about {
	return about{"ELU", map[string]float64{"alpha": or(l.Alpha, 1)}}
}

func (l *ELU) build(b *builder, in Shape) (op, Shape, error) {
	return b.elu(in, or(l.Alpha, 1), 1), in, finite("alpha", l.Alpha)
}

// SELU is ELU with the two constants that keep mean 0 and variance 1 through
// many layers (Klambauer et al. 2017).
type SELU struct{}

func (*SELU) Kind() string      { return "selu" }
func (*SELU) about(Shape) about { return about{class: "SELU"} }

func (*SELU) build(b *builder, in Shape) (op, Shape, error) {
	return b.elu(in, 1.6732632423543772848170429916717, 1.0507009873554804934193349852946), in, nil
}

func (b *builder) elu(in Shape, alpha, scale float64) op {
	above, below := float32(scale), float32(scale*alpha)
	return b.pointwise(in, false,
		func(y, x, _ []float32) {
			b.set.Exp(y, x)
			for i, v := range x[:len(y)] {
				if v > 0 {
					y[i] = above * v
				} else {
					y[i] = below * (y[i] - 1)
				}
			}
		},
		func(dy, x, y, _ []float32) {
			y = y[:len(dy)]
			for i, v := range x[:len(dy)] {
				if v > 0 {
					dy[i] *= above
				} else {
					dy[i] *= y[i] + below
				}
			}
		})
}

// GELU is x times the share of a normal distribution below x, in its exact form
// (Hendrycks and Gimpel 2016).
type GELU struct{}

func (*GELU) Kind() string      { return "gelu" }
func (*GELU) about(Shape) about { return about{class: "GELU"} }

func (*GELU) build(b *builder, in Shape) (op, Shape, error) {
	var density []float32
	if b.learns {
		b.shared(&density, times(b.rows, in.Size()))
	}
	return b.pointwise(in, true,
		func(y, x, below []float32) {
			b.set.Scale(below, x, math.Sqrt2/2)
			b.set.Erf(below, below)
			for i, v := range below {
				below[i] = 0.5 + float32(0.5*v)
			}
			b.set.Mul(y, x, below)
		},
		func(dy, x, _, below []float32) { // below + x*density(x)
			d := density[:len(dy)]
			b.set.Mul(d, x, x)
			b.set.Scale(d, d, -0.5)
			b.set.Exp(d, d)
			b.set.Mul(d, d, x)
			b.set.AddScaled(below, d, float32(1/math.Sqrt(2*math.Pi)))
			b.set.Mul(dy, dy, below)
		}), in, nil
}

// SiLU is x*sigmoid(x), also called swish.
type SiLU struct{}

func (*SiLU) Kind() string      { return "silu" }
func (*SiLU) about(Shape) about { return about{class: "SiLU"} }

func (*SiLU) build(b *builder, in Shape) (op, Shape, error) {
	return b.pointwise(in, true,
		func(y, x, s []float32) {
			b.set.Sigmoid(s, x)
			b.set.Mul(y, x, s)
		},
		func(dy, _, y, s []float32) { // s + x*s*(1-s)
			y = y[:len(dy)]
			for i, v := range s[:len(dy)] {
				dy[i] *= v + float32(y[i]*(1-v))
			}
		}), in, nil
}

// Tanh is the hyperbolic tangent.
type Tanh struct{}

func (*Tanh) Kind() string      { return "tanh" }
func (*Tanh) about(Shape) about { return about{class: "Tanh"} }

func (*Tanh) build(b *builder, in Shape) (op, Shape, error) {
	return b.pointwise(in, false,
		func(y, x, _ []float32) { b.set.Tanh(y, x) },
		func(dy, _, y, _ []float32) {
			for i, v := range y[:len(dy)] {
				dy[i] *= 1 - float32(v*v)
			}
		}), in, nil
}

// Sigmoid is 1/(1+exp(-x)).
type Sigmoid struct{}

func (*Sigmoid) Kind() string      { return "sigmoid" }
func (*Sigmoid) about(Shape) about { return about{class: "Sigmoid"} }

func (*Sigmoid) build(b *builder, in Shape) (op, Shape, error) {
	return b.pointwise(in, false,
		func(y, x, _ []float32) { b.set.Sigmoid(y, x) },
		func(dy, _, y, _ []float32) {
			for i, v := range y[:len(dy)] {
				dy[i] *= float32(v * (1 - v))
			}
		}), in, nil
}

// Softplus is log(1+exp(x)), a smooth ReLU.
type Softplus struct{}

func (*Softplus) Kind() string      { return "softplus" }
func (*Softplus) about(Shape) about { return about{class: "Softplus"} }

func (*Softplus) build(b *builder, in Shape) (op, Shape, error) {
	return b.pointwise(in, true,
		func(y, x, s []float32) {
			b.set.Sigmoid(s, x)
			for i, v := range x[:len(y)] {
				y[i] = float32(softplus(float64(v), float64(s[i])))
			}
		},
		func(dy, _, _, s []float32) { b.set.Mul(dy, dy, s[:len(dy)]) }), in, nil
}

// softplus returns log(1+exp(x)), given the sigmoid of x. With o the sigmoid of
// -|x|, exp(-|x|) is o/(1-o), and log(1+exp(-|x|)) is -log(1-o).
func softplus(x, sigmoid float64) float64 {
	switch {
	case x != x:
		return x
	case x > 0:
		return x - log(sigmoid)
	}
	return log1p(sigmoid / (1 - sigmoid))
}

// Clamp is the layer "clip": it holds values within bounds, and has no gradient
// beyond them.
type Clamp struct {
	Lo float64 `yaml:"lo" doc:"lower bound"`
	Hi float64 `yaml:"hi" doc:"upper bound"`
}

func (*Clamp) Kind() string { return "clip" }

func (l *Clamp) about(Shape) about {
	return about{"Clip", map[string]float64{"min": l.Lo, "max": l.Hi}}
}

func (l *Clamp) build(b *builder, in Shape) (op, Shape, error) {
	if !(l.Lo < l.Hi) {
		return nil, nil, fmt.Errorf("lo %g is not below hi %g; give bounds with room between them", l.Lo, l.Hi)
	}
	lo, hi := float32(l.Lo), float32(l.Hi)
	return b.pointwise(in, false,
		func(y, x, _ []float32) {
			for i, v := range x[:len(y)] {
				y[i] = min(max(v, lo), hi) // NaN stays NaN
			}
		},
		func(dy, x, _, _ []float32) { // none at the bounds and for NaN either, as PyTorch 2 has it; before, the bounds let it through
			for i, v := range x[:len(dy)] {
				if !(lo < v && v < hi) {
					dy[i] = 0
				}
			}
		}), in, nil
}

// Round goes to the nearest whole number, halves to the even one. It has no
// gradient: nothing before it learns.
type Round struct{}

func (*Round) Kind() string      { return "round" }
func (*Round) about(Shape) about { return about{class: "Round"} }

func (*Round) build(b *builder, in Shape) (op, Shape, error) {
	return b.pointwise(in, false,
		func(y, x, _ []float32) {
			for i, v := range x[:len(y)] {
				y[i] = float32(math.RoundToEven(float64(v)))
			}
		},
		func(dy, _, _, _ []float32) { clear(dy) }), in, nil
}

// Softmax makes the last dimension positive numbers that add up to 1.
type Softmax struct{}

func (*Softmax) Kind() string { return "softmax" }

func (*Softmax) about(Shape) about { return about{"Softmax", map[string]float64{"dim": -1}} }

func (*Softmax) build(b *builder, in Shape) (op, Shape, error) {
	cols := in.Last()
	return b.pointwise(in, false,
		func(y, x, _ []float32) { b.set.SoftmaxRows(y, x, cols) },
		func(dy, _, y, _ []float32) { softmaxGradient(b.set, dy, y, cols) }), in, nil
}

// softmaxGradient sets each row of dy to y * (dy - dy·y).
func softmaxGradient(s *kernel.Set, dy, y []float32, cols int) {
	for ; len(dy) > 0; dy, y = dy[cols:], y[cols:] {
		dot := float32(s.Dot(dy[:cols], y[:cols]))
		for j, v := range y[:cols] {
			dy[j] = float32(v * (dy[j] - dot))
		}
	}
}

// or returns a setting, or its default where it is 0.
func or(v, unset float64) float64 {
	if v == 0 {
		return unset
	}
	return v
}

func finite(name string, v float64) error {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Errorf("%s %g is not a number to multiply by; give a finite one", name, v)
	}
	return nil
}
