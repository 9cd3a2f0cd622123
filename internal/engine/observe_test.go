package engine

import (
	"math"
	"testing"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

// TestObserverChangesNothing: watched in every step, and in some, a training
// ends with the bits that it ends with unwatched.
func TestObserverChangesNothing(t *testing.T) {
	s, train, val := hard()
	for _, set := range kernel.Sets() {
		s.Kernels = set.Name
		n, want := trained(t, s, train, val, nil)
		for name, wants := range map[string]func(int64) bool{
			"never": nil,
			"each":  func(int64) bool { return true },
			"third": func(step int64) bool { return step%3 == 0 },
		} {
			o := &Observer{Wants: wants, Before: func(s *Step) { s.Network.Activations(func(int, []float32) {}) }, After: func(*Step) {}, Evaluated: func(*Evaluation) {}}
			if watched, got := trained(t, s, train, val, o); !sameBits(values(n), values(watched)) || got.ValLoss != want.ValLoss {
				t.Errorf("%s, %s step: validation loss %v, without an observer %v", set.Name, name, got.ValLoss, want.ValLoss)
			}
		}
	}
}

func TestObserverSees(t *testing.T) {
	s := moonSpec()
	s.Optimizer = Optimizer{Kind: "sgd", LR: 0.1, Decay: 0.01}
	s.Clip.Norm, s.Schedule = 0.1, Schedule{Kind: "linear", Floor: 0.5}
	var before, grads []float32
	var told []string
	steps, sampled, glances := 0, 0, 0
	o := &Observer{
		Start: func(tr *Trainer) { told = append(told, "start") },
		Wants: func(step int64) bool { return step%4 == 0 },
		Before: func(s *Step) {
			sampled++
			params, g := s.Network.Arena()
			before, grads = append(before[:0], params...), append(grads[:0], g...)
			shown := 0
			s.Network.Activations(func(layer int, out []float32) { shown++ })
			if shown != 5 {
				t.Errorf("step %d: activations of %d layers, want 5", s.Number, shown)
			}
		},
		Glance: func(s *Step) {
			if glances++; s.Sampled || !(s.Network.set.SumSquares(s.Network.grads) > 0) {
				t.Errorf("step %d: %+v", s.Number, s)
			}
		},
		After: func(s *Step) {
			if s.Number != int64(steps) || s.Sampled != (steps%4 == 0) {
				t.Fatalf("step %d: %+v", steps, s)
			}
			if rows := min(32, 100-32*(steps%4)); s.Rows != rows || len(s.X) != 2*rows || len(s.Labels) != rows || len(s.Out) != 2*rows || s.Epoch != steps/4 {
				t.Errorf("step %d: %d rows in epoch %d", steps, s.Rows, s.Epoch)
			}
			if !(s.Loss > 0) || !(s.Norm > 0) || math.Abs(s.LR-0.1*(1-0.5*float64(steps)/40)) > 1e-12 || !(s.Accuracy() >= 0 && s.Accuracy() <= 1) {
				t.Errorf("step %d: loss %v, norm %v, rate %v, accuracy %v", steps, s.Loss, s.Norm, s.LR, s.Accuracy())
			}
			steps++
			if !s.Sampled {
				return
			}
			if length := norm(s.Network.set, grads); length > 0.1001 || s.Norm < length {
				t.Errorf("step %d: gradients of norm %v, %v before clipping to 0.1", s.Number, length, s.Norm)
			}
			for _, p := range s.Network.Params() {
				for j, v := range p.Value {
					was, g := before[p.At+j], grads[p.At+j]
					if want := -s.LR * (float64(g) + 0.01*float64(was)); math.Abs(float64(v-was)-want) > 1e-6 {
						t.Fatalf("%s[%d]: changes by %v, gradient and decay make it %v", p.Name, j, v-was, want)
					}
				}
			}
		},
		Evaluated: func(e *Evaluation) { told = append(told, "evaluated") },
		End: func(r *Result) {
			if told = append(told, "end"); r.Steps != 40 || r.Stopped != AllEpochs || r.Seconds <= 0 {
				t.Errorf("end: %+v", r)
			}
		},
	}
	trained(t, s, twoMoons(100, 1), twoMoons(50, 2), o)
	if steps != 40 || sampled != 10 || glances != 30 || len(told) != 12 || told[0] != "start" || told[11] != "end" {
		t.Errorf("%d steps, %d sampled, %d others, told %v", steps, sampled, glances, told)
	}
}

// TestOrigin: a step that is not finite is shown although nobody wanted it, and
// says where that came from.
func TestOrigin(t *testing.T) {
	nan := float32(math.NaN())
	for _, c := range []struct {
		name  string
		spoil func(*Spec, *Data, *Network)
		want  Origin
	}{
		{"input", func(_ *Spec, d *Data, _ *Network) { d.X[7] = nan }, Origin{"input", -1, -1}},
		{"target", func(_ *Spec, d *Data, _ *Network) { d.Y[3] = nan }, Origin{"target", -1, -1}},
		{"parameter", func(_ *Spec, _ *Data, n *Network) { n.Params()[2].Value[1] = nan }, Origin{"parameter", -1, 2}},
		{"operation", func(_ *Spec, _ *Data, n *Network) { fill(n.Params()[2].Value, 3e38) }, Origin{"operation", 2, -1}},
	} {
		s := Spec{Input: Shape{2}, Layers: layers(&Dense{Units: 4}, &Tanh{}, &Dense{Units: 1}), Loss: Loss{Kind: MSE}, Batch: 10, Epochs: 1, KeepOrder: true}
		d, _ := lineData(40)
		n := network(t, s)
		fill(n.Params()[0].Value, 1) // all tanh of one sign somewhere, so that the sum overflows
		fill(n.Params()[1].Value, 9)
		c.spoil(&s, &d, n)
		var got []Origin
		if _, err := Train(t.Context(), n, s, d, Data{}, &Observer{Before: func(s *Step) { got = append(got, s.Origin()) }}); err != nil {
			t.Fatal(err)
		}
		if len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: shown %v, want %v once", c.name, got, c.want)
		}
	}
}
