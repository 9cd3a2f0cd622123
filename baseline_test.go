package nnvet_test

import (
	"math"
	"testing"

	"github.com/nnvet/nnvet"
)

// TestSmoothedBaseline holds that a network as sure as smoothed labels are has
// all the skill there is, and that one which says the smoothed shares has none.
func TestSmoothedBaseline(t *testing.T) {
	var b nnvet.Builder
	b.Profiles = []nnvet.Profile{{Role: nnvet.Target, Split: nnvet.Train, Site: "cross_entropy", Classes: []int64{60, 30, 10}}}
	tr := b.Snapshot()
	h := nnvet.Head{Name: "cross_entropy", Loss: nnvet.CrossEntropy, Reduction: "mean", Smoothing: 0.3}
	got, err := tr.Baseline(&h, nnvet.Train)
	if err != nil {
		t.Fatal(err)
	}
	// Of each class 0.7 of its share and a tenth; and, of a row, 0.8 and twice 0.1.
	cost := func(shares ...float64) (sum float64) {
		for _, q := range shares {
			sum -= q * math.Log(q)
		}
		return sum
	}
	for loss, want := range map[float64]float64{cost(0.52, 0.31, 0.17): 0, cost(0.8, 0.1, 0.1): 1} {
		if skill := got.Skill(loss); math.Abs(skill-want) > 1e-12 {
			t.Errorf("a loss of %.4f: skill %.4f, want %g", loss, skill, want)
		}
		if back := got.At(want); math.Abs(back-loss) > 1e-12 {
			t.Errorf("a skill of %g: loss %.4f, want %.4f", want, back, loss)
		}
	}
}
