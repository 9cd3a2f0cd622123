//go:build unix

package engine

import (
	"context"
	"math/rand/v2"
	"syscall"
	"testing"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

// tinySpec is the network that races and proofs run by the thousand.
func tinySpec() (Spec, Data) {
	s := Spec{Input: Shape{20}, Loss: Loss{Kind: CrossEntropy}, Batch: 32, Epochs: 1 << 40, Seed: 1,
		Layers: layers(&Dense{Units: 32}, &ReLU{}, &Dense{Units: 32}, &ReLU{}, &Dense{Units: 10})}
	return s, noisyClasses(1024, 20)
}

func mlpSpec() (Spec, Data) {
	s := Spec{Input: Shape{784}, Loss: Loss{Kind: CrossEntropy}, Batch: 64, Epochs: 1 << 40, Seed: 1,
		Layers: layers(&Dense{Units: 256}, &ReLU{}, &Dense{Units: 256}, &ReLU{}, &Dense{Units: 10})}
	return s, noisyClasses(1024, 784)
}

// noisyClasses are rows of noise with one of ten labels.
func noisyClasses(rows, width int) Data {
	rng := rand.New(rand.NewPCG(1, 0))
	d := Data{Rows: rows}
	for range rows {
		d.Labels = append(d.Labels, rng.Int32N(10))
		for range width {
			d.X = append(d.X, float32(rng.NormFloat64()))
		}
	}
	return d
}

// BenchmarkTraining is what a whole step costs: plain, with an observer that
// asks for nothing, and with one that takes the statistics of every parameter,
// gradient, update and activation in every step. It counts the processor's
// time: other work on the machine then matters little.
func BenchmarkTraining(b *testing.B) {
	for _, c := range []struct {
		name string
		spec func() (Spec, Data)
	}{{"tiny", tinySpec}, {"mlp", mlpSpec}} {
		for _, o := range []struct {
			name     string
			observer *Observer
		}{{"plain", nil}, {"told", &Observer{After: func(*Step) {}}}, {"sampled", everything()}} {
			b.Run(c.name+"/"+o.name, func(b *testing.B) { takeSteps(b, c.spec, o.observer) })
		}
	}
}

// takeSteps takes b.N steps.
func takeSteps(b *testing.B, spec func() (Spec, Data), o *Observer) {
	s, d := spec()
	t, err := NewTrainer(network(b, s), s, d, Data{})
	if err != nil {
		b.Fatal(err)
	}
	t.Observer = o
	t.total = int64(b.N)
	b.ReportAllocs()
	b.ResetTimer()
	began := cpu()
	if _, err := t.Run(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric((cpu()-began)/float64(b.N)*1e6, "cpu-µs/step")
}

// cpu returns the seconds that the process has spent on processors.
func cpu() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// everything takes all statistics that a trace has of a sampled step.
func everything() *Observer {
	var set *kernel.Set
	look := func(x []float32) { set.Stats(x) }
	activation := func(_ int, out []float32) { look(out) }
	return &Observer{
		Start: func(t *Trainer) { set = t.Network.Set() },
		Wants: func(int64) bool { return true },
		Before: func(s *Step) {
			look(s.X)
			look(s.Out)
			for _, p := range s.Network.Params() {
				look(p.Value)
				look(p.Grad)
			}
			s.Network.Activations(activation)
		},
		After: func(s *Step) {},
	}
}
