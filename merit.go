package nnvet

import (
	"cmp"
	"math"
	"slices"
)

// A Merit is what predictions are worth in the units that they are in, beside
// the best that one answer for all rows can do.
type Merit struct {
	Split   string
	Step    int64
	Rows    int64
	Outputs []Accord // of numbers, one an output
	// Of classes; Accuracy and Commonest are NaN without.
	Accuracy  float64
	Commonest float64 // share of the commonest class: the accuracy of always naming it
	Classes   []Recall
	Confused  []Confusion // every pair of classes that was mistaken, the most rows first
}

// An Accord is how well the predictions of one output agree with the truth.
type Accord struct {
	Output   int
	N        int64
	MAE      float64 // mean absolute error
	RMSE     float64 // root mean square error
	Constant float64 // that of predicting the mean: the standard deviation of the truth
	R2       float64 // 1 - (RMSE / Constant)^2; NaN where the truth does not vary
}

// A Recall is how much of a class was found.
type Recall struct {
	Class int
	Rows  int64   // that are of the class
	Share float64 // of them that were predicted so; NaN without rows
	Said  int64   // rows that were predicted to be of the class
}

// A Confusion is rows of one class that were taken for another.
type Confusion struct {
	True, Said int
	Rows       int64
	Share      float64 // of the rows of the true class
}

// Merit returns what the predictions are worth.
func (p *Predictions) Merit() Merit {
	m := Merit{Split: p.Split, Step: p.Step, Rows: p.Rows, Accuracy: p.Accuracy(), Commonest: math.NaN()}
	for _, o := range p.Outputs {
		m.Outputs = append(m.Outputs, o.accord())
	}
	m.classes(p.Matrix)
	return m
}

func (p Pair) accord() Accord {
	a := Accord{Output: p.Output, N: p.N, MAE: p.MAE, Constant: p.TruthStd, R2: p.R2()}
	bias := p.Guess - p.Truth
	a.RMSE = math.Sqrt(math.Max(0, bias*bias+p.GuessStd*p.GuessStd+p.TruthStd*p.TruthStd-2*p.Covariance))
	if !(p.TruthStd > 0) {
		a.R2 = math.NaN()
	}
	return a
}

func (m *Merit) classes(matrix [][]int64) {
	var most, all int64
	for c, row := range matrix {
		r := Recall{Class: c, Share: math.NaN()}
		for said, n := range row {
			r.Rows += n
			r.Said += matrix[said][c]
		}
		if r.Rows > 0 {
			r.Share = float64(row[c]) / float64(r.Rows)
		}
		for said, n := range row {
			if said != c && n > 0 {
				m.Confused = append(m.Confused, Confusion{c, said, n, float64(n) / float64(r.Rows)})
			}
		}
		most, all = max(most, r.Rows), all+r.Rows
		m.Classes = append(m.Classes, r)
	}
	if all > 0 {
		m.Commonest = float64(most) / float64(all)
	}
	slices.SortStableFunc(m.Confused, func(a, b Confusion) int { return cmp.Compare(b.Rows, a.Rows) })
}

// Value returns a metric by the name that a [Goal] has for it: "mae", "rmse",
// "r2" (over all outputs), or "accuracy". It is NaN where the predictions do
// not tell it.
func (m Merit) Value(metric string) float64 {
	n := float64(len(m.Outputs))
	sum := 0.0
	for _, o := range m.Outputs {
		switch metric {
		case "mae":
			sum += o.MAE
		case "rmse":
			sum += o.RMSE * o.RMSE
		case "r2":
			sum += o.R2
		}
	}
	switch metric {
	case "accuracy":
		return m.Accuracy
	case "mae", "r2":
		return sum / n
	case "rmse":
		return math.Sqrt(sum / n)
	}
	return math.NaN()
}

// Scarcest returns the class of which the smallest share was found, among
// those of at least so many rows, or nil.
func (m Merit) Scarcest(rows int64) *Recall {
	var worst *Recall
	for i := range m.Classes {
		if c := &m.Classes[i]; c.Rows >= rows && (worst == nil || c.Share < worst.Share) {
			worst = c
		}
	}
	return worst
}

// Met reports whether a value reaches the goal. NaN does not.
func (g *Goal) Met(v float64) bool {
	if g.Below {
		return v < g.Value
	}
	return v > g.Value
}
