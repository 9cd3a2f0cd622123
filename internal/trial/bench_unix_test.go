//go:build unix

package trial

import (
	"math/rand/v2"
	"syscall"
	"testing"

	"github.com/nnvet/nnvet/internal/engine"
)

// BenchmarkTrials runs trials of a tiny network, 20-32-32-10, 1000 steps of 32
// rows each, on one worker, and counts the processor's seconds: other work on
// the machine then matters little.
func BenchmarkTrials(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 0))
	d := engine.Data{Rows: 1024}
	for range d.Rows {
		d.Labels = append(d.Labels, rng.Int32N(10))
		for range 20 {
			d.X = append(d.X, float32(rng.NormFloat64()))
		}
	}
	s := engine.Spec{Input: engine.Shape{20}, Loss: engine.Loss{Kind: engine.CrossEntropy}, Batch: 32, Steps: 1000}
	for _, l := range []engine.Layer{&engine.Dense{Units: 32}, &engine.ReLU{}, &engine.Dense{Units: 32}, &engine.ReLU{}, &engine.Dense{Units: 10}} {
		s.Layers = append(s.Layers, engine.Node{Layer: l})
	}
	b.ReportAllocs()
	began := cpu()
	err := Run(b.Context(), func(yield func(Job) bool) {
		for b.Loop() {
			if s.Seed++; !yield(Job{Spec: s, Train: d}) {
				return
			}
		}
	}, 1, func(_ int, o Outcome) {
		if o.Err != nil {
			b.Fatal(o.Err)
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/(cpu()-began), "trials/cpu-s")
}

// cpu returns the seconds that the process has spent on processors.
func cpu() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
