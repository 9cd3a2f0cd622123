package engine

import (
	"fmt"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

// Residual adds what a body of layers makes of the input to the input, which
// must come out of the body in the shape that it had (He et al. 2015b).
type Residual struct {
	Body []Node `yaml:"body" doc:"the layers"`
}

func (*Residual) Kind() string      { return "residual" }
func (*Residual) about(Shape) about { return about{class: "Residual"} }

func (r *Residual) build(b *builder, in Shape) (op, Shape, error) {
	if len(r.Body) == 0 {
		return nil, nil, fmt.Errorf("no layers; give it a body or leave it out")
	}
	o := &residual{set: b.set, width: in.Size()}
	if b.learns {
		o.wanted = true
		b.array(&o.dy, times(b.rows, o.width))
	}
	var out Shape
	var err error
	if o.body, out, err = b.chain(r.Body, in, b.inner()); err != nil {
		return nil, nil, err
	}
	if out.String() != in.String() {
		return nil, nil, fmt.Errorf("the body makes %v of %v, and the two cannot be added; give its last layer the size of the input", out, in)
	}
	b.array(&o.y, times(b.rows, o.width))
	return o, out, nil
}

type residual struct {
	set    *kernel.Set
	width  int
	body   chain
	wanted bool // the gradient of the input
	y, dy  []float32
}

func (o *residual) forward(x []float32, rows int, train bool) []float32 {
	y := o.y[:rows*o.width]
	o.set.Add(y, x, o.body.forward(x, rows, train))
	return y
}

func (o *residual) backward(dy []float32, rows int) []float32 {
	if !o.wanted {
		o.body.backward(dy, rows)
		return nil
	}
	around := o.dy[:rows*o.width]
	copy(around, dy)
	dx := o.body.backward(dy, rows)
	o.set.Add(dx, dx, around)
	return dx
}
