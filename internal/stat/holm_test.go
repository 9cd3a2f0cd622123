package stat

import (
	"math/bits"
	"math/rand/v2"
	"testing"
)

func TestHolm(t *testing.T) {
	tests := []struct{ ps, want []float64 }{
		{nil, nil},
		{[]float64{0.04}, []float64{0.04}},
		{[]float64{0.04, 0.01}, []float64{0.04, 0.02}},
		{[]float64{0.01, 0.02, 0.03, 0.04}, []float64{0.04, 0.06, 0.06, 0.06}},
		{[]float64{0.9, 0.8}, []float64{1, 1}},
		{[]float64{nan, 0.01}, []float64{nan, 0.02}},
	}
	for _, tt := range tests {
		got := Holm(tt.ps)
		if len(got) != len(tt.want) {
			t.Fatalf("Holm(%v) = %v, want %v", tt.ps, got, tt.want)
		}
		for i := range got {
			if !same(got[i], tt.want[i]) {
				t.Errorf("Holm(%v) = %v, want %v", tt.ps, got, tt.want)
			}
		}
	}
}

// Holm's is the closed test of Bonferroni's (Marcus, Peritz and Gabriel, 1976):
// a claim falls only together with every set of claims that it is in.
func TestHolmIsClosedBonferroni(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	for range 300 {
		ps := make([]float64, 1+r.IntN(6))
		for i := range ps {
			ps[i] = float64(r.IntN(20)) / 100 // with ties
		}
		got := Holm(ps)
		for i := range ps {
			want := 0.0
			for set := 1; set < 1<<len(ps); set++ {
				if set>>i&1 == 0 {
					continue
				}
				least := 1.0
				for j, p := range ps {
					if set>>j&1 == 1 {
						least = min(least, p)
					}
				}
				want = max(want, min(1, least*float64(bits.OnesCount(uint(set)))))
			}
			if !same(got[i], want) {
				t.Fatalf("Holm(%v)[%d] = %v, want %v", ps, i, got[i], want)
			}
		}
	}
}
