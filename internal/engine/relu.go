package engine

import "github.com/nnvet/nnvet/internal/engine/kernel"

// ReLU is max(x, 0). Behind a layer with biases it costs next to nothing: that
// layer does it in the pass that adds them.
type ReLU struct{}

func (*ReLU) Kind() string      { return "relu" }
func (*ReLU) about(Shape) about { return about{class: "ReLU"} }

func (*ReLU) build(b *builder, in Shape) (op, Shape, error) {
	o := &reluOp{set: b.set, width: in.Size()}
	if before := b.before; before != nil {
		b.fused = append(b.fused, func(on bool) { before(on); o.done = on })
		b.covered = append(b.covered, b.current-1)
	}
	b.array(&o.y, times(b.rows, o.width))
	return o, in, nil
}

type reluOp struct {
	set   *kernel.Set
	width int
	done  bool // by the layer before
	y     []float32
}

func (o *reluOp) forward(x []float32, rows int, _ bool) []float32 {
	if o.done {
		return x
	}
	y := o.y[:rows*o.width]
	o.set.ReLU(y, x)
	return y
}

func (o *reluOp) backward(dy []float32, rows int) []float32 {
	if !o.done {
		o.set.ReLUGrad(dy, dy, o.y[:rows*o.width])
	}
	return dy
}
