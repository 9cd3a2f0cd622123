package survey

import (
	"math"

	"github.com/nnvet/nnvet"
)

// shared counts the validation rows whose inputs are those of a training row:
// of any, where the rows are not too many to look at, or else of the sample.
func shared(d Data, train, held sample) nnvet.Overlap {
	o := nothing(d).Overlap
	if held.n() == 0 {
		return o
	}
	seen := make(map[uint64]bool, held.n())
	if d.Train.Rows <= mostHashed/d.Columns {
		for i := range d.Train.Rows {
			seen[hash(start, d.Train.X[i*d.Columns:(i+1)*d.Columns])] = true
		}
		o.Coverage = 1
	} else {
		for i := range train.n() {
			seen[hash(start, train.inputs(i))] = true
		}
		o.Coverage = float64(train.n()) / float64(d.Train.Rows)
	}
	o.Rows = held.n()
	for i := range held.n() {
		if seen[hash(start, held.inputs(i))] {
			o.Shared++
		}
	}
	return o
}

// against sets what columns tell of how validation rows differ.
func against(o *nnvet.Overlap, train, held *table) {
	if held.n == 0 {
		return
	}
	o.Outside = excess(outside(train, held))
	if pairs, ok := newPairs(train, held); ok {
		o.NewPairs = excess(pairs)
	}
	o.AUC = toldApart(train, held)
}

// marks say of validation rows and of training rows that something is so.
type marks struct{ held, train []bool }

// excess is by how much more often it is so of validation rows.
func excess(m marks) float64 { return max(0, share(m.held)-share(m.train)) }

func share(marked []bool) float64 {
	n := 0.0
	for _, m := range marked {
		if m {
			n++
		}
	}
	return n / float64(len(marked))
}

// outside marks rows of which a column lies outside the range of the training
// rows, or, of one of them, of the others.
func outside(train, held *table) marks {
	m := marks{make([]bool, held.n), make([]bool, train.n)}
	for c, x := range train.columns {
		col := newColumn(x)
		last := len(col.values) - 1
		low, high := col.values[0], col.values[last]
		for i, v := range x {
			if v == low && col.counts[0] == 1 || v == high && col.counts[last] == 1 {
				m.train[i] = true
			}
		}
		for i, v := range held.columns[c] {
			if v < low || v > high {
				m.held[i] = true
			}
		}
	}
	return m
}

// A category is a column of codes, as their places among those of the training
// rows; -1 for one that they do not have.
type category struct {
	levels      int
	train, held []int
}

func categories(train, held *table) []category {
	const most, fewest, levels = 32, 2, 50
	var out []category
	for j, x := range train.columns {
		c := newColumn(x)
		if !train.coded(j, fewest, c) || len(c.values) > levels || len(out) == most {
			continue
		}
		place := make(map[float64]int, len(c.values))
		for i, v := range c.values {
			place[v] = i + 1
		}
		k := category{levels: len(c.values)}
		for _, v := range x {
			k.train = append(k.train, place[v]-1)
		}
		for _, v := range held.columns[j] {
			k.held = append(k.held, place[v]-1)
		}
		out = append(out, k)
	}
	return out
}

// newPairs marks rows with a pair of categories that no training row has, or, of
// one of them, no other. It is false without two categories.
func newPairs(train, held *table) (marks, bool) {
	all := categories(train, held)
	m := marks{make([]bool, held.n), make([]bool, train.n)}
	for i, a := range all {
		for _, b := range all[:i] {
			count := make([]int, a.levels*b.levels)
			for r, v := range a.train {
				count[v*b.levels+b.train[r]]++
			}
			for r, v := range a.train {
				m.train[r] = m.train[r] || count[v*b.levels+b.train[r]] == 1
			}
			for r, v := range a.held {
				w := b.held[r]
				m.held[r] = m.held[r] || v < 0 || w < 0 || count[v*b.levels+w] == 0
			}
		}
	}
	return m, len(all) > 1
}

// toldApart returns the area under the curve of a linear classifier; NaN where
// the rows are too few or do not vary.
func toldApart(train, held *table) float64 {
	if train.n < fewest || held.n < fewest {
		return math.NaN()
	}
	columns := make([][]float64, len(train.columns))
	for c := range columns {
		columns[c] = append(append(columns[c], train.columns[c]...), held.columns[c]...)
	}
	z := standardized(columns, train.n+held.n)
	if z.width == 0 {
		return math.NaN()
	}
	var halves [2]labelled
	for i := range z.n {
		at, of := i, 0.0
		if i >= train.n {
			at, of = i-train.n, 1
		}
		halves[at%2].add(z.row(i), of)
	}
	return (halves[0].fit().area(halves[1]) + halves[1].fit().area(halves[0])) / 2
}
