package record

import (
	"math"
	"slices"

	"github.com/nnvet/nnvet/internal/engine"
)

// mostRows bounds the elements of a weight whose rows are compared.
const mostRows = 1 << 22

// twins finds units that are alike: whose rows of weights, and whose rows of
// gradients, are equal.
type twins struct {
	told   []bool    // of each parameter, whether its gradient was compared
	done   bool      // nothing is left to compare
	labels [][]int   // of each parameter's rows, equal where the rows are; nil where no two are, or all is told
	torch  []float32 // a tensor in PyTorch's layout, where rows are units
}

func newTwins(params []*engine.Param) twins {
	longest := 0
	for _, p := range params {
		if hasUnits(p) {
			longest = max(longest, len(p.Value))
		}
	}
	return twins{told: make([]bool, len(params)), labels: make([][]int, len(params)), torch: make([]float32, longest)}
}

// hasUnits reports whether a parameter has rows to compare.
func hasUnits(p *engine.Param) bool {
	return len(p.Shape) >= 2 && p.Shape[0] > 1 && len(p.Value) <= mostRows
}

// start returns how many units of a parameter begin like another.
func (t *twins) start(i int, p *engine.Param) int {
	if !hasUnits(p) {
		return 0
	}
	labels := t.compare(p, p.Value)
	n := shared(labels)
	if n > 0 {
		t.labels[i] = labels
	}
	return n
}

// gradient returns how many units of a parameter began like another that has
// the same gradient; not ok where it has no rows to compare, or nothing to add. A
// gradient of 0, as before a layer that begins at zero, is equal without meaning
// it: it is told, and told again by the first that is another.
func (t *twins) gradient(i int, p *engine.Param) (n int, ok bool) {
	first := !t.told[i]
	t.told[i] = true
	switch {
	case !hasUnits(p) || !p.Trainable:
		t.labels[i] = nil
		return 0, false
	case t.labels[i] == nil:
		return 0, first
	case !slices.ContainsFunc(p.Grad, func(g float32) bool { return g != 0 }):
		return shared(t.labels[i]), first
	}
	pairs := make([][2]int, p.Shape[0])
	for j, g := range t.compare(p, p.Grad) {
		pairs[j] = [2]int{t.labels[i][j], g}
	}
	t.labels[i] = nil
	return shared(pairs), true
}

// compare labels the rows of a tensor, equal ones with equal numbers.
func (t *twins) compare(p *engine.Param, x []float32) []int {
	rows := t.torch[:len(x)]
	p.ToTorch(rows, x)
	return alike(fingerprints(rows, p.Shape[0]))
}

// fingerprints returns a number for every row: equal rows have equal ones, and
// others almost never. The weights of the sum are the multiples of an irrational
// number, without their whole parts.
func fingerprints(x []float32, rows int) []float64 {
	weights := make([]float64, len(x)/rows)
	for j := range weights {
		_, part := math.Modf(float64(j+1) * 0.7548776662466927)
		weights[j] = part + 0.5
	}
	out := make([]float64, rows)
	for i := range out {
		for j, v := range x[i*len(weights) : (i+1)*len(weights)] {
			out[i] += float64(v) * weights[j]
		}
	}
	return out
}

// alike labels numbers, equal ones (to rounding) with the same label. NaN is
// like nothing.
func alike(numbers []float64) []int {
	order := make([]int, len(numbers))
	scale := 0.0
	for i, v := range numbers {
		order[i] = i
		if finite(v) {
			scale = max(scale, math.Abs(v))
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		if numbers[a] < numbers[b] {
			return -1
		}
		return 1
	})
	labels := make([]int, len(numbers))
	label := 0
	for k, i := range order {
		if k > 0 && !(math.Abs(numbers[i]-numbers[order[k-1]]) <= 1e-12*scale) {
			label++
		}
		labels[i] = label
	}
	return labels
}

// shared counts the entries that have their label with another.
func shared[T interface{ int | [2]int }](labels []T) int {
	count := make(map[T]int, len(labels))
	for _, l := range labels {
		count[l]++
	}
	n := 0
	for _, c := range count {
		if c > 1 {
			n += c
		}
	}
	return n
}
