package casebook

import (
	"math/rand/v2"

	"github.com/nnvet/nnvet/internal/engine"
)

// oddities are programs that look odd and should do no harm. Which of them are
// healthy is measured: those that are not, count neither way.
var oddities = []Change{
	{Name: "tanh-x10", Fits: dense, Apply: func(p *Program, _ float64) {
		p.Net.Act, p.Net.Hidden = "tanh", stack(10, 24)
		p.Optimizer = engine.Optimizer{Kind: "adam", LR: 0.001}
	}},
	{Name: "leaky-x8", Fits: dense, Apply: func(p *Program, _ float64) {
		p.Net.Act, p.Net.Hidden, p.Optimizer = "leaky_relu", stack(8, 32), engine.Optimizer{Kind: "adam", LR: 0.001}
	}},
	{Name: "residual-x12", Fits: dense, Apply: func(p *Program, _ float64) {
		p.Net.Residual, p.Net.Norm, p.Net.Hidden, p.Optimizer = true, "layer", stack(12, 24), engine.Optimizer{Kind: "adam", LR: 0.001}
	}},
	{Name: "wide-512", Fits: all(dense, small), Apply: func(p *Program, _ float64) {
		p.Net.Hidden, p.Optimizer, p.Epochs = []int{512}, engine.Optimizer{Kind: "adam", LR: 0.001}, max(6, p.Epochs/2)
	}},
	{Name: "many-dead", Fits: all(dense, func(p *Program) bool { return p.Net.Act == "relu" }), Apply: func(p *Program, _ float64) {
		p.Net.Hidden, p.Net.Bias, p.Epochs = []int{128, 128}, engine.Init{Kind: "constant", Value: -0.8}, max(6, p.Epochs/2)
		p.Optimizer = adam(0.001)
	}},
	{Name: "narrow", Fits: dense, Apply: func(p *Program, _ float64) { p.Net.Hidden = []int{12} }},
	{Name: "batch-1", Fits: small, Apply: func(p *Program, _ float64) {
		p.Batch, p.Epochs = 1, max(3, p.Epochs/4)
		rate(p, 0.1)
	}},
	{Name: "batch-4", Fits: always, Apply: func(p *Program, _ float64) {
		p.Batch, p.Epochs = 4, max(4, p.Epochs/2)
		rate(p, 0.3)
	}},
	{Name: "batch-128", Fits: always, Apply: func(p *Program, _ float64) {
		p.Batch, p.Epochs = 128, p.Epochs*2
		rate(p, 1.5)
	}},
	{Name: "dropout-half", Fits: dense, Apply: func(p *Program, _ float64) { p.Net.Dropout, p.Net.Hidden, p.Epochs = 0.5, stack(2, 128), p.Epochs*3/2 }},
	{Name: "dropout-tenth", Fits: always, Apply: func(p *Program, _ float64) { p.Net.Dropout = 0.1 }},
	{Name: "decay-light", Fits: always, Apply: func(p *Program, _ float64) { p.Optimizer.Decay = 1e-4 }},
	{Name: "adamw", Fits: always, Apply: func(p *Program, _ float64) { p.Optimizer = engine.Optimizer{Kind: "adamw", LR: 0.003} }},
	{Name: "rmsprop", Fits: always, Apply: func(p *Program, _ float64) { p.Optimizer = engine.Optimizer{Kind: "rmsprop", LR: 0.001} }},
	{Name: "batch-norm", Fits: dense, Apply: func(p *Program, _ float64) { p.Net.Norm = "batch" }},
	{Name: "layer-norm", Fits: dense, Apply: func(p *Program, _ float64) { p.Net.Norm = "layer" }},
	{Name: "lr-doubled", Fits: always, Apply: func(p *Program, _ float64) { rate(p, 2) }},
	{Name: "lr-halved", Fits: always, Apply: func(p *Program, _ float64) { rate(p, 0.5) }},
	{Name: "warmup-cosine", Fits: always, Apply: func(p *Program, _ float64) {
		p.Schedule = engine.Schedule{Kind: "cosine", Warmup: 40}
		rate(p, 1.5)
	}},
	{Name: "steps-schedule", Fits: always, Apply: func(p *Program, _ float64) {
		p.Schedule = engine.Schedule{Kind: "step", Every: int64(max(1, p.Epochs*2/3)), Factor: 0.1}
	}},
	{Name: "loose-clipping", Fits: always, Apply: func(p *Program, _ float64) { p.Clip.Norm = 5 }},
	{Name: "little-noise", Fits: measurements, Apply: func(p *Program, _ float64) { p.Augment = []engine.Augment{{Kind: "noise", Amount: 0.05}} }},
	{Name: "mixup", Fits: all(amounts, func(p *Program) bool { return p.Loss.Kind == engine.MSE }), Apply: func(p *Program, _ float64) {
		p.Augment = []engine.Augment{{Kind: "mixup", Amount: 0.1}}
	}},
	{Name: "glorot", Fits: always, Apply: starting(func(float64) engine.Init { return engine.Init{Kind: "xavier_uniform"} })},
	{Name: "torch-init", Fits: always, Apply: starting(func(float64) engine.Init { return engine.Init{Kind: "pytorch"} })},
	{Name: "orthogonal", Fits: dense, Apply: starting(func(float64) engine.Init { return engine.Init{Kind: "orthogonal"} })},
	{Name: "zero-head", Fits: always, Apply: func(p *Program, _ float64) { p.Net.Last = engine.Init{Kind: "zero"} }},
	{Name: "gelu", Fits: always, Apply: func(p *Program, _ float64) { p.Net.Act = "gelu" }},
	{Name: "selu", Fits: dense, Apply: func(p *Program, _ float64) { p.Net.Act, p.Net.Init = "selu", engine.Init{Kind: "lecun_normal"} }},
	{Name: "min-max", Fits: all(measurements, small), Apply: func(p *Program, _ float64) { p.Encoding.MinMax, p.Epochs = true, p.Epochs*3/2 }},
	{Name: "target-x10", Fits: amounts, Apply: func(p *Program, dose float64) {
		p.Optimizer, p.Epochs = engine.Optimizer{Kind: "adam", LR: 0.003}, p.Epochs*2
		feeding(func(f *Fed, _ float64, _ *rand.Rand) {
			for _, part := range f.both() {
				every(part.Y, func(v float64) float64 { return 10 * v })
			}
		})(p, dose)
	}},
	{Name: "mae", Fits: amounts, Apply: func(p *Program, _ float64) { p.Loss.Kind = engine.MAE }},
	{Name: "huber", Fits: amounts, Apply: func(p *Program, _ float64) { p.Loss.Kind = engine.Huber }},
	{Name: "smoothed-labels", Fits: exclusive, Apply: func(p *Program, _ float64) { p.Loss.Smoothing = 0.1 }},
	{Name: "probabilities", Fits: exclusive, Apply: func(p *Program, _ float64) {
		p.Loss.Kind, p.Net.End = engine.ProbCE, []engine.Layer{&engine.Softmax{}}
	}},
	{Name: "sigmoid-bce", Fits: yesNo, Apply: func(p *Program, _ float64) {
		p.Loss.Kind, p.Net.End = engine.BCE, []engine.Layer{&engine.Sigmoid{}}
	}},
	{Name: "two-logits", Fits: yesNo, Apply: func(p *Program, _ float64) { p.Loss.Kind = engine.CrossEntropy }},
	{Name: "nine-to-one", Fits: func(p *Program) bool { return yesNo(p) && small(p) }, Apply: feeding(func(f *Fed, _ float64, r *rand.Rand) {
		for _, part := range f.both() {
			thinClass(part, 0.12, r)
		}
		f.OneHot()
	})},
	{Name: "binary-inputs", Fits: all(measurements, small, func(p *Program) bool { return len(p.Table.Columns) > 6 }), Apply: feeding(func(f *Fed, _ float64, _ *rand.Rand) {
		k := f.number()
		for _, part := range f.both() {
			every(part.X[k:k+1], func(v float64) float64 { return truth(v > 1.2) })
		}
	})},
	{Name: "epochs-doubled", Fits: always, Apply: func(p *Program, _ float64) { p.Epochs *= 2 }},
	{Name: "epochs-halved", Fits: always, Apply: func(p *Program, _ float64) { p.Epochs = max(4, p.Epochs/2) }},
}

// thinClass replaces most rows of class 1 by rows of class 0.
func thinClass(p *Part, keep float64, r *rand.Rand) {
	var others []int
	for i, c := range p.Of {
		if c == 0 {
			others = append(others, i)
		}
	}
	for i, c := range p.Of {
		if c == 1 && r.Float64() > keep {
			move(p, i, p, others[r.IntN(len(others))])
		}
	}
}
