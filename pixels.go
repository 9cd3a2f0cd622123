package nnvet

import (
	"cmp"
	"math"
	"slices"
)

// Pixels reports whether columns belong to images that were laid flat. Then one
// scale is theirs, and one that hardly varies is meant to count for little. A
// quarter of the columns, and two at least, reach the smallest and the largest
// number of all, as two thirds of scikit-learn's digits do and columns of a table
// do not. Or, of smooth images, a quarter span half of that range, and of
// neighbouring columns neither varies more than three times as much as the other:
// those of a table stand beside each other by chance. Columns that do not vary
// belong to neither.
func Pixels(cols []Column) bool {
	vary := slices.DeleteFunc(slices.Clone(cols), func(c Column) bool { return !(c.Std > 0) })
	slices.SortStableFunc(vary, func(a, b Column) int { return cmp.Compare(a.Index, b.Index) })
	var all Moments
	for _, c := range vary {
		all = all.Merge(c.Moments)
	}
	const share, span = 0.25, 0.5
	ends, wide := 0, 0
	for _, c := range vary {
		if c.Min == all.Min && c.Max == all.Max {
			ends++
		}
		if c.Max-c.Min >= span*(all.Max-all.Min) {
			wide++
		}
	}
	enough := func(n int) bool { return n >= 2 && float64(n) >= share*float64(len(vary)) }
	return enough(ends) || enough(wide) && gradual(vary)
}

// gradual reports whether columns, in their order, vary about as much as those
// beside them: never more than half a decade apart, of so many that this is no
// accident.
func gradual(cols []Column) bool {
	const few, step = 16, 0.5
	for i := range cols[:max(len(cols)-1, 0)] {
		if math.Abs(math.Log10(cols[i+1].Std/cols[i].Std)) > step {
			return false
		}
	}
	return len(cols) >= few
}
