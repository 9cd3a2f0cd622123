package record

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
)

// TestHealthy holds that sound trainings give no warning and no error.
func TestHealthy(t *testing.T) {
	images := pictures()
	for name, tr := range map[string]training{
		"classification": moons(),
		"regression":     sums(),
		"pictures":       images,
		"yes or no":      binary(),
	} {
		t.Run(name, func(t *testing.T) {
			res := tr.vet(t)
			for _, f := range res.Findings {
				if f.Severity > nnvet.Note {
					t.Errorf("%s: %s", f.Check.Name, f.Message)
				}
			}
			if len(res.Clear) < 12 {
				t.Errorf("only %d checks judged; not checked: %s", len(res.Clear), reasons(res))
			}
		})
	}
}

// TestFaults holds that every check names its fault in a training that has it,
// before all that follows from it. Gradients that are not zeroed, NN0802, cannot
// be had here: the engine sets them anew in every step.
func TestFaults(t *testing.T) {
	constant := engine.Init{Kind: "constant", Value: 0.1}
	for _, tt := range []struct {
		want, name string
		from       training
		fault      func(*training)
	}{
		{"NN0101", "raw inputs", moons(), func(tr *training) {
			for _, d := range []*engine.Data{&tr.train, &tr.val} {
				for i := range d.X {
					d.X[i] = 500 + 200*d.X[i]
				}
			}
		}},
		{"NN0103", "raw targets", sums(), func(tr *training) {
			for _, d := range []*engine.Data{&tr.train, &tr.val} {
				for i := range d.Y {
					d.Y[i] = 300 + 50*d.Y[i]
				}
			}
		}},
		{"NN0703", "softmax in front of cross-entropy", moons(), func(tr *training) {
			tr.spec.Layers = body(32, 2, &engine.Softmax{})
		}},
		{"NN0701", "targets that a sigmoid cannot give", sums(), func(tr *training) {
			tr.spec.Layers = body(32, 1, &engine.Sigmoid{})
		}},
		{"NN0706", "softmax over one unit", binary(), func(tr *training) {
			tr.spec.Loss.Kind = engine.BCE
			tr.spec.Layers = body(32, 1, &engine.Softmax{})
		}},
		{"NN0901", "every weight alike", moons(), func(tr *training) {
			for i := range tr.spec.Layers {
				if d, ok := tr.spec.Layers[i].Layer.(*engine.Dense); ok {
					d.Init = constant
				}
			}
		}},
		{"NN0601", "learning rate too high", moons(), func(tr *training) {
			tr.spec.Optimizer = engine.Optimizer{Kind: "sgd", LR: 30}
		}},
		{"NN0603", "clipping hides the learning rate", sums(), func(tr *training) {
			tr.spec.Optimizer = engine.Optimizer{Kind: "sgd", LR: 2}
			tr.spec.Clip.Norm = 0.01
		}},
		{"NN0602", "learning rate too low", moons(), func(tr *training) {
			tr.spec.Optimizer = engine.Optimizer{Kind: "adam", LR: 1e-7}
		}},
		{"NN0906", "dead units by their biases", moons(), func(tr *training) {
			tr.spec.Layers[2].Layer = &engine.Dense{Units: 32, BiasInit: engine.Init{Kind: "constant", Value: -30}}
		}},
		{"NN0805", "NaN in the data", sums(), func(tr *training) { tr.train.X[4*100] = float32(math.NaN()) }},
		{"NN0904", "first loss far off", sums(), func(tr *training) {
			tr.spec.Layers[4].Layer = &engine.Dense{Units: 1, BiasInit: engine.Init{Kind: "constant", Value: 8}}
		}},
		{"NN0205", "labels that have nothing to do with the rows", moons(), func(tr *training) {
			r := rand.New(rand.NewPCG(5, 6))
			for _, d := range []*engine.Data{&tr.train, &tr.val} {
				r.Shuffle(len(d.Labels), func(i, j int) { d.Labels[i], d.Labels[j] = d.Labels[j], d.Labels[i] })
			}
		}},
		{"NN0202", "no validation", moons(), func(tr *training) { tr.val = engine.Data{} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr := tt.from
			tt.fault(&tr)
			res := tr.vet(t)
			if len(res.Findings) == 0 || res.Findings[0].Check.ID != tt.want {
				t.Errorf("got %s, want %s first; not checked: %s", messages(res), tt.want, reasons(res))
			}
		})
	}
}

// binary is the moons with one output and a target of 0 or 1.
func binary() training {
	tr := moons()
	tr.spec.Loss.Kind = engine.BCELogits
	tr.spec.Layers = body(32, 1)
	for _, d := range []*engine.Data{&tr.train, &tr.val} {
		for _, c := range d.Labels {
			d.Y = append(d.Y, float32(c))
		}
		d.Labels = nil
	}
	return tr
}

// pictures is bars that stand or lie, in noise, for a convolution.
func pictures() training {
	tr := training{spec: engine.Spec{
		Input: engine.Shape{8, 8, 1}, Loss: engine.Loss{Kind: engine.CrossEntropy},
		Layers: nodes(&engine.Conv2D{Filters: 8, Kernel: [2]int{3, 3}, Padding: "same"}, &engine.BatchNorm{}, &engine.ReLU{},
			&engine.MaxPool{Size: [2]int{2, 2}}, &engine.Flatten{}, &engine.Dense{Units: 2}),
		Optimizer: engine.Optimizer{Kind: "adam", LR: 0.003}, Batch: 32, Epochs: 15, Seed: 1,
	}}
	r := rand.New(rand.NewPCG(7, 8))
	draw := func(rows int) engine.Data {
		d := engine.Data{Rows: rows}
		for i := range rows {
			at := r.IntN(8)
			for k := range 64 {
				v := 0.3 * r.NormFloat64()
				if k/8 == at && i%2 == 0 || k%8 == at && i%2 == 1 {
					v += 2
				}
				d.X = append(d.X, float32(v))
			}
			d.Labels = append(d.Labels, int32(i%2))
		}
		return d
	}
	tr.train, tr.val = draw(320), draw(96)
	return tr
}

func messages(res nnvet.Result) string {
	out := ""
	for _, f := range res.Findings {
		out += fmt.Sprintf("\n\t%s %v: %s", f.Check.ID, f.Severity, f.Message)
	}
	return out
}

func reasons(res nnvet.Result) string {
	out := ""
	for _, s := range res.NotChecked {
		out += fmt.Sprintf("\n\t%s: %s", s.Check.ID, s.Reason)
	}
	return out
}
