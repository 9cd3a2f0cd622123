package record

import (
	"github.com/nnvet/nnvet/internal/engine"
)

// mostNodes bounds a graph.
const mostNodes = 4000

// A node is an operation of the backward pass, with what it leads to.
type node struct {
	op    string
	after []*node
	param int64 // -1 where it is none
}

type graphRecord struct {
	K     string  `json:"k"`
	S     int64   `json:"s"`
	Src   string  `json:"src,omitempty"`
	Nodes [][]any `json:"nodes"`
	Cut   bool    `json:"cut,omitempty"`
}

// graph describes the way of the gradients, breadth first from the loss.
func graph(t *engine.Trainer, step int64) graphRecord {
	n := t.Network
	loss := &node{op: lossNames[t.Spec.Loss.Kind], param: -1}
	if last := through(n, -1, nil); last != nil {
		loss.after = []*node{last}
	}
	r := graphRecord{K: "graph", S: step, Src: place(t.Spec.Loss.Source)}
	index := map[*node]int{loss: 0}
	queue := []*node{loss}
	for at := 0; at < len(queue); at++ {
		from := queue[at]
		inputs := []int{}
		for _, to := range from.after {
			i, known := index[to]
			if !known {
				if len(queue) == mostNodes {
					r.Cut = true
					continue
				}
				i = len(queue)
				index[to] = i
				queue = append(queue, to)
			}
			inputs = append(inputs, i)
		}
		row := []any{from.op, inputs}
		if from.param >= 0 {
			row = append(row, from.param)
		}
		r.Nodes = append(r.Nodes, row)
	}
	return r
}

// through returns the node of the output of a block's layers, or of the
// network's for -1, given the node of their input; nil for the data itself.
func through(n *engine.Network, block int, x *node) *node {
	for i, l := range n.Layers() {
		if l.Parent != block {
			continue
		}
		y := &node{op: operation(l.Class), param: -1}
		if x != nil {
			y.after = append(y.after, x)
		}
		for _, p := range l.Params {
			y.after = append(y.after, &node{op: "leaf", param: int64(p)})
		}
		if !l.Leaf {
			if body := through(n, i, x); body != nil {
				y.after = append(y.after, body)
			}
		}
		if len(y.after) == 0 { // nothing here is trained
			continue
		}
		x = y
	}
	return x
}
