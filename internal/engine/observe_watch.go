package engine

import "github.com/nnvet/nnvet/internal/stat"

// watch is the trainer's side of an observer.
type watch struct {
	step     Step
	reported bool // a step that is not finite
	vectors  [][]float32
}

// reset makes it watch another training. In steps that nobody samples it looks
// only at the gradients of biases and the like, as all of them take a twentieth
// of a step. What is not finite in a gradient of weights comes from that of the
// layer's output, and then is in the biases' too, or from its input, and then is
// in the loss. Only where a product is too large by itself does it show a step
// later.
func (w *watch) reset(n *Network) {
	*w = watch{vectors: w.vectors[:0]}
	for _, p := range n.params {
		if len(p.Shape) == 1 {
			w.vectors = append(w.vectors, p.Grad)
		}
	}
	if len(w.vectors) == 0 {
		w.vectors = append(w.vectors, n.grads)
	}
}

// bad reports whether a step is the first whose loss or gradients are not
// finite.
func (w *watch) bad(n *Network, loss float64) bool {
	if w.reported {
		return false
	}
	sum := loss
	for _, g := range w.vectors {
		sum += n.set.SumSquares(g)
	}
	w.reported = !stat.Finite(sum)
	return w.reported
}

// gradients tells the observer of a step whose gradients stand.
func (w *watch) gradients(o *Observer) {
	switch s := &w.step; {
	case s.Sampled && o.Before != nil:
		o.Before(s)
	case !s.Sampled && o.Glance != nil:
		o.Glance(s)
	}
}
