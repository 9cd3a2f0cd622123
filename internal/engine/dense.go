package engine

import (
	"fmt"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

// Dense is a fully connected layer. On rows with positions, tokens or pixels,
// it works on the features of each alone, as PyTorch's Linear does.
type Dense struct {
	Units    int  `yaml:"units" doc:"number of outputs"`
	NoBias   bool `yaml:"no_bias" doc:"without biases"`
	Init     Init `yaml:"init" doc:"how weights start; he_normal before ReLU and its like, else lecun_normal"`
	BiasInit Init `yaml:"bias_init" doc:"how biases start; zero"`
}

func (*Dense) Kind() string { return "dense" }

func (d *Dense) about(in Shape) about {
	return about{"Linear", map[string]float64{"in_features": float64(in.Last()), "out_features": float64(d.Units), "bias": truth(!d.NoBias)}}
}

func (d *Dense) build(b *builder, in Shape) (op, Shape, error) {
	if err := checkSize("units", d.Units); err != nil {
		return nil, nil, err
	}
	weights, biases, err := b.inits(d.Init, d.BiasInit)
	if err != nil {
		return nil, nil, err
	}
	o := &denseOp{set: b.set, in: in.Last(), out: d.Units, positions: in.positions()}
	if b.learns {
		b.gradient(&o.dx, times(b.rows, o.positions, o.in))
		b.shared(&o.scratch, kernel.NTScratch(o.in, o.out))
	}
	f := fans{o.in, o.out}
	o.weight = b.param("weight", outLast, weights, f, o.out, o.in)
	if !d.NoBias {
		o.bias = b.param("bias", asIs, biases, f, o.out)
		b.takeReLU = func(on bool) { o.relu = on }
	}
	b.array(&o.y, times(b.rows, o.positions, o.out))
	return o, in.with(o.out), nil
}

// inits returns how weights and biases start.
func (b *builder) inits(weights, biases Init) (Init, Init, error) {
	if err := weights.check(); err != nil {
		return Init{}, Init{}, err
	}
	if err := biases.check(); err != nil {
		return Init{}, Init{}, fmt.Errorf("bias: %w", err)
	}
	if weights.Kind == "" {
		weights = b.defaultInit()
	}
	return weights, weights.bias(biases), nil
}

type denseOp struct {
	set                *kernel.Set
	in, out, positions int
	weight, bias       *Param
	relu               bool // does the ReLU behind it too
	x, y, dx, scratch  []float32
}

func (o *denseOp) forward(x []float32, rows int, _ bool) []float32 {
	m := rows * o.positions
	y := o.y[:m*o.out]
	o.set.MatMul(m, o.out, o.in, x, o.weight.Value, y, false)
	finish(o.set, y, o.bias, o.relu)
	o.x = x
	return y
}

func (o *denseOp) backward(dy []float32, rows int) []float32 {
	m := rows * o.positions
	if o.bias != nil {
		clear(o.bias.Grad)
	}
	unfinish(o.set, dy, o.y[:m*o.out], o.bias, o.relu)
	o.set.MatMulTN(o.in, o.out, m, o.x, dy, o.weight.Grad, false)
	if o.dx == nil {
		return nil
	}
	dx := o.dx[:m*o.in]
	o.set.MatMulNT(m, o.in, o.out, dy, o.weight.Value, dx, o.scratch, false)
	return dx
}

// finish adds the biases, and does the ReLU where the layer has taken it over.
func finish(s *kernel.Set, y []float32, bias *Param, relu bool) {
	switch {
	case relu:
		s.AddBiasReLU(y, bias.Value)
	case bias != nil:
		s.AddBias(y, bias.Value)
	}
}

// unfinish is the backward pass of finish, in place. It adds to the gradient of
// the biases.
func unfinish(s *kernel.Set, dy, y []float32, bias *Param, relu bool) {
	switch {
	case relu:
		s.ReLUGradBias(dy, y, bias.Grad)
	case bias != nil:
		s.ColumnSums(dy, bias.Grad, true)
	}
}

func checkSize(name string, n int) error {
	if n < 1 || n > maxExtent {
		return fmt.Errorf("%s %d is not one of 1 to %d", name, n, maxExtent)
	}
	return nil
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
