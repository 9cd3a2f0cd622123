package engine

import "github.com/nnvet/nnvet/internal/engine/kernel"

// PReLU is LeakyReLU whose slope is trained, from 0.25 on (He et al. 2015).
type PReLU struct {
	PerChannel bool `yaml:"per_channel" doc:"a slope for each channel instead of one for all"`
}

func (*PReLU) Kind() string { return "prelu" }

func (l *PReLU) about(in Shape) about {
	return about{"PReLU", map[string]float64{"num_parameters": float64(l.slopes(in))}}
}

func (l *PReLU) slopes(in Shape) int {
	if l.PerChannel {
		return in.Last()
	}
	return 1
}

func (l *PReLU) build(b *builder, in Shape) (op, Shape, error) {
	o := &prelu{set: b.set, slopes: l.slopes(in), width: in.Size(), wanted: b.learns}
	o.slope = b.param("weight", asIs, Init{Kind: "constant", Value: 0.25}, fans{}, o.slopes)
	b.array(&o.y, times(b.rows, o.width))
	b.shared(&o.product, times(b.rows, o.width))
	return o, in, nil
}

type prelu struct {
	set           *kernel.Set
	slopes, width int
	wanted        bool // the gradient of the input
	slope         *Param
	x, y, product []float32
}

func (o *prelu) forward(x []float32, rows int, _ bool) []float32 {
	y := o.y[:rows*o.width]
	for at := 0; at < len(y); at += o.slopes {
		for j, slope := range o.slope.Value {
			v := x[at+j]
			if v <= 0 {
				v *= slope
			}
			y[at+j] = v
		}
	}
	o.x = x
	return y
}

func (o *prelu) backward(dy []float32, rows int) []float32 {
	product := o.product[:rows*o.width]
	clear(product)
	for at := 0; at < len(dy); at += o.slopes {
		for j, slope := range o.slope.Value {
			if v := o.x[at+j]; v <= 0 {
				product[at+j] = dy[at+j] * v
				dy[at+j] *= slope
			}
		}
	}
	if o.slopes == 1 {
		o.slope.Grad[0] = float32(o.set.Sum(product))
	} else {
		o.set.ColumnSums(product, o.slope.Grad, false)
	}
	if !o.wanted {
		return nil
	}
	return dy
}
