package engine

import (
	"fmt"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

// GlobalAvgPool is the mean of the features over all positions: the pixels of
// an image, or the tokens of a text.
type GlobalAvgPool struct{}

func (*GlobalAvgPool) Kind() string      { return "global_avg_pool" }
func (*GlobalAvgPool) about(Shape) about { return about{class: "AdaptiveAvgPool2d"} }

func (*GlobalAvgPool) build(b *builder, in Shape) (op, Shape, error) {
	if len(in) < 2 {
		return nil, nil, fmt.Errorf("needs positions, of [height, width, channels] or [tokens, features], and gets %v; leave it out", in)
	}
	o := &globalPool{set: b.set, positions: in.positions(), features: in.Last()}
	b.array(&o.y, times(b.rows, o.features))
	if b.learns {
		b.gradient(&o.dx, times(b.rows, in.Size()))
	}
	return o, Shape{o.features}, nil
}

type globalPool struct {
	set                 *kernel.Set
	positions, features int
	y, dx               []float32
}

func (o *globalPool) forward(x []float32, rows int, _ bool) []float32 {
	y, size := o.y[:rows*o.features], o.positions*o.features
	for r := range rows {
		o.set.ColumnSums(x[r*size:(r+1)*size], y[r*o.features:(r+1)*o.features], false)
	}
	o.set.Scale(y, y, 1/float32(o.positions))
	return y
}

func (o *globalPool) backward(dy []float32, rows int) []float32 {
	dx := o.dx[:rows*o.positions*o.features]
	o.set.Scale(dy, dy, 1/float32(o.positions))
	for r := range rows {
		d := dy[r*o.features : (r+1)*o.features]
		for p := range o.positions {
			copy(dx[(r*o.positions+p)*o.features:], d)
		}
	}
	return dx
}
