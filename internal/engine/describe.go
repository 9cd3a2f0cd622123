package engine

import "github.com/nnvet/nnvet"

// A Described is a layer of a network as a trace, a summary or an export shows
// it. Those in a residual block follow it, with Parent its index.
type Described struct {
	Name     string // "conv1", "residual1.dense2"
	Layer    Layer
	Class    string             // PyTorch's name of its class: "Linear"
	Settings map[string]float64 // numbers and, as 0 or 1, booleans, under PyTorch's names
	Source   nnvet.Location
	Parent   int // -1 for the layers of the network itself
	In, Out  Shape
	Params   []int // indices in Params
	Buffers  []int // indices in Buffers
	Elements int   // of its parameters
	Leaf     bool  // it holds no other layers
}
