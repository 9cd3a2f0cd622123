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

// TestCountsBaseline holds that counts by true rates come near to all the skill
// there is, one rate for all to none, and that nothing is claimed of counts that vary by
// chance alone, or whose constant's loss is no scale. The rates are lognormal.
func TestCountsBaseline(t *testing.T) {
	baseline := func(mean, spread float64) (nnvet.Baseline, error) {
		var b nnvet.Builder
		std := math.Sqrt(mean + mean*mean*(math.Exp(spread)-1))
		b.Profiles = []nnvet.Profile{{Role: nnvet.Target, Split: nnvet.Train, Site: "counts", Columns: []nnvet.Column{{Moments: nnvet.Moments{Mean: mean, Std: std}}}}}
		return b.Snapshot().Baseline(&nnvet.Head{Name: "counts", Loss: nnvet.Poisson, Reduction: "mean"}, nnvet.Train)
	}
	for _, spread := range []float64{0.2, 0.4, 0.8} { // variance of the logarithm of the rate
		b, err := baseline(2, spread)
		if err != nil {
			t.Fatal(err)
		}
		constant := 2 - 2*math.Log(2)
		if skill := b.Skill(constant); math.Abs(skill) > 1e-12 {
			t.Errorf("spread %g: one rate has skill %g", spread, skill)
		}
		if skill := b.Skill(constant - 2*spread/2); skill < 0.6 || skill > 1 { // the mean of rate*log(rate/mean) is mean*spread/2
			t.Errorf("spread %g: the true rates have skill %g", spread, skill)
		}
	}
	for mean, spread := range map[float64]float64{2: 0.01, 5: 0.4} {
		if b, err := baseline(mean, spread); err == nil {
			t.Errorf("mean %g, spread %g: %v, want an error", mean, spread, b)
		}
	}
}
