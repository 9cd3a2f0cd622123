package twin

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
)

// A mason lays the engine's layers along a way.
type mason struct {
	*way
	t     *nnvet.Trace
	rows  *Rows
	shape []int           // of what the next layer is given, as PyTorch has it; of images only the rank is kept true
	used  map[string]bool // layers of the trace
	drops []float64       // shares of the dropout layers that are still to come
}

func (m *mason) image() bool { return len(m.shape) == 3 }

// lay returns the layers of steps.
func (m *mason) lay(steps []step) ([]engine.Node, error) {
	var out []engine.Node
	for _, s := range steps {
		if s.body != nil {
			shape := slices.Clone(m.shape)
			body, err := m.lay(s.body)
			if err != nil {
				return nil, err
			}
			if fmt.Sprint(shape) != fmt.Sprint(m.shape) && !m.image() {
				return nil, fmt.Errorf("a residual block makes %v of %v", m.shape, shape)
			}
			out = append(out, engine.Node{Layer: &engine.Residual{Body: body}})
			continue
		}
		n, err := m.layer(s.node)
		if err != nil {
			return nil, err
		}
		out = append(out, n...)
	}
	return out, nil
}

// layer returns the layers of an operation, mostly one or none.
func (m *mason) layer(node int) ([]engine.Node, error) {
	params := m.params(node)
	kind, f := m.nodes[node].Kind, m.rows.facts[node]
	if len(params) == 0 {
		l, err := m.without(kind, f)
		if err != nil || l == nil {
			return nil, err
		}
		return []engine.Node{{Layer: l}}, nil
	}
	p := m.t.Param(params[0])
	if p == nil || p.Layer == "" || p.Unregistered {
		return nil, fmt.Errorf("the operation %s works on a tensor that belongs to no layer", kind)
	}
	of := m.t.Layer(p.Layer)
	if of == nil {
		return nil, fmt.Errorf("layer %s was not recorded", p.Layer)
	}
	if m.used[of.Name] {
		return nil, fmt.Errorf("layer %s works twice", of.Name)
	}
	m.used[of.Name] = true
	make := weighted[of.Kind]
	if make == nil {
		return nil, unknown(of)
	}
	var weight, bias *nnvet.Param
	for _, name := range params {
		switch p := m.t.Param(name); {
		case p == nil || p.Layer != of.Name:
			return nil, fmt.Errorf("layer %s works on a parameter of another one", of.Name)
		case strings.HasSuffix(name, ".bias"):
			bias = p
		default:
			weight = p
		}
	}
	if weight == nil {
		return nil, fmt.Errorf("layer %s has no weights", of.Name)
	}
	return make(m, of, weight, bias, f)
}

// weighted holds how layers with parameters are laid, by PyTorch's class.
var weighted = map[string]func(m *mason, of *nnvet.Layer, weight, bias *nnvet.Param, f facts) ([]engine.Node, error){
	"Linear": (*mason).linear, "Conv2d": (*mason).conv, "Embedding": (*mason).embedding,
	"BatchNorm1d": (*mason).batchNorm, "BatchNorm2d": (*mason).batchNorm, "LayerNorm": (*mason).layerNorm,
}

func (m *mason) linear(of *nnvet.Layer, weight, bias *nnvet.Param, _ facts) ([]engine.Node, error) {
	if len(weight.Shape) != 2 {
		return nil, fmt.Errorf("layer %s: weights of shape %v", of.Name, weight.Shape)
	}
	d := &engine.Dense{Units: weight.Shape[0], NoBias: bias == nil}
	fan := weight.Shape[1]
	d.Init, d.BiasInit = m.start(weight, ofFan(fan)), m.start(bias, ofFan(fan))
	out := []engine.Node{{Name: called(of.Name), Layer: d}}
	switch last := m.shape[len(m.shape)-1]; {
	case m.image() || len(m.shape) > 1 && last != fan:
		m.shape = []int{d.Units}
		out = slices.Insert(out, 0, engine.Node{Layer: new(engine.Flatten)})
	default:
		m.shape = append(slices.Clone(m.shape[:len(m.shape)-1]), d.Units)
	}
	return out, nil
}

func (m *mason) conv(of *nnvet.Layer, weight, bias *nnvet.Param, f facts) ([]engine.Node, error) {
	if len(weight.Shape) != 4 || !m.image() {
		return nil, fmt.Errorf("layer %s: the engine convolves images", of.Name)
	}
	size := [2]int{weight.Shape[2], weight.Shape[3]}
	if f.truth("transposed") || f.number("groups", 1) != 1 || !all(f.whole("dilation"), 1) {
		return nil, fmt.Errorf("layer %s is transposed, dilated or in groups, which the engine's convolution is not", of.Name)
	}
	padding, err := padded(f.whole("padding"), size)
	if err != nil {
		return nil, fmt.Errorf("layer %s: %w", of.Name, err)
	}
	c := &engine.Conv2D{Filters: weight.Shape[0], Kernel: size, Stride: pair(f.whole("stride")), Padding: padding, NoBias: bias == nil}
	fan := weight.Shape[1] * size[0] * size[1]
	c.Init, c.BiasInit = m.start(weight, ofFan(fan)), m.start(bias, ofFan(fan))
	m.shape = []int{c.Filters, 0, 0}
	return []engine.Node{{Name: called(of.Name), Layer: c}}, nil
}

// padded names the engine's padding. It pads by half a window, or not at all.
func padded(padding []int, size [2]int) (string, error) {
	p := pair(padding)
	switch {
	case p == [2]int{}:
		return "valid", nil
	case 2*p[0] == size[0]-1 && 2*p[1] == size[1]-1:
		return "same", nil
	}
	return "", fmt.Errorf("it pads windows of %v by %v, and the engine pads by half a window or not at all", size, p)
}

func pair(v []int) [2]int {
	switch len(v) {
	case 1:
		return [2]int{v[0], v[0]}
	case 2:
		return [2]int{v[0], v[1]}
	}
	return [2]int{}
}

func all(v []int, want int) bool {
	return !slices.ContainsFunc(v, func(n int) bool { return n != want })
}

func (m *mason) embedding(of *nnvet.Layer, weight, _ *nnvet.Param, _ facts) ([]engine.Node, error) {
	if len(weight.Shape) != 2 || len(m.shape) != 1 {
		return nil, fmt.Errorf("layer %s is fed %v, and the engine's embedding takes one row of tokens", of.Name, m.shape)
	}
	e := &engine.Embedding{Tokens: weight.Shape[0], Units: weight.Shape[1], Init: m.start(weight, ofNormal)}
	m.shape = append(slices.Clone(m.shape), e.Units)
	return []engine.Node{{Name: called(of.Name), Layer: e}}, nil
}

func (m *mason) batchNorm(of *nnvet.Layer, _, _ *nnvet.Param, f facts) ([]engine.Node, error) {
	if len(m.shape) == 2 {
		return nil, fmt.Errorf("layer %s normalizes sequences, which the engine's does not", of.Name)
	}
	momentum, ok := of.Settings["momentum"]
	if !ok || of.Settings["affine"] != 1 {
		return nil, fmt.Errorf("layer %s keeps a plain mean of all batches, or has no scale of its own", of.Name)
	}
	return []engine.Node{{Name: called(of.Name), Layer: &engine.BatchNorm{Momentum: momentum, Eps: f.number("eps", of.Settings["eps"])}}}, nil
}

func (m *mason) layerNorm(of *nnvet.Layer, weight, _ *nnvet.Param, _ facts) ([]engine.Node, error) {
	if len(weight.Shape) != 1 || m.image() {
		return nil, fmt.Errorf("layer %s normalizes over more than features, which the engine's does not", of.Name)
	}
	return []engine.Node{{Name: called(of.Name), Layer: &engine.LayerNorm{Eps: of.Settings["eps"]}}}, nil
}

// without returns the layer of an operation without parameters; nil for one that
// changes no number.
func (m *mason) without(kind string, f facts) (engine.Layer, error) {
	switch kind {
	case "reshape", "dropout":
		return nil, nil
	case "relu":
		return new(engine.ReLU), nil
	case "leaky_relu":
		return &engine.LeakyReLU{Slope: f.number("negative_slope", 0.01)}, nil
	case "elu":
		if f.number("scale", 1) != 1 {
			return new(engine.SELU), nil
		}
		return &engine.ELU{Alpha: f.number("alpha", 1)}, nil
	case "gelu":
		return new(engine.GELU), nil
	case "silu":
		return new(engine.SiLU), nil
	case "tanh":
		return new(engine.Tanh), nil
	case "sigmoid":
		return new(engine.Sigmoid), nil
	case "softplus":
		if f.number("beta", 1) == 1 {
			return new(engine.Softplus), nil
		}
	case "softmax":
		if d := f.number("dim", -1); d == -1 || int(d) == len(m.shape) {
			return new(engine.Softmax), nil
		}
	case "hardtanh", "clamp":
		lo, hi := f.number("min", f.number("min_val", math.NaN())), f.number("max", f.number("max_val", math.NaN()))
		if lo < hi {
			return &engine.Clamp{Lo: lo, Hi: hi}, nil
		}
	case "round":
		return new(engine.Round), nil
	case "mul":
		return m.drop()
	case "mean":
		return m.mean(f)
	case "maxpool2dwithindices", "avgpool2d":
		return m.pool(kind, f)
	}
	return nil, fmt.Errorf("the operation %s is none of the engine's layers, or not with these settings", kind)
}

// drop returns the next dropout: autograd sees its factors alone.
func (m *mason) drop() (engine.Layer, error) {
	if len(m.drops) == 0 {
		return nil, fmt.Errorf("something is multiplied that is neither a layer nor a dropout")
	}
	d := &engine.Dropout{Rate: m.drops[0]}
	m.drops = m.drops[1:]
	return d, nil
}

func (m *mason) mean(f facts) (engine.Layer, error) {
	dims := f.whole("dim")
	if len(dims) == 0 {
		if d := f.number("dim", 0); d != 0 {
			dims = []int{int(d)}
		}
	}
	rank := len(m.shape) + 1
	for i, d := range dims {
		if d < 0 {
			dims[i] += rank
		}
	}
	slices.Sort(dims)
	switch {
	case m.image() && slices.Equal(dims, []int{2, 3}), len(m.shape) == 2 && slices.Equal(dims, []int{1}):
		last := m.shape[len(m.shape)-1]
		if m.image() {
			last = m.shape[0]
		}
		m.shape = []int{last}
		return new(engine.GlobalAvgPool), nil
	}
	return nil, fmt.Errorf("a mean over the dimensions %v is no pooling of the engine's", dims)
}

func (m *mason) pool(kind string, f facts) (engine.Layer, error) {
	size, stride := pair(f.whole("kernel_size")), pair(f.whole("stride"))
	padding, err := padded(f.whole("padding"), size)
	if err != nil {
		return nil, err
	}
	if size == [2]int{} || f.truth("ceil_mode") || !all(f.whole("dilation"), 1) || !m.image() {
		return nil, fmt.Errorf("a pooling that rounds up or is dilated is none of the engine's")
	}
	if kind == "avgpool2d" {
		if padding != "valid" {
			return nil, fmt.Errorf("a mean over padded windows is none of the engine's")
		}
		return &engine.AvgPool{Size: size, Stride: stride}, nil
	}
	return &engine.MaxPool{Size: size, Stride: stride, Padding: padding}, nil
}
