package experiment

import (
	"fmt"
	"math/bits"
	"strings"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/engine"
)

// How long a training takes where the file does not say: as many epochs as
// make the usual steps, within bounds (convention).
const (
	usualSteps    = 20_000
	fewestEpochs  = 20
	mostEpochs    = 200
	leastPatience = 5
)

// batch returns the largest power of two from 16 to 256 that leaves 50 steps
// in an epoch: a larger one spends the epochs on too few updates. Below 16
// there is little left for batch normalization to average.
func batch(rows int) int {
	const largest, smallest, steps = 256, 16, 50
	b := largest
	for b > smallest && rows/b < steps {
		b /= 2
	}
	return min(b, rows)
}

// network returns the layers of a healthy start, as one would write them: two
// hidden layers, and before them for images convolutions that halve the sides
// until fewer than 8 pixels are left.
func network(facts Facts) string {
	in := facts.Input
	var l []string
	switch {
	case facts.Tokens > 0 && len(in) == 1:
		l = append(l, fmt.Sprintf("embedding: {tokens: %d, units: 16}", facts.Tokens), "flatten")
	case len(in) == 3 && min(in[0], in[1]) >= leastSide:
		return "[" + strings.Join(convolutions(in), ", ") + ", {dense: 64}, relu]"
	case len(in) > 1:
		l = append(l, "flatten")
	}
	w := width(in.Size())
	l = append(l, fmt.Sprintf("dense: %d", w), "relu", fmt.Sprintf("dense: %d", w), "relu")
	for i := range l {
		if strings.Contains(l[i], ":") {
			l[i] = "{" + l[i] + "}"
		}
	}
	return "[" + strings.Join(l, ", ") + "]"
}

// width returns the units of a hidden layer: the power of two that is at least
// twice the inputs, from 64 to 256, and for very many inputs less, so that a
// step stays a matter of milliseconds.
func width(inputs int) int {
	const narrowest, widest, fewest, weights = 64, 256, 16, 4_000_000
	if inputs < widest/2 {
		return max(narrowest, 1<<bits.Len(uint(2*inputs-1)))
	}
	w := widest
	for w > fewest && w*inputs > weights {
		w /= 2
	}
	return w
}

const leastSide = 8 // pixels of an image that convolutions are worth while for

func convolutions(in engine.Shape) []string {
	const first, most, flattened = 16, 128, 8192
	h, w, filters := in[0], in[1], first
	var l []string
	for min(h, w) >= leastSide {
		l = append(l, fmt.Sprintf("{conv2d: {filters: %d, kernel: 3}}", filters), "relu", "max_pool")
		h, w = h/2, w/2
		if min(h, w) >= leastSide {
			filters = min(2*filters, most)
		}
	}
	if h*w*filters > flattened {
		return append(l, "global_avg_pool")
	}
	return append(l, "flatten")
}

// outputLayer returns the layers that give a loss what it takes.
func outputLayer(loss engine.LossKind, units int) string {
	l := fmt.Sprintf("{dense: %d}", units)
	switch loss {
	case engine.ProbCE:
		l += ", softmax"
	case engine.BCE:
		l += ", sigmoid"
	case engine.Poisson:
		l += ", softplus"
	}
	return l
}

// flat reports whether layers give one row of features: those that lower the
// rank of what comes in, and none.
func flat(in engine.Shape, nodes []engine.Node) bool {
	rank := len(in)
	for _, n := range nodes {
		switch n.Layer.Kind() {
		case "flatten", "global_avg_pool":
			rank = 1
		case "embedding":
			rank++
		}
	}
	return rank == 1
}

// Defaults is the name of a file that nobody wrote.
const Defaults = "defaults"

// Default returns the file that a data file and its target alone stand for.
// Its text is the file that `nnvet init` writes; fields, which it lists, may be
// nil where the columns are not known.
func Default(path, target string, fields []dataset.Field) *File {
	f := unset(Defaults)
	f.Data.Path, f.Data.Options.Target, f.Data.Plan.Target = path, target, target
	f.Seeds = []int64{0}
	f.Text = starter(path, target, fields)
	f.src = &source{name: f.Name}
	return f
}
