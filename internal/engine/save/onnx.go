package save

import (
	"encoding/json"
	"fmt"
	"io"
	"math"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/prepare"
)

// ONNXOptions say what an export holds besides the network.
type ONNXOptions struct {
	Raw bool // the network's output as it is: no probabilities, no original units
}

// WriteONNX writes the model for other programs: input "input" and output
// "output", with any number of rows. The input is prepared as in training and
// shaped as the engine has it, images as height, width, channels. Unless raw,
// the output is probabilities, or values in the target's own units.
func (m *Model) WriteONNX(path string, o ONNXOptions) error {
	text, err := m.onnx(o)
	if err != nil {
		return fmt.Errorf("%s: not written: %w", path, err)
	}
	return WriteFile(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

func (m *Model) onnx(o ONNXOptions) ([]byte, error) {
	n, err := m.Network(1)
	if err != nil {
		return nil, err
	}
	if err := oneFile(n); err != nil {
		return nil, err
	}
	x := newExporter(n)
	v, err := x.chain(-1, x.graph.input)
	if err != nil {
		return nil, err
	}
	v = x.graph.transpose(v, false)
	if !o.Raw {
		v = x.meaning(v, m.Spec.Loss.Kind)
		v = x.units(v, m.About.Preparation)
	}
	x.graph.finish(v)
	return x.graph.encode(m.About.Version, notes(m.About.Preparation)), nil
}

// notes says in the file what its inputs and outputs are.
func notes(p *prepare.Preparation) [][2]string {
	if p == nil {
		return nil
	}
	var features []string
	for _, f := range p.Features() {
		features = append(features, f.Name)
	}
	list := func(names []string) string {
		text, _ := json.Marshal(names) // strings always can
		return string(text)
	}
	pairs := [][2]string{{"target", p.Target()}, {"features", list(features)}}
	if classes := p.Classes(); classes != nil {
		pairs = append(pairs, [2]string{"classes", list(classes)})
	}
	return pairs
}

// oneFile reports a network that is too large for a protobuf message.
func oneFile(n *engine.Network) error {
	values, _ := n.Arena()
	if size := int64(len(values)) * width; size > math.MaxInt32-1<<20 {
		return fmt.Errorf("%d bytes of weights: an ONNX file holds 2 GiB", size)
	}
	return nil
}

// An exporter writes a network as a graph, layer by layer.
type exporter struct {
	graph  graph
	layers []engine.Described
	params map[string]*engine.Param // running statistics too
}

const (
	inputName  = "input"
	outputName = "output"
)

func newExporter(n *engine.Network) *exporter {
	x := &exporter{layers: n.Layers(), params: make(map[string]*engine.Param)}
	for _, list := range [][]*engine.Param{n.Params(), n.Buffers()} {
		for _, p := range list {
			x.params[p.Name] = p
		}
	}
	x.graph.input = value{name: inputName, shape: n.Spec().Input}
	x.graph.used = map[string]int{inputName: 1, outputName: 1}
	x.graph.turned = make(map[string]string)
	return x
}

// chain adds the layers of a block, or of the network itself for parent -1.
func (x *exporter) chain(parent int, v value) (value, error) {
	for i := range x.layers {
		if x.layers[i].Parent != parent {
			continue
		}
		var err error
		if v, err = x.layer(i, v); err != nil {
			return v, err
		}
		v.shape = x.layers[i].Out
	}
	return v, nil
}

// meaning adds what makes the output of a loss what it stands for.
func (x *exporter) meaning(v value, loss engine.LossKind) value {
	g := &x.graph
	switch loss {
	case engine.CrossEntropy:
		v.name = g.add("Softmax", "probabilities", []string{v.name}, attribute{"axis", -1})
	case engine.BCELogits:
		v.name = g.add("Sigmoid", "probabilities", []string{v.name})
	case engine.PoissonLog:
		v.name = g.add("Exp", "rate", []string{v.name})
	}
	return v
}

// units adds what gives a regression the target's own units: the inverse of
// how the target was prepared, as that is at 0 and at 1.
func (x *exporter) units(v value, p *prepare.Preparation) value {
	if p == nil || p.Task() != prepare.Regression {
		return v
	}
	n := v.shape.Size()
	ends := p.Decode(append(make([]float32, n), ones(n)...))
	_, linear := p.Units()
	scale, shift := make([]float32, n), make([]float32, n)
	for i := range n {
		zero, one := ends[i], ends[n+i]
		if !linear { // the logarithm of 1 and the value
			zero, one = math.Log1p(zero), math.Log1p(one)
		}
		scale[i], shift[i] = float32(one-zero), float32(zero)
	}
	g := &x.graph
	v.name = g.add("Mul", "scaled", []string{v.name, g.floats("scale", v.shape, scale...)})
	v.name = g.add("Add", "shifted", []string{v.name, g.floats("shift", v.shape, shift...)})
	if !linear {
		v.name = g.add("Exp", "raised", []string{v.name})
		v.name = g.add("Sub", "values", []string{v.name, g.floats("one", nil, 1)})
	}
	return v
}

func ones(n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = 1
	}
	return out
}

// finish makes a value the output of the graph.
func (g *graph) finish(v value) {
	for i := range g.nodes {
		n := &g.nodes[i]
		if n.out == v.name {
			n.out = outputName
		}
		for k := range n.in {
			if n.in[k] == v.name {
				n.in[k] = outputName
			}
		}
	}
	g.output = value{name: outputName, shape: v.shape}
}
