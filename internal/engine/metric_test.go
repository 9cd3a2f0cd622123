package engine

import (
	"math"
	"testing"
)

func TestScores(t *testing.T) {
	nan := float32(math.NaN())
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-6 || math.IsNaN(a) && math.IsNaN(b) }
	for _, c := range []struct {
		name   string
		kind   LossKind
		width  int
		out, y []float32
		labels []int32
		want   Scores
	}{
		{"classes", CrossEntropy, 3, []float32{1, 3, 2, 5, 1, 1, 0, 0, 1}, nil, []int32{1, 2, 2}, Scores{Accuracy: 2.0 / 3}},
		{"of equal outputs the first counts", CrossEntropy, 2, []float32{1, 1, 1, 1}, nil, []int32{0, 1}, Scores{Accuracy: 0.5}},
		{"NaN is wrong", CrossEntropy, 2, []float32{nan, nan, nan, 1, 1, nan}, nil, []int32{0, 1, 0}, Scores{Accuracy: 0}},
		{"one class alone", CrossEntropy, 1, []float32{4, 5}, nil, []int32{0, 0}, Scores{Accuracy: 1}},
		{"logits", BCELogits, 1, []float32{-1, 2, 0.3, nan}, []float32{0, 1, 0, 0}, nil, Scores{Accuracy: 0.5}},
		{"probabilities", BCE, 2, []float32{0.4, 0.6, 0.7, 0.2}, []float32{0, 1, 0, 1}, nil, Scores{Accuracy: 0.5}},
		{"numbers", MSE, 1, []float32{1, 2, 3, 6}, []float32{1, 2, 3, 4}, nil, Scores{RMSE: 1, MAE: 0.5, R2: 0.2}},
		{"two outputs", MAE, 2, []float32{1, 10, 3, 30}, []float32{2, 10, 3, 30}, nil, Scores{RMSE: 0.5, MAE: 0.25, R2: 1 - 1/200.5}},
		{"constant targets", MSE, 1, []float32{1, 2}, []float32{1, 1}, nil, Scores{RMSE: math.Sqrt(0.5), MAE: 0.5, R2: math.NaN()}},
		{"logarithm of a rate", PoissonLog, 1, []float32{0, float32(math.Log(3))}, []float32{1, 5}, nil, Scores{RMSE: math.Sqrt2, MAE: 1, R2: 0.5}},
		{"NaN shows", MSE, 1, []float32{nan, 2}, []float32{1, 2}, nil, Scores{RMSE: math.NaN(), MAE: math.NaN(), R2: math.NaN()}},
	} {
		rows := len(c.out) / c.width
		tally := tally{kind: c.kind, width: c.width}
		tally.add(c.out, c.y, c.labels, rows, 7)
		got := tally.scores(spread(c.y, c.width))
		if got.Rows != rows || got.Loss != 7 {
			t.Errorf("%s: %d rows of loss %v, want %d of 7", c.name, got.Rows, got.Loss, rows)
		}
		if c.kind.classifies() && (!near(got.Accuracy, c.want.Accuracy) || !math.IsNaN(got.R2)) ||
			!c.kind.classifies() && !(near(got.RMSE, c.want.RMSE) && near(got.MAE, c.want.MAE) && near(got.R2, c.want.R2) && math.IsNaN(got.Accuracy)) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestEvaluateOfNothing(t *testing.T) {
	s := moonSpec()
	got, err := Evaluate(network(t, s), Data{}, 8)
	if err != nil || got.Rows != 0 || !math.IsNaN(got.Loss) || !math.IsNaN(got.Accuracy) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := Evaluate(network(t, s), Data{Rows: 3}, 8); err == nil {
		t.Error("three rows without inputs are no error")
	}
}

// TestConstantLoss compares it with the least loss that a network of a lone
// bias reaches, trained on inputs of zeros.
func TestConstantLoss(t *testing.T) {
	y := []float32{0.1, 0.9, 0.4, 0.7, 0.3, 0.2, 0.8, 3}
	bounded := []float32{0, 1, 1, 0.25, 1, 1, 0, 1}
	labels := []int32{0, 1, 2, 2, 2, 1, 2, 2}
	for _, c := range []struct {
		loss  Loss
		units int
		act   Layer
		y     []float32
	}{
		{Loss{Kind: MSE}, 1, nil, y},
		{Loss{Kind: MSE}, 2, nil, y},
		{Loss{Kind: MAE}, 1, nil, y},
		{Loss{Kind: Huber, Delta: 0.3}, 1, nil, y},
		{Loss{Kind: Huber}, 1, nil, y},
		{Loss{Kind: Poisson}, 1, &Softplus{}, y},
		{Loss{Kind: PoissonLog}, 1, nil, y},
		{Loss{Kind: BCELogits}, 1, nil, bounded},
		{Loss{Kind: BCE}, 1, &Sigmoid{}, bounded},
		{Loss{Kind: CrossEntropy}, 3, nil, nil},
		{Loss{Kind: CrossEntropy, Smoothing: 0.3}, 3, nil, nil},
		{Loss{Kind: ProbCE}, 3, &Softmax{}, nil},
	} {
		rows := len(labels)
		d := Data{Rows: rows, X: make([]float32, rows), Labels: labels}
		if c.y != nil {
			d.Rows = len(c.y) / c.units
			d.X, d.Y, d.Labels = make([]float32, d.Rows), c.y, nil
		}
		s := Spec{Input: Shape{1}, Layers: layers(&Dense{Units: c.units}), Loss: c.loss, Optimizer: Optimizer{LR: 0.02}, Schedule: Schedule{Kind: "linear"}, Batch: 8, Epochs: 1500}
		if c.act != nil {
			s.Layers = append(s.Layers, Node{Layer: c.act})
		}
		n, _ := trained(t, s, d, Data{}, nil)
		reached, err := Evaluate(n, d, 8)
		if err != nil {
			t.Fatal(err)
		}
		if want := ConstantLoss(c.loss, d, c.units); !(math.Abs(reached.Loss-want) < 1e-4) {
			t.Errorf("%+v, %d outputs: %v, training reaches %v", c.loss, c.units, want, reached.Loss)
		}
	}
	if got := ConstantLoss(Loss{Kind: MSE}, Data{}, 1); !math.IsNaN(got) {
		t.Errorf("of no rows: %v, want NaN", got)
	}
}
