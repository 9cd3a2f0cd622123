package casebook

import (
	"math"
	"math/rand/v2"

	"github.com/nnvet/nnvet/internal/engine"
)

// cars is a twin of the auto-mpg table: 392 made-up cars with about its means,
// deviations and correlations. It is not that table.
func cars(r *rand.Rand) *Table {
	const rows = 392
	size := each(rows, func(int) float64 { return math.Max(-1.5, r.NormFloat64()) })
	year := each(rows, func(int) float64 { return float64(70 + r.IntN(13)) })
	origin := make([]float64, rows)
	cylinders := each(rows, func(i int) float64 {
		switch v := size[i] + 0.2*r.NormFloat64(); {
		case v < 0.1:
			return 4
		case v < 0.75:
			return 6
		}
		return 8
	})
	for i := range origin { // small cars come from overseas
		if size[i] < 0.2 && r.Float64() < 0.62 {
			origin[i] = float64(1 + r.IntN(2))
		}
	}
	column := func(name string, f func(i int) float64) Column { return Column{Name: name, Values: each(rows, f)} }
	displacement := column("displacement", func(i int) float64 {
		return math.Max(68, 194+98*size[i]+28*r.NormFloat64())
	})
	power := column("horsepower", func(i int) float64 { return math.Max(46, 104+35*size[i]+13*r.NormFloat64()) })
	weight := column("weight", func(i int) float64 { return math.Min(5140, math.Max(1613, 2977+800*size[i]+230*r.NormFloat64())) })
	pace := column("acceleration", func(i int) float64 {
		return math.Max(8, 15.5-0.045*(power.Values[i]-104)+2*r.NormFloat64())
	})
	mpg := column("mpg", func(i int) float64 {
		return math.Max(9, 61000/(weight.Values[i]+200)+0.75*(year[i]-76)-0.03*(power.Values[i]-104)+1.2*origin[i]+1.8*r.NormFloat64())
	})
	return &Table{
		Columns: []Column{
			{Name: "cylinders", Values: cylinders}, displacement, power, weight, pace, {Name: "year", Values: year},
			{Name: "origin", Kind: Code, Levels: 3, Values: origin},
		},
		Targets: []Column{mpg}, Train: 314, Rows: rows,
	}
}

// mpg is the sound program of the family.
func mpg(r *rand.Rand) *Program {
	o := adam(0.001)
	o.Decay = 1e-5
	p := normal(cars(r), Net{Hidden: []int{64, 64}, Act: "relu", Init: engine.Init{Kind: "he_normal"}}, engine.MSE, o, 32, 100)
	return p
}

// family are the changes of the auto-mpg program: one for each pitfall, and
// those that must not alarm, which name none.
var family = []Change{
	{Name: "inputs-raw", Faults: []Fault{fault(1, "0101", "0102", "0110")}, Apply: func(p *Program, _ float64) { p.Encoding.RawInputs = true }},
	{Name: "all-raw", Faults: []Fault{fault(1, "0101", "0102", "0103", "0110")}, Apply: func(p *Program, _ float64) {
		p.Encoding.RawInputs, p.Encoding.RawTargets = true, true
	}},
	{Name: "shuffled", Faults: []Fault{fault(2, "0205", "0201")}, Apply: feeding(func(f *Fed, _ float64, r *rand.Rand) {
		shuffle(&f.Train, r.Perm(f.Train.Rows))
		shuffle(&f.Val, r.Perm(f.Val.Rows))
	})},
	{Name: "origin-as-number", Faults: []Fault{hidden(3, "0304")}, Apply: func(p *Program, _ float64) { p.Encoding.RawCodes = true }},
	{Name: "l2-0.1", Faults: []Fault{fault(4, "0403", "0407")}, Apply: func(p *Program, _ float64) { p.Optimizer.Decay = 0.1 }},
	{Name: "no-l2-1000-epochs", Faults: []Fault{fault(4, "0401", "0402", "0404")}, Apply: func(p *Program, _ float64) { p.Optimizer.Decay, p.Epochs = 0, 1000 }},
	{Name: "full-batch", Faults: []Fault{fault(5, "0501", "0503")}, Apply: func(p *Program, _ float64) { p.Batch = 314 }},
	{Name: "adam-0.1", Faults: []Fault{fault(6, "0601")}, Apply: func(p *Program, _ float64) { p.Optimizer.LR = 0.1 }},
	{Name: "adam-0.00001", Faults: []Fault{fault(6, "0602", "0503")}, Apply: func(p *Program, _ float64) { p.Optimizer.LR = 1e-5 }},
	{Name: "sgd-1", Faults: []Fault{fault(6, "0601")}, Apply: func(p *Program, _ float64) { p.Optimizer = sgd(1, 0) }},
	{Name: "sgd-1-clipped", Faults: []Fault{fault(6, "0603", "0601")}, Apply: func(p *Program, _ float64) { p.Optimizer, p.Clip.Norm = sgd(1, 0), 0.1 }},
	{Name: "softmax-of-one", Faults: []Fault{fault(7, "0706")}, Apply: ending(&engine.Softmax{})},
	{Name: "sigmoid-at-end", Faults: []Fault{fault(7, "0701", "0702")}, Apply: ending(&engine.Sigmoid{})},
	{Name: "zero-kernels", Faults: []Fault{fault(9, "0901", "0801")}, Apply: func(p *Program, _ float64) {
		p.Net.Init, p.Net.Last = engine.Init{Kind: "zero"}, engine.Init{Kind: "he_normal"}
	}},
	{Name: "negative-bias", Faults: []Fault{fault(8, "0801", "0906")}, Apply: func(p *Program, _ float64) { p.Net.Bias = engine.Init{Kind: "constant", Value: -5} }},
	{Name: "normal-kernels", Faults: []Fault{fault(9, "0905", "0902", "0903", "0904")}, Apply: func(p *Program, _ float64) {
		p.Net.Init, p.Net.Last = normalOne, engine.Init{Kind: "he_normal"}
	}},
	{Name: "sigmoid-x20", Faults: []Fault{fault(10, tooDeep...)}, Apply: func(p *Program, _ float64) { p.Net.Act, p.Net.Hidden, p.Net.Init = "sigmoid", stack(20, 16), keras }},
	{Name: "one-unit", Faults: []Fault{hidden(11, "1101", "1104")}, Apply: func(p *Program, _ float64) { p.Net.Hidden = []int{1} }},

	{Name: "no-l2", Apply: func(p *Program, _ float64) { p.Optimizer.Decay = 0 }},
	// The engine's losses are means. Under Adam a sum differs by its smallest denominator alone.
	{Name: "summed", Apply: func(p *Program, _ float64) { p.Optimizer.Eps = 1e-8 / 32 }},
	{Name: "target-x10", Apply: feeding(func(f *Fed, _ float64, _ *rand.Rand) {
		every(append(append([][]float64(nil), f.Train.Y...), f.Val.Y...), func(v float64) float64 { return 10 * v })
	})},
	{Name: "2000-units", Apply: func(p *Program, _ float64) { p.Net.Hidden, p.Epochs = []int{2000, 2000}, 30 }},
	{Name: "relu-x20", Apply: func(p *Program, _ float64) { p.Net.Hidden = stack(20, 64) }},
}

// storyCases are the restated programs, the family, and what is mended of them.
func storyCases() []*Case {
	var all []*Case
	from := func(name string, f func(*rand.Rand) *Program) func(int64) *Program {
		return func(seed int64) *Program {
			p := f(source(name, seed))
			p.Seed = seed
			return p
		}
	}
	for _, s := range stories() {
		fixed := &Case{Name: s.name + "-mended", Task: s.name, Part: s.part, Group: Fixed, make: from(s.name, s.mended), floor: s.floor}
		all = append(all, &Case{
			Name: s.name, Task: s.name, Part: s.part, Group: Restated, Faults: s.faults, By: s.by,
			make: from(s.name, s.broken), base: fixed.make, against: fixed.Name, rise: s.rise,
		}, fixed)
	}
	base := from("mpg", mpg)
	all = append(all, &Case{Name: "mpg", Task: "mpg", Part: Score, Group: Fixed, make: base, floor: 0.7})
	for k := range family {
		c := &family[k]
		group := Restated
		if c.Faults == nil {
			group = Benign
		}
		all = append(all, &Case{
			Name: "mpg/" + c.Name, Task: "mpg", Part: Score, Group: group, Faults: c.Faults, base: base, floor: 0.7,
			rise: c.Name == "no-l2-1000-epochs",
			make: func(seed int64) *Program {
				p := base(seed)
				c.Apply(p, 0)
				return p
			},
		})
	}
	return all
}
