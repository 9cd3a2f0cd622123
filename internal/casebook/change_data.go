package casebook

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/nnvet/nnvet/internal/engine"
)

// number returns the first column that is fed as a quantity.
func (f *Fed) number() int {
	for i, name := range f.Names {
		for _, c := range f.table.Columns {
			if c.Name == name && c.Kind == Number {
				return i
			}
		}
	}
	return 0
}

// both returns the parts of the data.
func (f *Fed) both() []*Part { return []*Part{&f.Train, &f.Val} }

// every replaces each value of columns by what change makes of it.
func every(columns [][]float64, change func(float64) float64) {
	for _, values := range columns {
		for i, v := range values {
			values[i] = change(v)
		}
	}
}

// feeding returns a change of the rows as they are fed.
func feeding(change func(f *Fed, dose float64, r *rand.Rand)) func(*Program, float64) {
	return func(p *Program, dose float64) {
		p.Feed = append(p.Feed, func(f *Fed, r *rand.Rand) { change(f, dose, r) })
	}
}

// dataFaults are those of pitfalls 1 to 3: what is wrong with the data.
var dataFaults = []Change{
	{Name: "inputs-raw", Faults: []Fault{fault(1, "0101", "0102", "0110", "0107")}, Fits: all(measurements, small),
		Apply: func(p *Program, _ float64) { p.Encoding.RawInputs = true }},
	{Name: "pixels-raw", Faults: []Fault{fault(1, "0101", "0102")}, Fits: func(p *Program) bool { return p.has(Pixel) },
		Apply: func(p *Program, _ float64) { p.Encoding.RawInputs = true }},
	{Name: "inputs-times", Faults: []Fault{fault(1, "0101", "0111", "0102")}, Doses: []float64{0.001, 0.03, 30, 300}, Fits: always,
		Apply: feeding(func(f *Fed, dose float64, _ *rand.Rand) {
			for _, p := range f.both() {
				every(p.X, func(v float64) float64 { return v * dose })
			}
		})},
	{Name: "inputs-shifted", Faults: []Fault{fault(1, "0102", "0101", "0110")}, Doses: []float64{10, 100, 30}, Fits: measurements,
		Apply: feeding(func(f *Fed, dose float64, _ *rand.Rand) {
			for _, p := range f.both() {
				every(p.X, func(v float64) float64 { return v + dose })
			}
		})},
	{Name: "column-times", Faults: []Fault{fault(1, "0101", "0110", "0107")}, Doses: []float64{1000, 100, 30}, Fits: measurements,
		Apply: feeding(func(f *Fed, dose float64, _ *rand.Rand) {
			k := f.number()
			for _, p := range f.both() {
				every(p.X[k:k+1], func(v float64) float64 { return v * dose })
			}
		})},
	// A column that is nearly always the same, standardized: where it is not, it is huge.
	{Name: "near-constant", Faults: []Fault{fault(1, "0104", "0105", "0101", "0108")}, Doses: []float64{100, 1000, 10000}, Fits: measurements,
		Apply: feeding(func(f *Fed, dose float64, r *rand.Rand) {
			k := f.number()
			for _, p := range f.both() {
				every(p.X[k:k+1], func(float64) float64 { return 0 })
				for range max(1, p.Rows/200) {
					p.X[k][r.IntN(p.Rows)] = dose * (1 + r.Float64())
				}
			}
		})},
	{Name: "heavy-tail", Faults: []Fault{fault(1, "0105", "0101", "0110")}, Doses: []float64{2, 3, 4}, Fits: all(measurements, small),
		Apply: feeding(func(f *Fed, dose float64, _ *rand.Rand) {
			k := f.number()
			t := scaling{}
			for _, p := range f.both() {
				every(p.X[k:k+1], func(v float64) float64 { return math.Exp(dose * v) })
				if t.std == 0 {
					t = standard(p.X[k])
				}
				every(p.X[k:k+1], func(v float64) float64 { return (v - t.mean) / t.std })
			}
		})},
	{Name: "targets-raw", Faults: []Fault{fault(1, "0103", "0106")}, Fits: amounts,
		Apply: func(p *Program, _ float64) { p.Encoding.RawTargets = true }},
	{Name: "targets-times", Faults: []Fault{fault(1, "0103")}, Doses: []float64{1000, 100, 0.001}, Fits: amounts,
		Apply: feeding(func(f *Fed, dose float64, _ *rand.Rand) {
			for _, p := range f.both() {
				every(p.Y, func(v float64) float64 { return v * dose })
			}
		})},
	{Name: "output-times", Faults: []Fault{fault(1, "0106", "0103")}, Doses: []float64{30, 300}, Fits: func(p *Program) bool { return amounts(p) && len(p.Table.Targets) > 1 },
		Apply: feeding(func(f *Fed, dose float64, _ *rand.Rand) {
			for _, p := range f.both() {
				every(p.Y[:1], func(v float64) float64 { return v * dose })
			}
		})},
	{Name: "normalized-twice", Faults: []Fault{fault(1, "0111", "0101", "0102")}, Fits: all(measurements, small),
		Apply: feeding(func(f *Fed, _ float64, _ *rand.Rand) {
			for k, name := range f.Names {
				for _, c := range f.table.Columns {
					if c.Name == name && c.Kind == Number {
						s := standard(c.Values[:f.table.Train])
						every([][]float64{f.Train.X[k], f.Val.X[k]}, func(v float64) float64 { return (v - s.mean) / s.std })
					}
				}
			}
		})},
	{Name: "validation-raw", Faults: []Fault{fault(1, "0108", "0208")}, Fits: all(measurements, small),
		Apply: feeding(func(f *Fed, _ float64, _ *rand.Rand) {
			for k, name := range f.Names {
				for _, c := range f.table.Columns {
					if c.Name == name && c.Kind == Number {
						copy(f.Val.X[k], c.Values[f.table.Train:])
					}
				}
			}
		})},
	{Name: "validation-pixels-raw", Faults: []Fault{fault(1, "0108", "0208")}, Fits: func(p *Program) bool { return p.has(Pixel) },
		Apply: feeding(func(f *Fed, _ float64, _ *rand.Rand) { every(f.Val.X, func(v float64) float64 { return v * 255 }) })},

	{Name: "labels-shuffled", Faults: []Fault{fault(2, "0205", "0201")}, Fits: always,
		Apply: feeding(func(f *Fed, _ float64, r *rand.Rand) {
			for _, p := range f.both() {
				order := r.Perm(p.Rows)
				shuffle(p, order)
			}
		})},
	{Name: "inputs-lost", Faults: []Fault{fault(2, "0201", "0203", "0205", "0104", "0206")}, Fits: always,
		Apply: feeding(func(f *Fed, _ float64, r *rand.Rand) {
			for _, p := range f.both() {
				every(p.X, func(float64) float64 { return 0.1 * r.NormFloat64() })
			}
		})},
	// Whatever goes in, nearly the same comes out.
	{Name: "constant-head", Faults: []Fault{fault(2, "0206", "0201", "0806", "0701")}, Doses: []float64{0.001, 0.03}, Fits: always, Apply: func(p *Program, dose float64) {
		p.Net.End = append(p.Net.End, &engine.Clamp{Lo: -dose, Hi: dose})
	}},
	{Name: "validation-trained-on", Faults: []Fault{fault(2, "0207")}, Doses: []float64{0.3, 0.6}, Fits: small,
		Because: "the score is one of rows that were trained on; the harm is in the next rows, not in this run",
		Apply: feeding(func(f *Fed, dose float64, r *rand.Rand) {
			for i := range f.Val.Rows {
				if r.Float64() < dose {
					move(&f.Val, i, &f.Train, r.IntN(f.Train.Rows))
				}
			}
		})},
	{Name: "not-validated", Faults: []Fault{fault(2, "0202")}, Fits: always, Because: "whether it works on other rows is not looked at",
		Apply: func(p *Program, _ float64) { p.Blind = true }},
	{Name: "splits-differ", Faults: []Fault{fault(2, "0208", "0108")}, Doses: []float64{1.5, 2.5}, Fits: all(measurements, small),
		Apply: feeding(func(f *Fed, dose float64, _ *rand.Rand) {
			every(f.Val.X, func(v float64) float64 { return v + dose })
		})},

	{Name: "sentinel", Faults: []Fault{fault(3, "0303")}, Doses: []float64{0.03, 0.1, 0.2}, Fits: all(measurements, small),
		Apply: func(p *Program, dose float64) {
			r := rand.New(rand.NewPCG(uint64(p.Seed), 999))
			for k := range p.Table.Columns {
				if c := &p.Table.Columns[k]; c.Kind == Number && k%2 == 0 {
					scale := math.Pow(10, math.Ceil(math.Log10(standard(c.Values).std))) // -999 in units of hundreds
					for i := range c.Values {
						if r.Float64() < dose {
							c.Values[i] = -999 * scale / 10
						}
					}
				}
			}
		}},
	{Name: "cycle-as-number", Faults: []Fault{fault(3, "0301")}, Fits: func(p *Program) bool { return p.has(Cycle) },
		Apply: func(p *Program, _ float64) { p.Encoding.RawCycles = true }},
	{Name: "code-as-number", Faults: []Fault{fault(3, "0304")}, Fits: func(p *Program) bool { return p.has(Code) },
		Apply: func(p *Program, _ float64) { p.Encoding.RawCodes = true }},
	{Name: "wrapped-target", Faults: []Fault{fault(3, "0302")}, Fits: func(p *Program) bool { return p.Table.Goal == Direction },
		Apply: func(p *Program, _ float64) { p.Encoding.RawAngle = true }},
	{Name: "global-frame", Faults: []Fault{fault(3, "0305", "0315")}, Doses: []float64{100, 300}, Fits: func(p *Program) bool { return p.Table.Columns[0].Name == "joint1_x" },
		Apply: func(p *Program, dose float64) { p.global(dose) }},
	{Name: "sorted-not-shuffled", Faults: []Fault{fault(3, "0309")}, Fits: always,
		Apply: func(p *Program, dose float64) {
			p.KeepOrder = true
			feeding(func(f *Fed, _ float64, _ *rand.Rand) { sortByTarget(&f.Train) })(p, dose)
		}},
	{Name: "contradicting", Faults: []Fault{fault(3, "0313")}, Doses: []float64{0.3, 0.5}, Fits: all(small, func(p *Program) bool { return p.Table.Goal == Class }),
		Apply: feeding(func(f *Fed, dose float64, r *rand.Rand) {
			for i := 1; i < f.Train.Rows; i += 2 {
				if r.Float64() < dose {
					for k := range f.Train.X {
						f.Train.X[k][i] = f.Train.X[k][i-1]
					}
					f.Train.Of[i] = (f.Train.Of[i-1] + 1 + r.IntN(f.table.Classes-1)) % f.table.Classes
				}
			}
			if f.Train.Y != nil {
				f.OneHot()
			}
		})},
	{Name: "classes-imbalanced", Faults: []Fault{fault(3, "0311", "0206")}, Doses: []float64{0.02, 0.05}, Fits: func(p *Program) bool { return p.Table.Goal == Class },
		Apply: feeding(func(f *Fed, dose float64, r *rand.Rand) {
			var major []int
			for i, c := range f.Train.Of {
				if c == 0 {
					major = append(major, i)
				}
			}
			for i, c := range f.Train.Of {
				if c != 0 && r.Float64() > dose {
					move(&f.Train, i, &f.Train, major[r.IntN(len(major))])
				}
			}
			if f.Train.Y != nil {
				f.OneHot()
			}
		})},
	{Name: "labels-scaled", Faults: []Fault{fault(3, "0312", "0208")}, Fits: exclusive,
		Apply: feeding(func(f *Fed, _ float64, _ *rand.Rand) { // divided by 255 like the pixels, and cut to whole numbers
			clear(f.Train.Of)
		})},
	{Name: "row-number-fed", Faults: []Fault{fault(3, "0306", "0208", "0108")}, Fits: all(measurements, small),
		Apply: feeding(func(f *Fed, _ float64, _ *rand.Rand) {
			rows := float64(f.Train.Rows)
			id := func(i int) float64 { return (float64(i) - rows/2) / rows * math.Sqrt(12) }
			f.Names = append(f.Names, "id")
			f.Train.X = append(f.Train.X, each(f.Train.Rows, id))
			f.Val.X = append(f.Val.X, each(f.Val.Rows, func(i int) float64 { return id(i + f.Train.Rows) }))
		})},
}

// shuffle deals the targets out in another order.
func shuffle(p *Part, order []int) {
	deal := func(values []float64) []float64 {
		out := make([]float64, len(values))
		for i, from := range order {
			out[i] = values[from]
		}
		return out
	}
	for k := range p.Y {
		p.Y[k] = deal(p.Y[k])
	}
	if p.Of != nil {
		of := slices.Clone(p.Of)
		for i, from := range order {
			p.Of[i] = of[from]
		}
	}
}

// move replaces a row by one of another part.
func move(to *Part, i int, from *Part, j int) {
	for k := range to.X {
		to.X[k][i] = from.X[k][j]
	}
	for k := range to.Y {
		to.Y[k][i] = from.Y[k][j]
	}
	if to.Of != nil {
		to.Of[i] = from.Of[j]
	}
}

// sortByTarget sorts rows by their class, or their first target.
func sortByTarget(p *Part) {
	key := func(i int) float64 {
		if p.Of != nil {
			return float64(p.Of[i])
		}
		return p.Y[0][i]
	}
	order := make([]int, p.Rows)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if key(a) < key(b) {
			return -1
		}
		if key(a) > key(b) {
			return 1
		}
		return 0
	})
	shuffle(p, order)
	for k := range p.X {
		values := slices.Clone(p.X[k])
		for i, from := range order {
			p.X[k][i] = values[from]
		}
	}
}

// global gives the places of joints in a world in which the first is anywhere.
func (p *Program) global(spread float64) {
	r := rand.New(rand.NewPCG(uint64(p.Seed), 77))
	rows := p.Table.Rows
	x, y := make([]float64, rows), make([]float64, rows)
	for i := range rows {
		x[i], y[i] = spread*r.NormFloat64(), spread*r.NormFloat64()
	}
	columns := []Column{{Name: "joint0_x", Values: x}, {Name: "joint0_y", Values: y}}
	for k, c := range p.Table.Columns {
		moved := slices.Clone(c.Values)
		for i := range moved {
			moved[i] += [][]float64{x, y}[k%2][i]
		}
		columns = append(columns, Column{Name: c.Name, Values: moved})
	}
	p.Table.Columns = columns
}
