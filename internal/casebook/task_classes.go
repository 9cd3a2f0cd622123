package casebook

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet/internal/engine"
)

func classTasks() []Task {
	return []Task{
		{"moons", "two half circles", Learn, 0.7, func(seed int64) *Program {
			r := source("moons", seed)
			const rows = 600
			x, y := make([]float64, rows), make([]float64, rows)
			class := each(rows, func(i int) float64 {
				c, angle := r.IntN(2), math.Pi*r.Float64()
				x[i], y[i] = math.Cos(angle), math.Sin(angle)
				if c == 1 {
					x[i], y[i] = 1-x[i], 0.5-y[i]
				}
				x[i], y[i] = x[i]+0.12*r.NormFloat64(), y[i]+0.12*r.NormFloat64()
				return float64(c)
			})
			p := sound(classes([]Column{measured("x", 0, x), measured("y", 1, y)}, class, 2, 480), engine.BCELogits)
			p.Optimizer = sgd(0.2, 0.9)
			return p
		}},
		{"ring", "inside or outside of a ring", Score, 0.7, func(seed int64) *Program {
			r := source("ring", seed)
			z, columns := gaussian(r, 750, 2)
			class := each(750, func(i int) float64 {
				d := math.Hypot(z[0][i], z[1][i])
				return truth(d > 0.7 && d < 1.7)
			})
			p := sound(classes(columns, class, 2, 600), engine.BCELogits)
			p.Optimizer.LR = 0.01
			return p
		}},
		{"risk", "a risk by 12 features, with chance", Learn, 0.32, func(seed int64) *Program {
			r, w := source("risk", seed), source("risk", teacher)
			z, columns := gaussian(r, 1250, 12)
			weights := each(12, func(int) float64 { return 1.5 * w.NormFloat64() })
			class := each(1250, func(i int) float64 {
				a := 0.0
				for k := range weights {
					a += weights[k] * z[k][i]
				}
				return truth(r.Float64() < 1/(1+math.Exp(-a)))
			})
			p := sound(classes(columns, class, 2, 1000), engine.BCELogits)
			p.Optimizer.LR, p.Epochs, p.Net.Hidden = 0.001, 15, []int{24}
			return p
		}},
		{"fraud", "one in ten is fraud, by 8 features", Score, 0.4, func(seed int64) *Program {
			r := source("fraud", seed)
			const rows = 1500
			z, columns := gaussian(r, rows, 8)
			class := each(rows, func(i int) float64 { return truth(z[0][i]+z[1][i]*math.Abs(z[2][i]) > 1.75) })
			p := sound(classes(columns, class, 2, 1200), engine.BCELogits)
			p.Epochs = 25
			return p
		}},
		{"words", "which of 60 words a text has, and what it thinks", Learn, 0.5, func(seed int64) *Program {
			r, w := source("words", seed), source("words", teacher)
			const rows, words = 1000, 60
			weights := each(words, func(int) float64 { return w.NormFloat64() })
			columns := make([]Column, words)
			sums := make([]float64, rows)
			for k := range columns {
				columns[k] = Column{Name: fmt.Sprintf("word%d", k), Kind: Flag, Values: each(rows, func(i int) float64 {
					v := truth(r.Float64() < 0.12)
					sums[i] += v * weights[k]
					return v
				})}
			}
			middle := 0.0
			for _, v := range weights {
				middle += 0.12 * v
			}
			class := each(rows, func(i int) float64 { return truth(sums[i] > middle) })
			p := sound(classes(columns, class, 2, 800), engine.BCELogits)
			p.Epochs, p.Optimizer.LR = 10, 0.002
			return p
		}},
		{"blobs3", "three clouds of points", Learn, 0.7, func(seed int64) *Program {
			p := clouds("blobs3", seed, 3, 2, 4, 750)
			p.Optimizer = sgd(0.05, 0.9)
			return p
		}},
		{"blobs10", "ten clouds in 10 dimensions", Score, 0.7, func(seed int64) *Program { return clouds("blobs10", seed, 10, 10, 1.8, 1250) }},
		{"quarters", "four classes by the signs of two sums of 5 features", Learn, 0.6, func(seed int64) *Program {
			r := source("quarters", seed)
			z, columns := gaussian(r, 1000, 5)
			class := each(1000, func(i int) float64 {
				return 2*truth(z[0][i]+z[1][i] > 0) + truth(z[2][i]-z[3][i]*z[4][i] > 0)
			})
			return sound(classes(columns, class, 4, 800), engine.CrossEntropy)
		}},
		{"grades", "five grades by 7 features", Score, 0.5, func(seed int64) *Program {
			r := source("grades", seed)
			const rows = 1250
			z, columns := gaussian(r, rows, 7)
			f := randomNet(source("grades", teacher), 7, 4)
			s := standard(each(rows, func(i int) float64 { return f(func(k int) float64 { return z[k][i] }) }))
			class := each(rows, func(i int) float64 {
				v := (f(func(k int) float64 { return z[k][i] }) - s.mean) / s.std
				return math.Max(0, math.Min(4, math.Floor(2.5+1.4*v)))
			})
			p := sound(classes(columns, class, 5, 1000), engine.CrossEntropy)
			p.Optimizer, p.Epochs = sgd(0.02, 0.9), 20
			return p
		}},
		{"shifts", "whether a machine stops, by the hour of the day and 2 features", Learn, 0.5, func(seed int64) *Program { return shifts("shifts", seed, "hour", 24) }},
		{"tides", "whether a harbour is open, by the hour of the tide and 2 features", Score, 0.5, func(seed int64) *Program { return shifts("tides", seed, "tide", 12) }},
		{"claims", "whether a claim is paid, by 3 features and one of 14 offices", Learn, 0.5, func(seed int64) *Program { return offices("claims", seed, 14, 2) }},
		{"orders", "which of three ways an order goes, by 3 features and one of 10 shops", Score, 0.5, func(seed int64) *Program { return offices("orders", seed, 10, 3) }},
		{"tags3", "three labels of which a row may have any", Learn, 0.6, func(seed int64) *Program { return tags("tags3", seed, 3, 6) }},
		{"tags5", "five labels of which a row may have any", Score, 0.6, func(seed int64) *Program { return tags("tags5", seed, 5, 9) }},
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// classes is a table with a class a row.
func classes(columns []Column, class []float64, n, train int) *Table {
	return &Table{Columns: columns, Goal: Class, Targets: []Column{{Name: "class", Values: class}}, Classes: n, Train: train, Rows: len(class)}
}

// clouds is classes that are normal clouds, their centres a given distance
// from the middle in each dimension.
func clouds(name string, seed int64, n, dims int, apart float64, rows int) *Program {
	r, w := source(name, seed), source(name, teacher)
	centres := each(n*dims, func(int) float64 { return apart * w.NormFloat64() })
	if dims == 2 { // on a circle, so that no two are on top of each other
		for k := range n {
			centres[2*k], centres[2*k+1] = apart*math.Cos(2*math.Pi*float64(k)/float64(n)), apart*math.Sin(2*math.Pi*float64(k)/float64(n))
		}
	}
	class := each(rows, func(int) float64 { return float64(r.IntN(n)) })
	var columns []Column
	for d := range dims {
		columns = append(columns, measured(fmt.Sprintf("x%d", d), d, each(rows, func(i int) float64 {
			return centres[int(class[i])*dims+d] + 1.6*r.NormFloat64()
		})))
	}
	return sound(classes(columns, class, n, rows*4/5), engine.CrossEntropy)
}

// tags is labels that do not exclude each other.
func tags(name string, seed int64, n, features int) *Program {
	r, w := source(name, seed), source(name, teacher)
	const rows = 900
	z, columns := gaussian(r, rows, features)
	t := &Table{Columns: columns, Goal: Labels, Train: 720, Rows: rows}
	for k := range n {
		f := randomNet(w, features, 2)
		t.Targets = append(t.Targets, Column{Name: fmt.Sprintf("tag%d", k), Kind: Flag, Values: each(rows, func(i int) float64 {
			return truth(f(func(k int) float64 { return z[k][i] }) > 0.2)
		})})
	}
	return sound(t, engine.BCELogits)
}

// shifts is yes or no by a time that comes round, with most of it about midnight.
func shifts(name string, seed int64, cycle string, period int) *Program {
	r := source(name, seed)
	const rows = 900
	z, columns := gaussian(r, rows, 2)
	at := each(rows, func(int) float64 { return float64(r.IntN(period)) })
	class := each(rows, func(i int) float64 {
		return truth(2*math.Cos(2*math.Pi*at[i]/float64(period)-0.3)+z[0][i]-0.5*z[1][i]+0.3*r.NormFloat64() > 0)
	})
	columns = append(columns, Column{Name: cycle, Kind: Cycle, Period: float64(period), Values: at})
	p := sound(classes(columns, class, 2, 720), engine.BCELogits)
	p.Epochs = 20
	return p
}

// offices is classes that depend on which of some places a row is of.
func offices(name string, seed int64, levels, n int) *Program {
	r, w := source(name, seed), source(name, teacher)
	const rows = 1000
	z, columns := gaussian(r, rows, 3)
	level := each(levels, func(int) float64 { return 1.5 * w.NormFloat64() })
	code := each(rows, func(int) float64 { return float64(r.IntN(levels)) })
	s := standard(each(rows, func(i int) float64 { return level[int(code[i])] }))
	class := each(rows, func(i int) float64 {
		v := (level[int(code[i])]-s.mean)/s.std*1.5 + z[0][i] + 0.3*r.NormFloat64()
		if n == 2 {
			return truth(v > 0)
		}
		return truth(v > -0.8) + truth(v > 0.8)
	})
	columns = append(columns, Column{Name: "office", Kind: Code, Levels: levels, Values: code})
	loss := engine.BCELogits
	if n > 2 {
		loss = engine.CrossEntropy
	}
	p := sound(classes(columns, class, n, 800), loss)
	p.Epochs, p.Optimizer.LR = 12, 0.003
	return p
}
