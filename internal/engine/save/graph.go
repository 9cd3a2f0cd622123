package save

import (
	"fmt"

	"github.com/nnvet/nnvet/internal/engine"
)

// A graph is a network as ONNX has it: nodes in the order in which they run,
// each with one output, which is its name too.
type graph struct {
	nodes     []node
	constants []constant
	input     value
	output    value
	used      map[string]int    // names, and how often they were asked for
	turned    map[string]string // the transposed of each image that has one
}

type node struct {
	op         string
	in         []string
	out        string
	attributes []attribute
}

// An attribute is a setting of a node: a float32, an int or several ints.
type attribute struct {
	name  string
	value any
}

// A constant is a tensor of the graph, of floats or of ints.
type constant struct {
	name   string
	shape  []int
	floats []float32
	ints   []int64
}

// A value is what flows between nodes: rows, each of the shape that the engine
// gives it. Images lie as [channels, height, width] where planar.
type value struct {
	name   string
	shape  engine.Shape
	planar bool
}

// add appends a node and returns its output.
func (g *graph) add(op, name string, in []string, attributes ...attribute) string {
	out := g.unique(name)
	g.nodes = append(g.nodes, node{op, in, out, attributes})
	return out
}

// floats adds a constant and returns its name.
func (g *graph) floats(name string, shape []int, values ...float32) string {
	name = g.unique(name)
	g.constants = append(g.constants, constant{name: name, shape: shape, floats: values})
	return name
}

// unique returns the name, or one that is made of it where that is taken.
func (g *graph) unique(name string) string {
	g.used[name]++
	if n := g.used[name]; n > 1 {
		return g.unique(fmt.Sprintf("%s:%d", name, n))
	}
	return name
}

// transpose returns the value with images planar or not. What was turned once
// is not turned again, nor back.
func (g *graph) transpose(v value, planar bool) value {
	if v.planar == planar || len(v.shape) != 3 {
		return v
	}
	name, done := g.turned[v.name]
	if !done {
		suffix, order := ".rows", []int{0, 2, 3, 1}
		if planar {
			suffix, order = ".planes", []int{0, 3, 1, 2}
		}
		name = g.add("Transpose", v.name+suffix, []string{v.name}, attribute{"perm", order})
		g.turned[v.name], g.turned[name] = name, v.name
	}
	return value{name, v.shape, planar}
}
