package casebook

import "github.com/nnvet/nnvet/internal/engine"

// A Net describes a network by what faults change of it. Layers, where not
// nil, are the whole of it instead.
type Net struct {
	Filters  []int // of 3x3 convolutions, each before a pooling
	Hidden   []int // units of the dense layers before the last
	Act      string
	Init     engine.Init // of all weights but the last layer's where Last says otherwise
	Bias     engine.Init
	Last     engine.Init
	Dropout  float64        // behind every hidden layer
	Norm     string         // "batch", "layer", or ""
	Residual bool           // hidden layers but the first are bodies that are added to their input
	First    []engine.Layer // before everything
	Middle   []engine.Layer // behind the first hidden layer
	Outputs  int
	End      []engine.Layer // behind the last dense layer
	Layers   []engine.Layer
}

// nodes returns the layers in their places.
func (n Net) nodes() []engine.Node {
	if n.Layers != nil {
		return place(n.Layers...)
	}
	layers := append([]engine.Layer(nil), n.First...)
	for _, filters := range n.Filters {
		layers = append(layers, &engine.Conv2D{Filters: filters, Kernel: [2]int{3, 3}, Init: n.Init, BiasInit: n.Bias})
		layers = append(layers, act(n.Act)...)
		layers = append(layers, &engine.MaxPool{})
	}
	if len(n.Filters) > 0 {
		layers = append(layers, &engine.Flatten{})
	}
	nodes := place(layers...)
	for i, units := range n.Hidden {
		block := n.block(units)
		if n.Residual && i > 0 && units == n.Hidden[i-1] {
			nodes = append(nodes, engine.Node{Layer: &engine.Residual{Body: place(block...)}})
			continue
		}
		nodes = append(nodes, place(block...)...)
		if i == 0 {
			nodes = append(nodes, place(n.Middle...)...)
		}
	}
	last := n.Last
	if last == (engine.Init{}) {
		last = n.Init
	}
	nodes = append(nodes, place(&engine.Dense{Units: n.Outputs, Init: last})...)
	return append(nodes, place(n.End...)...)
}

func (n Net) block(units int) []engine.Layer {
	layers := []engine.Layer{&engine.Dense{Units: units, Init: n.Init, BiasInit: n.Bias}}
	switch n.Norm {
	case "batch":
		layers = append(layers, &engine.BatchNorm{})
	case "layer":
		layers = append(layers, &engine.LayerNorm{})
	}
	layers = append(layers, act(n.Act)...)
	if n.Dropout > 0 {
		layers = append(layers, &engine.Dropout{Rate: n.Dropout})
	}
	return layers
}

// act returns the activation of that name; none for "".
func act(name string) []engine.Layer {
	for _, k := range engine.Kinds() {
		if k.Name == name {
			return []engine.Layer{k.New()}
		}
	}
	return nil
}

func place(layers ...engine.Layer) []engine.Node {
	var out []engine.Node
	for _, l := range layers {
		out = append(out, engine.Node{Layer: l})
	}
	return out
}

// stack returns n layers of the same width.
func stack(n, units int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = units
	}
	return out
}
