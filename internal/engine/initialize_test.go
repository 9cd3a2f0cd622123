package engine

import (
	"math"
	"slices"
	"testing"
)

// TestInitializers holds mean, standard deviation and bounds against those that
// PyTorch's initializers drew for the same shapes.
func TestInitializers(t *testing.T) {
	for _, c := range readGoldens(t).Initializers {
		start := Init{Kind: c.Name}
		layer, in := Layer(&Dense{Units: c.Shape[0], Init: start}), Shape{c.Shape[1]}
		if len(c.Shape) == 4 {
			layer, in = &Conv2D{Filters: c.Shape[0], Kernel: [2]int{c.Shape[2], c.Shape[3]}, Init: start}, Shape{5, 5, c.Shape[1]}
		}
		p := made(t, Spec{Input: in, Layers: layers(layer), Loss: Loss{Kind: MSE}}, 1).Params()[0]
		if !slices.Equal(p.Shape, c.Shape) {
			t.Fatalf("%s: shape %v, want %v", c.Name, p.Shape, c.Shape)
		}
		n := float64(len(p.Value))
		mean, std := moments(p.Value)
		// a mean is off by std/sqrt(n), a standard deviation by less than that over sqrt(2): on both sides, five times
		if spread := 7 * c.Std / math.Sqrt(n); math.Abs(mean-c.Mean) > spread || math.Abs(std-c.Std) > spread {
			t.Errorf("%s %v: mean %.5f and std %.5f, PyTorch's are %.5f and %.5f", c.Name, c.Shape, mean, std, c.Mean, c.Std)
		}
		bounded := c.Bound < 2*c.Std // uniform, as sqrt(3) is less than 2
		if bound := greatest(p.Value); bounded && math.Abs(bound/c.Bound-1) > 0.005 {
			t.Errorf("%s %v: values up to %.5f, PyTorch's are up to %.5f", c.Name, c.Shape, bound, c.Bound)
		}
	}
}

func moments(x []float32) (mean, std float64) {
	for _, v := range x {
		mean += float64(v)
	}
	mean /= float64(len(x))
	for _, v := range x {
		std += (float64(v) - mean) * (float64(v) - mean)
	}
	return mean, math.Sqrt(std / float64(len(x)))
}

// TestOrthogonal: the shorter side of the matrix is orthonormal, times the gain.
func TestOrthogonal(t *testing.T) {
	for _, c := range [][2]int{{5, 9}, {9, 5}, {6, 6}, {1, 4}, {4, 1}} {
		in, out := c[0], c[1]
		w := made(t, Spec{Input: Shape{in}, Layers: layers(&Dense{Units: out, Init: Init{Kind: "orthogonal", Gain: 2}}), Loss: Loss{Kind: MSE}}, 1).Params()[0].Value
		vectors, length, at := in, out, func(v, j int) float32 { return w[v*out+j] }
		if in > out {
			vectors, length, at = out, in, func(v, j int) float32 { return w[j*out+v] }
		}
		for a := range vectors {
			for b := range vectors {
				dot, want := 0.0, 0.0
				for j := range length {
					dot += float64(at(a, j)) * float64(at(b, j))
				}
				if a == b {
					want = 4
				}
				if math.Abs(dot-want) > 1e-6 {
					t.Errorf("%d to %d: vectors %d and %d have product %v, want %v", in, out, a, b, dot, want)
				}
			}
		}
	}
}

// TestGiven: initializers with parameters, and what they do to biases.
func TestGiven(t *testing.T) {
	const in, out = 200, 300
	for _, c := range []struct {
		name                string
		weights, biases     Init
		mean, std           float64
		biasMean, biasBound float64
	}{
		{"normal", Init{Kind: "normal", Mean: 3, Std: 0.5}, Init{}, 3, 0.5, 0, 0},
		{"uniform", Init{Kind: "uniform", Lo: -1, Hi: 5}, Init{Kind: "constant", Value: 0.1}, 2, 6 / math.Sqrt(12), 0.1, 0.1},
		{"constant", Init{Kind: "constant", Value: -2}, Init{}, -2, 0, 0, 0},
		{"zero", Init{Kind: "zero"}, Init{}, 0, 0, 0, 0},
		{"gain", Init{Kind: "lecun_normal", Gain: 3}, Init{}, 0, 3 / math.Sqrt(in), 0, 0},
		{"pytorch", Init{Kind: "pytorch"}, Init{}, 0, 1 / math.Sqrt(3*in), 0, 1 / math.Sqrt(in)},
		{"keras", Init{Kind: "keras"}, Init{}, 0, math.Sqrt(2. / (in + out)), 0, 0},
	} {
		n := made(t, Spec{Input: Shape{in}, Layers: layers(&Dense{Units: out, Init: c.weights, BiasInit: c.biases}), Loss: Loss{Kind: MSE}}, 1)
		mean, std := moments(n.Params()[0].Value)
		if spread := 5 * c.std / math.Sqrt(in*out); math.Abs(mean-c.mean) > spread+1e-7 || math.Abs(std-c.std) > spread+1e-7 {
			t.Errorf("%s: mean %.5f and std %.5f, want %.5f and %.5f", c.name, mean, std, c.mean, c.std)
		}
		bias := n.Params()[1].Value
		mean, _ = moments(bias)
		if math.Abs(mean-c.biasMean) > 5*c.biasBound/math.Sqrt(3*out)+1e-7 || greatest(bias) > c.biasBound+1e-7 || greatest(bias) < 0.97*c.biasBound {
			t.Errorf("%s: biases of mean %v up to %v, want %v up to %v", c.name, mean, greatest(bias), c.biasMean, c.biasBound)
		}
	}
}

// TestDefaultInit: the activation behind a layer decides, through what lies
// between, and out of a block.
func TestDefaultInit(t *testing.T) {
	for _, c := range []struct {
		name   string
		layers []Node
		want   string
	}{
		{"relu", layers(&Dense{Units: 2}, &ReLU{}), "he_normal"},
		{"relu behind normalization", layers(&Dense{Units: 2}, &BatchNorm{}, &Dropout{}, &GELU{}), "he_normal"},
		{"tanh", layers(&Dense{Units: 2}, &Tanh{}), "lecun_normal"},
		{"selu", layers(&Dense{Units: 2}, &SELU{}), "lecun_normal"},
		{"none", layers(&Dense{Units: 2}, &Dense{Units: 2}, &ReLU{}), "lecun_normal"},
		{"last", layers(&Dense{Units: 2}), "lecun_normal"},
		{"last of a block before relu", layers(&Residual{Body: layers(&Dense{Units: 2})}, &ReLU{}), "he_normal"},
	} {
		n := made(t, Spec{Input: Shape{2}, Layers: c.layers, Loss: Loss{Kind: MSE}}, 1)
		if got := n.Params()[0].start.Kind; got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}
