package save_test

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/save"
)

// spec returns a training in which all that a state holds has something to hold.
func spec(optimizer string) engine.Spec {
	s := engine.Spec{
		Input: engine.Shape{3},
		Layers: nodes(layers(dense(6), &engine.BatchNorm{}, &engine.ReLU{}, &engine.Dropout{Rate: 0.2},
			block(dense(5), &engine.Tanh{}, dense(6)), dense(2))),
		Loss: engine.Loss{Kind: engine.CrossEntropy}, Optimizer: engine.Optimizer{Kind: optimizer, LR: 0.01},
		Batch: 16, Epochs: 10, Patience: 20, Seed: 3,
	}
	if optimizer == "sgd" {
		s.Optimizer.Momentum = 0.9
	}
	return s
}

// ring returns points, labelled by whether they lie near the middle.
func ring(rows int, seed uint64) engine.Data {
	rng := rand.New(rand.NewPCG(seed, 0))
	d := engine.Data{Rows: rows, X: make([]float32, rows*3), Labels: make([]int32, rows)}
	for i := range rows {
		sum := float32(0)
		for k := range 3 {
			v := float32(rng.NormFloat64())
			d.X[i*3+k] = v
			sum += v * v
		}
		if sum < 2.4 {
			d.Labels[i] = 1
		}
	}
	return d
}

func trainer(t *testing.T, s engine.Spec) *engine.Trainer {
	t.Helper()
	n, err := engine.New(s, 32)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := engine.NewTrainer(n, s, ring(100, 1), ring(40, 2))
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func run(t *testing.T, tr *engine.Trainer) {
	t.Helper()
	if _, err := tr.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// Ten epochs are the same bits as five, a file, and five more.
func TestResume(t *testing.T) {
	for _, optimizer := range []string{"sgd", "rmsprop", "adam", "adamw"} {
		t.Run(optimizer, func(t *testing.T) {
			s := spec(optimizer)
			whole := trainer(t, s)
			run(t, whole)

			half := trainer(t, s)
			half.Continue = func(e *engine.Evaluation) bool { return e.Epoch < 5 }
			run(t, half)
			path := filepath.Join(t.TempDir(), "resume.safetensors")
			id := save.Identify(s, half.Train, half.Val)
			if err := save.WriteState(path, half.Network, half.State(), id, save.About{Experiment: "epochs: 10\n", Version: "test"}); err != nil {
				t.Fatal(err)
			}

			rest := trainer(t, s)
			saved, err := save.ReadState(path)
			if err != nil {
				t.Fatal(err)
			}
			if saved.LR != 0.01 || saved.About.Experiment != "epochs: 10\n" {
				t.Errorf("got %+v", saved)
			}
			state, err := saved.Resume(rest.Network, id)
			if err != nil {
				t.Fatal(err)
			}
			if want := half.State(); !reflect.DeepEqual(bits(state), bits(want)) {
				t.Errorf("got state %+v, want %+v", state, want)
			}
			if err := rest.Restore(state); err != nil {
				t.Fatal(err)
			}
			run(t, rest)
			if got, want := bits(rest.State()), bits(whole.State()); !reflect.DeepEqual(got, want) {
				t.Errorf("resumed: %v\nin one run: %v", got, want)
			}
		})
	}
}

// bits makes a state comparable: NaN is NaN, and no array is an empty one.
func bits(s engine.State) map[string]string { return save.Flat(s) }

// FuzzReadState looks for a state that panics where it is read or resumed from.
func FuzzReadState(f *testing.F) {
	tr, err := engine.New(spec("adam"), 32)
	if err != nil {
		f.Fatal(err)
	}
	id := save.Identify(spec("adam"), ring(100, 1), ring(40, 2))
	good := stateFile(f, tr, engine.State{Params: values(tr), M: values(tr), V: values(tr)}, id)
	f.Add(good.Metadata["identity"], "3", "NaN", 10)
	f.Add("{}", "-1", "1e999", 0)
	f.Fuzz(func(t *testing.T, identity, step, loss string, tensors int) {
		file := save.File{Metadata: maps.Clone(good.Metadata), Tensors: good.Tensors[:max(0, min(tensors, len(good.Tensors)))]}
		file.Metadata["identity"], file.Metadata["state.Step"], file.Metadata["state.Loss"] = identity, step, loss
		saved, err := save.ReadStateText(&file)
		if err != nil {
			return
		}
		state, err := saved.Resume(tr, id)
		if err != nil {
			return
		}
		trainer, err := engine.NewTrainer(tr, spec("adam"), ring(100, 1), ring(40, 2))
		if err != nil {
			t.Fatal(err)
		}
		_ = trainer.Restore(state) // may refuse
	})
}

func values(n *engine.Network) []float32 {
	v, _ := n.Arena()
	return v
}

func stateFile(t testing.TB, n *engine.Network, s engine.State, id save.Identity) *save.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "resume.safetensors")
	if err := save.WriteState(path, n, s, id, save.About{}); err != nil {
		t.Fatal(err)
	}
	return tensorsOf(t, path)
}

func TestResumeRefuses(t *testing.T) {
	s := spec("adam")
	tr := trainer(t, s)
	tr.Continue = func(e *engine.Evaluation) bool { return false }
	run(t, tr)
	path := filepath.Join(t.TempDir(), "resume.safetensors")
	if err := save.WriteState(path, tr.Network, tr.State(), save.Identify(s, tr.Train, tr.Val), save.About{}); err != nil {
		t.Fatal(err)
	}
	saved, err := save.ReadState(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		change func(s *engine.Spec, train, val *engine.Data)
		want   []string // nil: it goes on
	}{
		{"nothing", func(*engine.Spec, *engine.Data, *engine.Data) {}, nil},
		{"longer, more patient", func(s *engine.Spec, _, _ *engine.Data) { s.Epochs, s.Patience = 20, 3 }, nil},
		{"another kernel set", func(s *engine.Spec, _, _ *engine.Data) { s.Kernels = "generic" }, nil},
		{"learning rate", func(s *engine.Spec, _, _ *engine.Data) { s.Optimizer.LR = 0.1 }, []string{"optimizer.lr is 0.1, was 0.01"}},
		{"clipping", func(s *engine.Spec, _, _ *engine.Data) { s.Clip.Norm = 1 }, []string{"clip.norm is 1, was not set"}},
		{"seed and batch", func(s *engine.Spec, _, _ *engine.Data) { s.Seed, s.Batch = 0, 8 }, []string{"batch is 8, was 16", "seed is no longer set, was 3"}},
		{"schedule that depends on the length", func(s *engine.Spec, _, _ *engine.Data) { s.Schedule.Kind = "cosine" },
			[]string{"epochs is 10, was not set", "schedule.kind is cosine, was not set"}},
		{"layer", func(s *engine.Spec, _, _ *engine.Data) { s.Layers[2].Layer = &engine.SELU{} }, []string{"layers[2] is selu, was relu"}},
		{"size of a layer in a block", func(s *engine.Spec, _, _ *engine.Data) {
			s.Layers[4].Layer.(*engine.Residual).Body[0].Layer = dense(8)
		}, []string{"layers[4].body[0].units is 8, was 5"}},
		{"a row fewer", func(_ *engine.Spec, train, _ *engine.Data) { *train = ring(99, 1) },
			[]string{"training inputs hold other numbers than before", "training rows is 99, was 100", "training targets hold other numbers than before"}},
		{"one number", func(_ *engine.Spec, _, val *engine.Data) { val.X[7]++ }, []string{"validation inputs hold other numbers than before"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, train, val := spec("adam"), ring(100, 1), ring(40, 2)
			tt.change(&s, &train, &val)
			_, err := saved.Resume(tr.Network, save.Identify(s, train, val))
			var changed *save.Changed
			if !errors.As(err, &changed) {
				if err != nil || tt.want != nil {
					t.Errorf("got %v, want %q", err, tt.want)
				}
				return
			}
			if !reflect.DeepEqual(changed.Differences, tt.want) {
				t.Errorf("got %q, want %q", changed.Differences, tt.want)
			}
			if !strings.HasPrefix(err.Error(), path+": ") {
				t.Errorf("got %v, want the path first", err)
			}
		})
	}
}
