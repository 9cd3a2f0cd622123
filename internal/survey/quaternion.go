package survey

import (
	"math"

	"github.com/nnvet/nnvet"
)

// quaternions looks for four columns in a row of norm 1.
func quaternions(t *table) []nnvet.Quaternion {
	if t.every > 1 {
		return nil
	}
	var out []nnvet.Quaternion
	for c := 0; c+4 <= len(t.columns); c++ {
		if q := t.columns[c : c+4]; unit(q) {
			out = append(out, nnvet.Quaternion{Column: c, Flips: flips(t, c)})
			c += 3
		}
	}
	return out
}

func unit(q [][]float64) bool {
	const near = 1e-3
	indicators := true
	for i := range q[0] {
		squares := 0.0
		for _, x := range q {
			squares += x[i] * x[i]
			indicators = indicators && (x[i] == 0 || x[i] == 1)
		}
		if math.Abs(squares-1) > near {
			return false
		}
	}
	return !indicators
}

// flips returns the share of rows whose neighbour by all else has the opposite
// sign. It looks at the first rows, as each quaternion has neighbours of its own.
func flips(t *table, at int) float64 {
	const most, opposite = 500, -0.9
	n := min(t.n, most)
	var others [][]float64
	for c, x := range t.columns {
		if c < at || c >= at+4 {
			others = append(others, x[:n])
		}
	}
	near := nearest(standardized(others, n))
	if near == nil {
		return math.NaN()
	}
	count := 0.0
	for i, j := range near {
		product := 0.0
		for _, x := range t.columns[at : at+4] {
			product += x[i] * x[j]
		}
		if product < opposite {
			count++
		}
	}
	return count / float64(n)
}
