package trial

import (
	"math"
	"testing"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/kernel"
)

// steps are trainings of the digits in PyTorch from given parameters.
type steps struct {
	Batch  int
	Order  []int // rows, batch after batch
	Params map[string][]float32
	Runs   []struct {
		Optimizer engine.Optimizer
		Drift     float64 // greatest relative difference of PyTorch's losses from those of the same run in float64
		Losses    []float64
	}
}

// TestParityOfSteps: from the same parameters and over the same batches, every
// one of a hundred losses is PyTorch's.
func TestParityOfSteps(t *testing.T) {
	s := readParity(t).Steps
	d := s.data(t)
	for _, set := range kernel.Sets() {
		for _, run := range s.Runs {
			t.Run(set.Name+"/"+run.Optimizer.Kind, func(t *testing.T) {
				n, spec := s.network(t, run.Optimizer, set.Name, len(run.Losses))
				// Two runs in float32 that round in different orders stray from the exact one by about the
				// same; what is rounded otherwise grows over a hundred steps by a factor that depends on chance.
				most := 8 * run.Drift
				worst := 0.0
				after := func(s *engine.Step) {
					want := run.Losses[s.Number]
					off := math.Abs(s.Loss-want) / want
					worst = max(worst, off)
					if !(off <= most) {
						t.Errorf("step %d: loss %v, PyTorch has %v: off by %.2g of %.2g", s.Number, s.Loss, want, off, most)
					}
				}
				r, err := engine.Train(t.Context(), n, spec, d, engine.Data{}, &engine.Observer{After: after})
				if err != nil || r.Steps != int64(len(run.Losses)) {
					t.Fatalf("%d steps, error %v", r.Steps, err)
				}
				t.Logf("off by %.2g at most, PyTorch from float64 by %.2g", worst, run.Drift)
			})
		}
	}
}

// data holds the rows in the order in which they are to be fed.
func (s *steps) data(t *testing.T) engine.Data {
	t.Helper()
	table := load(t, "digits.npz")
	pixels, digits := table.Column("image").Values, table.Column("digit").Numbers
	d := engine.Data{Rows: len(s.Order)}
	for _, row := range s.Order {
		for _, v := range pixels[row*64 : (row+1)*64] {
			d.X = append(d.X, v/16)
		}
		d.Labels = append(d.Labels, int32(digits[row]))
	}
	return d
}

func (s *steps) network(t *testing.T, o engine.Optimizer, set string, steps int) (*engine.Network, engine.Spec) {
	t.Helper()
	spec := engine.Spec{
		Input:  engine.Shape{64},
		Layers: []engine.Node{{Layer: &engine.Dense{Units: 16}}, {Layer: &engine.ReLU{}}, {Layer: &engine.Dense{Units: 10}}},
		Loss:   engine.Loss{Kind: engine.CrossEntropy}, Optimizer: o,
		Batch: s.Batch, Steps: int64(steps), KeepOrder: true, Kernels: set,
	}
	n, err := engine.New(spec, s.Batch)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range n.Params() {
		if len(s.Params[p.Name]) != len(p.Value) {
			t.Fatalf("%s: %d numbers recorded, %d wanted", p.Name, len(s.Params[p.Name]), len(p.Value))
		}
		p.Import(s.Params[p.Name])
	}
	return n, spec
}
