package engine

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nnvet/nnvet"
)

func layers(list ...Layer) []Node {
	nodes := make([]Node, len(list))
	for i, l := range list {
		nodes[i].Layer = l
	}
	return nodes
}

func made(t testing.TB, s Spec, rows int) *Network {
	t.Helper()
	n, err := New(s, rows)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }

func drawn(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return x
}

func classes(seed uint64, n, classes int) []int32 {
	rng := seeded(seed)
	labels := make([]int32, n)
	for i := range labels {
		labels[i] = int32(rng.IntN(classes))
	}
	return labels
}

// images is a network with every layer that an image can go through.
func images() Spec {
	return Spec{Input: Shape{9, 7, 2}, Loss: Loss{Kind: CrossEntropy}, Layers: layers(
		&Conv2D{Filters: 3, Kernel: [2]int{3, 3}}, &ReLU{},
		&Residual{Body: layers(&Conv2D{Filters: 3, Kernel: [2]int{3, 3}}, &BatchNorm{}, &ReLU{}, &Conv2D{Filters: 3, Kernel: [2]int{1, 1}}, &ReLU{})},
		&MaxPool{}, &Conv2D{Filters: 4, Kernel: [2]int{3, 2}, Stride: [2]int{1, 2}}, &GELU{}, &AvgPool{Padding: "same"}, &LayerNorm{}, &PReLU{PerChannel: true},
		&Dropout{Rate: 0.3}, &Flatten{}, &Dense{Units: 6}, &SiLU{}, &Dense{Units: 5}, &ReLU{}, &Dense{Units: 3},
	)}
}

// TestNames are how layers and parameters are called and shown.
func TestNames(t *testing.T) {
	n := made(t, Spec{Input: Shape{4, 4, 1}, Loss: Loss{Kind: MSE}, Layers: []Node{
		{Layer: &Conv2D{Filters: 2, Kernel: [2]int{3, 3}}, Source: nnvet.Location{File: "e.yaml", Line: 3}},
		{Layer: &BatchNorm{}}, {Layer: &ReLU{}},
		{Layer: &Residual{Body: layers(&Dense{Units: 2}, &ReLU{})}},
		{Layer: &Flatten{}}, {Layer: &Dense{Units: 7}, Name: "head"}, {Layer: &Dense{Units: 1, NoBias: true}},
	}}, 2)
	var got []string
	for _, l := range n.Layers() {
		got = append(got, fmt.Sprintf("%s %s %v %v %d %d", l.Name, l.Class, l.In, l.Out, l.Elements, l.Parent))
	}
	want := []string{
		"conv1 Conv2d 4x4x1 4x4x2 20 -1",
		"batch_norm1 BatchNorm2d 4x4x2 4x4x2 4 -1",
		"relu1 ReLU 4x4x2 4x4x2 0 -1",
		"residual1 Residual 4x4x2 4x4x2 0 -1",
		"residual1.dense1 Linear 4x4x2 4x4x2 6 3",
		"residual1.relu1 ReLU 4x4x2 4x4x2 0 3",
		"flatten1 Flatten 4x4x2 32 0 -1",
		"head Linear 32 7 231 -1",
		"dense2 Linear 7 1 7 -1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	got = nil
	for _, p := range slices.Concat(n.Params(), n.Buffers()) {
		got = append(got, fmt.Sprint(p.Name, p.Shape, p.Trainable))
	}
	want = []string{
		"conv1.weight[2 1 3 3] true", "conv1.bias[2] true", "batch_norm1.weight[2] true", "batch_norm1.bias[2] true",
		"residual1.dense1.weight[2 2] true", "residual1.dense1.bias[2] true", "head.weight[7 32] true", "head.bias[7] true", "dense2.weight[1 7] true",
		"batch_norm1.running_mean[2] false", "batch_norm1.running_var[2] false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if l := n.Layers()[0]; l.Source.Line != 3 || l.Settings["out_channels"] != 2 || !l.Leaf || n.Layers()[3].Leaf {
		t.Errorf("source, settings or leaves: %+v, %+v", l, n.Layers()[3])
	}
}

// TestLayouts: values go out in PyTorch's layout and come in again.
func TestLayouts(t *testing.T) {
	n := made(t, Spec{Input: Shape{3, 3, 2}, Loss: Loss{Kind: MSE}, Layers: layers(&Conv2D{Filters: 2, Kernel: [2]int{1, 2}}, &Flatten{}, &Dense{Units: 2})}, 1)
	conv, dense := n.Params()[0], n.Params()[2]
	for i := range conv.Value {
		conv.Value[i] = float32(i)
	}
	out := make([]float32, len(conv.Value))
	conv.Export(out)
	// in memory [height, width, in, out], of PyTorch [out, in, height, width]
	if want := []float32{0, 4, 2, 6, 1, 5, 3, 7}; !slices.Equal(out, want) {
		t.Errorf("got %v, want %v", out, want)
	}
	before, out := slices.Clone(dense.Value), make([]float32, len(dense.Value))
	dense.Export(out)
	clear(dense.Value)
	dense.Import(out)
	if !slices.Equal(dense.Value, before) {
		t.Error("exported and imported values differ from what they were")
	}
}

// TestWatch: watching changes no bit of what is computed, and shows every leaf.
func TestWatch(t *testing.T) {
	eachSet(t, func(t *testing.T, set string) {
		spec := images()
		spec.Kernels = set
		const rows = 5
		plain, watched := made(t, spec, rows), made(t, spec, rows)
		watched.Watch(true)
		x, labels := drawn(seeded(1), rows*spec.Input.Size()), classes(1, rows, 3)
		for step := range 3 {
			var losses [2]float32
			for i, n := range []*Network{plain, watched} {
				values, grads := n.Arena()
				losses[i] = n.Loss(n.Forward(x, rows, true), nil, labels, rows)
				n.Backward(rows)
				n.Set().SGD(values, grads, 0.1)
			}
			a, _ := plain.Arena()
			b, _ := watched.Arena()
			if losses[0] != losses[1] || !slices.Equal(a, b) {
				t.Fatalf("step %d: losses %v and %v, or other parameters", step, losses[0], losses[1])
			}
		}
		shown := make(map[string][]float32)
		watched.Activations(func(layer int, out []float32) { shown[watched.Layers()[layer].Name] = out })
		kept := 0
		plain.Activations(func(int, []float32) { kept++ })
		leaves := 0
		for _, l := range watched.Layers() {
			if l.Leaf {
				leaves++
			}
			if got := shown[l.Name]; l.Leaf && len(got) != rows*l.Out.Size() {
				t.Errorf("%s: %d elements, want %d", l.Name, len(got), rows*l.Out.Size())
			}
		}
		if len(shown) != leaves || kept != leaves-3 { // dense, conv, and conv in the block do their ReLU
			t.Errorf("%d of %d leaves shown, %d without watching", len(shown), leaves, kept)
		}
		if slices.Min(shown["conv1"]) >= 0 || slices.Min(shown["relu1"]) < 0 {
			t.Error("the output of conv1 is not the one before its ReLU")
		}
	})
}

// TestAllocations: a step allocates nothing.
func TestAllocations(t *testing.T) {
	for _, loss := range LossKinds() {
		spec := images()
		spec.Loss.Kind = LossKind(loss[0])
		const rows = 4
		n := made(t, spec, rows)
		x, y, labels := drawn(seeded(1), rows*spec.Input.Size()), make([]float32, rows*3), classes(1, rows, 3)
		if got := testing.AllocsPerRun(10, func() {
			n.Loss(n.Forward(x, rows, true), y, labels, rows)
			n.Backward(rows)
			n.Forward(x, rows-1, false)
		}); got != 0 {
			t.Errorf("%s: %v allocations a step", loss[0], got)
		}
	}
}

// TestSmallerBatch: a short batch in a network for longer ones gives what a
// network of its size gives, whatever was in the memory.
func TestSmallerBatch(t *testing.T) {
	eachSet(t, func(t *testing.T, set string) {
		spec := images()
		spec.Kernels = set
		x, labels := drawn(seeded(1), 6*spec.Input.Size()), classes(1, 6, 3)
		long, short := made(t, spec, 6), made(t, spec, 2)
		long.Loss(long.Forward(x, 6, false), nil, labels, 6)
		long.Backward(6)
		var grads [2][]float32
		for i, n := range []*Network{long, short} {
			n.Loss(n.Forward(x, 2, false), nil, labels, 2)
			n.Backward(2)
			_, grads[i] = n.Arena()
		}
		if !slices.Equal(grads[0], grads[1]) {
			t.Error("other gradients than in a network for batches of that size")
		}
	})
}

// TestSeeds: a seed gives the same bits, another gives others, and dropout
// changes no initial weight.
func TestSeeds(t *testing.T) {
	spec := func(seed int64, rate float64) Spec {
		return Spec{Input: Shape{4}, Loss: Loss{Kind: MSE}, Seed: seed, Layers: layers(&Dense{Units: 9}, &Dropout{Rate: rate}, &Dense{Units: 1})}
	}
	values := func(n *Network) []float32 { v, _ := n.Arena(); return v }
	a, b := made(t, spec(3, 0.5), 2), made(t, spec(3, 0), 2)
	if !slices.Equal(values(a), values(b)) {
		t.Error("dropout changes the initial weights")
	}
	if slices.Equal(values(a), values(made(t, spec(4, 0.5), 2))) {
		t.Error("two seeds give the same weights")
	}
	x := drawn(seeded(1), 8)
	first := slices.Clone(a.Forward(x, 2, true))
	second := slices.Clone(a.Forward(x, 2, true))
	a.Initialize(3)
	if again := a.Forward(x, 2, true); !slices.Equal(again, first) || slices.Equal(again, second) {
		t.Error("dropout: the same draws in two steps, or others after Initialize")
	}
	state, err := a.Random().MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	third := slices.Clone(a.Forward(x, 2, true))
	if err := a.Random().UnmarshalBinary(state); err != nil {
		t.Fatal(err)
	}
	if again := a.Forward(x, 2, true); !slices.Equal(again, third) {
		t.Error("restored, dropout draws something else")
	}
}

// TestDropout: the share that is dropped, what it does to the rest, and that
// the gradient goes where the value went.
func TestDropout(t *testing.T) {
	const rows, width, rate = 100, 501, 0.3
	spec := Spec{Input: Shape{width}, Loss: Loss{Kind: MSE}, Layers: layers(&Dropout{Rate: rate}, &Dense{Units: 1, Init: Init{Kind: "constant", Value: 1}})}
	n, err := newNetwork(spec, rows, true)
	if err != nil {
		t.Fatal(err)
	}
	x, y := make([]float32, rows*width), make([]float32, rows)
	fill(x, 2)
	n.Loss(n.Forward(x, rows, true), y, nil, rows)
	n.Backward(rows)
	dropped := 0
	n.Activations(func(layer int, out []float32) {
		if layer != 0 {
			return
		}
		for i, v := range out {
			switch {
			case v == 0:
				dropped++
			case v != float32(2/(1-rate)):
				t.Fatalf("element %d is %v", i, v)
			}
			if (v == 0) != (n.dx[i] == 0) {
				t.Fatalf("element %d is %v and its gradient %v", i, v, n.dx[i])
			}
		}
	})
	if share, spread := float64(dropped)/float64(len(x)), 4*math.Sqrt(rate*(1-rate)/float64(len(x))); math.Abs(share-rate) > spread {
		t.Errorf("%.4f are dropped, want %v within %.4f", share, rate, spread)
	}
}

// TestBatchNormOfOne: one value a channel has no variance; its output is the
// shift, and the running variance stays.
func TestBatchNormOfOne(t *testing.T) {
	n := made(t, Spec{Input: Shape{3}, Loss: Loss{Kind: MSE}, Layers: layers(&BatchNorm{})}, 1)
	out := n.Forward([]float32{1, 2, 3}, 1, true)
	if !slices.Equal(out, []float32{0, 0, 0}) || !slices.Equal(n.Buffers()[1].Value, []float32{1, 1, 1}) {
		t.Errorf("output %v, running variance %v", out, n.Buffers()[1].Value)
	}
}

// TestFaulty: networks with the faults that the checks are about can be built
// and trained.
func TestFaulty(t *testing.T) {
	var deep []Layer
	for range 50 {
		deep = append(deep, &Dense{Units: 8}, &Tanh{})
	}
	for _, c := range []struct {
		name   string
		layers []Layer
		loss   LossKind
	}{
		{"softmax before cross_entropy", []Layer{&Dense{Units: 3}, &Softmax{}}, CrossEntropy},
		{"cross_entropy of one unit", []Layer{&Dense{Units: 1}}, CrossEntropy},
		{"relu on the output", []Layer{&Dense{Units: 3}, &ReLU{}}, MSE},
		{"sigmoid before mse", []Layer{&Dense{Units: 3}, &Sigmoid{}}, MSE},
		{"50 layers of tanh", append(deep, &Dense{Units: 3}), CrossEntropy},
		{"all weights zero", []Layer{&Dense{Units: 4, Init: Init{Kind: "zero"}}, &ReLU{}, &Dense{Units: 3, Init: Init{Kind: "zero"}}}, CrossEntropy},
		{"round in the middle", []Layer{&Dense{Units: 4}, &Round{}, &Dense{Units: 3}}, CrossEntropy},
		{"logits taken for probabilities", []Layer{&Dense{Units: 3}}, BCE},
	} {
		n := made(t, Spec{Input: Shape{5}, Layers: layers(c.layers...), Loss: Loss{Kind: c.loss}}, 8)
		x, y, labels := drawn(seeded(1), 40), make([]float32, 24), classes(1, 8, n.Outputs().Size())
		values, grads := n.Arena()
		for range 3 {
			if loss := n.Loss(n.Forward(x, 8, true), y, labels, 8); loss != loss {
				t.Errorf("%s: the loss is NaN", c.name)
			}
			n.Backward(8)
			n.Set().SGD(values, grads, 0.01)
		}
		if err := n.Err(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
