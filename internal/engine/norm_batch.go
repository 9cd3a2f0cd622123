package engine

import (
	"math"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

// BatchNorm gives each channel mean 0 and variance 1, in training over the
// batch and otherwise by running statistics of that, then a trained scale and
// shift (Ioffe and Szegedy 2015). The running variance is that of a sample,
// over n-1, as in PyTorch; a batch with one value a channel leaves it as it is.
type BatchNorm struct {
	Momentum float64 `yaml:"momentum" doc:"share of a batch in the running statistics; 0.1"`
	Eps      float64 `yaml:"eps" doc:"added to the variance; 1e-5"`
}

func (*BatchNorm) Kind() string { return "batch_norm" }

func (l *BatchNorm) about(in Shape) about {
	class := "BatchNorm1d"
	if len(in) == 3 {
		class = "BatchNorm2d"
	}
	return about{class, map[string]float64{
		"num_features": float64(in.Last()), "eps": or(l.Eps, 1e-5), "momentum": or(l.Momentum, 0.1), "affine": 1, "track_running_stats": 1,
	}}
}

func (l *BatchNorm) build(b *builder, in Shape) (op, Shape, error) {
	if err := checkShare("momentum", l.Momentum); err != nil {
		return nil, nil, err
	}
	if err := checkShare("eps", l.Eps); err != nil {
		return nil, nil, err
	}
	c := in.Last()
	o := &batchNorm{set: b.set, channels: c, positions: in.positions(), wanted: b.learns,
		momentum: float32(or(l.Momentum, 0.1)), eps: or(l.Eps, 1e-5)}
	o.weight = b.param("weight", asIs, Init{Kind: "constant", Value: 1}, fans{}, c)
	o.bias = b.param("bias", asIs, Init{Kind: "zero"}, fans{}, c)
	o.runningMean, o.runningVar = b.buffer("running_mean", 0, c), b.buffer("running_var", 1, c)
	n := times(b.rows, o.positions, c)
	b.array(&o.y, n)
	b.array(&o.normal, n)
	b.shared(&o.product, n)
	for _, field := range []*[]float32{&o.shift, &o.variance, &o.inverse, &o.meanDy, &o.meanDyX} {
		b.array(field, c)
	}
	return o, in, nil
}

type batchNorm struct {
	set                     *kernel.Set
	channels, positions     int
	wanted                  bool // the gradient of the input
	momentum                float32
	eps                     float64
	weight, bias            *Param
	runningMean, runningVar *Param

	train     bool      // of the last forward
	y, normal []float32 // normal is the input with mean 0 and variance 1
	shift     []float32 // minus the mean
	variance  []float32
	inverse   []float32 // one over the standard deviation
	meanDy    []float32
	meanDyX   []float32
	product   []float32
}

func (o *batchNorm) forward(x []float32, rows int, train bool) []float32 {
	n := rows * o.positions
	y, normal := o.y[:n*o.channels], o.normal[:n*o.channels]
	o.train = train
	if train {
		o.set.ColumnSums(x, o.shift, false)
		o.set.Scale(o.shift, o.shift, -1/float32(n))
	} else {
		o.set.Scale(o.shift, o.runningMean.Value, -1)
		copy(o.variance, o.runningVar.Value)
	}
	copy(normal, x)
	o.set.AddBias(normal, o.shift)
	if train {
		o.set.Mul(y, normal, normal)
		o.set.ColumnSums(y, o.variance, false)
		o.set.Scale(o.variance, o.variance, 1/float32(n))
		o.gather(n)
	}
	for j, v := range o.variance {
		o.inverse[j] = float32(1 / math.Sqrt(float64(v)+o.eps))
	}
	scaleColumns(normal, o.inverse)
	copy(y, normal)
	scaleColumns(y, o.weight.Value)
	o.set.AddBias(y, o.bias.Value)
	return y
}

// gather adds the statistics of a batch of n values a channel to the running
// ones.
func (o *batchNorm) gather(n int) {
	keep, fresh := 1-o.momentum, o.momentum
	for j := range o.channels {
		mean := &o.runningMean.Value[j]
		*mean = float32(keep**mean) - float32(fresh*o.shift[j])
		if n > 1 {
			sample := o.variance[j] * (float32(n) / float32(n-1))
			variance := &o.runningVar.Value[j]
			*variance = float32(keep**variance) + float32(fresh*sample)
		}
	}
}

func (o *batchNorm) backward(dy []float32, rows int) []float32 {
	n := rows * o.positions
	normal, product := o.normal[:n*o.channels], o.product[:n*o.channels]
	o.set.ColumnSums(dy, o.bias.Grad, false)
	o.set.Mul(product, dy, normal)
	o.set.ColumnSums(product, o.weight.Grad, false)
	if !o.wanted {
		return nil
	}
	if o.train { // dy - mean(dy) - normal*mean(dy*normal), then times weight/std
		o.set.Scale(o.meanDy, o.bias.Grad, -1/float32(n))
		o.set.Scale(o.meanDyX, o.weight.Grad, -1/float32(n))
		copy(product, normal)
		scaleColumns(product, o.meanDyX)
		o.set.Add(dy, dy, product)
		o.set.AddBias(dy, o.meanDy)
	}
	o.set.Mul(o.inverse, o.inverse, o.weight.Value)
	scaleColumns(dy, o.inverse)
	return dy
}

// scaleColumns multiplies each row of x by the factors.
func scaleColumns(x, factors []float32) {
	for ; len(x) > 0; x = x[len(factors):] {
		row := x[:len(factors)]
		for j, f := range factors {
			row[j] *= f
		}
	}
}
