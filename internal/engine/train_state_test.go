package engine

import (
	"context"
	"strings"
	"testing"
)

// hard is a training with everything that has a state.
func hard() (Spec, Data, Data) {
	s := moonSpec()
	s.Layers = layers(&Dense{Units: 8}, &BatchNorm{}, &ReLU{}, &Dropout{Rate: 0.3}, &Dense{Units: 2})
	s.Augment = []Augment{{Kind: "noise", Amount: 0.05}, {Kind: "mixup", Amount: 0.2}}
	s.Schedule, s.Clip = Schedule{Kind: "cosine", Warmup: 3}, Clip{Norm: 1}
	s.Batch, s.Patience = 16, 100
	return s, twoMoons(101, 1), twoMoons(60, 2) // the last batch is short
}

// TestResumes stops a training after each of some steps, takes it up in a new
// network, and compares every bit with the training that was not stopped.
func TestResumes(t *testing.T) {
	s, train, val := hard()
	for _, o := range []Optimizer{
		{Kind: "sgd", LR: 0.1}, {Kind: "sgd", LR: 0.05, Momentum: 0.9, Dampening: 0.2}, {Kind: "rmsprop"}, {Kind: "adam", LR: 0.01}, {Kind: "adamw", LR: 0.01},
	} {
		s.Optimizer = o
		whole, want := trained(t, s, train, val, nil)
		for _, stop := range []int64{0, 1, 7, 10, 35, 69, 70} { // seven steps an epoch
			ctx, cancel := context.WithCancel(context.Background())
			first, err := NewTrainer(network(t, s), s, train, val)
			if err != nil {
				t.Fatal(err)
			}
			first.Observer = &Observer{After: func(s *Step) {
				if s.Number+1 == stop {
					cancel()
				}
			}}
			if stop == 0 {
				cancel()
			}
			first.Run(ctx)
			cancel()
			elsewhere := s
			elsewhere.Seed = 99 // what it starts from must not matter
			n := network(t, elsewhere)
			second, err := NewTrainer(n, s, train, val)
			if err != nil {
				t.Fatal(err)
			}
			if err := second.Restore(first.State()); err != nil {
				t.Fatal(err)
			}
			got, err := second.Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			got.Seconds, want.Seconds = 0, 0
			if !sameBits(values(whole), values(n)) || !sameResult(got, want) {
				t.Errorf("%+v: stopped after %d steps it ends with %+v, else with %+v", o, stop, got, want)
			}
		}
	}
}

// sameResult compares results in which NaN equals NaN.
func sameResult(a, b Result) bool {
	return a.Steps == b.Steps && a.Epochs == b.Epochs && a.TrainLoss == b.TrainLoss && a.ValLoss == b.ValLoss &&
		a.BestValLoss == b.BestValLoss && a.BestEpoch == b.BestEpoch && a.Stopped == b.Stopped && a.Restored == b.Restored
}

// TestMoreEpochs: five epochs and then five more are ten, although the network
// had its best epoch back in between.
func TestMoreEpochs(t *testing.T) {
	s, train, val := hard()
	s.Schedule = Schedule{Kind: "step", Every: 3}
	whole, want := trained(t, s, train, val, nil)
	half := s
	half.Epochs = 5
	n := network(t, half)
	tr, err := NewTrainer(n, half, train, val)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	state := tr.State()
	if err := tr.Reset(n, s, train, val); err != nil {
		t.Fatal(err)
	}
	if err := tr.Restore(state); err != nil {
		t.Fatal(err)
	}
	got, err := tr.Run(context.Background())
	if err != nil || !sameBits(values(whole), values(n)) || !sameResult(got, want) {
		t.Errorf("5+5 epochs end with %+v (%v), 10 with %+v", got, err, want)
	}
}

// TestPatienceIsSaved: what has lost its patience trains no further when it is
// taken up again.
func TestPatienceIsSaved(t *testing.T) {
	s, train, val := hard()
	s.Patience, s.Epochs = 2, 100
	first, err := NewTrainer(network(t, s), s, train, val)
	if err != nil {
		t.Fatal(err)
	}
	want, err := first.Run(context.Background())
	if err != nil || want.Stopped != NoPatience {
		t.Fatalf("%+v, %v", want, err)
	}
	second, err := NewTrainer(network(t, s), s, train, val)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Restore(first.State()); err != nil {
		t.Fatal(err)
	}
	got, err := second.Run(context.Background())
	if err != nil || !sameResult(got, want) || !sameBits(values(first.Network), values(second.Network)) {
		t.Errorf("%+v (%v), at first %+v", got, err, want)
	}
}

func TestRestoreRefuses(t *testing.T) {
	s, train, val := hard()
	tr, err := NewTrainer(network(t, s), s, train, val)
	if err != nil {
		t.Fatal(err)
	}
	before := values(tr.Network)
	for _, c := range []struct {
		name  string
		spoil func(*State)
		want  string
	}{
		{"parameters", func(s *State) { s.Params = s.Params[1:] }, "parameters where this training has"},
		{"moments", func(s *State) { s.M = nil }, "0 running means of gradients"},
		{"statistics", func(s *State) { s.Buffers = nil }, "0 running statistics"},
		{"best", func(s *State) { s.BestParams = make([]float32, 1) }, "1 best parameters"},
		{"row", func(s *State) { s.Row = 17 }, "row 17"},
		{"step", func(s *State) { s.Step = -1 }, "step -1"},
	} {
		state := tr.State()
		c.spoil(&state)
		if err := tr.Restore(state); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
		if !sameBits(before, values(tr.Network)) {
			t.Fatalf("%s: a state that was refused changed the network", c.name)
		}
	}
}
