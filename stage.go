package nnvet

import (
	"slices"
	"strings"
)

// A Stage is one layer that weighs and adds its inputs, a dense or a
// convolutional one, with what stands between it and the next.
type Stage struct {
	Layer         *Layer
	Weight        *Param
	FanIn, FanOut int    // the inputs that one unit adds up, and the units that one input goes to
	Activation    string // the operation behind it, as in a chain: "relu"; "" where there is none before the next stage, or none was seen
	Normed        bool   // a normalization follows before the next stage
	Last          bool   // no other stage follows: what it puts out are predictions
}

// Units returns how many outputs the stage has: units, or channels.
func (s *Stage) Units() int { return s.Weight.Shape[0] }

// activations are the operations that make a network more than a product of
// matrices, and the classes of layers that run them.
var activations = map[string]string{
	"ReLU": "relu", "ReLU6": "hardtanh", "LeakyReLU": "leaky_relu", "PReLU": "leaky_relu", "RReLU": "leaky_relu", "ELU": "elu", "CELU": "elu", "SELU": "elu",
	"GELU": "gelu", "SiLU": "silu", "Mish": "silu", "Hardswish": "silu", "Tanh": "tanh", "Softsign": "tanh", "Sigmoid": "sigmoid", "Hardsigmoid": "sigmoid",
	"Softplus": "softplus", "Hardtanh": "hardtanh", "Clip": "clamp", "Softmax": "softmax", "LogSoftmax": "log_softmax", "LogSigmoid": "log_sigmoid",
}

// Stages returns the dense and convolutional layers of the network, in order.
// What follows each is read off the graph of the first loss, which sees
// activations that are called as functions, or off the layers where there is
// no graph. Those that the loss does not depend on are left out.
func (t *Trace) Stages() []Stage {
	w := newWay(t)
	var out []Stage
	for i := range t.Params {
		q := &t.Params[i]
		l := t.Layer(q.Layer)
		if l == nil || !weighs(l.Kind) || len(q.Shape) < 2 || !strings.HasSuffix(q.Name, "weight") || slices.ContainsFunc(q.Shape, func(n int) bool { return n < 1 }) {
			continue
		}
		s := Stage{Layer: l, Weight: q, FanIn: 1, FanOut: q.Shape[0]}
		for k, n := range q.Shape[1:] {
			s.FanIn *= n
			if k > 0 {
				s.FanOut *= n
			}
		}
		if w != nil && !w.follow(&s) {
			continue
		}
		out = append(out, s)
	}
	if w == nil {
		followLayers(t, out)
	}
	return out
}

func weighs(kind string) bool {
	return kind == "Linear" || strings.HasPrefix(kind, "Conv") && !strings.Contains(kind, "Transpose")
}

// followLayers fills in what follows each stage as the order of the layers has it.
func followLayers(t *Trace, stages []Stage) {
	at := -1
	for i := range t.Layers {
		l := &t.Layers[i]
		if next := at + 1; next < len(stages) && stages[next].Layer == l {
			at = next
			continue
		}
		if at < 0 || !l.Leaf {
			continue
		}
		s := &stages[at]
		if strings.Contains(l.Kind, "Norm") {
			s.Normed = true
		} else if op := activations[l.Kind]; op != "" && s.Activation == "" {
			s.Activation = op
		}
	}
	if at >= 0 {
		stages[at].Last = true
	}
}

// A way is the graph of a loss, read from the parameters to the loss.
type way struct {
	nodes []Node
	users [][]int        // the nodes that are computed from each
	leaf  map[string]int // parameters
}

func newWay(t *Trace) *way {
	if len(t.Graph) == 0 {
		return nil
	}
	w := &way{nodes: t.Graph, users: make([][]int, len(t.Graph)), leaf: make(map[string]int)}
	for i, n := range t.Graph {
		for _, j := range n.Inputs {
			w.users[j] = append(w.users[j], i)
		}
		if n.Param != "" {
			w.leaf[n.Param] = i
		}
	}
	if len(w.leaf) == 0 {
		return nil
	}
	return w
}

// follow fills in what follows a stage. It reports whether the loss depends on it.
func (w *way) follow(s *Stage) bool {
	leaf, ok := w.leaf[s.Weight.Name]
	if !ok {
		return false
	}
	s.Last = true
	own := false // the operation that takes the weight, perhaps behind a transpose, was seen
	seen := make(map[int]bool)
	queue := slices.Clone(w.users[leaf])
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		if seen[i] {
			continue
		}
		seen[i] = true
		switch op := w.nodes[i].Kind; {
		case !own && (op == "linear" || op == "conv"):
			own = true
		case op == "linear" || op == "conv":
			s.Last = false
			continue
		case !own: // the transpose
		case op == "norm":
			s.Normed = true
		case s.Activation == "" && acts(op):
			s.Activation = op
		}
		queue = append(queue, w.users[i]...)
	}
	return own
}

// acts reports whether an operation is an activation, under its name in a
// chain or, of rarer ones, under the framework's.
func acts(op string) bool {
	switch op {
	case "hardswish", "hardsigmoid", "mish", "celu", "rreluwithnoise", "threshold":
		return true
	}
	for _, a := range activations {
		if a == op {
			return true
		}
	}
	return false
}
