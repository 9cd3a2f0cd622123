package stat

import (
	"cmp"
	"math"
	"slices"
)

// Survivors returns which candidates of a race go on, best mean first: the keep
// best, and those that are within one standard error of the last of them, so
// that none is dropped for its rank alone. scores[i] are those of candidate i,
// higher is better, all on the same seeds in the same order; the standard error
// is of the difference on the same seed, and zero where there is one seed only.
// A candidate without scores, or with one that is not finite, does not go on.
//
// Halving (Jamieson and Talwalkar, Non-stochastic best arm identification,
// 2016) calls it after each round; with keep 1 it is the rule of one standard
// error (Breiman and others, Classification and Regression Trees, 1984), which
// takes the simplest of those returned.
func Survivors(scores [][]float64, keep int) []int {
	var order []int
	for i, s := range scores {
		if len(s) > 0 && FirstBad(s) < 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(Mean(scores[b]), Mean(scores[a])) })
	if keep <= 0 || keep >= len(order) {
		return order[:min(max(keep, 0), len(order))]
	}
	last := scores[order[keep-1]]
	return append(order[:keep:keep], slices.DeleteFunc(order[keep:], func(i int) bool {
		behind, err := lead(last, scores[i])
		return behind > err
	})...)
}

// lead returns by how much a is ahead of b on the same seeds, and the standard
// error of that.
func lead(a, b []float64) (mean, err float64) {
	n := min(len(a), len(b))
	differences := make([]float64, n)
	for i := range differences {
		differences[i] = a[i] - b[i]
	}
	if mean = Mean(differences); n < 2 {
		return mean, 0
	}
	return mean, SD(differences) / math.Sqrt(float64(n))
}
