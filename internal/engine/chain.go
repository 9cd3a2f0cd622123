package engine

// A chain runs layers one after another.
type chain struct {
	ops     []op
	layers  []int       // the index of each in the network's list
	input   []float32   // of the last forward
	outputs [][]float32 // likewise
	first   int         // the first op whose backward has something to do
	tap     *tapped     // the network's
}

func (c *chain) forward(x []float32, rows int, train bool) []float32 {
	c.input = x
	for i, o := range c.ops {
		x = o.forward(x, rows, train)
		c.outputs[i] = x
	}
	return x
}

func (c *chain) backward(dy []float32, rows int) []float32 {
	for i := len(c.ops) - 1; i >= c.first; i-- {
		if c.tap.Layer != nil {
			c.show(i, dy)
		}
		dy = c.ops[i].backward(dy, rows)
	}
	return dy
}

// visit shows the outputs of the leaves whose index is kept.
func (c *chain) visit(kept func(layer int) bool, show func(layer int, out []float32)) {
	for i, o := range c.ops {
		if r, ok := o.(*residual); ok {
			r.body.visit(kept, show)
		} else if kept(c.layers[i]) {
			show(c.layers[i], c.outputs[i])
		}
	}
}
