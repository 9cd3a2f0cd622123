package engine

import (
	"math"
	"testing"
)

func TestLogarithms(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, x := range []float64{0, -1, nan, inf, 1, 0.5, 2, math.Sqrt2, math.Sqrt2 / 2, 1e-300, 1e300, 1e-7, 1 - 1e-7, 1 + 1e-12, 3, 10, 0.1} {
		got, want := log(x), math.Log(x)
		if got != want && !(math.Abs(got-want) <= 1e-13*math.Abs(want)) && !(got != got && want != want) {
			t.Errorf("log(%v) is %v, want %v", x, got, want)
		}
	}
	if got, want := log(math.SmallestNonzeroFloat64), -1074*math.Ln2; math.Abs(got-want) > 1e-10 { // which math.Log gets wrong on amd64
		t.Errorf("log of the smallest number is %v, want %v", got, want)
	}
	for _, x := range []float64{0, 1e-300, 1e-20, 1e-9, 0.01, 0.3, 0.9, 1, nan} {
		got, want := log1p(x), math.Log1p(x)
		if got != want && !(math.Abs(got-want) <= 1e-13*math.Abs(want)) && !(got != got && want != want) {
			t.Errorf("log1p(%v) is %v, want %v", x, got, want)
		}
	}
}
