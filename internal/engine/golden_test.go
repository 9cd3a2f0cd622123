package engine

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

// A golden is what PyTorch made of a network; testdata/golden.py records them.
type golden struct {
	Name    string
	Input   Shape
	Layers  []goldenLayer
	Loss_of Loss
	Rows    int
	Train   bool
	X, Y    []float32
	Labels  []int32
	Params  map[string][]float32
	Buffers map[string][2][]float32 // before and after
	Out     []float32
	Loss    float32
	Grads   map[string][]float32
	DX      []float32
}

// A goldenLayer is a layer as JSON, by the names of its fields.
type goldenLayer struct{ Layer Layer }

func (g *goldenLayer) UnmarshalJSON(text []byte) error {
	var head struct {
		Kind string
		Body []goldenLayer
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return err
	}
	if head.Kind == "residual" {
		g.Layer = &Residual{Body: nodes(head.Body)}
		return nil
	}
	for _, k := range Kinds() {
		if k.Name == head.Kind {
			g.Layer = k.New()
			return json.Unmarshal(text, g.Layer)
		}
	}
	return fmt.Errorf("no layer %q", head.Kind)
}

func nodes(layers []goldenLayer) []Node {
	var list []Node
	for _, l := range layers {
		list = append(list, Node{Layer: l.Layer})
	}
	return list
}

type goldens struct {
	Cases        []golden
	Initializers []struct {
		Name             string
		Shape            []int
		Mean, Std, Bound float64
	}
}

func readGoldens(t *testing.T) goldens {
	t.Helper()
	text, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var g goldens
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func eachSet(t *testing.T, test func(t *testing.T, set string)) {
	for _, s := range kernel.Sets() {
		t.Run(s.Name, func(t *testing.T) { test(t, s.Name) })
	}
}

// TestGoldens holds outputs, loss, gradients and running statistics against
// PyTorch's, for every layer and loss.
func TestGoldens(t *testing.T) {
	g := readGoldens(t)
	eachSet(t, func(t *testing.T, set string) {
		for _, c := range g.Cases {
			t.Run(c.Name, func(t *testing.T) {
				c.test(t, c.network(t, set, c.Rows))
				c.test(t, c.network(t, set, c.Rows+3)) // room for a larger batch
			})
		}
	})
}

func (c *golden) network(t *testing.T, set string, rows int) *Network {
	t.Helper()
	spec := Spec{Input: c.Input, Layers: nodes(c.Layers), Loss: c.Loss_of, Kernels: set}
	n, err := newNetwork(spec, rows, c.DX != nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(n.Params()) != len(c.Params) || len(n.Buffers()) != len(c.Buffers) {
		t.Fatalf("%d parameters and %d buffers, PyTorch has %d and %d", len(n.Params()), len(n.Buffers()), len(c.Params), len(c.Buffers))
	}
	for _, p := range n.Params() {
		p.Import(c.Params[p.Name])
	}
	for _, p := range n.Buffers() {
		p.Import(c.Buffers[p.Name][0])
	}
	return n
}

func (c *golden) test(t *testing.T, n *Network) {
	t.Helper()
	out := n.Forward(c.X, c.Rows, c.Train)
	near(t, "output", out, c.Out, 0)
	near(t, "loss", []float32{n.Loss(out, c.Y, c.Labels, c.Rows)}, []float32{c.Loss}, 0)
	n.Backward(c.Rows)
	largest := greatest(c.DX)
	for _, grad := range c.Grads {
		largest = max(largest, greatest(grad))
	}
	for _, p := range n.Params() {
		got := make([]float32, len(p.Grad))
		p.ToTorch(got, p.Grad)
		near(t, "gradient of "+p.Name, got, c.Grads[p.Name], largest)
	}
	for _, p := range n.Buffers() {
		near(t, p.Name, p.Value, c.Buffers[p.Name][1], 0)
	}
	if c.DX != nil {
		near(t, "gradient of the input", n.dx, c.DX, largest)
	}
	if err := n.Err(); err != nil {
		t.Error(err)
	}
}

// near allows each element some units in the last place of the largest one:
// sums of tens of products, of values near 1, through a few layers. Gradients
// that cancel, as before normalization, are off by units of what cancels: the
// largest of all.
func near(t *testing.T, what string, got, want []float32, cancels float64) {
	t.Helper()
	const eps = 0x1p-23
	if len(got) != len(want) {
		t.Errorf("%s: %d elements, PyTorch has %d", what, len(got), len(want))
		return
	}
	bound := 24*eps*greatest(want) + 4*eps*cancels
	for i, v := range want {
		if off := math.Abs(float64(got[i] - v)); !(off <= bound) {
			t.Errorf("%s: element %d of %d: got %v, PyTorch has %v, off by %.2g of %.2g", what, i, len(want), got[i], v, off, bound)
			return
		}
	}
}

func greatest(x []float32) float64 {
	largest := 0.0
	for _, v := range x {
		largest = max(largest, math.Abs(float64(v)))
	}
	return largest
}
