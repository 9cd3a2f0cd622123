package trial

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/engine"
)

// rings are two classes of points at two distances from the middle.
func rings(rows int, seed uint64) engine.Data {
	rng := rand.New(rand.NewPCG(seed, 0))
	d := engine.Data{Rows: rows}
	for range rows {
		label := rng.Int32N(2)
		x, y := rng.NormFloat64(), rng.NormFloat64()
		r := (1 + float64(label) + 0.1*rng.NormFloat64()) / (x*x + y*y + 1e-9)
		d.X = append(d.X, float32(x*r), float32(y*r))
		d.Labels = append(d.Labels, label)
	}
	return d
}

func spec(units int, lr float64, seed int64) engine.Spec {
	return engine.Spec{
		Input:     engine.Shape{2},
		Layers:    []engine.Node{{Layer: &engine.Dense{Units: units}}, {Layer: &engine.BatchNorm{}}, {Layer: &engine.ReLU{}}, {Layer: &engine.Dropout{Rate: 0.1}}, {Layer: &engine.Dense{Units: 2}}},
		Loss:      engine.Loss{Kind: engine.CrossEntropy},
		Optimizer: engine.Optimizer{LR: lr},
		Batch:     16, Epochs: 4, Patience: 3, Seed: seed,
	}
}

// sweep are jobs of several shapes, optimizers and lengths.
func sweep(n int) []Job {
	train, val, test := rings(100, 1), rings(50, 2), rings(50, 3)
	var jobs []Job
	for i := range n {
		s := spec([]int{4, 8, 16, 5, 6, 7}[i%6], 0.003*float64(1+i%5), int64(i))
		s.Optimizer.Kind = []string{"adam", "sgd", "rmsprop", "adamw"}[i%4]
		s.KeepOrder = i%7 == 0
		s.Epochs = 1 + i%4
		jobs = append(jobs, Job{Spec: s, Train: train, Val: val, Test: test})
	}
	return jobs
}

// collect runs jobs and returns their outcomes, without the seconds.
func collect(t *testing.T, ctx context.Context, jobs []Job, workers int) ([]Outcome, error) {
	t.Helper()
	var all []Outcome
	err := Run(ctx, slices.Values(jobs), workers, func(i int, o Outcome) {
		if i != len(all) {
			t.Fatalf("outcome %d came after %d", i, len(all))
		}
		o.Result.Seconds = 0
		all = append(all, o)
	})
	return all, err
}

func same(a, b Outcome) bool {
	x, y := a.Result, b.Result
	return x.Steps == y.Steps && x.TrainLoss == y.TrainLoss && x.ValLoss == y.ValLoss && x.Best.Accuracy == y.Best.Accuracy &&
		x.BestEpoch == y.BestEpoch && a.Test.Loss == b.Test.Loss && a.Test.Accuracy == b.Test.Accuracy
}

func TestOutcomesDoNotDependOnWorkers(t *testing.T) {
	jobs := sweep(48)
	before := slices.Clone(jobs[0].Train.X)
	alone := make([]Outcome, len(jobs)) // each in a session of its own
	for i, j := range jobs {
		var s session
		alone[i] = s.run(t.Context(), j)
	}
	for _, workers := range []int{1, 2, 3, 16, 100, 0} {
		got, err := collect(t, t.Context(), jobs, workers)
		if err != nil || len(got) != len(jobs) {
			t.Fatalf("%d workers: %d outcomes of %d jobs, %v", workers, len(got), len(jobs), err)
		}
		for i, o := range got {
			if o.Err != nil || !same(o, alone[i]) {
				t.Errorf("%d workers: job %d ends with %+v, alone with %+v", workers, i, o, alone[i])
			}
		}
	}
	if !slices.Equal(before, jobs[0].Train.X) {
		t.Error("the trials changed their data")
	}
}

func TestOneErrorStopsNoOther(t *testing.T) {
	jobs := sweep(6)
	jobs[1].Spec.Layers = nil
	jobs[3].Train.Labels = jobs[3].Train.Labels[:5]
	jobs[4].Train = engine.Data{}
	got, err := collect(t, t.Context(), jobs, 2)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"", "layers: none", "", "5 labels for 100 rows", "no rows", ""} {
		o := got[i]
		if want == "" && (o.Err != nil || !(o.Test.Loss > 0)) || want != "" && (o.Err == nil || !strings.Contains(o.Err.Error(), want) || o.Test.Loss == o.Test.Loss) {
			t.Errorf("job %d: error %v, test loss %v; want error %q", i, o.Err, o.Test.Loss, want)
		}
	}
}

// TestJudge: it sees the network that its own job left.
func TestJudge(t *testing.T) {
	jobs := sweep(12)
	reached := make([]engine.Scores, len(jobs))
	for i := range jobs {
		jobs[i].Judge = func(n *engine.Network) (err error) {
			reached[i], err = engine.Evaluate(n, jobs[i].Test, n.Rows())
			return err
		}
	}
	bad := errors.New("bad")
	jobs[5].Judge = func(*engine.Network) error { return bad }
	got, err := collect(t, t.Context(), jobs, 3)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range got {
		if i == 5 {
			if !errors.Is(o.Err, bad) {
				t.Errorf("job 5: error %v, want its judge's", o.Err)
			}
		} else if o.Err != nil || reached[i].Loss != o.Test.Loss {
			t.Errorf("job %d: judged %+v, scored %+v, %v", i, reached[i], o.Test, o.Err)
		}
	}
}

func TestContinueEndsOneTrial(t *testing.T) {
	jobs := sweep(8)
	for i := range jobs {
		jobs[i].Spec.Epochs = 4
	}
	jobs[2].Continue = func(e *engine.Evaluation) bool { return e.Epoch < 2 }
	got, err := collect(t, t.Context(), jobs, 3)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range got {
		epochs, reason := 4, engine.AllEpochs
		if i == 2 {
			epochs, reason = 2, engine.ToldToStop
		}
		if o.Result.Epochs != epochs || o.Result.Stopped != reason {
			t.Errorf("job %d stopped after %d epochs: %s", i, o.Result.Epochs, o.Result.Stopped)
		}
	}
}

func TestCancelled(t *testing.T) {
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	jobs := sweep(100)
	for i := range jobs {
		jobs[i].Spec.Epochs, jobs[i].Spec.Patience = 1000000, 0 // none ends by itself
	}
	jobs[1].Observer = &engine.Observer{After: func(s *engine.Step) {
		if s.Number == 20 {
			cancel(why)
		}
	}}
	got, err := collect(t, ctx, jobs, 2)
	if !errors.Is(err, why) || len(got) != 2 {
		t.Fatalf("%d outcomes, error %v; want those of the two that ran", len(got), err)
	}
	for i, o := range got {
		if !errors.Is(o.Err, why) || o.Result.Stopped != engine.Interrupted {
			t.Errorf("job %d: %+v", i, o)
		}
	}
	if got, err := collect(t, ctx, jobs, 2); len(got) > 2 || !errors.Is(err, why) {
		t.Errorf("after it: %d outcomes, error %v", len(got), err)
	}
}

func TestNoJobs(t *testing.T) {
	if got, err := collect(t, t.Context(), nil, 4); len(got) != 0 || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}

// TestNetworksAreUsedAgain: one for each of the last shapes.
func TestNetworksAreUsedAgain(t *testing.T) {
	var s session
	first, err := s.network(spec(4, 0.1, 0), 16)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		units int
		rows  int
		again bool
	}{{4, 16, true}, {5, 16, false}, {4, 8, false}, {6, 16, false}, {4, 16, true}, {7, 16, false}, {8, 16, false}, {9, 16, false}, {10, 16, false}, {4, 16, false}} {
		n, err := s.network(spec(c.units, 0.2, 7), c.rows)
		if err != nil {
			t.Fatal(err)
		}
		if (n == first) != c.again || len(s.networks) > kept {
			t.Errorf("%d: %d units, %d rows: used again is %v of %d", i, c.units, c.rows, n == first, len(s.networks))
		}
	}
}
