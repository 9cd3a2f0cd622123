//go:build unix

package main

import (
	"fmt"

	"github.com/nnvet/nnvet/internal/engine"
)

// A network is one that all arms train. networks.py says the same of its
// weights, and torch_arm.py and gomlx build it.
type network struct {
	input  engine.Shape
	layers []engine.Layer
}

func named(name string) (network, error) {
	switch name {
	case "mlp":
		return network{engine.Shape{784}, dense(256, 256)}, nil
	case "tiny":
		return network{engine.Shape{20}, dense(32, 32)}, nil
	case "cnn":
		l := append(convolution(16), convolution(32)...)
		return network{engine.Shape{28, 28, 1}, append(append(l, &engine.Flatten{}), dense(64)...)}, nil
	}
	return network{}, fmt.Errorf("network %q: there are mlp, tiny and cnn", name)
}

// dense are hidden layers of so many units, and one for ten classes.
func dense(units ...int) []engine.Layer {
	var l []engine.Layer
	for _, u := range units {
		l = append(l, &engine.Dense{Units: u}, &engine.ReLU{})
	}
	return append(l, &engine.Dense{Units: 10})
}

func convolution(filters int) []engine.Layer {
	return []engine.Layer{&engine.Conv2D{Filters: filters, Kernel: [2]int{3, 3}}, &engine.ReLU{}, &engine.MaxPool{}}
}

// spec trains without shuffling, so that every arm sees the same batches.
func (n network) spec(batch int, steps int64) engine.Spec {
	s := engine.Spec{
		Input: n.input, Loss: engine.Loss{Kind: engine.CrossEntropy}, Optimizer: engine.Optimizer{Kind: "adam", LR: 1e-3},
		Batch: batch, Steps: steps, KeepOrder: true,
	}
	for _, l := range n.layers {
		s.Layers = append(s.Layers, engine.Node{Layer: l})
	}
	return s
}
