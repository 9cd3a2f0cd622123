//go:build unix

package main

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/layers/activation"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/nn"
)

// A network is convolutions of 3×3, each with a ReLU and a pool behind it, then
// dense layers with a ReLU between them.
type network struct {
	input   []int
	filters []int
	units   []int
}

func named(name string) (network, error) {
	switch name {
	case "mlp":
		return network{input: []int{784}, units: []int{256, 256, 10}}, nil
	case "tiny":
		return network{input: []int{20}, units: []int{32, 32, 10}}, nil
	case "cnn":
		return network{input: []int{28, 28, 1}, filters: []int{16, 32}, units: []int{64, 10}}, nil
	}
	return network{}, fmt.Errorf("network %q: there are mlp, tiny and cnn", name)
}

func (n network) features() int {
	size := 1
	for _, d := range n.input {
		size *= d
	}
	return size
}

// model builds the network's graph. Its variables start from weights, which
// lie one layer after another in PyTorch's shapes.
func (n network) model(weights []float32) func(*model.Scope, *graph.Node) *graph.Node {
	return func(s *model.Scope, x *graph.Node) *graph.Node {
		w := starts{weights}
		for i, filters := range n.filters {
			scope, channels := s.In("conv%d", i), x.Shape().Dim(-1)
			kernel := scope.VariableWithValue("kernel", w.kernel(channels, filters)).NodeValue(x)
			bias := scope.VariableWithValue("bias", w.bias(filters)).NodeValue(x)
			x = graph.Convolve(x, kernel).PadSame().Done()
			x = activation.Relu(graph.Add(x, graph.ExpandLeftToRank(bias, x.Rank())))
			x = graph.MaxPool(x).Window(2).Done()
		}
		x = graph.Reshape(x, batch, -1)
		for i, units := range n.units {
			scope, inputs := s.In("dense%d", i), x.Shape().Dim(-1)
			weight := scope.VariableWithValue("weight", w.dense(inputs, units)).NodeValue(x)
			bias := scope.VariableWithValue("bias", w.bias(units)).NodeValue(x)
			between := activation.TypeRelu
			if i == len(n.units)-1 {
				between = activation.TypeNone
			}
			x = nn.Dense(x, weight, bias, compute.DenseLayoutInputOutputs, between)
		}
		return x
	}
}

// starts hands out first weights, in the layouts that GoMLX has.
type starts struct{ left []float32 }

func (s *starts) take(n int) []float32 {
	x := s.left[:n]
	s.left = s.left[n:]
	return x
}

func (s *starts) bias(n int) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(s.take(n), n)
}

// dense turns [out, in] into [in, out].
func (s *starts) dense(in, out int) *tensors.Tensor {
	from, to := s.take(in*out), make([]float32, in*out)
	for i := range in {
		for o := range out {
			to[i*out+o] = from[o*in+i]
		}
	}
	return tensors.FromFlatDataAndDimensions(to, in, out)
}

// kernel turns [out, in, 3, 3] into [3, 3, in, out].
func (s *starts) kernel(in, out int) *tensors.Tensor {
	from, to := s.take(9*in*out), make([]float32, 9*in*out)
	for o := range out {
		for i := range in {
			for at := range 9 {
				to[(at*in+i)*out+o] = from[(o*in+i)*9+at]
			}
		}
	}
	return tensors.FromFlatDataAndDimensions(to, 3, 3, in, out)
}
