package survey

import (
	"cmp"
	"slices"

	"github.com/nnvet/nnvet/internal/stat"
)

// labelled is rows that are of one kind, 0, or of the other, 1.
type labelled struct {
	rows  [][]float64
	kinds []float64
}

func (l *labelled) add(row []float64, kind float64) {
	l.rows, l.kinds = append(l.rows, row), append(l.kinds, kind)
}

// weights are of a linear function but for its constant, which changes no order.
type weights []float64

// fit is ridge regression of the kinds.
func (l labelled) fit() weights {
	const penalty = 0.1 // of standardized columns: much for what 64 rows tell, little for what 1000 do
	n, d := float64(len(l.rows)), len(l.rows[0])
	mean, kind := make([]float64, d), 0.0
	for i, row := range l.rows {
		kind += l.kinds[i] / n
		for c, v := range row {
			mean[c] += v / n
		}
	}
	products, moments := make([]float64, d*d), make([]float64, d)
	centred := make([]float64, d)
	for i, row := range l.rows {
		for c, v := range row {
			centred[c] = v - mean[c]
		}
		for a, v := range centred {
			moments[a] += v * (l.kinds[i] - kind) / n
			into := products[a*d : a*d+a+1]
			v /= n
			for b := range into {
				into[b] += v * centred[b]
			}
		}
	}
	for a := range d {
		products[a*d+a] += penalty
	}
	return stat.Cholesky(products, moments)
}

// area is the share of pairs of rows of different kinds that the weights put in
// their order, ties counting half (Mann and Whitney).
func (w weights) area(of labelled) float64 {
	type scored struct{ score, kind float64 }
	all := make([]scored, len(of.rows))
	for i, row := range of.rows {
		for c, v := range row {
			all[i].score += v * w[c]
		}
		all[i].kind = of.kinds[i]
	}
	slices.SortFunc(all, func(a, b scored) int { return cmp.Compare(a.score, b.score) })
	ordered, below, ones := 0.0, 0.0, 0.0 // below: rows of kind 0 with a smaller score
	for i := 0; i < len(all); {
		zeros, here := 0.0, 0.0
		j := i
		for ; j < len(all) && all[j].score == all[i].score; j++ {
			here += all[j].kind
			zeros += 1 - all[j].kind
		}
		ordered += here * (below + zeros/2)
		below, ones = below+zeros, ones+here
		i = j
	}
	return ordered / (below * ones)
}
