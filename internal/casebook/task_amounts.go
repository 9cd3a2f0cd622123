package casebook

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/nnvet/nnvet/internal/engine"
)

// units are what made-up columns are measured in: a mean and a deviation, as
// tables have them.
var units = []scaling{{15, 8}, {1500, 400}, {0.6, 0.15}, {42, 13}, {7.4, 2.1}, {310, 95}, {101, 4.5}, {2.2, 0.7}, {18000, 5200}, {3.1, 1.9}}

// gaussian returns rows of n columns of independent normal numbers, and them
// in units.
func gaussian(r *rand.Rand, rows, n int) (z [][]float64, columns []Column) {
	z = make([][]float64, n)
	for c := range n {
		z[c] = make([]float64, rows)
		for i := range rows {
			z[c][i] = r.NormFloat64()
		}
		columns = append(columns, measured(fmt.Sprintf("x%d", c), c, z[c]))
	}
	return z, columns
}

// measured returns a column of standard numbers in units.
func measured(name string, unit int, z []float64) Column {
	u := units[unit%len(units)]
	c := Column{Name: name, Values: make([]float64, len(z))}
	for i, v := range z {
		c.Values[i] = u.mean + u.std*v
	}
	return c
}

// amount returns a target in units, with noise that is a share of its variance.
func amount(r *rand.Rand, name string, unit int, y []float64, noise float64) Column {
	s := standard(y)
	z := s.apply(y)
	for i := range z {
		z[i] = math.Sqrt(1-noise)*z[i] + math.Sqrt(noise)*r.NormFloat64()
	}
	return measured(name, unit, z)
}

// each returns f of every row.
func each(rows int, f func(i int) float64) []float64 {
	y := make([]float64, rows)
	for i := range y {
		y[i] = f(i)
	}
	return y
}

// A net of tanh units with random weights: a smooth function of many inputs.
func randomNet(r *rand.Rand, inputs, units int) func(x func(int) float64) float64 {
	w, v := make([]float64, inputs*units), make([]float64, units)
	for i := range w {
		w[i] = r.NormFloat64() / math.Sqrt(float64(inputs))
	}
	for i := range v {
		v[i] = r.NormFloat64()
	}
	return func(x func(int) float64) float64 {
		y := 0.0
		for u := range units {
			a := 0.0
			for k := range inputs {
				a += w[u*inputs+k] * x(k)
			}
			y += v[u] * math.Tanh(1.5*a)
		}
		return y
	}
}

func amountTasks() []Task {
	return []Task{
		{"surface", "a smooth function of 4 features", Learn, 0.8, func(seed int64) *Program {
			r := source("surface", seed)
			z, columns := gaussian(r, 800, 4)
			y := each(800, func(i int) float64 {
				return 0.6*z[0][i] - 0.5*z[1][i] + 0.7*math.Sin(2*z[2][i]) + 0.4*z[0][i]*z[3][i]
			})
			return sound(&Table{Columns: columns, Targets: []Column{amount(r, "yield", 3, y, 0.03)}, Train: 640, Rows: 800}, engine.MSE)
		}},
		{"friedman", "Friedman's function of 10 features, 5 of which mean nothing", Score, 0.7, func(seed int64) *Program {
			r := source("friedman", seed)
			z, columns := gaussian(r, 1000, 10)
			u := func(v float64) float64 { return 0.5 * (1 + math.Erf(v/math.Sqrt2)) }
			y := each(1000, func(i int) float64 {
				return 10*math.Sin(math.Pi*u(z[0][i])*u(z[1][i])) + 20*math.Pow(u(z[2][i])-0.5, 2) + 10*u(z[3][i]) + 5*u(z[4][i])
			})
			p := sound(&Table{Columns: columns, Targets: []Column{amount(r, "price", 5, y, 0.05)}, Train: 800, Rows: 1000}, engine.MSE)
			p.Optimizer, p.Net.Hidden = sgd(0.02, 0.9), []int{48, 48}
			return p
		}},
		{"plane", "a sum of 8 features with noise", Learn, 0.6, func(seed int64) *Program {
			r := source("plane", seed)
			z, columns := gaussian(r, 600, 8)
			w := source("plane", teacher)
			weights := each(8, func(int) float64 { return w.NormFloat64() })
			y := each(600, func(i int) float64 {
				sum := 0.0
				for k := range weights {
					sum += weights[k] * z[k][i]
				}
				return sum
			})
			p := sound(&Table{Columns: columns, Targets: []Column{amount(r, "load", 1, y, 0.15)}, Train: 480, Rows: 600}, engine.MSE)
			p.Optimizer, p.Net.Hidden, p.Epochs = sgd(0.02, 0), []int{16}, 30
			return p
		}},
		{"wide", "a smooth function of 30 features", Score, 0.4, func(seed int64) *Program {
			r := source("wide", seed)
			z, columns := gaussian(r, 1800, 30)
			f := randomNet(source("wide", teacher), 30, 4)
			y := each(1800, func(i int) float64 { return f(func(k int) float64 { return z[k][i] }) })
			p := sound(&Table{Columns: columns, Targets: []Column{amount(r, "wear", 7, y, 0.05)}, Train: 1500, Rows: 1800}, engine.MSE)
			p.Optimizer.LR, p.Epochs, p.Net.Act = 0.001, 30, "tanh"
			return p
		}},
		{"noisy", "6 features that explain half", Learn, 0.32, func(seed int64) *Program {
			r := source("noisy", seed)
			z, columns := gaussian(r, 1000, 6)
			y := each(1000, func(i int) float64 { return z[0][i] + math.Abs(z[1][i]) - 0.5*z[2][i]*z[3][i] })
			p := sound(&Table{Columns: columns, Targets: []Column{amount(r, "demand", 0, y, 0.4)}, Train: 800, Rows: 1000}, engine.MSE)
			p.Optimizer.LR, p.Epochs, p.Net.Hidden = 0.002, 12, []int{24, 24}
			return p
		}},
		{"several", "three amounts from 6 features", Score, 0.7, func(seed int64) *Program {
			r := source("several", seed)
			z, columns := gaussian(r, 800, 6)
			t := &Table{Columns: columns, Train: 640, Rows: 800}
			for k := range 3 {
				f := randomNet(source("several", teacher-int64(k)), 6, 3)
				y := each(800, func(i int) float64 { return f(func(k int) float64 { return z[k][i] }) })
				t.Targets = append(t.Targets, amount(r, fmt.Sprintf("y%d", k), 3+2*k, y, 0.02))
			}
			p := sound(t, engine.MSE)
			p.Optimizer = sgd(0.05, 0.9)
			return p
		}},
		{"hours", "a demand by the hour of the day, weather and weekday", Learn, 0.6, func(seed int64) *Program {
			return hours("hours", seed, "hour", 24)
		}},
		{"months", "a yield by the month and two soils", Score, 0.6, func(seed int64) *Program {
			return hours("months", seed, "month", 12)
		}},
		{"sites", "a cost by 3 features and one of 9 sites", Learn, 0.7, func(seed int64) *Program { return sites("sites", seed, 9) }},
		{"crops", "a yield by 3 features and one of 12 crops", Score, 0.7, func(seed int64) *Program { return sites("crops", seed, 12) }},
		{"arm", "how far two ends of three joints are apart, from their positions relative to the first", Learn, 0.7, func(seed int64) *Program {
			return joints("arm", seed)
		}},
		{"hand", "how wide a hand of three joints is, from their positions relative to the first", Score, 0.7, func(seed int64) *Program {
			return joints("hand", seed)
		}},
		{"wind", "a direction from two pressures and two decoys", Learn, 0.7, func(seed int64) *Program { return heading("wind", seed) }},
		{"vane", "a direction from two currents and two decoys", Score, 0.7, func(seed int64) *Program { return heading("vane", seed) }},
	}
}

// hours is an amount that comes round with a cycle of whole numbers.
func hours(name string, seed int64, cycle string, period int) *Program {
	r := source(name, seed)
	const rows = 900
	z, columns := gaussian(r, rows, 2)
	at := each(rows, func(int) float64 { return float64(r.IntN(period)) })
	free := each(rows, func(int) float64 { return float64(r.IntN(2)) })
	y := each(rows, func(i int) float64 {
		angle := 2 * math.Pi * at[i] / float64(period)
		return 1.5*math.Cos(angle-0.4) + 0.6*math.Sin(2*angle) + 0.5*z[0][i] - 0.4*free[i] + 0.3*z[0][i]*math.Cos(angle)
	})
	columns = append(columns, Column{Name: cycle, Kind: Cycle, Period: float64(period), Values: at}, Column{Name: "free", Kind: Flag, Values: free})
	p := sound(&Table{Columns: columns, Targets: []Column{amount(r, "demand", 5, y, 0.05)}, Train: 720, Rows: rows}, engine.MSE)
	if period == 12 {
		p.Optimizer = sgd(0.03, 0.9)
	}
	return p
}

// sites is an amount that depends on which of some places a row is of.
func sites(name string, seed int64, levels int) *Program {
	r, w := source(name, seed), source(name, teacher)
	const rows = 900
	z, columns := gaussian(r, rows, 3)
	level := each(levels, func(int) float64 { return 1.5 * w.NormFloat64() })
	slope := each(levels, func(int) float64 { return w.NormFloat64() })
	code := each(rows, func(int) float64 { return float64(r.IntN(levels)) })
	y := each(rows, func(i int) float64 {
		k := int(code[i])
		return level[k] + slope[k]*z[0][i] + 0.5*math.Tanh(2*z[1][i])
	})
	columns = append(columns, Column{Name: "site", Kind: Code, Levels: levels, Values: code})
	p := sound(&Table{Columns: columns, Targets: []Column{amount(r, "cost", 8, y, 0.05)}, Train: 720, Rows: rows}, engine.MSE)
	if levels == 12 {
		p.Optimizer = sgd(0.03, 0.9)
	}
	return p
}

// joints is a distance between points whose places are given relative to the
// first of them.
func joints(name string, seed int64) *Program {
	r := source(name, seed)
	const rows = 900
	place := make([][]float64, 6)
	for c := range place {
		place[c] = make([]float64, rows)
	}
	for i := range rows {
		a, b := 2*math.Pi*r.Float64(), 1.2*r.NormFloat64()
		place[2][i], place[3][i] = 30*math.Cos(a), 30*math.Sin(a)
		place[4][i], place[5][i] = place[2][i]+25*math.Cos(a+b), place[3][i]+25*math.Sin(a+b)
	}
	var columns []Column
	for c := 2; c < 6; c++ {
		columns = append(columns, Column{Name: fmt.Sprintf("joint%d_%c", c/2, 'x'+rune(c%2)), Values: place[c]})
	}
	y := each(rows, func(i int) float64 { return math.Hypot(place[4][i], place[5][i]) })
	p := sound(&Table{Columns: columns, Targets: []Column{amount(r, "reach", 3, y, 0.02)}, Train: 720, Rows: rows}, engine.MSE)
	p.Net.Hidden, p.Epochs = []int{48, 48}, 50
	return p
}

// heading is a direction of which two columns are the noisy components.
func heading(name string, seed int64) *Program {
	r := source(name, seed)
	const rows = 800
	z, columns := gaussian(r, rows, 4)
	truth := each(rows, func(i int) float64 {
		return math.Mod(math.Atan2(z[0][i]+0.1*r.NormFloat64(), z[1][i]+0.1*r.NormFloat64())*180/math.Pi+360, 360)
	})
	return sound(&Table{Columns: columns, Goal: Direction, Targets: []Column{{Name: "heading", Values: truth}}, Train: 640, Rows: rows}, engine.MSE)
}
