package engine

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

// twoMoons are two half circles that no line separates.
func twoMoons(rows int, seed uint64) Data {
	rng := rand.New(rand.NewPCG(seed, 0))
	d := Data{Rows: rows}
	for i := range rows {
		a := math.Pi * rng.Float64()
		x, y := math.Cos(a), math.Sin(a)
		if i%2 == 1 {
			x, y = 1-x, 0.5-y
		}
		d.X = append(d.X, float32(x+0.1*rng.NormFloat64()), float32(y+0.1*rng.NormFloat64()))
		d.Labels = append(d.Labels, int32(i%2))
	}
	return d
}

func moonSpec() Spec {
	return Spec{
		Input:     Shape{2},
		Layers:    layers(&Dense{Units: 16}, &ReLU{}, &Dense{Units: 16}, &ReLU{}, &Dense{Units: 2}),
		Loss:      Loss{Kind: CrossEntropy},
		Optimizer: Optimizer{Kind: "adam", LR: 0.01},
		Batch:     32,
		Epochs:    10,
		Seed:      1,
	}
}

func network(t testing.TB, s Spec) *Network {
	t.Helper()
	n, err := New(s, s.Batch)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// trained trains a new network and returns it with what became of it.
func trained(t testing.TB, s Spec, train, val Data, o *Observer) (*Network, Result) {
	t.Helper()
	n := network(t, s)
	r, err := Train(context.Background(), n, s, train, val, o)
	if err != nil {
		t.Fatal(err)
	}
	return n, r
}

func values(n *Network) []float32 {
	v, _ := n.Arena()
	v = append([]float32(nil), v...)
	for _, p := range n.Buffers() {
		v = append(v, p.Value...)
	}
	return v
}

// sameScores compares scores of a classifier.
func sameScores(a, b Scores) bool {
	return a.Rows == b.Rows && a.Loss == b.Loss && a.Accuracy == b.Accuracy
}

func TestLearnsTwoMoons(t *testing.T) {
	train, val := twoMoons(600, 1), twoMoons(400, 2)
	for _, set := range kernel.Sets() {
		s := moonSpec()
		s.Kernels, s.Epochs = set.Name, 30
		n, r := trained(t, s, train, val, nil)
		if !(r.Val.Accuracy > 0.97) {
			t.Errorf("%s: validation accuracy %v, want more than 0.97", set.Name, r.Val.Accuracy)
		}
		if r.Stopped != AllEpochs || r.Epochs != 30 || r.Steps != 30*19 {
			t.Errorf("%s: %+v", set.Name, r)
		}
		again, err := Evaluate(n, val, s.Batch)
		if err != nil || !sameScores(again, r.Val) {
			t.Errorf("%s: Evaluate gives %+v (%v), the training had %+v", set.Name, again, err, r.Val)
		}
	}
}

// lineData are rows of a plane with noise, and the least squares solution.
func lineData(rows int) (Data, []float64) {
	rng := rand.New(rand.NewPCG(5, 0))
	d := Data{Rows: rows}
	var ata [3][4]float64 // normal equations of two slopes and an intercept
	for range rows {
		a := []float64{rng.NormFloat64(), 0.5 + rng.NormFloat64(), 1}
		y := 2*a[0] - 3*a[1] + 1 + 0.3*rng.NormFloat64()
		d.X = append(d.X, float32(a[0]), float32(a[1]))
		d.Y = append(d.Y, float32(y))
		for i := range 3 {
			for j := range 3 {
				ata[i][j] += a[i] * a[j]
			}
			ata[i][3] += a[i] * y
		}
	}
	for i := range 3 { // Gauss and Jordan; the matrix is positive definite
		for j := range 3 {
			if j == i {
				continue
			}
			f := ata[j][i] / ata[i][i]
			for k := range 4 {
				ata[j][k] -= f * ata[i][k]
			}
		}
	}
	return d, []float64{ata[0][3] / ata[0][0], ata[1][3] / ata[1][1], ata[2][3] / ata[2][2]}
}

func TestReachesLeastSquares(t *testing.T) {
	d, want := lineData(200)
	for _, o := range []Optimizer{
		{Kind: "sgd", LR: 0.1},
		{Kind: "sgd", LR: 0.05, Momentum: 0.9, Nesterov: true},
		{Kind: "adam", LR: 0.05},
	} {
		s := Spec{Input: Shape{2}, Layers: layers(&Dense{Units: 1}), Loss: Loss{Kind: MSE}, Optimizer: o, Batch: 200, Epochs: 600}
		n, _ := trained(t, s, d, Data{}, nil)
		p := n.Params()
		for i, got := range []float32{p[0].Value[0], p[0].Value[1], p[1].Value[0]} {
			if math.Abs(float64(got)-want[i]) > 1e-4 {
				t.Errorf("%s: parameter %d is %v, least squares give %v", o.Kind, i, got, want[i])
			}
		}
	}
}

// TestTrainsAsPyTorch follows a whole training: batches, clipping, optimizer
// and schedule.
func TestTrainsAsPyTorch(t *testing.T) {
	golden := optimizerGoldens(t).Training
	for _, set := range kernel.Sets() {
		s := Spec{
			Input: Shape{3}, Layers: layers(&Dense{Units: 5}, &Tanh{}, &Dense{Units: 4}), Loss: Loss{Kind: CrossEntropy},
			Optimizer: Optimizer{Kind: "adamw", LR: 0.05, Decay: 0.1}, Schedule: Schedule{Kind: "cosine"}, Clip: Clip{Norm: 0.5},
			Batch: 4, Epochs: 20, KeepOrder: true, Kernels: set.Name,
		}
		n := network(t, s)
		for i, p := range n.Params() {
			p.Import(golden.Before[i])
		}
		var losses []float64
		o := &Observer{After: func(s *Step) { losses = append(losses, s.Loss) }}
		d := Data{X: golden.X, Labels: golden.Labels, Rows: len(golden.Labels)}
		if _, err := Train(t.Context(), n, s, d, Data{}, o); err != nil {
			t.Fatal(err)
		}
		if len(losses) != len(golden.Losses) {
			t.Fatalf("%s: %d steps, want %d", set.Name, len(losses), len(golden.Losses))
		}
		for i, want := range golden.Losses {
			if !(math.Abs(losses[i]-want) < 1e-5) {
				t.Fatalf("%s: loss %v in step %d, PyTorch has %v", set.Name, losses[i], i, want)
			}
		}
		for i, p := range n.Params() {
			got := make([]float32, len(p.Value))
			p.Export(got)
			for j, want := range golden.After[i] {
				if !(math.Abs(float64(got[j]-want)) < 1e-5) {
					t.Errorf("%s: %s[%d] ends at %v, PyTorch's at %v", set.Name, p.Name, j, got[j], want)
				}
			}
		}
	}
}

func TestSameSeedSameBits(t *testing.T) {
	train, val := twoMoons(100, 1), twoMoons(50, 2)
	s := moonSpec()
	s.Layers = layers(&Dense{Units: 8}, &ReLU{}, &Dropout{Rate: 0.2}, &Dense{Units: 2})
	s.Augment = []Augment{{Kind: "noise", Amount: 0.1}, {Kind: "mixup", Amount: 0.4}}
	a, first := trained(t, s, train, val, nil)
	b, second := trained(t, s, train, val, nil)
	first.Seconds, second.Seconds = 0, 0
	if !sameBits(values(a), values(b)) || first.ValLoss != second.ValLoss {
		t.Errorf("two runs of one seed end at %v and %v", first.ValLoss, second.ValLoss)
	}
	s.Seed++
	if c, _ := trained(t, s, train, val, nil); sameBits(values(a), values(c)) {
		t.Error("another seed gives the same parameters")
	}
}

func TestPatience(t *testing.T) {
	train, val := twoMoons(20, 1), twoMoons(200, 2)
	for i, c := range val.Labels { // a third of them wrong: the validation loss soon rises
		if i%3 == 0 {
			val.Labels[i] = 1 - c
		}
	}
	s := moonSpec()
	s.Epochs, s.Patience, s.Batch = 500, 7, 4
	var epochs []Evaluation
	n, r := trained(t, s, train, val, &Observer{Evaluated: func(e *Evaluation) { epochs = append(epochs, *e) }})
	if r.Stopped != NoPatience || r.Epochs != r.BestEpoch+7 || !r.Restored {
		t.Fatalf("%+v", r)
	}
	best := 0
	for i, e := range epochs {
		if e.Loss < epochs[best].Loss {
			best = i
		}
	}
	if got := epochs[best]; got.Epoch != r.BestEpoch || got.Loss != r.BestValLoss || !got.Best {
		t.Errorf("best epoch %+v, the result has %+v", got, r)
	}
	if now, _ := Evaluate(n, val, s.Batch); !sameScores(now, r.Best) {
		t.Errorf("the network scores %+v, its best epoch %+v", now, r.Best)
	}
}

func TestStopsWhereLossIsNotFinite(t *testing.T) {
	d, _ := lineData(64)
	s := Spec{Input: Shape{2}, Layers: layers(&Dense{Units: 1}), Loss: Loss{Kind: MSE}, Optimizer: Optimizer{Kind: "sgd", LR: 1e6}, Batch: 8, Epochs: 1000}
	var losses []float64
	_, r := trained(t, s, d, Data{}, &Observer{After: func(s *Step) { losses = append(losses, s.Loss) }})
	if r.Stopped != NotFinite || r.Steps >= 100 || int(r.Steps) != len(losses) {
		t.Fatalf("%+v after %d losses", r, len(losses))
	}
	for i, v := range losses {
		if bad := math.IsNaN(v) || math.IsInf(v, 0); bad != (i >= len(losses)-doomed) {
			t.Fatalf("losses %v: want the last %d alone not finite", losses, doomed)
		}
	}
}

// TestLastRowAlone: the last batch of an epoch may be one row, which has no
// variance.
func TestLastRowAlone(t *testing.T) {
	s, _, val := hard()
	n, r := trained(t, s, twoMoons(97, 1), val, nil)
	if r.Stopped != AllEpochs || math.IsNaN(r.ValLoss) || math.IsNaN(r.TrainLoss) {
		t.Errorf("%+v", r)
	}
	for i, v := range values(n) {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			t.Fatalf("value %d is %v", i, v)
		}
	}
}

func TestCancelledBetweenSteps(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("enough")
	s := moonSpec()
	o := &Observer{After: func(s *Step) {
		if s.Number == 5 {
			cancel(why)
		}
	}}
	r, err := Train(ctx, network(t, s), s, twoMoons(600, 1), Data{}, o)
	if !errors.Is(err, why) || r.Stopped != Interrupted || r.Steps != 6 {
		t.Errorf("error %v, result %+v; want 6 steps", err, r)
	}
}

func TestContinueStops(t *testing.T) {
	s := moonSpec()
	tr, err := NewTrainer(network(t, s), s, twoMoons(100, 1), Data{})
	if err != nil {
		t.Fatal(err)
	}
	tr.Continue = func(e *Evaluation) bool { return e.Epoch < 3 }
	r, err := tr.Run(context.Background())
	if err != nil || r.Stopped != ToldToStop || r.Epochs != 3 || !math.IsNaN(r.ValLoss) || math.IsNaN(r.TrainLoss) {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestStepsInsteadOfEpochs(t *testing.T) {
	s := moonSpec()
	s.Steps, s.Patience = 10, 5
	evaluated := 0
	_, r := trained(t, s, twoMoons(100, 1), twoMoons(50, 2), &Observer{Evaluated: func(e *Evaluation) { evaluated++ }})
	if r.Steps != 10 || r.Epochs != 2 || r.Stopped != AllSteps || evaluated != 3 { // four steps an epoch, and what is left
		t.Errorf("%+v after %d evaluations, want 3", r, evaluated)
	}
}

func TestTrainRefuses(t *testing.T) {
	good, val := twoMoons(10, 1), twoMoons(10, 2)
	image := Augment{Kind: "flip", Amount: 0.5}
	for _, c := range []struct {
		name  string
		spec  func(*Spec)
		train func(*Data)
		val   Data
		want  string
	}{
		{"no rows", nil, func(d *Data) { *d = Data{} }, val, "training data: no rows"},
		{"no batch", func(s *Spec) { s.Batch = 0 }, nil, val, "batch 0"},
		{"no end", func(s *Spec) { s.Epochs = 0 }, nil, val, "give epochs or steps"},
		{"negative epochs", func(s *Spec) { s.Epochs = -1 }, nil, val, "epochs -1"},
		{"nothing to be patient with", func(s *Spec) { s.Patience = 3 }, nil, Data{}, "no validation rows"},
		{"few inputs", nil, func(d *Data) { d.X = d.X[:19] }, val, "19 inputs are not 10 rows of 2"},
		{"few labels", nil, func(d *Data) { d.Labels = d.Labels[:9] }, val, "9 labels for 10 rows"},
		{"a class too many", nil, func(d *Data) { d.Labels = append([]int32{2}, d.Labels[1:]...) }, val, "row 0: class 2, where the network has outputs for classes 0 to 1"},
		{"bad validation", nil, nil, Data{Rows: 1}, "validation data: 0 inputs"},
		{"clip", func(s *Spec) { s.Clip.Norm = -1 }, nil, val, "clip: norm -1"},
		{"schedule", func(s *Spec) { s.Schedule.Kind = "x" }, nil, val, "schedule:"},
		{"optimizer", func(s *Spec) { s.Optimizer.Kind = "x" }, nil, val, "optimizer:"},
		{"no image", func(s *Spec) { s.Augment = []Augment{image} }, nil, val, "augment[0]: flip: rows of 2 are no images"},
	} {
		s, train := moonSpec(), good
		n := network(t, s)
		if c.spec != nil {
			c.spec(&s)
		}
		if c.train != nil {
			c.train(&train)
		}
		if _, err := Train(context.Background(), n, s, train, c.val, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

func TestBatchLargerThanData(t *testing.T) {
	s := moonSpec()
	n := network(t, s)
	tr, err := NewTrainer(n, s, twoMoons(10, 1), Data{})
	if err != nil || tr.Spec.Batch != 10 {
		t.Errorf("batch %d (%v), want the 10 rows there are", tr.Spec.Batch, err)
	}
}

func TestStepAllocatesNothing(t *testing.T) {
	s := moonSpec()
	s.Clip.Norm, s.Schedule.Kind = 1, "cosine"
	s.Epochs = 1000
	for name, augment := range map[string][]Augment{"plain": nil, "augmented": {{Kind: "noise", Amount: 0.1}, {Kind: "mixup", Amount: 1}}} {
		s.Augment = augment
		tr, err := NewTrainer(network(t, s), s, twoMoons(100, 1), twoMoons(50, 2))
		if err != nil {
			t.Fatal(err)
		}
		for range 8 {
			stepOn(tr)
		}
		if n := testing.AllocsPerRun(100, func() { stepOn(tr) }); n != 0 {
			t.Errorf("%s: a step allocates %v times", name, n)
		}
	}
}

// stepOn takes a step, and what comes at the end of an epoch.
func stepOn(t *Trainer) {
	t.step()
	if t.at.row == t.Train.Rows {
		t.endEpoch()
	}
}
