package twin

import (
	"fmt"
	"slices"

	"github.com/nnvet/nnvet"
)

// A step is one operation on the way from the inputs to the prediction, or the
// end of a residual block, which adds what its body makes of what was there.
type step struct {
	node int // in the trace's graph
	body []step
}

func (s step) equal(o step) bool { return s.node == o.node }

// A way follows a graph that autograd recorded, from a node back to the inputs.
type way struct {
	nodes []nnvet.Node
	known map[int][]step
	deep  int
}

// deepest bounds how far a way is followed.
const deepest = 4000

// to returns the steps that lead to a node, it the last.
func (w *way) to(node int) ([]step, error) {
	if s, ok := w.known[node]; ok {
		return s, nil
	}
	if w.deep++; w.deep > deepest {
		return nil, fmt.Errorf("the network has more than %d operations", deepest)
	}
	before := w.data(node)
	var out []step
	switch len(before) {
	case 0:
		out = []step{{node: node}}
	case 1:
		s, err := w.to(before[0])
		if err != nil {
			return nil, err
		}
		out = append(slices.Clip(s), step{node: node})
	case 2:
		s, err := w.joined(node, before)
		if err != nil {
			return nil, err
		}
		out = s
	default:
		return nil, fmt.Errorf("the operation %s joins %d ways, and the engine's networks have one", w.nodes[node].Kind, len(before))
	}
	w.known[node] = out
	return out, nil
}

// joined returns the steps to where two ways meet: one of them must pass by what
// the other goes through.
func (w *way) joined(node int, before []int) ([]step, error) {
	kind := w.nodes[node].Kind
	if kind != "add" {
		return nil, fmt.Errorf("the operation %s joins two ways, and the engine's layers can add only", kind)
	}
	long, err := w.to(before[0])
	if err != nil {
		return nil, err
	}
	short, err := w.to(before[1])
	if err != nil {
		return nil, err
	}
	if len(long) < len(short) {
		long, short = short, long
	}
	if len(short) == len(long) || !slices.EqualFunc(short, long[:len(short)], step.equal) {
		return nil, fmt.Errorf("two ways are added, both with layers of their own, and a residual block of the engine passes its input on as it is")
	}
	return append(slices.Clip(short), step{node: node, body: long[len(short):]}), nil
}

// data returns the inputs of a node that are no parameters.
func (w *way) data(node int) []int {
	var out []int
	for _, i := range w.nodes[node].Inputs {
		if _, ok := w.param(i); !ok && !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

// params returns the names of the parameters that enter a node.
func (w *way) params(node int) []string {
	var out []string
	for _, i := range w.nodes[node].Inputs {
		if p, ok := w.param(i); ok {
			out = append(out, p)
		}
	}
	return out
}

// param returns the parameter that a node is, or a reshaped one; one that is not
// known has no name.
func (w *way) param(node int) (string, bool) {
	for range 4 { // a transpose, and what is stacked on it
		n := w.nodes[node]
		if n.Kind == "leaf" {
			return n.Param, true
		}
		if n.Kind != "reshape" || len(n.Inputs) != 1 {
			return "", false
		}
		node = n.Inputs[0]
	}
	return "", false
}

// prediction returns the last operation with parameters, from which the chain of
// a head leads to its loss.
func (w *way) prediction(t *nnvet.Trace, layer string) (int, error) {
	for i := range w.nodes {
		if slices.ContainsFunc(w.params(i), func(name string) bool {
			p := t.Param(name)
			return p != nil && p.Layer == layer
		}) && len(w.data(i)) <= 1 {
			return i, nil
		}
	}
	return 0, fmt.Errorf("layer %s, the last before the loss, is not in the recorded graph", layer)
}
