package engine

// A Tap looks at a backward pass. What it is shown is valid during the call and
// must not be changed.
type Tap struct {
	// Layer is shown, of each layer that holds no others, the last one first, its
	// input and the gradient of the loss by its output. The layers before the first
	// with parameters have none.
	Layer func(layer int, x, dy []float32)
	Done  func() // then the gradients of all parameters stand, as they are before clipping
}

// tapped is where the chains of a network find the tap.
type tapped struct{ Tap }

// Tap sets what looks at the backward passes from now on; the zero Tap is none.
// It sees every layer in a network that is watched.
func (n *Network) Tap(t Tap) { n.tap.Tap = t }

// show shows a layer that holds no others.
func (c *chain) show(i int, dy []float32) {
	if _, block := c.ops[i].(*residual); block {
		return
	}
	x := c.input
	if i > 0 {
		x = c.outputs[i-1]
	}
	c.tap.Layer(c.layers[i], x, dy)
}
