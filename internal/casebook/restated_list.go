package casebook

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/nnvet/nnvet/internal/engine"
)

// tooDeep are the checks that name a network through whose depth nothing passes.
var tooDeep = []string{"1001", "1002", "1003", "1004", "0803", "0903", "0902"}

func stories() []story {
	return []story{
		{name: "R01", what: "softmax over one unit, all ones against all zeros", part: Learn, floor: 0.9,
			faults: []Fault{fault(7, "0706")},
			broken: func(r *rand.Rand) *Program {
				return plain(onesAndZeros(r), net(d(50, "relu", keras), drop(0.2), d(50, "relu", keras), drop(0.2), d(1, "softmax", keras)), engine.BCE, rmsprop(0.001), 128, 5)
			},
			mended: func(r *rand.Rand) *Program {
				return plain(onesAndZeros(r), net(d(50, "relu", keras), drop(0.2), d(50, "relu", keras), drop(0.2), d(1, "sigmoid", keras)), engine.BCE, rmsprop(0.001), 128, 5)
			}},
		{name: "R02", what: "a parabola through a sigmoid", part: Score, floor: 0.8,
			faults: []Fault{fault(7, "0701"), fault(1, "0103", "0101")},
			broken: func(r *rand.Rand) *Program {
				return plain(parabola(r), net(d(5, "sigmoid", keras), d(1, "sigmoid", keras)), engine.MSE, sgd(0.01, 0), 150, 1000)
			},
			mended: func(r *rand.Rand) *Program {
				return normal(parabola(r), net(d(16, "tanh", keras), d(1, "", keras)), engine.MSE, adam(0.01), 16, 120)
			}},
		{name: "R03", what: "x to the fourth, up to a hundred million", part: Learn, floor: 0.8,
			faults: []Fault{fault(1, "0103", "0101")},
			broken: func(r *rand.Rand) *Program {
				return plain(quartic(r), net(d(50, "sigmoid", keras), d(50, "elu", keras), d(1, "", keras)), engine.MSE, adam(0.001), 320, 1000)
			},
			mended: func(r *rand.Rand) *Program {
				return normal(quartic(r), net(d(50, "sigmoid", keras), d(50, "elu", keras), d(1, "", keras)), engine.MSE, adam(0.005), 32, 150)
			}},
		{name: "R04", what: "a rate that kills both hidden layers in the first steps", part: Score, floor: 0.6,
			faults: []Fault{fault(6, "0601")},
			broken: func(r *rand.Rand) *Program {
				return plain(cubicNoise(r), net(d(50, "relu", keras), d(30, "relu", narrow), d(1, "", keras)), engine.MSE, sgd(0.1, 0), 32, 1000)
			},
			mended: func(r *rand.Rand) *Program {
				return normal(cubicNoise(r), net(d(50, "relu", keras), d(30, "relu", keras), d(1, "", keras)), engine.MSE, sgd(0.01, 0), 16, 150)
			}},
		{name: "R05", what: "y = 4x at a rate that would need thousands of epochs", part: Learn, floor: 0.9,
			faults: []Fault{fault(6, "0602", "0503")},
			broken: func(r *rand.Rand) *Program {
				return plain(curve(r, grid(200, 1, 1.0/199), 160, func(x float64) float64 { return 4 * x }), net(d(1, "", keras)), engine.MSE, rmsprop(0.001), 32, 200)
			},
			mended: func(r *rand.Rand) *Program {
				return normal(curve(r, grid(200, 1, 1.0/199), 160, func(x float64) float64 { return 4 * x }), net(d(1, "", keras)), engine.MSE, adam(0.03), 32, 40)
			}},
		{name: "R07", what: "exclusive or through a softmax over one unit", part: Learn, floor: 0.9,
			faults: []Fault{fault(7, "0706"), fault(9, "0905"), fault(6, "0602", "0503")},
			broken: func(r *rand.Rand) *Program {
				o := sgd(0.001, 0.9)
				o.Nesterov = true
				return plain(xor(r), net(d(2, "sigmoid", narrow), d(3, "sigmoid", narrow), d(1, "softmax", narrow)), engine.MSE, o, 6, 20)
			},
			mended: func(r *rand.Rand) *Program {
				return plain(xor(r), net(d(8, "tanh", keras), d(1, "sigmoid", keras)), engine.BCE, adam(0.05), 6, 150)
			}},
		{name: "R08", what: "words of 8 bits through three layers of sigmoids", part: Score, floor: 0.8,
			faults: []Fault{fault(8, "0803", "0903", "0902", "0905", "0602"), hidden(5, "0501", "0503")},
			broken: func(r *rand.Rand) *Program {
				return plain(bits(r), net(d(8, "sigmoid", smallNormal), d(8, "sigmoid", smallNormal), d(8, "sigmoid", smallNormal)), engine.MSE, sgd(0.01, 0), 50, 600)
			},
			mended: func(r *rand.Rand) *Program {
				return plain(bits(r), net(d(32, "relu", keras), d(8, "", keras)), engine.BCELogits, adam(0.005), 8, 40)
			}},
		{name: "R09", what: "two clouds, five epochs at a small rate", part: Learn, floor: 0.9,
			faults: []Fault{fault(6, "0602", "0503")},
			broken: func(r *rand.Rand) *Program {
				return plain(twoClouds(r), net(d(2, "sigmoid", keras), d(2, "softmax", keras)), engine.ProbCE, adam(0.001), 32, 5)
			},
			mended: func(r *rand.Rand) *Program {
				return normal(twoClouds(r), net(d(8, "tanh", keras), d(2, "softmax", keras)), engine.ProbCE, adam(0.02), 16, 30)
			}},
		{name: "R10", what: "digits, linear all through, N(0,1), squared error, rate 3", part: Score, floor: 0.9,
			faults: []Fault{fault(7, "0708", "0704"), fault(9, "0905", "0902", "0903", "0904"), fault(6, "0601")},
			broken: func(r *rand.Rand) *Program {
				return digital(plain(prototypes(r, 1300, 1000, 0.35), net(d(30, "", normalOne), d(10, "", normalOne)), engine.MSE, sgd(3, 0), 10, 10))
			},
			mended: func(r *rand.Rand) *Program {
				return digital(plain(prototypes(r, 1300, 1000, 0.35), net(d(30, "relu", keras), d(10, "softmax", keras)), engine.ProbCE, sgd(0.03, 0), 10, 6))
			}},
		{name: "R11", what: "binary cross-entropy on labels up to 3", part: Learn, floor: 0.5,
			faults: []Fault{fault(7, "0705", "0701", "0710"), fault(3, "0312")}, by: "its labels are none that the loss is for",
			broken: func(r *rand.Rand) *Program {
				p := plain(fourKinds(r), net(d(3, "relu", narrow), d(1, "sigmoid", narrow)), engine.BCE, sgd(0.001, 0), 32, 150)
				feeding(func(f *Fed, _ float64, _ *rand.Rand) {
					for _, part := range f.both() {
						part.Y = [][]float64{each(part.Rows, func(i int) float64 { return float64(part.Of[i]) })}
					}
				})(p, 0)
				return p
			},
			mended: func(r *rand.Rand) *Program {
				return normal(fourKinds(r), net(d(16, "relu", keras), d(4, "softmax", keras)), engine.ProbCE, adam(0.01), 8, 60)
			}},
		{name: "R12", what: "one unit of ReLU before all others, five rows", part: Score, floor: 0.9,
			faults: []Fault{fault(8, "0801"), hidden(11, "1101"), fault(7, "0701")},
			broken: func(r *rand.Rand) *Program {
				return plain(halves(r), net(d(1, "relu", keras), d(9, "relu", keras), d(1, "relu", keras)), engine.MSE, adam(0.01), 32, 10)
			},
			mended: func(r *rand.Rand) *Program {
				return normal(halves(r), net(d(9, "relu", keras), d(1, "", keras)), engine.MSE, adam(0.01), 8, 200)
			}},
		{name: "R13", what: "a deep classifier with all weights and biases N(0,1)", part: Learn, floor: 0.9,
			faults: []Fault{fault(9, "0905", "0902", "0903", "0904")},
			broken: func(r *rand.Rand) *Program {
				return digital(plain(prototypes(r, 1300, 1000, 0.35), net(d(100, "relu", normalOne), d(100, "relu", normalOne), d(100, "relu", normalOne), d(10, "", normalOne)), engine.CrossEntropy, adam(0.003), 100, 5))
			},
			mended: func(r *rand.Rand) *Program {
				he := engine.Init{Kind: "he_normal"}
				return digital(plain(prototypes(r, 1300, 1000, 0.35), net(d(100, "relu", he), d(100, "relu", he), d(100, "relu", he), d(10, "", keras)), engine.CrossEntropy, adam(0.001), 50, 6))
			}},
		{name: "R14", what: "network addresses as numbers, and a ReLU before the loss", part: Score, floor: 0.8,
			faults: []Fault{fault(1, "0101", "0102", "0110"), fault(7, "0701", "0704")},
			broken: func(r *rand.Rand) *Program {
				return plain(packets(r), net(d(12, "relu", smallNormal), d(12, "relu", smallNormal), d(1, "relu", smallNormal)), engine.BCE, adam(0.001), 5, 100)
			},
			mended: func(r *rand.Rand) *Program {
				return normal(packets(r), net(d(12, "relu", keras), d(1, "sigmoid", keras)), engine.BCE, adam(0.005), 8, 40)
			}},
		{name: "R15", what: "numbers up to 25000, one hidden unit, softmax over one", part: Learn, floor: 0.9,
			faults: []Fault{fault(1, "0101", "0102"), fault(7, "0706"), hidden(11, "1101")},
			broken: func(r *rand.Rand) *Program {
				return plain(halfway(r), net(d(1, "sigmoid", keras), d(1, "softmax", smallNormal)), engine.MAE, rmsprop(0.001), 200, 100)
			},
			mended: func(r *rand.Rand) *Program {
				return normal(halfway(r), net(d(8, "tanh", keras), d(1, "sigmoid", keras)), engine.BCE, adam(0.02), 32, 30)
			}},
		{name: "R16", what: "labels divided by 255, validation images not", part: Score, floor: 0.9,
			faults: []Fault{fault(3, "0312"), fault(2, "0208", "0108", "0217")},
			broken: func(r *rand.Rand) *Program {
				p := digital(plain(prototypes(r, 1300, 1000, 0.35), net(d(64, "relu", keras), d(64, "relu", keras), d(10, "softmax", keras)), engine.ProbCE, adam(0.001), 32, 4))
				feeding(func(f *Fed, _ float64, _ *rand.Rand) {
					clear(f.Train.Of)
					every(f.Val.X, func(v float64) float64 { return 255 * v })
				})(p, 0)
				return p
			},
			mended: func(r *rand.Rand) *Program {
				return digital(plain(prototypes(r, 1300, 1000, 0.35), net(d(64, "relu", keras), d(64, "relu", keras), d(10, "softmax", keras)), engine.ProbCE, adam(0.001), 32, 6))
			}},
		{name: "R17", what: "a line through numbers up to 99 at a rate of one half", part: Learn, floor: 0.9,
			faults: []Fault{fault(1, "0101", "0102", "0103", "0110"), fault(6, "0601")},
			broken: func(r *rand.Rand) *Program {
				return plain(line(r), net(d(1, "", engine.Init{Kind: "zero"})), engine.MSE, sgd(0.25, 0), 80, 100)
			},
			mended: func(r *rand.Rand) *Program {
				return normal(line(r), net(d(1, "", keras)), engine.MSE, sgd(0.05, 0), 16, 40)
			}},
		{name: "R18", what: "ten layers of five sigmoids", part: Score, floor: 0.8,
			faults: []Fault{fault(10, tooDeep...)},
			broken: func(r *rand.Rand) *Program {
				return plain(blob(r, 1), tower("sigmoid", 10), engine.CrossEntropy, adam(0.01), 32, 30)
			},
			mended: func(r *rand.Rand) *Program {
				return normal(blob(r, 1), tower("tanh", 2), engine.CrossEntropy, adam(0.01), 32, 30)
			}},
		{name: "R18-times-100", what: "the same data a hundred times as large, two layers of five ReLUs", part: Learn, floor: 0.8,
			faults: []Fault{fault(1, "0101")},
			broken: func(r *rand.Rand) *Program {
				return plain(blob(r, 100), tower("relu", 2), engine.CrossEntropy, adam(0.01), 32, 30)
			},
			mended: func(r *rand.Rand) *Program {
				return normal(blob(r, 100), tower("tanh", 10), engine.CrossEntropy, adam(0.01), 32, 30)
			}},
		{name: "R19", what: "softmax and squared error for three labels", part: Learn, floor: 0.4,
			faults: []Fault{fault(7, "0707", "0708")},
			broken: func(r *rand.Rand) *Program {
				return plain(multiLabel(r), net(d(20, "relu", keras), drop(0.5), d(20, "relu", keras), drop(0.5), d(3, "softmax", keras)), engine.MSE, sgd(0.01, 0), 20, 20)
			},
			mended: func(r *rand.Rand) *Program {
				return normal(multiLabel(r), net(d(20, "relu", keras), d(20, "relu", keras), d(3, "", keras)), engine.BCELogits, adam(0.003), 20, 12)
			}},
		{name: "R20", what: "bags of words without regularization", part: Score, floor: 0.2, rise: true,
			faults: []Fault{fault(4, "0401", "0402", "0404")},
			broken: func(r *rand.Rand) *Program {
				return plain(bags(r), net(d(16, "relu", keras), d(16, "relu", keras), d(1, "sigmoid", keras)), engine.BCE, rmsprop(0.001), 128, 60)
			},
			mended: func(r *rand.Rand) *Program {
				return plain(bags(r), net(d(16, "relu", keras), drop(0.5), d(1, "sigmoid", keras)), engine.BCE, rmsprop(0.001), 32, 12)
			}},

		{name: "SO31556268", what: "exclusive or with absolute error and plain descent", part: Score, floor: 0.9,
			faults: []Fault{fault(7, "0708"), fault(6, "0602", "0503")},
			broken: func(r *rand.Rand) *Program {
				return plain(xor(r), net(d(4, "sigmoid", keras), d(1, "sigmoid", keras)), engine.MAE, sgd(0.05, 0.11), 4, 1000)
			},
			mended: func(r *rand.Rand) *Program {
				return plain(xor(r), net(d(8, "tanh", keras), d(1, "sigmoid", keras)), engine.BCE, adam(0.05), 6, 150)
			}},
		{name: "SO33969059", what: "a sum of numbers up to ten thousand through a softmax over one unit", part: Learn, floor: 0.9,
			faults: []Fault{fault(7, "0706", "0701"), fault(1, "0101", "0102", "0103")},
			broken: func(r *rand.Rand) *Program {
				return plain(weightedSum(r), net(d(3, "tanh", narrow), drop(0.5), d(2, "tanh", narrow), drop(0.5), d(1, "softmax", narrow)), engine.MSE, sgd(0.1, 0.9), 32, 20)
			},
			mended: func(r *rand.Rand) *Program {
				return normal(weightedSum(r), net(d(16, "tanh", keras), d(1, "", keras)), engine.MSE, sgd(0.01, 0.9), 32, 20)
			}},
		{name: "SO45337371", what: "inputs that say nothing, and a softmax over one unit", part: Score, floor: 0.8,
			faults: []Fault{fault(7, "0706"), fault(2, "0205", "0201", "0203")}, by: "there is nothing to learn, and nothing that could be",
			broken: func(r *rand.Rand) *Program {
				return plain(uniform(r, false), net(d(60, "relu", keras), d(50, "relu", keras), d(1, "softmax", keras)), engine.BCE, adam(0.001), 32, 20)
			},
			mended: func(r *rand.Rand) *Program {
				return normal(uniform(r, true), net(d(60, "relu", keras), d(1, "sigmoid", keras)), engine.BCE, adam(0.002), 32, 20)
			}},
		{name: "SO46642627", what: "an amount through a sigmoid and binary cross-entropy", part: Learn, floor: 0.9,
			faults: []Fault{fault(7, "0701", "0705"), fault(1, "0101", "0102", "0103")}, by: "its targets are none that the loss is for",
			broken: func(r *rand.Rand) *Program {
				return plain(weightedSum(r), net(d(16, "relu", keras), d(1, "sigmoid", keras)), engine.BCE, sgd(0.01, 0), 100, 30)
			},
			mended: func(r *rand.Rand) *Program {
				return normal(weightedSum(r), net(d(16, "relu", keras), d(1, "", keras)), engine.MSE, sgd(0.02, 0.9), 32, 20)
			}},
	}
}

// digital feeds pixels from 0 to 1, as all these programs do.
func digital(p *Program) *Program {
	p.Encoding.RawInputs = false
	return p
}

func onesAndZeros(r *rand.Rand) *Table {
	const rows, width = 5000, 128
	class := each(rows, func(int) float64 { return float64(r.IntN(2)) })
	var columns []Column
	for k := range width {
		columns = append(columns, Column{Name: fmt.Sprintf("x%d", k), Kind: Flag, Values: class})
	}
	return classes(columns, class, 2, 4000)
}

func parabola(r *rand.Rand) *Table {
	return curve(r, grid(201, -10, 0.1), 150, func(x float64) float64 { return x*x + 3 })
}

func quartic(r *rand.Rand) *Table {
	return curve(r, grid(400, -100, 0.5), 320, func(x float64) float64 { return x * x * x * x })
}

func cubicNoise(r *rand.Rand) *Table {
	return curve(r, grid(70, 0, 0.07), 50, func(x float64) float64 { return 5*x*x + math.Pow(r.NormFloat64(), 3) })
}

func bits(r *rand.Rand) *Table {
	t := &Table{Goal: Labels, Train: 200, Rows: 256}
	words := r.Perm(256)
	for k := range 8 {
		c := Column{Name: fmt.Sprintf("bit%d", k), Kind: Flag, Values: each(256, func(i int) float64 { return float64(words[i] >> k & 1) })}
		t.Columns, t.Targets = append(t.Columns, c), append(t.Targets, c)
	}
	return t
}

func twoClouds(r *rand.Rand) *Table {
	class := each(250, func(int) float64 { return float64(r.IntN(2)) })
	at := func(name string) Column {
		return Column{Name: name, Values: each(250, func(i int) float64 { return 0.2 + 0.3*class[i] + 0.2*r.Float64() })}
	}
	return classes([]Column{at("x"), at("y")}, class, 2, 200)
}

// fourKinds is more rows than the eleven of the question, as four of them to a
// kind cannot be validated.
func fourKinds(r *rand.Rand) *Table {
	const rows = 120
	centre := [][3]float64{{1, 6, 2}, {6, 1, 3}, {3, 3, 7}, {6, 6, 1}}
	class := each(rows, func(int) float64 { return float64(r.IntN(4)) })
	var columns []Column
	for k := range 3 {
		columns = append(columns, Column{Name: fmt.Sprintf("x%d", k), Values: each(rows, func(i int) float64 {
			return math.Max(0, math.Min(7, math.Round(centre[int(class[i])][k]+1.2*r.NormFloat64())))
		})})
	}
	return classes(columns, class, 4, 96)
}

func halves(r *rand.Rand) *Table {
	x := []float64{0.5, 1, 0.4, 5, 25}
	for range 15 {
		x = append(x, 0.4+24*r.Float64())
	}
	t := curve(rand.New(rand.NewPCG(1, 1)), x, 5, func(x float64) float64 { return x / 2 })
	copy(t.Columns[0].Values, x) // the five rows are those that are trained on
	for i, v := range x {
		t.Targets[0].Values[i] = v / 2
	}
	return t
}

// packets is rows of network traffic: devices by address, constants, flags, ports.
func packets(r *rand.Rand) *Table {
	const rows = 60
	class := each(rows, func(int) float64 { return float64(r.IntN(2)) })
	column := func(name string, f func(i int) float64) Column { return Column{Name: name, Values: each(rows, f)} }
	address := func(i int) float64 {
		return 3.23e9 + 1e5*math.Round(2*class[i]+0.4*r.NormFloat64())
	}
	return classes([]Column{
		column("from", address), column("to", func(i int) float64 { return 3.23e9 + 2e4*float64(r.IntN(3)) }),
		column("protocol", func(int) float64 { return 6 }), column("life", func(int) float64 { return 128 }),
		column("port", func(i int) float64 { return 502 + 50000*truth(r.Float64() < 0.3+0.4*class[i]) }),
		column("port2", func(int) float64 { return 502 + float64(r.IntN(60))*900 }),
		column("size", func(i int) float64 { return 60 + 8*class[i] + 6*r.NormFloat64() }),
		column("syn", func(i int) float64 { return truth(r.Float64() < 0.2+0.5*class[i]) }),
		column("ack", func(int) float64 { return float64(r.IntN(2)) }),
		column("push", func(int) float64 { return float64(r.IntN(2)) }),
		column("window", func(int) float64 { return 16384 + float64(r.IntN(4000)) }),
	}, class, 2, 42)
}

func halfway(r *rand.Rand) *Table {
	x := each(1000, func(int) float64 { return float64(15 + r.IntN(24985)) })
	return classes([]Column{{Name: "x", Values: x}}, each(1000, func(i int) float64 { return truth(x[i] < 12500) }), 2, 800)
}

func line(r *rand.Rand) *Table {
	t := curve(r, grid(100, 0, 1), 80, func(x float64) float64 { return 2*x + 4 + 10*r.Float64() })
	t.Columns = append(t.Columns, Column{Name: "one", Kind: Flag, Values: each(100, func(int) float64 { return 1 })})
	return t
}

func multiLabel(r *rand.Rand) *Table {
	w := rand.New(rand.NewPCG(38, 64))
	const rows, words = 2000, 20
	t := &Table{Goal: Labels, Train: 1600, Rows: rows}
	for k := range words {
		t.Columns = append(t.Columns, Column{Name: fmt.Sprintf("word%d", k), Values: make([]float64, rows)})
	}
	for range 3 {
		t.Targets = append(t.Targets, Column{Kind: Flag, Values: make([]float64, rows)})
	}
	likes := each(3*words, func(int) float64 { return w.Float64() * w.Float64() })
	for i := range rows {
		p, sum := each(words, func(int) float64 { return 0.15 }), 0.0
		for k := range 3 {
			if r.Float64() < 0.5 {
				t.Targets[k].Values[i] = 1
				for word := range words {
					p[word] += likes[k*words+word]
				}
			}
		}
		for _, v := range p {
			sum += v
		}
		for range 50 {
			at := r.Float64() * sum
			word := 0
			for word < words-1 && at > p[word] {
				at -= p[word]
				word++
			}
			t.Columns[word].Values[i]++
		}
	}
	return t
}

func bags(r *rand.Rand) *Table {
	w := rand.New(rand.NewPCG(20, 20))
	const rows, words = 1000, 600
	weight := each(words, func(k int) float64 {
		if k < 60 {
			return w.NormFloat64()
		}
		return 0
	})
	sum := make([]float64, rows)
	var columns []Column
	for k := range words {
		columns = append(columns, Column{Name: fmt.Sprintf("word%d", k), Kind: Flag, Values: each(rows, func(i int) float64 {
			v := truth(r.Float64() < 0.06)
			sum[i] += weight[k] * v
			return v
		})})
	}
	middle := 0.0
	for _, v := range weight {
		middle += 0.06 * v
	}
	class := each(rows, func(i int) float64 {
		if r.Float64() < 0.06 {
			return float64(r.IntN(2))
		}
		return truth(sum[i] > middle)
	})
	return classes(columns, class, 2, 600)
}

func weightedSum(r *rand.Rand) *Table {
	const rows = 1500
	t := &Table{Train: 1200, Rows: rows}
	sum := make([]float64, rows)
	for k := range 3 {
		x := each(rows, func(int) float64 { return float64(r.IntN(10001)) })
		for i := range sum {
			sum[i] += []float64{0.2, 0.3, 0.5}[k] * x[i]
		}
		t.Columns = append(t.Columns, Column{Name: fmt.Sprintf("x%d", k), Values: x})
	}
	t.Targets = []Column{{Name: "y", Values: sum}}
	return t
}

func uniform(r *rand.Rand, meaning bool) *Table {
	const rows = 1000
	var columns []Column
	for k := range 5 {
		columns = append(columns, Column{Name: fmt.Sprintf("x%d", k), Values: each(rows, func(int) float64 { return r.Float64() })})
	}
	class := each(rows, func(i int) float64 {
		if meaning {
			return truth(columns[0].Values[i]+columns[1].Values[i] > 1)
		}
		return float64(r.IntN(2))
	})
	return classes(columns, class, 2, 800)
}
