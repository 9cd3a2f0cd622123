package engine

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

// LayerNorm gives the features of each position mean 0 and variance 1, then a
// trained scale and shift (Ba et al. 2016).
type LayerNorm struct {
	Eps float64 `yaml:"eps" doc:"added to the variance; 1e-5"`
}

func (*LayerNorm) Kind() string { return "layer_norm" }

func (l *LayerNorm) about(in Shape) about {
	return about{"LayerNorm", map[string]float64{"eps": or(l.Eps, 1e-5), "elementwise_affine": 1}}
}

func (l *LayerNorm) build(b *builder, in Shape) (op, Shape, error) {
	if err := checkShare("eps", l.Eps); err != nil {
		return nil, nil, err
	}
	c := in.Last()
	o := &layerNorm{set: b.set, features: c, positions: in.positions(), wanted: b.learns, eps: or(l.Eps, 1e-5)}
	o.weight = b.param("weight", asIs, Init{Kind: "constant", Value: 1}, fans{}, c)
	o.bias = b.param("bias", asIs, Init{Kind: "zero"}, fans{}, c)
	positions := times(b.rows, o.positions)
	b.array(&o.y, times(positions, c))
	b.array(&o.normal, times(positions, c))
	b.shared(&o.product, times(positions, c))
	b.array(&o.inverse, positions)
	return o, in, nil
}

type layerNorm struct {
	set                 *kernel.Set
	features, positions int
	wanted              bool // the gradient of the input
	eps                 float64
	weight, bias        *Param
	y, normal           []float32 // normal is the input with mean 0 and variance 1
	product             []float32
	inverse             []float32 // one over the standard deviation, of each position
}

func (o *layerNorm) forward(x []float32, rows int, _ bool) []float32 {
	n, c := rows*o.positions, o.features
	y, normal := o.y[:n*c], o.normal[:n*c]
	for i := range n {
		row, to := x[i*c:(i+1)*c], normal[i*c:(i+1)*c]
		mean := float32(o.set.Sum(row) / float64(c))
		for j, v := range row {
			to[j] = v - mean
		}
		o.inverse[i] = float32(1 / math.Sqrt(o.set.SumSquares(to)/float64(c)+o.eps))
		o.set.Scale(to, to, o.inverse[i])
	}
	copy(y, normal)
	scaleColumns(y, o.weight.Value)
	o.set.AddBias(y, o.bias.Value)
	return y
}

func (o *layerNorm) backward(dy []float32, rows int) []float32 {
	n, c := rows*o.positions, o.features
	normal, product := o.normal[:n*c], o.product[:n*c]
	o.set.ColumnSums(dy, o.bias.Grad, false)
	o.set.Mul(product, dy, normal)
	o.set.ColumnSums(product, o.weight.Grad, false)
	if !o.wanted {
		return nil
	}
	scaleColumns(dy, o.weight.Value)
	for i := range n {
		d, x := dy[i*c:(i+1)*c], normal[i*c:(i+1)*c]
		mean, along := float32(o.set.Sum(d)/float64(c)), float32(o.set.Dot(d, x)/float64(c))
		for j, v := range x {
			d[j] = float32(o.inverse[i] * (d[j] - mean - float32(v*along)))
		}
	}
	return dy
}

func checkShare(name string, v float64) error {
	if !(v >= 0 && v <= 1) {
		return fmt.Errorf("%s %g is not one of 0 to 1", name, v)
	}
	return nil
}
