package stat

import (
	"math"
	"math/big"
	"testing"
)

// The second figures are of SciPy 1.10.1: binomtest(hits, n).proportion_ci(level, "exact").
func TestClopperPearsonAgreesWithSciPy(t *testing.T) {
	tests := []struct {
		hits, n int
		level   float64
		lo, hi  float64
	}{
		{0, 300, 0.9, 0, 0.009936081944523173},
		{0, 1000, 0.95, 0, 0.003682083896639526},
		{1, 10, 0.95, 0.0025285785444625728, 0.44501611702819543},
		{5, 10, 0.95, 0.1870860284474045, 0.8129139715525955},
		{10, 10, 0.95, 0.6915028921812371, 1},
		{3, 300, 0.9, 0.002731030218187189, 0.025641393082613012},
		{15, 3000, 0.95, 0.00280108114771248, 0.008233350996972684},
		{2999, 3000, 0.95, 0.9981442000058509, 0.9999915607662875},
		{1, 1, 0.5, 0.25, 1},
		{4000, 100000, 0.99, 0.03842073827434913, 0.04162321171441008},
		{50000, 100000, 0.95, 0.4968960624917974, 0.5031039375082001},
	}
	for _, tt := range tests {
		lo, hi := ClopperPearson(tt.hits, tt.n, tt.level)
		if math.Abs(lo-tt.lo) > 1e-9 || math.Abs(hi-tt.hi) > 1e-9 {
			t.Errorf("ClopperPearson(%d, %d, %v) = %v, %v, want %v, %v", tt.hits, tt.n, tt.level, lo, hi, tt.lo, tt.hi)
		}
	}
}

// No hits in n have probability (1-p)^n, which can be solved for p.
func TestClopperPearsonOfNone(t *testing.T) {
	for _, n := range []int{1, 6, 300, 3000} {
		lo, hi := ClopperPearson(0, n, 0.9)
		if want := -math.Expm1(math.Log(0.05) / float64(n)); lo != 0 || math.Abs(hi-want) > 1e-12 {
			t.Errorf("none of %d: %v, %v, want 0, %v", n, lo, hi, want)
		}
	}
}

// Each end has the tail that it is defined by, summed in fractions without
// rounding.
func TestClopperPearsonByFractions(t *testing.T) {
	const level, n = 0.9, 24
	for hits := 0; hits <= n; hits++ {
		lo, hi := ClopperPearson(hits, n, level)
		if hits > 0 {
			if got := exactTail(hits, n, lo); math.Abs(got-0.05) > 1e-10 {
				t.Errorf("%d of %d: as many or more at %v have probability %v, want 0.05", hits, n, lo, got)
			}
		}
		if hits < n {
			if got := 1 - exactTail(hits+1, n, hi); math.Abs(got-0.05) > 1e-10 {
				t.Errorf("%d of %d: as many or fewer at %v have probability %v, want 0.05", hits, n, hi, got)
			}
		}
	}
}

func exactTail(hits, n int, p float64) float64 {
	share := new(big.Rat).SetFloat64(p)
	rest := new(big.Rat).Sub(big.NewRat(1, 1), share)
	sum := new(big.Rat)
	for k := hits; k <= n; k++ {
		term := new(big.Rat).SetInt(new(big.Int).Binomial(int64(n), int64(k)))
		for i := range n {
			if i < k {
				term.Mul(term, share)
			} else {
				term.Mul(term, rest)
			}
		}
		sum.Add(sum, term)
	}
	f, _ := sum.Float64()
	return f
}

func TestClopperPearsonAtTheEdges(t *testing.T) {
	tests := []struct {
		hits, n int
		level   float64
		lo, hi  float64
	}{
		{0, 0, 0.95, 0, 1}, {-1, 5, 0.95, nan, nan}, {6, 5, 0.95, nan, nan}, {1, 5, 1, nan, nan}, {1, 5, 0, nan, nan}, {1, 5, nan, nan, nan},
	}
	for _, tt := range tests {
		if lo, hi := ClopperPearson(tt.hits, tt.n, tt.level); !same(lo, tt.lo) || !same(hi, tt.hi) {
			t.Errorf("ClopperPearson(%d, %d, %v) = %v, %v, want %v, %v", tt.hits, tt.n, tt.level, lo, hi, tt.lo, tt.hi)
		}
	}
}
