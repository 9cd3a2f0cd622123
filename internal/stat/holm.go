package stat

import (
	"cmp"
	"math"
	"slices"
)

// Holm returns the p-values adjusted for being several, in their order (Holm, A
// simple sequentially rejective multiple test procedure, 1979): who claims all
// that are adjusted to 0.05 or less makes any false claim with probability 0.05
// at most, however the tests hang together. A NaN stays NaN and counts as a
// test that shows nothing.
func Holm(ps []float64) []float64 {
	order := make([]int, len(ps))
	for i := range order {
		order[i] = i
	}
	rank := func(i int) float64 {
		if math.IsNaN(ps[i]) {
			return math.Inf(1)
		}
		return ps[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rank(a), rank(b)) })
	adjusted := make([]float64, len(ps))
	least := 0.0
	for passed, i := range order {
		least = max(least, min(1, ps[i]*float64(len(ps)-passed))) // NaN, the last, stays
		adjusted[i] = least
	}
	return adjusted
}
