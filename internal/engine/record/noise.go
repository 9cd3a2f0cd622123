package record

import (
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/kernel"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// rowGradients compares the gradients of single rows with their mean, over dense
// layers that work on a row as a whole. There a row's gradient is the product of
// its input h and the gradient d by its output, so its squared norm is |d|^2
// (|h|^2 + 1), the 1 being for the biases (Goodfellow 2015): they need not be
// made.
type rowGradients struct {
	set    *kernel.Set
	layers []denseLayer
	params []*engine.Param
	rows   []float64 // squared norms, by row
	any    bool
	record tracefile.Noise
}

// denseLayer is a layer as rowGradients take it.
type denseLayer struct {
	takes   bool
	in, out int
	bias    float64 // 1 where it has biases
}

func newRowGradients(n *engine.Network) rowGradients {
	z := rowGradients{set: n.Set(), layers: make([]denseLayer, len(n.Layers()))}
	for i, l := range n.Layers() {
		if l.Class != "Linear" || l.In.Size() != l.In.Last() {
			continue
		}
		z.layers[i] = denseLayer{takes: true, in: l.In.Size(), out: l.Out.Size(), bias: float64(len(l.Params) - 1)}
		for _, p := range l.Params {
			z.params = append(z.params, n.Params()[p])
		}
	}
	return z
}

// layer adds what a layer has.
func (z *rowGradients) layer(layer int, x, dy []float32) {
	l := &z.layers[layer]
	if !l.takes {
		return
	}
	n := len(dy) / l.out
	for len(z.rows) < n {
		z.rows = append(z.rows, 0)
	}
	z.any = true
	for i := range n {
		z.rows[i] += z.set.SumSquares(row(dy, i, l.out)) * (z.set.SumSquares(row(x, i, l.in)) + l.bias)
	}
}

// done sums up, when the gradients of the parameters stand.
func (z *rowGradients) done() {
	rows, mean := 0.0, 0.0
	for _, v := range z.rows {
		rows += v
	}
	for _, p := range z.params {
		mean += z.set.SumSquares(p.Grad)
	}
	// The loss is a mean over rows, so a row's own gradient is as many times as
	// large; and the figure is a mean over rows.
	z.record.Row, z.record.Batch = tracefile.Number(rows*float64(len(z.rows))), tracefile.Number(mean)
	z.rows = z.rows[:0]
}

// sampled returns the record of a step; nil where nothing was seen, and of one
// row, whose gradient is the mean.
func (z *rowGradients) sampled(s *engine.Step) *tracefile.Noise {
	seen := z.any
	z.any = false
	if !seen || s.Rows < 2 {
		return nil
	}
	z.record.S = s.Number
	return &z.record
}
