package engine

import (
	"math"
	"strings"
	"testing"
)

// TestOutputBias holds that a network can start at the shares of the classes,
// and that the bias stays through Initialize.
func TestOutputBias(t *testing.T) {
	shares := []float64{0.9, 0.09, 0.01}
	s := Spec{
		Input: Shape{4}, Layers: []Node{{Layer: &Dense{Units: 3, Init: Init{Kind: "zero"}}}}, Loss: Loss{Kind: CrossEntropy},
		OutputBias: []float64{math.Log(shares[0]), math.Log(shares[1]), math.Log(shares[2])},
	}
	n, err := New(s, 1)
	if err != nil {
		t.Fatal(err)
	}
	n.Initialize(5)
	out := n.Forward([]float32{1, 2, 3, 4}, 1, false)
	for c, p := range shares {
		if loss := float64(n.Loss(out, nil, []int32{int32(c)}, 1)); math.Abs(loss+math.Log(p)) > 1e-6 {
			t.Errorf("class %d: loss %v, want %v", c, loss, -math.Log(p))
		}
	}
	other := s
	other.OutputBias = nil
	if n.Fits(other, 1) {
		t.Error("a network that starts elsewhere is taken for one that starts so")
	}
	for name, change := range map[string]func(*Spec){
		"units":   func(s *Spec) { s.OutputBias = s.OutputBias[:2] },
		"no bias": func(s *Spec) { s.Layers = []Node{{Layer: &Dense{Units: 3, NoBias: true}}} },
	} {
		bad := s
		change(&bad)
		if _, err := New(bad, 1); err == nil || !strings.Contains(err.Error(), "output bias") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
