package engine

import (
	"math"
	"testing"
)

func TestScores(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
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
		{"probabilities of classes", BCE, 3, []float32{0.4, 0.6, 0.7, 0.9, 0.8, 0.7}, []float32{0, 0, 1, 0, 1, 0}, nil, Scores{Accuracy: 0.5}},
		{"logits of classes below 0", BCELogits, 2, []float32{-1, -2, -2, -1}, []float32{1, 0, 1, 0}, nil, Scores{Accuracy: 0.5}},
		{"questions of their own", BCE, 2, []float32{0.4, 0.6, 0.7, 0.2}, []float32{0, 1, 1, 1}, nil, Scores{Accuracy: 0.75}},
		{"an infinite output is wrong", BCELogits, 1, []float32{inf, 1}, []float32{1, 1}, nil, Scores{Accuracy: 0.5}},
		{"shares are no classes", BCE, 1, []float32{0.5, 0.5}, []float32{0, 0.5}, nil, Scores{RMSE: math.Sqrt(0.125), MAE: 0.25, R2: -1}},
		{"logits of shares", BCELogits, 1, []float32{0, 0}, []float32{0, 0.5}, nil, Scores{RMSE: math.Sqrt(0.125), MAE: 0.25, R2: -1}},
		{"numbers", MSE, 1, []float32{1, 2, 3, 6}, []float32{1, 2, 3, 4}, nil, Scores{RMSE: 1, MAE: 0.5, R2: 0.2}},
		{"two outputs", MAE, 2, []float32{1, 10, 3, 30}, []float32{2, 10, 3, 30}, nil, Scores{RMSE: 0.5, MAE: 0.25, R2: 1 - 1/200.5}},
		{"constant targets", MSE, 1, []float32{1, 2}, []float32{1, 1}, nil, Scores{RMSE: math.Sqrt(0.5), MAE: 0.5, R2: math.NaN()}},
		{"logarithm of a rate", PoissonLog, 1, []float32{0, float32(math.Log(3))}, []float32{1, 5}, nil, Scores{RMSE: math.Sqrt2, MAE: 1, R2: 0.5}},
		{"NaN shows", MSE, 1, []float32{nan, 2}, []float32{1, 2}, nil, Scores{RMSE: math.NaN(), MAE: math.NaN(), R2: math.NaN()}},
	} {
		rows := len(c.out) / c.width
		tally := tally{kind: c.kind, width: c.width, judgement: judge(c.kind, c.width, Data{Rows: rows, Y: c.y, Labels: c.labels})}
		tally.add(c.out, c.y, c.labels, rows, 7)
		got := tally.scores(spread(c.y, c.width))
		if got.Rows != rows || got.Loss != 7 {
			t.Errorf("%s: %d rows of loss %v, want %d of 7", c.name, got.Rows, got.Loss, rows)
		}
		classes := c.want.RMSE == 0
		if classes != (got.Judged > 0) || classes && (!near(got.Accuracy, c.want.Accuracy) || !math.IsNaN(got.R2)) ||
			!classes && !(near(got.RMSE, c.want.RMSE) && near(got.MAE, c.want.MAE) && near(got.R2, c.want.R2) && math.IsNaN(got.Accuracy)) {
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
