package depth

import (
	"fmt"

	"github.com/nnvet/nnvet"
)

// A path is the longest way through the graph of a loss, in layers that weigh
// their inputs.
type path struct {
	layers int
	// skips counts sums of two ways of which one has more such layers than the
	// other: residual connections.
	skips int
}

// pathOf reads the graph of the first loss. Without one it counts the layers
// in their order, and sees no skips.
func pathOf(t *nnvet.Trace) path {
	if len(t.Graph) == 0 {
		return path{layers: len(t.Stages())}
	}
	w := walk{nodes: t.Graph, depth: make([]int, len(t.Graph))}
	w.down(0)
	return path{w.depth[0] - 1, w.skips} // depth counts from 1
}

// A walk goes through a graph from the loss to the leaves.
type walk struct {
	nodes []nnvet.Node
	depth []int // layers from each node on, and 1; 0 not yet known, -1 being walked
	skips int
}

// down returns the layers from a node on, and 1. A graph that a damaged trace
// made circular ends where it meets itself.
func (w *walk) down(i int) int {
	if w.depth[i] != 0 {
		return max(w.depth[i], 1)
	}
	w.depth[i] = -1
	n := &w.nodes[i]
	longest, shortest, trained := 1, 0, false
	for _, j := range n.Inputs {
		d := w.down(j)
		longest = max(longest, d)
		if leaf := w.nodes[j].Kind == "leaf" || w.nodes[j].Kind == "reshape" && holdsLeaf(w.nodes, j); leaf {
			trained = true
		} else if shortest == 0 || d < shortest {
			shortest = d
		}
	}
	if n.Kind == "add" && shortest > 0 && longest > shortest {
		w.skips++
	}
	if trained && (n.Kind == "linear" || n.Kind == "conv") {
		longest++
	}
	w.depth[i] = longest
	return longest
}

// holdsLeaf reports whether a node only turns a parameter, as a transpose does.
func holdsLeaf(nodes []nnvet.Node, i int) bool {
	in := nodes[i].Inputs
	return len(in) == 1 && nodes[in[0]].Kind == "leaf"
}

// layers writes a number of layers.
func layers(n int) string {
	if n == 1 {
		return "1 layer"
	}
	return fmt.Sprintf("%d layers", n)
}
