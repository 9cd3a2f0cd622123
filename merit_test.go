package nnvet_test

import (
	"math"
	"testing"

	"github.com/nnvet/nnvet"
)

// TestMeritOfNumbers holds the figures against those of the rows themselves.
func TestMeritOfNumbers(t *testing.T) {
	truth, guess := []float64{1, 2, 3, 6}, []float64{2, 2, 2, 5}
	m := (&nnvet.Predictions{Outputs: []nnvet.Pair{pairOf(truth, guess)}}).Merit()
	var abs, squares, about float64
	for i := range truth {
		abs += math.Abs(guess[i]-truth[i]) / 4
		squares += (guess[i] - truth[i]) * (guess[i] - truth[i]) / 4
		about += (truth[i] - 3) * (truth[i] - 3) / 4
	}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"mae", m.Value("mae"), abs},
		{"rmse", m.Value("rmse"), math.Sqrt(squares)},
		{"r2", m.Value("r2"), 1 - squares/about},
		{"constant", m.Outputs[0].Constant, math.Sqrt(about)},
		{"accuracy", m.Value("accuracy"), math.NaN()},
		{"commonest", m.Commonest, math.NaN()},
		{"f1", m.Value("f1"), math.NaN()},
	} {
		if !(math.Abs(c.got-c.want) < 1e-12) && !(math.IsNaN(c.got) && math.IsNaN(c.want)) {
			t.Errorf("%s: got %v, want %v", c.name, c.got, c.want)
		}
	}
}

func pairOf(truth, guess []float64) nnvet.Pair {
	var p nnvet.Pair
	n := float64(len(truth))
	for i := range truth {
		p.Truth += truth[i] / n
		p.Guess += guess[i] / n
		p.MAE += math.Abs(truth[i]-guess[i]) / n
	}
	for i := range truth {
		y, g := truth[i]-p.Truth, guess[i]-p.Guess
		p.TruthStd += y * y / n
		p.GuessStd += g * g / n
		p.Covariance += y * g / n
	}
	p.TruthStd, p.GuessStd, p.N = math.Sqrt(p.TruthStd), math.Sqrt(p.GuessStd), int64(len(truth))
	return p
}

func TestMeritOfOneValue(t *testing.T) {
	m := (&nnvet.Predictions{Outputs: []nnvet.Pair{pairOf([]float64{4, 4}, []float64{4, 5})}}).Merit()
	if r2 := m.Value("r2"); !math.IsNaN(r2) {
		t.Errorf("R2 of a truth that does not vary: got %v, want NaN", r2)
	}
}

func TestMeritOfClasses(t *testing.T) {
	m := (&nnvet.Predictions{Matrix: [][]int64{{6, 0, 2}, {1, 0, 1}, {0, 0, 0}}}).Merit()
	if m.Accuracy != 0.6 || m.Commonest != 0.8 {
		t.Errorf("got accuracy %v beside %v, want 0.6 beside 0.8", m.Accuracy, m.Commonest)
	}
	if c := m.Scarcest(1); c == nil || c.Class != 1 || c.Share != 0 || c.Rows != 2 || c.Said != 0 {
		t.Errorf("the class that is found least: got %+v, want class 1 with none of 2 rows", c)
	}
	if c := m.Scarcest(9); c != nil {
		t.Errorf("of classes of 9 rows: got %+v, want none", c)
	}
	if want := (nnvet.Confusion{True: 0, Said: 2, Rows: 2, Share: 0.25}); len(m.Confused) != 3 || m.Confused[0] != want {
		t.Errorf("got %+v, want %+v first of 3", m.Confused, want)
	}
	if !math.IsNaN(m.Classes[2].Share) {
		t.Errorf("recall of a class without rows: got %v, want NaN", m.Classes[2].Share)
	}
}

func TestGoal(t *testing.T) {
	for _, c := range []struct {
		goal nnvet.Goal
		v    float64
		want bool
	}{
		{nnvet.Goal{Below: true, Value: 2}, 1.9, true},
		{nnvet.Goal{Below: true, Value: 2}, 2, false},
		{nnvet.Goal{Below: true, Value: 2}, math.NaN(), false},
		{nnvet.Goal{Value: 0.9}, 0.95, true},
		{nnvet.Goal{Value: 0.9}, math.NaN(), false},
	} {
		if got := c.goal.Met(c.v); got != c.want {
			t.Errorf("%+v of %v: got %v, want %v", c.goal, c.v, got, c.want)
		}
	}
}
