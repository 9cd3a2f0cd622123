package casebook

import (
	"math/rand/v2"

	"github.com/nnvet/nnvet/internal/engine"
)

// ending returns a change that puts layers behind the last dense one.
func ending(layers ...engine.Layer) func(*Program, float64) {
	return func(p *Program, _ float64) { p.Net.End = append(p.Net.End, layers...) }
}

// starting returns a change of how all weights start.
func starting(init func(dose float64) engine.Init) func(*Program, float64) {
	return func(p *Program, dose float64) { p.Net.Init = init(dose) }
}

// netFaults are those of pitfalls 7 to 11: what is wrong with the network.
var netFaults = []Change{
	{Name: "relu-at-end", Faults: []Fault{fault(7, "0701")}, Fits: amounts, Apply: ending(&engine.ReLU{})},
	{Name: "tanh-at-end", Faults: []Fault{fault(7, "0701", "0702")}, Fits: amounts, Apply: ending(&engine.Tanh{})},
	{Name: "sigmoid-at-end", Faults: []Fault{fault(7, "0701", "0702")}, Fits: amounts, Apply: ending(&engine.Sigmoid{})},
	{Name: "clip-at-end", Faults: []Fault{fault(7, "0701", "0806")}, Fits: amounts, Apply: ending(&engine.Clamp{Lo: -1, Hi: 1})},
	{Name: "softmax-of-amounts", Faults: []Fault{fault(7, "0706", "0701")}, Fits: amounts, Apply: ending(&engine.Softmax{})},
	{Name: "softmax-of-one", Faults: []Fault{fault(7, "0706")}, Fits: yesNo, Apply: func(p *Program, _ float64) {
		p.Loss.Kind = engine.BCE
		p.Net.End = []engine.Layer{&engine.Softmax{}}
	}},
	{Name: "softmax-twice", Faults: []Fault{fault(7, "0703")}, Fits: exclusive, Apply: ending(&engine.Softmax{})},
	{Name: "relu-before-loss", Faults: []Fault{fault(7, "0701", "0704")}, Fits: func(p *Program) bool { return p.Table.Goal == Class && p.Table.Classes == 2 },
		Apply: ending(&engine.ReLU{})},
	{Name: "mse-on-classes", Faults: []Fault{fault(7, "0708")}, Fits: exclusive, Apply: func(p *Program, _ float64) {
		p.Loss.Kind, p.Net.End = engine.MSE, []engine.Layer{&engine.Softmax{}}
	}},
	{Name: "mse-on-yes-no", Faults: []Fault{fault(7, "0708")}, Fits: yesNo, Apply: func(p *Program, _ float64) {
		p.Loss.Kind, p.Net.End = engine.MSE, []engine.Layer{&engine.Sigmoid{}}
	}},
	{Name: "sigmoid-for-classes", Faults: []Fault{fault(7, "0707")}, Fits: exclusive, Apply: func(p *Program, _ float64) { p.Loss.Kind = engine.BCELogits }},
	{Name: "softmax-for-labels", Faults: []Fault{fault(7, "0707")}, Fits: func(p *Program) bool { return p.Table.Goal == Labels }, Apply: func(p *Program, _ float64) {
		p.Loss.Kind, p.Net.End = engine.BCE, []engine.Layer{&engine.Softmax{}}
	}},
	{Name: "logits-as-probabilities", Faults: []Fault{fault(7, "0704")}, Fits: exclusive, Apply: func(p *Program, _ float64) { p.Loss.Kind = engine.ProbCE }},
	{Name: "labels-plus-minus-one", Faults: []Fault{fault(7, "0705")}, Fits: yesNo, Because: "the loss has no floor and goes on below 0", Apply: feeding(func(f *Fed, _ float64, _ *rand.Rand) {
		for _, p := range f.both() {
			every(p.Y, func(v float64) float64 { return 2*v - 1 })
		}
	})},

	{Name: "negative-bias", Faults: []Fault{fault(8, "0801", "0906")}, Doses: []float64{-6, -3, -4}, Fits: all(dense, func(p *Program) bool { return p.Net.Act == "relu" }),
		Apply: func(p *Program, dose float64) { p.Net.Bias = engine.Init{Kind: "constant", Value: dose} }},
	{Name: "round-in-middle", Faults: []Fault{fault(8, "0806", "0807")}, Fits: dense, Apply: func(p *Program, _ float64) { p.Net.Middle = []engine.Layer{&engine.Round{}} }},
	{Name: "round-at-end", Faults: []Fault{fault(8, "0806", "0807")}, Fits: amounts, Apply: ending(&engine.Round{})},
	{Name: "clip-in-middle", Faults: []Fault{fault(8, "0806")}, Doses: []float64{0.01, 0.05}, Fits: dense,
		Apply: func(p *Program, dose float64) { p.Net.Middle = []engine.Layer{&engine.Clamp{Lo: 0, Hi: dose}} }},
	{Name: "saturated", Faults: []Fault{fault(8, "0802", "0902", "0905")}, Doses: []float64{30, 10}, Fits: dense, Apply: func(p *Program, dose float64) {
		p.Net.Act, p.Net.Init, p.Net.Last = "tanh", engine.Init{Kind: "lecun_normal", Gain: dose}, engine.Init{Kind: "lecun_normal"}
	}},
	{Name: "no-nonlinearity", Faults: []Fault{fault(8, "0809")}, Fits: dense, Apply: func(p *Program, _ float64) { p.Net.Act = "" }},

	{Name: "zero-init", Faults: []Fault{fault(9, "0901")}, Fits: always, Apply: starting(func(float64) engine.Init { return engine.Init{Kind: "zero"} })},
	{Name: "constant-init", Faults: []Fault{fault(9, "0901")}, Doses: []float64{0.1, 0.01, 1}, Fits: always,
		Apply: starting(func(dose float64) engine.Init { return engine.Init{Kind: "constant", Value: dose} })},
	{Name: "normal-init", Faults: []Fault{fault(9, "0905", "0902", "0903", "0904")}, Doses: []float64{1, 0.01, 3, 0.001}, Fits: always,
		Apply: starting(func(dose float64) engine.Init { return engine.Init{Kind: "normal", Std: dose} })},
	{Name: "bias-init", Faults: []Fault{fault(9, "0906", "0904")}, Doses: []float64{10, 5}, Fits: dense,
		Apply: func(p *Program, dose float64) { p.Net.Bias = engine.Init{Kind: "constant", Value: dose} }},
	{Name: "gain", Faults: []Fault{fault(9, "0905", "0902", "0903", "0904")}, Doses: []float64{10, 0.05}, Fits: always,
		Apply: starting(func(dose float64) engine.Init { return engine.Init{Kind: "he_normal", Gain: dose} })},

	{Name: "deep-sigmoid", Faults: []Fault{fault(10, "1001", "1002", "1003", "1004", "0803", "0903", "0902")}, Doses: []float64{10, 20, 6}, Fits: dense,
		Apply: func(p *Program, dose float64) { p.Net.Act, p.Net.Hidden = "sigmoid", stack(int(dose), 16) }},
	{Name: "deep-torch-init", Faults: []Fault{fault(10, "1001", "1002", "1003", "1004", "0905", "0902", "0903")}, Doses: []float64{16, 24}, Fits: dense, Apply: func(p *Program, dose float64) {
		p.Net.Act, p.Net.Hidden, p.Net.Init = "relu", stack(int(dose), 16), engine.Init{Kind: "pytorch"}
	}},
	{Name: "deep-relu", Faults: []Fault{hidden(10, "1001", "1002", "1003", "1004")}, Doses: []float64{20, 30, 14}, Fits: dense, Apply: func(p *Program, dose float64) {
		p.Net.Act, p.Net.Hidden, p.Net.Init = "relu", stack(int(dose), 16), engine.Init{Kind: "he_normal"}
	}},

	{Name: "few-units", Faults: []Fault{hidden(11, "1101", "1104")}, Doses: []float64{1, 2}, Fits: dense, Apply: func(p *Program, dose float64) {
		p.Net.Hidden = stack(len(p.Net.Hidden), int(dose))
	}},
	// Fewer units than what must pass has directions.
	{Name: "bottleneck", Faults: []Fault{fault(11, "1101")}, Doses: []float64{1}, Fits: all(dense, func(p *Program) bool {
		return p.Table.Classes > 2 || len(p.Table.Targets) > 1 || p.Table.Goal == Direction
	}), Apply: func(p *Program, dose float64) { p.Net.Hidden = append(append([]int(nil), p.Net.Hidden...), int(dose)) }},
}
