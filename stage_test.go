package nnvet

import (
	"fmt"
	"testing"
)

// mlp is 4-8-8-2 with a ReLU behind the first layer that only the graph sees,
// and a tanh behind the second.
func mlp() *Trace {
	b := new(Builder)
	b.Layers = []Layer{{Name: "net"}, {Name: "a", Kind: "Linear", Leaf: true}, {Name: "b", Kind: "Linear", Leaf: true}, {Name: "act", Kind: "Tanh", Leaf: true}, {Name: "c", Kind: "Linear", Leaf: true}, {Name: "spare", Kind: "Linear", Leaf: true}}
	for _, p := range []struct {
		layer   string
		out, in int
	}{{"a", 8, 4}, {"b", 8, 8}, {"c", 2, 8}, {"spare", 3, 3}} {
		b.Params = append(b.Params, Param{Name: p.layer + ".weight", Layer: p.layer, Shape: []int{p.out, p.in}}, Param{Name: p.layer + ".bias", Layer: p.layer, Shape: []int{p.out}})
	}
	return b.Snapshot()
}

func TestStages(t *testing.T) {
	tr := mlp()
	say := func() (out string) {
		for _, s := range tr.Stages() {
			out += fmt.Sprintf("%s %d>%d %q norm %v last %v\n", s.Layer.Name, s.FanIn, s.Units(), s.Activation, s.Normed, s.Last)
		}
		return out
	}
	want := "a 4>8 \"\" norm false last false\nb 8>8 \"tanh\" norm false last false\nc 8>2 \"\" norm false last false\nspare 3>3 \"\" norm false last true\n"
	if got := say(); got != want {
		t.Errorf("without a graph:\n%swant:\n%s", got, want)
	}
	tr.Graph = []Node{
		{Kind: "cross_entropy", Inputs: []int{1}},
		{Kind: "linear", Inputs: []int{2, 3, 4}}, {Kind: "leaf", Param: "c.bias"}, {Kind: "norm", Inputs: []int{5}}, {Kind: "reshape", Inputs: []int{6}},
		{Kind: "tanh", Inputs: []int{7}}, {Kind: "leaf", Param: "c.weight"},
		{Kind: "linear", Inputs: []int{8, 9}}, {Kind: "leaf", Param: "b.weight"}, {Kind: "relu", Inputs: []int{10}},
		{Kind: "linear", Inputs: []int{11}}, {Kind: "leaf", Param: "a.weight"},
	}
	want = "a 4>8 \"relu\" norm false last false\nb 8>8 \"tanh\" norm true last false\nc 8>2 \"\" norm false last true\n"
	if got := say(); got != want {
		t.Errorf("with a graph:\n%swant:\n%s", got, want)
	}
	tr.Graph = []Node{{Kind: "loss", Inputs: []int{0}}, {Kind: "leaf", Param: "a.weight", Inputs: []int{1}}} // goes round
	tr.Stages()
	tr.Params = append(tr.Params, Param{Name: "a.weight", Layer: "a", Shape: []int{0, 3}}, Param{Name: "a.weight", Layer: "a"})
	tr.Stages()
}
