package engine

// A pointwise op works on each element alone. How it does is two functions;
// backward works in place on dy.
type pointwise struct {
	width      int
	x, y, aux  []float32 // aux is what forward leaves for backward, where it asks for it
	onForward  func(y, x, aux []float32)
	onBackward func(dy, x, y, aux []float32)
}

// pointwise returns an op for elements of the shape; auxiliary says that it
// wants aux.
func (b *builder) pointwise(in Shape, auxiliary bool, forward func(y, x, aux []float32), backward func(dy, x, y, aux []float32)) *pointwise {
	o := &pointwise{width: in.Size(), onForward: forward, onBackward: backward}
	n := times(b.rows, o.width)
	b.array(&o.y, n)
	if auxiliary {
		b.array(&o.aux, n)
	}
	return o
}

func (o *pointwise) forward(x []float32, rows int, _ bool) []float32 {
	n := rows * o.width
	o.x = x
	y := o.y[:n]
	o.onForward(y, x, o.aux[:min(n, len(o.aux))])
	return y
}

func (o *pointwise) backward(dy []float32, rows int) []float32 {
	n := rows * o.width
	o.onBackward(dy, o.x, o.y[:n], o.aux[:min(n, len(o.aux))])
	return dy
}
