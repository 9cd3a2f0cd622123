package tracefile

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

func TestSixDigits(t *testing.T) {
	same := func(v float64) {
		t.Helper()
		want := strconv.FormatFloat(v, 'g', 6, 64)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			want = special(v)
		}
		if got := string(appendSix(nil, v)); got != want {
			t.Errorf("%v: got %s, want %s", v, got, want)
		}
	}
	for _, v := range []float64{0, math.Copysign(0, -1), 1, 10, 99999, 999999, 1e6, 999999.5, 999999.4, 9.999995, 0.1, 0.25, 1.0 / 3,
		1e-4, 1.23456e-4, 9.99999e-5, 9.9999949e-5, 1e-5, 1e-14, 1e-15, 1e14, 1e13, math.MaxFloat32, math.SmallestNonzeroFloat32,
		math.MaxFloat64, math.NaN(), math.Inf(1), math.Inf(-1)} {
		same(v)
		same(-v)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200000 {
		v := rng.NormFloat64() * math.Exp(5*rng.NormFloat64())
		same(v)
		same(float64(float32(v)))
		same(math.Round(v*1e3) / 1e3)                // few digits
		same((math.Floor(v*1e4) + 0.5) / 1e4)        // halves
		same(math.Float64frombits(rng.Uint64()))     // anything
		same(math.Pow(10, float64(rng.IntN(60)-30))) // powers
	}
}

func FuzzSixDigits(f *testing.F) {
	f.Add(0.1)
	f.Fuzz(func(t *testing.T, v float64) {
		if special(v) == "" && string(appendSix(nil, v)) != strconv.FormatFloat(v, 'g', 6, 64) {
			t.Errorf("%v becomes %s", v, appendSix(nil, v))
		}
	})
}
