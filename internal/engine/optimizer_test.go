package engine

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

// optimizerGolden is testdata/optimizers.json, which testdata/optimizers.py writes.
type optimizerGolden struct {
	Start      []float32
	Gradients  [][]float32
	Optimizers []struct {
		Name   string
		Spec   Optimizer
		Params [][]float32 // after each step
	}
	PerEpoch, Total int64
	Schedules       []struct {
		Name    string
		Spec    Schedule
		Factors []float64
	}
	Clips []struct {
		Spec              Clip
		Gradient, Clipped []float32
	}
	Training struct {
		X             []float32
		Labels        []int32
		Before, After [][]float32 // parameters, in PyTorch's layout
		Losses        []float64   // of each step
	}
}

func optimizerGoldens(t *testing.T) optimizerGolden {
	t.Helper()
	b, err := os.ReadFile("testdata/optimizers.json")
	if err != nil {
		t.Fatal(err)
	}
	var r optimizerGolden
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Optimizers) == 0 || len(r.Schedules) == 0 || len(r.Clips) == 0 {
		t.Fatal("testdata/optimizers.json: something is missing")
	}
	return r
}

func TestOptimizersAsPyTorch(t *testing.T) {
	golden := optimizerGoldens(t)
	for _, set := range kernel.Sets() {
		for _, c := range golden.Optimizers {
			t.Run(set.Name+"/"+c.Name, func(t *testing.T) {
				var o optimizer
				if err := o.reset(c.Spec, len(golden.Start), set); err != nil {
					t.Fatal(err)
				}
				p := append([]float32(nil), golden.Start...)
				largest := make([]float64, len(p))
				for i, g := range golden.Gradients {
					before := append([]float32(nil), p...)
					o.step(p, append([]float32(nil), g...), o.LR)
					for j, want := range c.Params[i] {
						// every step rounds the parameter, and is itself known to a few roundings of its length
						largest[j] = max(largest[j], math.Abs(float64(before[j])))
						most := 0x1p-23 * (float64(i+1)*largest[j] + 16*math.Abs(float64(want-before[j])))
						if off := math.Abs(float64(p[j] - want)); !(off <= most) {
							t.Fatalf("step %d: parameter %d is %v, PyTorch has %v: off by %.2g", i, j, p[j], want, off)
						}
					}
				}
			})
		}
	}
}

func TestOptimizerStartsAgain(t *testing.T) {
	for _, kind := range OptimizerKinds() {
		var o optimizer
		run := func() []float32 {
			if err := o.reset(Optimizer{Kind: kind}, 3, kernel.Best()); err != nil {
				t.Fatal(err)
			}
			p := []float32{1, 2, 3}
			for range 3 {
				o.step(p, []float32{0.5, -1, 2}, o.LR)
			}
			return p
		}
		if first, second := run(), run(); !sameBits(first, second) {
			t.Errorf("%s: %v at first and %v after a reset", kind, first, second)
		}
	}
}

func TestOptimizerRefuses(t *testing.T) {
	for _, c := range []struct {
		o    Optimizer
		want string
	}{
		{Optimizer{Kind: "adagrad"}, `optimizer: there is no "adagrad": use one of sgd, rmsprop, adam, adamw`},
		{Optimizer{LR: -1}, "optimizer: lr -1"},
		{Optimizer{LR: math.NaN()}, "optimizer: lr NaN"},
		{Optimizer{LR: math.Inf(1)}, "optimizer: lr +Inf"},
		{Optimizer{Beta1: 1}, "optimizer: beta1 1"},
		{Optimizer{Kind: "rmsprop", Alpha: 1.5}, "optimizer: alpha 1.5"},
		{Optimizer{Decay: -0.1}, "optimizer: decay -0.1"},
		{Optimizer{Kind: "sgd", Nesterov: true}, "nesterov takes a momentum"},
		{Optimizer{Kind: "sgd", Nesterov: true, Momentum: 0.9, Dampening: 0.1}, "no dampening"},
	} {
		if _, err := c.o.Filled(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %q", c.o, err, c.want)
		}
	}
}

// sameBits compares arrays in which NaN equals NaN.
func sameBits(a, b []float32) bool {
	if len(a) != len(b) {
		return false
	}
	for i, v := range a {
		if math.Float32bits(v) != math.Float32bits(b[i]) {
			return false
		}
	}
	return true
}
