package subject

import (
	"math"
	"slices"
	"testing"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/experiment"
)

// A gradient is told from one that is not the slope of the loss.
func TestSlopes(t *testing.T) {
	spec := engine.Spec{
		Input: engine.Shape{3}, Loss: engine.Loss{Kind: engine.MSE}, Seed: 1,
		Layers: []engine.Node{{Layer: &engine.Dense{Units: 8}}, {Layer: &engine.ReLU{}}, {Layer: &engine.Dropout{Rate: 0.5}}, {Layer: &engine.Dense{Units: 1}}},
	}
	d := engine.Data{Rows: 32}
	for i := range 32 {
		x := float32(i%7) - 3
		d.X, d.Y = append(d.X, x, x*x/3, float32(i%5)-2), append(d.Y, 2*x)
	}
	e := &Experiment{Plan: &experiment.Plan{Spec: spec}, train: d}
	slopes, err := e.Slopes()
	if err != nil || len(slopes) == 0 {
		t.Fatalf("%d slopes, %v", len(slopes), err)
	}
	for _, s := range slopes {
		if least := slices.Min(s.Errors); least > 1e-2 {
			t.Errorf("%s: the relative error is %g", s.Param, least)
		}
	}

	spec.Layers = quiet(spec.Layers)
	n, err := engine.New(spec, d.Rows)
	if err != nil {
		t.Fatal(err)
	}
	loss := func() float64 { return float64(n.Loss(n.Forward(d.X, d.Rows, true), d.Y, nil, d.Rows)) }
	at := loss()
	n.Backward(d.Rows)
	p := n.Params()[0]
	wrong := slices.Clone(p.Grad)
	for i := range wrong {
		wrong[i] *= 1.5 // as of a factor that was forgotten
	}
	was := slices.Clone(p.Value)
	s, ok := along(p, wrong, at, loss)
	if !ok || math.Abs(slices.Min(s.Errors)-1./3) > 0.05 {
		t.Errorf("half as large again: %+v", s)
	}
	if !slices.Equal(p.Value, was) {
		t.Error("the weights did not come back")
	}
}
