package engine

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

// TestRefused: what cannot be built, and how that is said.
func TestRefused(t *testing.T) {
	d := &Dense{Units: 2}
	nan := math.NaN()
	for _, c := range []struct {
		name, want string
		spec       Spec
	}{
		{"kernel", "layers[2] conv2d: kernel 5x5 does not fit an input of 2x2x8; make it smaller or pool less",
			Spec{Input: Shape{4, 4, 1}, Layers: layers(&Conv2D{Filters: 8, Kernel: [2]int{3, 3}}, &MaxPool{}, &Conv2D{Filters: 8, Kernel: [2]int{5, 5}, Padding: "valid"})}},
		{"pool", "layers[0] max_pool: size 3x3 does not fit an input of 2x5x1", Spec{Input: Shape{2, 5, 1}, Layers: layers(&MaxPool{Size: [2]int{3, 3}})}},
		{"image", "layers[1] conv2d: needs an image of [height, width, channels] and gets 16", Spec{Input: Shape{4, 4, 1}, Layers: layers(&Flatten{}, &Conv2D{Filters: 1, Kernel: [2]int{1, 1}})}},
		{"no kernel", "layers[0] conv2d: kernel 0 is not one of 1 to", Spec{Input: Shape{4, 4, 1}, Layers: layers(&Conv2D{Filters: 1})}},
		{"negative stride", "stride -1 is not one of 1 to", Spec{Input: Shape{4, 4, 1}, Layers: layers(&MaxPool{Stride: [2]int{-1, 2}})}},
		{"padding", `padding "full" is none of same, valid`, Spec{Input: Shape{4, 4, 1}, Layers: layers(&Conv2D{Filters: 1, Kernel: [2]int{1, 1}, Padding: "full"})}},
		{"huge kernel", "conv2d: kernel 16777216x16777216 over 1 channels is more than", Spec{Input: Shape{4, 4, 1}, Layers: layers(&Conv2D{Filters: 1, Kernel: [2]int{maxExtent, maxExtent}})}},
		{"no units", "layers[0] dense: units 0 is not one of 1 to 16777216", Spec{Layers: layers(&Dense{})}},
		{"negative units", "units -3 is not one of", Spec{Layers: layers(&Dense{Units: -3})}},
		{"no layers", "layers: none; give one at least", Spec{}},
		{"no layer", "layers[1]: no layer", Spec{Layers: layers(d, nil)}},
		{"no parameters", "layers: none of them has parameters to train; add a dense layer", Spec{Layers: layers(&ReLU{})}},
		{"no input", "input: a row of 0 dimensions", Spec{Input: Shape{}, Layers: layers(d)}},
		{"negative input", "input: extent -1 of -1 is not one of 1 to", Spec{Input: Shape{-1}, Layers: layers(d)}},
		{"long row", "input: a row of 16777216x16777216 is more than 2147483647 numbers", Spec{Input: Shape{maxExtent, maxExtent}, Layers: layers(d)}},
		{"long output", "layers[0] dense: its output: a row of 65536x65536 is more than", Spec{Input: Shape{1 << 16, 1}, Layers: layers(&Dense{Units: 1 << 16})}},
		{"flat", "layers[0] flatten: its output: extent 33554432 of 33554432 is not one of", Spec{Input: Shape{2, maxExtent}, Layers: layers(&Flatten{}, d)}},
		{"memory", "takes 32768.0 GiB of memory where", Spec{Input: Shape{maxExtent}, Layers: layers(&Dense{Units: 1 << 18, NoBias: true})}},
		{"name", `layers[1] dense: name "a" is taken by another layer`, Spec{Layers: []Node{{Layer: d, Name: "a"}, {Layer: d, Name: "a"}}}},
		{"dot", `name "a.b" has a dot`, Spec{Layers: []Node{{Layer: d, Name: "a.b"}}}},
		{"automatic name", `layers[1] dense: name "dense2" is taken`, Spec{Layers: []Node{{Layer: d, Name: "dense2"}, {Layer: d}}}},
		{"residual", "layers[0] residual: the body makes 3 of 4, and the two cannot be added", Spec{Input: Shape{4}, Layers: layers(&Residual{Body: layers(&Dense{Units: 3})})}},
		{"in residual", "layers[1].body[0] dropout: rate 1 is not a share below 1", Spec{Layers: layers(d, &Residual{Body: layers(&Dropout{Rate: 1})})}},
		{"empty residual", "layers[0] residual: no layers", Spec{Layers: layers(&Residual{})}},
		{"global pool", "global_avg_pool: needs positions", Spec{Input: Shape{4}, Layers: layers(&GlobalAvgPool{})}},
		{"embedding of an image", "embedding: needs rows of [tokens] and gets 2x2x1", Spec{Input: Shape{2, 2, 1}, Layers: layers(&Embedding{Tokens: 3, Units: 2})}},
		{"late embedding", "layers[1] embedding: stands behind layers with parameters", Spec{Layers: layers(d, &Embedding{Tokens: 3, Units: 2})}},
		{"initializer", `layers[0] dense: initializer "he" is none of he_normal, he_uniform`, Spec{Layers: layers(&Dense{Units: 1, Init: Init{Kind: "he"}})}},
		{"bias initializer", "dense: bias: initializer normal: std -1 is negative", Spec{Layers: layers(&Dense{Units: 1, BiasInit: Init{Kind: "normal", Std: -1}})}},
		{"bounds", "initializer uniform: hi 1 is below lo 2", Spec{Layers: layers(&Dense{Units: 1, Init: Init{Kind: "uniform", Lo: 2, Hi: 1}})}},
		{"gain", "initializer zero: a setting is NaN", Spec{Layers: layers(&Dense{Units: 1, Init: Init{Kind: "zero", Gain: nan}})}},
		{"clip", "clip: lo 1 is not below hi 1", Spec{Layers: layers(&Clamp{Lo: 1, Hi: 1}, d)}},
		{"slope", "leaky_relu: slope NaN is not a number to multiply by", Spec{Layers: layers(&LeakyReLU{Slope: nan}, d)}},
		{"momentum", "batch_norm: momentum 1.5 is not one of 0 to 1", Spec{Layers: layers(&BatchNorm{Momentum: 1.5})}},
		{"eps", "layer_norm: eps NaN is not one of 0 to 1", Spec{Layers: layers(&LayerNorm{Eps: nan})}},
		{"loss", `loss "ce": none of mse, mae`, Spec{Layers: layers(d), Loss: Loss{Kind: "ce"}}},
		{"classes", "loss cross_entropy: needs an output of [classes] and gets 3x2", Spec{Input: Shape{3, 4}, Layers: layers(d), Loss: Loss{Kind: CrossEntropy}}},
		{"delta", "loss huber: delta -1; give a positive number", Spec{Layers: layers(d), Loss: Loss{Kind: Huber, Delta: -1}}},
		{"smoothing", "loss cross_entropy: smoothing 2; give a share", Spec{Layers: layers(d), Loss: Loss{Kind: CrossEntropy, Smoothing: 2}}},
		{"smoothing of mse", "loss mse: has no smoothing", Spec{Layers: layers(d), Loss: Loss{Kind: MSE, Smoothing: 0.1}}},
		{"kernels", `kernel set "sse": this machine has`, Spec{Layers: layers(d), Kernels: "sse"}},
	} {
		if c.spec.Input == nil {
			c.spec.Input = Shape{4}
		}
		if c.spec.Loss.Kind == "" {
			c.spec.Loss.Kind = MSE
		}
		if _, err := New(c.spec, 2); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
	for _, rows := range []int{0, -1, maxExtent + 1} {
		if _, err := New(Spec{Input: Shape{1}, Layers: layers(d), Loss: Loss{Kind: MSE}}, rows); err == nil || !strings.HasPrefix(err.Error(), "batch: ") {
			t.Errorf("%d rows: %v", rows, err)
		}
	}
}

// TestBlame: the error knows the layer and where it was written.
func TestBlame(t *testing.T) {
	inner := []Node{{Layer: &ReLU{}}, {Layer: &Dense{}, Source: nnvet.Location{File: "e.yaml", Line: 9}}}
	_, err := New(Spec{Input: Shape{2}, Loss: Loss{Kind: MSE}, Layers: layers(&Residual{Body: inner})}, 1)
	var at *LayerError
	if !errors.As(err, &at) || at.Path != "layers[0].body[1]" || at.Kind != "dense" || at.Source.Line != 9 {
		t.Errorf("got %v: %+v", err, at)
	}
	nested := layers(&Dense{Units: 2})
	for range maxDepth + 2 {
		nested = layers(&Residual{Body: nested})
	}
	if _, err := New(Spec{Input: Shape{2}, Loss: Loss{Kind: MSE}, Layers: nested}, 1); err == nil || !strings.Contains(err.Error(), "nest fewer") {
		t.Errorf("%d blocks within blocks: %v", maxDepth+2, err)
	}
}

// TestBadData: a label that is no class and a token that is no index make the
// loss NaN, and Err says why.
func TestBadData(t *testing.T) {
	embedded := layers(&Embedding{Tokens: 3, Units: 2}, &Flatten{}, &Dense{Units: 2})
	for _, c := range []struct {
		name, want string
		layers     []Node
		x          []float32
		labels     []int32
	}{
		{"class too large", "row 1 of a batch: class 2 where the network has 2 outputs", layers(&Dense{Units: 2}), []float32{0, 0, 1, 1}, []int32{0, 2}},
		{"negative class", "row 0 of a batch: class -1", layers(&Dense{Units: 2}), []float32{0, 0, 1, 1}, []int32{-1, 1}},
		{"token too large", "row 1 of a batch, column 0: 3 is no token: an embedding of 3 takes whole numbers of 0 to 2", embedded, []float32{0, 1, 3, 1}, []int32{0, 1}},
		{"fraction", "column 1: 0.5 is no token", embedded, []float32{0, 0.5, 1, 1}, []int32{0, 1}},
		{"negative token", "-1 is no token", embedded, []float32{0, -1, 1, 1}, []int32{0, 1}},
		{"NaN", "NaN is no token", embedded, []float32{0, float32(math.NaN()), 1, 1}, []int32{0, 1}},
	} {
		n := made(t, Spec{Input: Shape{2}, Layers: c.layers, Loss: Loss{Kind: CrossEntropy}}, 2)
		loss := n.Loss(n.Forward(c.x, 2, true), nil, c.labels, 2)
		n.Backward(2)
		if err := n.Err(); loss == loss || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: loss %v, %v, want %q", c.name, loss, err, c.want)
		}
		n.Initialize(0)
		if err := n.Err(); err != nil {
			t.Errorf("%s: after Initialize still %v", c.name, err)
		}
	}
}

// TestNotFinite: NaN and infinity in a row reach the output of every
// activation and pool, and are not taken for 0.
func TestNotFinite(t *testing.T) {
	eachSet(t, func(t *testing.T, set string) {
		for _, k := range Kinds() {
			layer := k.New()
			switch l := layer.(type) {
			case *Dense:
				l.Units = 2
			case *Conv2D:
				l.Filters, l.Kernel = 2, [2]int{2, 2}
			case *Clamp:
				l.Lo, l.Hi = -1, 1
			case *Residual:
				l.Body = layers(&Tanh{})
			case *Embedding:
				continue
			}
			n := made(t, Spec{Input: Shape{2, 2, 2}, Kernels: set, Loss: Loss{Kind: MSE}, Layers: layers(layer, &Flatten{}, &Dense{Units: 1})}, 1)
			out := n.Forward([]float32{1, 2, 3, float32(math.NaN()), 5, 6, 7, 8}, 1, false)
			if out[0] == out[0] {
				t.Errorf("%s: NaN goes in, %v comes out", k.Name, out[0])
			}
		}
	})
}

// FuzzNew builds networks of whatever the bytes say: no sizes may make it
// panic, and what it builds can take a step.
func FuzzNew(f *testing.F) {
	f.Add([]byte{3, 4, 5, 2, 0, 3, 1, 2, 7, 0})
	f.Add([]byte{1, 9, 9, 9, 2, 4, 0, 1})
	f.Fuzz(func(t *testing.T, bytes []byte) {
		next := func() int {
			if len(bytes) == 0 {
				return 1
			}
			b := int(int8(bytes[0]))
			bytes = bytes[1:]
			return b
		}
		spec := Spec{Input: Shape{next(), next(), next()}, Loss: Loss{Kind: MSE}}
		spec.Input = spec.Input[:1+(next()&0xff)%3]
		if spec.Input.Size() > 4096 {
			return
		}
		kinds := Kinds()
		for len(bytes) > 0 && len(spec.Layers) < 6 {
			layer := kinds[(next()&0xff)%len(kinds)].New()
			switch l := layer.(type) {
			case *Dense:
				l.Units = next()
			case *Conv2D:
				l.Filters, l.Kernel, l.Stride = next(), [2]int{next(), next()}, [2]int{next(), next()}
			case *MaxPool:
				l.Size, l.Padding = [2]int{next(), next()}, []string{"", "same"}[next()&1]
			case *AvgPool:
				l.Size, l.Padding = [2]int{next(), next()}, []string{"", "same"}[next()&1]
			case *Embedding:
				l.Tokens, l.Units = next(), next()
			case *Dropout:
				l.Rate = float64(next()) / 100
			}
			spec.Layers = append(spec.Layers, Node{Layer: layer})
		}
		n, err := New(spec, 2)
		if err != nil {
			return
		}
		n.Loss(n.Forward(make([]float32, 2*spec.Input.Size()), 2, true), make([]float32, 2*n.Outputs().Size()), nil, 2)
		n.Backward(2)
	})
}
