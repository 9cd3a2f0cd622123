//go:build unix

package record

import (
	"context"
	"io"
	"syscall"
	"testing"
	"time"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// BenchmarkTraining is a whole training unwatched, recorded as by default, and
// recorded in every step, written out and in memory; without validation rows, and
// without a survey. What that adds to the processor's time of a step, on a core
// of an AMD EPYC with AVX-512 that others used too (medians of five and of three
// rounds that took the ways in turn; the latter within a fifth):
//
//	                unwatched  default  in memory  every  in memory
//	20-32-32-10        8.7 µs    +23 %      +31 %  +200 %     +270 %   1000 steps
//	784-256-256-10     975 µs     +6 %       +8 %   +27 %      +35 %    300 steps
//
// A record of a step of the small network has 200 numbers, and writing them
// takes half as long as the step.
func BenchmarkTraining(b *testing.B) {
	for _, size := range []struct {
		name                             string
		inputs, width, width2, out, rows int
		steps                            int64
	}{
		{"20-32-32-10", 20, 32, 32, 10, 32, 1000},
		{"784-256-256-10", 784, 256, 256, 10, 64, 300},
	} {
		spec := engine.Spec{
			Input: engine.Shape{size.inputs}, Loss: engine.Loss{Kind: engine.CrossEntropy},
			Layers: nodes(&engine.Dense{Units: size.width}, &engine.ReLU{}, &engine.Dense{Units: size.width2}, &engine.ReLU{},
				&engine.Dense{Units: size.out}),
			Batch: size.rows, Steps: size.steps, Seed: 1,
		}
		n, err := engine.New(spec, size.rows)
		if err != nil {
			b.Fatal(err)
		}
		d := noise(size.inputs, size.out, 2048)
		for _, way := range []struct {
			name     string
			recorder func() *Recorder
		}{
			{"unwatched", func() *Recorder { return nil }},
			{"default", func() *Recorder { return New(tracefile.NewWriter(io.Discard), Options{}) }},
			{"default-in-memory", func() *Recorder { return New(tracefile.NewWriter(tracefile.NewReader("")), Options{}) }},
			{"every", func() *Recorder { return New(tracefile.NewWriter(io.Discard), Options{EveryStep: true}) }},
			{"every-in-memory", func() *Recorder {
				return New(tracefile.NewWriter(tracefile.NewReader("")), Options{EveryStep: true})
			}},
		} {
			b.Run(size.name+"/"+way.name, func(b *testing.B) {
				began := processorTime(b)
				for b.Loop() {
					n.Initialize(1)
					var o *engine.Observer
					if r := way.recorder(); r != nil {
						o = r.Observer()
					}
					if _, err := engine.Train(context.Background(), n, spec, d, engine.Data{}, o); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64((processorTime(b)-began).Microseconds())/float64(b.N)/float64(size.steps), "cpu-µs/step")
			})
		}
	}
}

// processorTime is what counts where others share the machine.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// noise is rows to learn by heart.
func noise(inputs, classes, rows int) engine.Data {
	d := engine.Data{Rows: rows, X: make([]float32, rows*inputs), Labels: make([]int32, rows)}
	state := uint32(1)
	for i := range d.X {
		state = state*1664525 + 1013904223
		d.X[i] = float32(state>>8)/(1<<23) - 1
	}
	for i := range d.Labels {
		d.Labels[i] = int32(i % classes)
	}
	return d
}
