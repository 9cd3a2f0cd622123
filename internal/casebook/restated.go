package casebook

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/nnvet/nnvet/internal/engine"
)

// A story is a program that somebody asked others about, restated from its
// description on data made up after the same recipe, and the same mended: in
// everything, also in what its author was not told.
type story struct {
	name   string // R and a number; SO and the number of the question
	what   string
	part   string
	faults []Fault
	floor  float64 // of the skill of the mended program
	broken func(r *rand.Rand) *Program
	mended func(r *rand.Rand) *Program
	rise   bool
	by     string // why it is faulty, where that is not measured
}

// layers of a network as Keras starts them, biases at zero.
var (
	keras       = engine.Init{Kind: "keras"}
	narrow      = engine.Init{Kind: "uniform", Lo: -0.05, Hi: 0.05} // Keras's "uniform"
	smallNormal = engine.Init{Kind: "normal", Std: 0.05}            // Keras's "normal"
	normalOne   = engine.Init{Kind: "normal", Std: 1}
)

// d is a dense layer with its activation, "" for none.
func d(units int, activation string, init engine.Init) []engine.Layer {
	l := &engine.Dense{Units: units, Init: init}
	if init == normalOne { // those who draw weights so draw biases so
		l.BiasInit = init
	}
	return append([]engine.Layer{l}, act(activation)...)
}

func drop(rate float64) []engine.Layer { return []engine.Layer{&engine.Dropout{Rate: rate}} }

// net joins layers.
func net(parts ...[]engine.Layer) Net {
	var n Net
	for _, p := range parts {
		n.Layers = append(n.Layers, p...)
	}
	return n
}

// plain is a program whose numbers are fed as they are.
func plain(t *Table, n Net, loss engine.LossKind, o engine.Optimizer, batch, epochs int) *Program {
	return &Program{Table: t, Net: n, Loss: engine.Loss{Kind: loss}, Optimizer: o, Batch: batch, Epochs: epochs,
		Encoding: Encoding{RawInputs: true, RawTargets: true}}
}

// normal is the same with inputs and targets standardized.
func normal(t *Table, n Net, loss engine.LossKind, o engine.Optimizer, batch, epochs int) *Program {
	p := plain(t, n, loss, o, batch, epochs)
	p.Encoding = Encoding{}
	return p
}

func adam(lr float64) engine.Optimizer { return engine.Optimizer{Kind: "adam", LR: lr} }

// rmsprop is Keras's, whose running mean is shorter than PyTorch's.
func rmsprop(lr float64) engine.Optimizer {
	return engine.Optimizer{Kind: "rmsprop", LR: lr, Alpha: 0.9, Eps: 1e-7}
}

// curve is a table of one number x and its function, rows in random order.
func curve(r *rand.Rand, x []float64, train int, f func(float64) float64) *Table {
	order := r.Perm(len(x))
	xs := each(len(x), func(i int) float64 { return x[order[i]] })
	return &Table{
		Columns: []Column{{Name: "x", Values: xs}},
		Targets: []Column{{Name: "y", Values: each(len(x), func(i int) float64 { return f(xs[i]) })}},
		Train:   train, Rows: len(x),
	}
}

// grid returns n numbers from one on, so far apart.
func grid(n int, from, step float64) []float64 {
	return each(n, func(i int) float64 { return from + step*float64(i) })
}

// xor is the six rows of one question, and near copies of them to validate on.
func xor(r *rand.Rand) *Table {
	rows := [][3]float64{{1, 1, 0}, {0, 0, 0}, {1, 0, 1}, {0, 1, 1}, {1, 1, 0}, {0, 0, 0}}
	const n = 30
	at := func(k int) []float64 {
		return each(n, func(i int) float64 {
			v := rows[i%6][k]
			if i >= 6 && k < 2 {
				v += 0.05 * r.NormFloat64()
			}
			return v
		})
	}
	return classes([]Column{{Name: "a", Values: at(0)}, {Name: "b", Values: at(1)}}, at(2), 2, 6)
}

// prototypes is ten random pictures with noise: a twin of small handwritten
// digits, of 14x14 pixels from 0 to 255.
func prototypes(r *rand.Rand, rows, train int, noise float64) *Table {
	w := rand.New(rand.NewPCG(10, 784))
	const pixels, n = 196, 10
	proto := each(pixels*n, func(int) float64 { return w.Float64() })
	class := each(rows, func(int) float64 { return float64(r.IntN(n)) })
	columns := make([]Column, pixels)
	for k := range columns {
		columns[k] = Column{Name: fmt.Sprintf("pixel%d", k), Kind: Pixel, Values: each(rows, func(i int) float64 {
			v := proto[int(class[i])*pixels+k] + noise*r.NormFloat64()
			return math.Round(255 * math.Max(0, math.Min(1, v)))
		})}
	}
	return classes(columns, class, n, train)
}

// blob is 1000 points about 3 centres in the plane, as far apart as asked.
func blob(r *rand.Rand, factor float64) *Table {
	centres := [][2]float64{{-6, 2}, {5, 5}, {3, -7}}
	class := each(1000, func(int) float64 { return float64(r.IntN(3)) })
	at := func(k int) Column {
		return Column{Name: string(rune('x' + k)), Values: each(1000, func(i int) float64 {
			return factor * (centres[int(class[i])][k] + 2*r.NormFloat64())
		})}
	}
	return classes([]Column{at(0), at(1)}, class, 3, 700)
}

// variance2 is VarianceScaling(2, fan in, uniform).
var variance2 = engine.Init{Kind: "he_uniform"}

func tower(act string, depth int) Net {
	var parts [][]engine.Layer
	for range depth {
		parts = append(parts, d(5, act, variance2))
	}
	return net(append(parts, d(3, "", variance2))...)
}
