package engine

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
)

// TestRangeTestNearBest trains with rates around the suggested one: a rate that
// is far better than it must not exist, and it is not the same for optimizers
// whose steps differ in size.
func TestRangeTestNearBest(t *testing.T) {
	train, val := twoMoons(600, 1), twoMoons(400, 2)
	for _, o := range []Optimizer{{Kind: "sgd"}, {Kind: "sgd", Momentum: 0.9}, {Kind: "adam"}} {
		s := moonSpec()
		s.Optimizer, s.Epochs = o, 20
		rate, ramps, err := RangeTest(t.Context(), s, train, RangeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if len(ramps) != 3 || len(ramps[0].Rates) != len(ramps[0].Smoothed) || len(ramps[0].Rates) > 150 || ramps[0].Rates[0] != 1e-6 {
			t.Errorf("%+v: %d ramps, the first of %d steps", o, len(ramps), len(ramps[0].Rates))
		}
		loss := func(rate float64) float64 {
			s.Optimizer.LR = rate
			_, r := trained(t, s, train, val, nil)
			return r.ValLoss
		}
		best := math.Inf(1)
		for _, k := range []float64{0.01, 0.1, 0.3, 1, 3, 10, 100} {
			if v := loss(k * rate); v < best { // NaN is not
				best = v
			}
		}
		suggested := loss(rate)
		t.Logf("%+v: rate %.3g, loss %.3g, best %.3g", o, rate, suggested, best)
		if !(suggested < 0.35) { // the best constant has 0.69
			t.Errorf("%+v: the suggested rate %v ends with loss %v; the best around it with %v", o, rate, suggested, best)
		}
	}
}

func TestRangeTestIsRepeatable(t *testing.T) {
	s, train := moonSpec(), twoMoons(100, 1)
	s.Clip.Norm, s.Schedule.Kind, s.Patience = 1e-9, "cosine", 3 // all of it left out
	first, _, err := RangeTest(t.Context(), s, train, RangeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if second, _, _ := RangeTest(t.Context(), s, train, RangeOptions{}); first != second {
		t.Errorf("%v, then %v", first, second)
	}
	s.Clip.Norm = 0
	if unclipped, _, _ := RangeTest(t.Context(), s, train, RangeOptions{}); first != unclipped {
		t.Errorf("%v with clipping, %v without", first, unclipped)
	}
}

func TestRangeTestOfWhatCannotLearn(t *testing.T) {
	s, train := moonSpec(), twoMoons(100, 1)
	s.Layers = layers(&Dense{Units: 2}, &Round{}) // lets no gradient through
	_, ramps, err := RangeTest(t.Context(), s, train, RangeOptions{})
	if !errors.Is(err, ErrFlat) || len(ramps) != 3 {
		t.Errorf("error %v, %d ramps", err, len(ramps))
	}
}

func TestRangeTestRefuses(t *testing.T) {
	s, train := moonSpec(), twoMoons(100, 1)
	for _, o := range []RangeOptions{{Lo: 1, Hi: 0.1}, {Lo: -1}, {Steps: 5}, {Hi: math.Inf(1)}, {Lo: math.NaN()}, {Ramps: -1}} {
		if _, _, err := RangeTest(t.Context(), s, train, o); err == nil || !strings.HasPrefix(err.Error(), "range test: from ") {
			t.Errorf("%+v: error %v", o, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := RangeTest(ctx, s, train, RangeOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error %v", err)
	}
	if _, _, err := RangeTest(t.Context(), s, Data{}, RangeOptions{}); err == nil {
		t.Error("no rows are no error")
	}
}
