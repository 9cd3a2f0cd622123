package record

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// A training is a small experiment with its data.
type training struct {
	spec       engine.Spec
	train, val engine.Data
}

// moons is two interleaved half circles, standardized: a healthy
// classification.
func moons() training {
	t := training{spec: engine.Spec{
		Input: engine.Shape{2}, Loss: engine.Loss{Kind: engine.CrossEntropy}, Layers: body(32, 2),
		Optimizer: engine.Optimizer{Kind: "adam", LR: 0.003}, Batch: 32, Epochs: 40, Seed: 1,
	}}
	r := rand.New(rand.NewPCG(1, 2))
	t.train, t.val = twoMoons(r, 320), twoMoons(r, 96)
	return t
}

func twoMoons(r *rand.Rand, rows int) engine.Data {
	d := engine.Data{Rows: rows}
	for i := range rows {
		class, angle := i%2, math.Pi*r.Float64()
		x, y := math.Cos(angle), math.Sin(angle)
		if class == 1 {
			x, y = 1-x, 0.5-y
		}
		d.X = append(d.X, float32((x-0.5)/0.87+0.1*r.NormFloat64()), float32((y-0.25)/0.5+0.1*r.NormFloat64()))
		d.Labels = append(d.Labels, int32(class))
	}
	return d
}

// sums is a smooth function of four features, standardized: a healthy
// regression.
func sums() training {
	t := training{spec: engine.Spec{
		Input: engine.Shape{4}, Loss: engine.Loss{Kind: engine.MSE}, Layers: body(32, 1),
		Optimizer: engine.Optimizer{Kind: "adam", LR: 0.003}, Batch: 32, Epochs: 40, Seed: 1,
	}}
	r := rand.New(rand.NewPCG(3, 4))
	t.train, t.val = surface(r, 320), surface(r, 96)
	return t
}

func surface(r *rand.Rand, rows int) engine.Data {
	d := engine.Data{Rows: rows}
	for range rows {
		var x [4]float64
		for j := range x {
			x[j] = r.NormFloat64()
			d.X = append(d.X, float32(x[j]))
		}
		d.Y = append(d.Y, float32(0.6*x[0]-0.5*x[1]+0.5*math.Sin(2*x[2])+0.3*x[3]))
	}
	return d
}

// body is an MLP of two hidden layers.
func body(width, outputs int, last ...engine.Layer) []engine.Node {
	layers := []engine.Layer{
		&engine.Dense{Units: width}, &engine.ReLU{}, &engine.Dense{Units: width}, &engine.ReLU{}, &engine.Dense{Units: outputs},
	}
	return nodes(append(layers, last...)...)
}

// nodes places every layer on a line of its own.
func nodes(layers ...engine.Layer) []engine.Node {
	var out []engine.Node
	for i, l := range layers {
		out = append(out, engine.Node{Layer: l, Source: nnvet.Location{File: "experiment.yaml", Line: 10 + i}})
	}
	return out
}

// run trains, and returns what was recorded in memory.
func (tr training) run(t testing.TB, o Options) *nnvet.Trace {
	t.Helper()
	r := tracefile.NewReader("memory")
	rec := New(tracefile.NewWriter(r), o)
	tr.observe(t, rec)
	got := r.Snapshot()
	for _, lost := range got.Lost {
		t.Errorf("lost: %s", lost)
	}
	return got
}

func (tr training) observe(t testing.TB, rec *Recorder) {
	t.Helper()
	n, err := engine.New(tr.spec, tr.spec.Batch)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := engine.Train(context.Background(), n, tr.spec, tr.train, tr.val, rec.Observer()); err != nil {
		t.Fatal(err)
	}
	if rec.Err() != nil {
		t.Fatal(rec.Err())
	}
}

// vet trains and lets every check judge.
func (tr training) vet(t *testing.T) nnvet.Result {
	t.Helper()
	o := Options{Version: "0.1.0", Script: "experiment.yaml"}
	o.Survey = Survey(tr.spec, tr.train, tr.val, o, nil)
	return nnvet.Vet(tr.run(t, o), checks.All, nnvet.Options{})
}
