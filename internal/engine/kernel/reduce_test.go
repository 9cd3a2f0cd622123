package kernel

import (
	"math"
	"testing"
)

func TestReductions(t *testing.T) {
	sets(t, func(t *testing.T, s *Set) {
		for i, n := range lengths {
			rng := source(n)
			a, b := guard(normal(rng, n), i%16).x(), guard(normal(rng, n), (i+3)%16).x()
			dot, sum, squares, dots, sums := 0.0, 0.0, 0.0, 0.0, 0.0
			want := Stats{N: n, Min: nan, Max: nan}
			for j, v := range a {
				x := float64(v)
				dot, sum, squares = dot+x*float64(b[j]), sum+x, squares+x*x
				dots, sums = dots+math.Abs(x*float64(b[j])), sums+math.Abs(x)
				if v == 0 {
					want.Zeros++
				}
				if j == 0 || v < want.Min {
					want.Min = v
				}
				if j == 0 || v > want.Max {
					want.Max = v
				}
			}
			near := func(what string, got, want, magnitude float64) {
				t.Helper()
				if math.Abs(got-want) > float64(n)*0x1p-52*magnitude {
					t.Errorf("%s of %d: got %v, want %v", what, n, got, want)
				}
			}
			near("Dot", s.Dot(a, b), dot, dots)
			near("Sum", s.Sum(a), sum, sums)
			near("SumSquares", s.SumSquares(a), squares, squares)
			got := s.Stats(a)
			near("Stats.Sum", got.Sum, sum, sums)
			near("Stats.SumSquares", got.SumSquares, squares, squares)
			if got.N != want.N || got.Zeros != want.Zeros || got.NonFinite != 0 ||
				closeTo(got.Min, float64(want.Min), 0) != "" || closeTo(got.Max, float64(want.Max), 0) != "" {
				t.Errorf("Stats of %d: got %+v, want %+v", n, got, want)
			}
			if n > 0 && s.Max(a) != want.Max {
				t.Errorf("Max of %d: got %v, want %v", n, s.Max(a), want.Max)
			}
			if s.Dot(a, b) != s.Dot(guard(a, 1).x(), guard(b, 2).x()) || s.Stats(a).Sum != s.Stats(guard(a, 5).x()).Sum {
				t.Errorf("%d elements elsewhere in memory: other bits", n)
			}
		}
	})
}

// TestReductionsHoldTheRange: squares of what is large or small in float32 are
// neither infinite nor zero.
func TestReductionsHoldTheRange(t *testing.T) {
	sets(t, func(t *testing.T, s *Set) {
		for _, v := range []float32{math.MaxFloat32, -1e30, 1e-30, math.SmallestNonzeroFloat32} {
			x := make([]float32, 37)
			for i := range x {
				x[i] = v
			}
			want := 37 * float64(v) * float64(v)
			for what, got := range map[string]float64{"Dot": s.Dot(x, x), "SumSquares": s.SumSquares(x), "Stats": s.Stats(x).SumSquares} {
				if math.Abs(got-want) > 1e-14*want {
					t.Errorf("%s of %v: got %v, want %v", what, v, got, want)
				}
			}
			if st := s.Stats(x); st.Min != v || st.Max != v || st.Zeros != 0 {
				t.Errorf("Stats of %v: %+v", v, st)
			}
		}
	})
}

func TestReductionsNotFinite(t *testing.T) {
	inf := float32(math.Inf(1))
	sets(t, func(t *testing.T, s *Set) {
		for n := 1; n < 70; n += 3 {
			for at := 0; at < n; at += 5 {
				x := make([]float32, n)
				for _, v := range []float32{nan, inf, -inf} {
					x[at] = v
					got := s.Stats(x)
					if got.NonFinite != 1 || got.N != n || got.Zeros != n-1 || got.Sum != 0 || got.SumSquares != 0 || n > 1 && (got.Min != 0 || got.Max != 0) {
						t.Fatalf("Stats of %v at %d of %d: %+v", v, at, n, got)
					}
					if n == 1 && (got.Min == got.Min || got.Max == got.Max) {
						t.Fatalf("Stats of %v alone: %+v", v, got)
					}
					if got := s.SumSquares(x); finite64(got) {
						t.Fatalf("SumSquares with %v: %v", v, got)
					}
					if got := s.Dot(x, make([]float32, n)); got == got {
						t.Fatalf("Dot of %v and zeros: %v, want NaN", v, got)
					}
					want := max(v, 0)
					if n == 1 {
						want = v
					}
					if wrong := closeTo(s.Max(x), float64(want), 0); wrong != "" {
						t.Fatalf("Max with %v at %d of %d: %s", v, at, n, wrong)
					}
				}
			}
		}
		if got := s.Max(nil); !math.IsInf(float64(got), -1) {
			t.Errorf("Max of nothing: %v", got)
		}
	})
}
