package engine

import "testing"

// BenchmarkStep is what a step takes without the optimizer: forward, loss and
// backward of one batch.
func BenchmarkStep(b *testing.B) {
	for _, c := range []struct {
		name string
		rows int
		in   Shape
		net  []Layer
	}{
		{"mlp 784-256-256-10", 64, Shape{784}, []Layer{&Dense{Units: 256}, &ReLU{}, &Dense{Units: 256}, &ReLU{}, &Dense{Units: 10}}},
		{"mlp 20-32-32-10", 32, Shape{20}, []Layer{&Dense{Units: 32}, &ReLU{}, &Dense{Units: 32}, &ReLU{}, &Dense{Units: 10}}},
		{"cnn", 64, Shape{28, 28, 1}, []Layer{
			&Conv2D{Filters: 16, Kernel: [2]int{3, 3}}, &ReLU{}, &MaxPool{},
			&Conv2D{Filters: 32, Kernel: [2]int{3, 3}}, &ReLU{}, &MaxPool{},
			&Flatten{}, &Dense{Units: 128}, &ReLU{}, &Dense{Units: 10},
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			n := made(b, Spec{Input: c.in, Layers: layers(c.net...), Loss: Loss{Kind: CrossEntropy}}, c.rows)
			x, labels := drawn(seeded(1), c.rows*c.in.Size()), classes(1, c.rows, 10)
			b.ReportAllocs()
			for b.Loop() {
				n.Loss(n.Forward(x, c.rows, true), nil, labels, c.rows)
				n.Backward(c.rows)
			}
			b.ReportMetric(float64(b.N*c.rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
