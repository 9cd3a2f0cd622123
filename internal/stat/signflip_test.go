package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The second figures are of SciPy 1.10.1:
//
//	permutation_test((d,), np.mean, permutation_type="samples", alternative="greater", n_resamples=np.inf).pvalue
func TestSignFlipAgreesWithSciPy(t *testing.T) {
	tests := []struct {
		d    []float64
		want float64
	}{
		{[]float64{0.31, 0.12, 0.25, 0.08, 0.4, 0.19}, 0.015625},
		{[]float64{0.31, -0.12, 0.25, 0.08, 0.4, 0.19}, 0.046875},
		{[]float64{0.5, 0.5, -0.5, 0.5, 0.5, 0.5}, 0.109375},
		{[]float64{0, 0.1, 0.2, 0, 0.3, -0.1}, 0.1875},
		{[]float64{0.02, 0.05, -0.01, 0.04, 0.03, 0.06, 0.01, -0.02, 0.05, 0.04}, 0.0107421875},
		{[]float64{-0.2, -0.1, -0.3, -0.05, -0.4}, 1},
		{[]float64{1, 2, 3, -4, 5, -6, 7, 8}, 0.15625},
		{[]float64{0.1, 0.2, -0.3, 0.4}, 0.3125}, // 0.1 + 0.2 - 0.3 is a tie, and not 0 in floating point
	}
	for _, tt := range tests {
		if got := SignFlip(tt.d); got != tt.want {
			t.Errorf("SignFlip(%v) = %v, want %v", tt.d, got, tt.want)
		}
	}
}

// Whole numbers, with many ties and zeros, by every choice of signs.
func TestSignFlipIsShareOfSigns(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for range 300 {
		whole := make([]int, r.IntN(11))
		d := make([]float64, len(whole))
		observed := 0
		for i := range whole {
			whole[i] = r.IntN(9) - 3
			d[i] = float64(whole[i]) / 7
			observed += whole[i]
		}
		extreme, all := 0, 1<<len(whole)
		for signs := range all {
			sum := 0
			for i, v := range whole {
				if signs>>i&1 == 1 {
					v = -v
				}
				sum += v
			}
			if sum >= observed {
				extreme++
			}
		}
		if got, want := SignFlip(d), float64(extreme)/float64(all); got != want {
			t.Fatalf("SignFlip(%v/7) = %v, want %v", whole, got, want)
		}
	}
}

func TestSignFlipAtTheEdges(t *testing.T) {
	tests := []struct {
		name string
		d    []float64
		want float64
	}{
		{"none", nil, 1},
		{"all zero", make([]float64, 6), 1},
		{"three can prove nothing", []float64{1, 1, 1}, 0.125},
		{"the least of twenty", slices.Repeat([]float64{0.1}, 20), math.Ldexp(1, -20)},
		{"too many", slices.Repeat([]float64{0.1}, 21), nan},
		{"not a number", []float64{1, nan}, nan},
		{"infinite", []float64{1, inf}, nan},
		{"sums past the largest number", []float64{1.5e308, 1.5e308, 1.5e308, 1.5e308, 1.5e308, 1.5e308}, 1},
		{"tiny", []float64{1e-200, 2e-200, 3e-200, 1e-200, 2e-200}, 1. / 32},
	}
	for _, tt := range tests {
		if got := SignFlip(tt.d); !same(got, tt.want) {
			t.Errorf("%s: SignFlip(%v) = %v, want %v", tt.name, tt.d, got, tt.want)
		}
	}
}

// The interval by its definition: just inside of an end the test does not
// reject, just outside it does.
func TestSignFlipIntervalInvertsTheTest(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	shifted := func(d []float64, by, sign float64) []float64 {
		out := slices.Clone(d)
		for i := range out {
			out[i] = sign * (out[i] - by)
		}
		return out
	}
	const step = 1e-6
	for range 300 {
		d := make([]float64, 6+r.IntN(5))
		for i := range d {
			d[i] = r.NormFloat64()
		}
		for _, alpha := range []float64{0.02, 0.03, 0.2} {
			lo, hi := SignFlipInterval(d, alpha)
			if in, out := SignFlip(shifted(d, lo+step, 1)), SignFlip(shifted(d, lo-step, 1)); in <= alpha || out > alpha {
				t.Fatalf("%v, alpha %v: lo %v, but p is %v above and %v below it", d, alpha, lo, in, out)
			}
			if in, out := SignFlip(shifted(d, hi-step, -1)), SignFlip(shifted(d, hi+step, -1)); in <= alpha || out > alpha {
				t.Fatalf("%v, alpha %v: hi %v, but p is %v below and %v above it", d, alpha, hi, in, out)
			}
		}
	}
}

func TestSignFlipIntervalAtTheEdges(t *testing.T) {
	six := []float64{3, 1, 2, 6, 5, 4}
	tests := []struct {
		name   string
		d      []float64
		alpha  float64
		lo, hi float64
	}{
		{"least and greatest of six", six, 0.02, 1, 6},
		{"second means of six", six, 0.04, 1.5, 5.5},
		{"none", nil, 0.02, -inf, inf},
		{"five are too few", six[:5], 0.02, -inf, inf},
		{"all the same", make([]float64, 6), 0.02, 0, 0},
		{"not a number", []float64{nan, 1, 2, 3, 4, 5}, 0.02, nan, nan},
		{"no alpha", six, 0, nan, nan},
		{"half", six, 0.5, nan, nan},
		{"alpha not a number", six, nan, nan, nan},
		{"too many", make([]float64, MostFlips+1), 0.02, nan, nan},
	}
	for _, tt := range tests {
		if lo, hi := SignFlipInterval(tt.d, tt.alpha); !same(lo, tt.lo) || !same(hi, tt.hi) {
			t.Errorf("%s: SignFlipInterval(%v, %v) = %v, %v, want %v, %v", tt.name, tt.d, tt.alpha, lo, hi, tt.lo, tt.hi)
		}
	}
}

// Where the differences are symmetric about a centre, each end misses it in
// exactly the share floor(alpha 2^n)/2^n of samples, however heavy the tails.
func TestSignFlipIntervalCovers(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	const trials, centre = 20000, 0.3
	for _, tt := range []struct {
		n     int
		alpha float64
	}{{6, 0.02}, {10, 0.03}} {
		below, above := 0, 0
		d := make([]float64, tt.n)
		for range trials {
			for i := range d {
				d[i] = centre + math.Tan(math.Pi*(r.Float64()-0.5)) // Cauchy
			}
			lo, hi := SignFlipInterval(d, tt.alpha)
			if hi < centre {
				below++
			}
			if lo > centre {
				above++
			}
		}
		want := math.Floor(tt.alpha*math.Ldexp(1, tt.n)) / math.Ldexp(1, tt.n)
		within := 4 * math.Sqrt(want/trials)
		for _, missed := range []int{below, above} {
			if got := float64(missed) / trials; math.Abs(got-want) > within {
				t.Errorf("%d differences, alpha %v: an end misses in %.4f of samples, want %.4f within %.4f", tt.n, tt.alpha, got, want, within)
			}
		}
	}
}
