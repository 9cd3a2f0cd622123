package kernel

import (
	"math"
	"testing"
)

// An elementwise case is a call, what it computes, and how far from it the
// result may be, in units in the last place.
// The last four are the curves.
var elementwise = []struct {
	name string
	ulps float64
	call func(s *Set, dst, a, b []float32)
	want func(a, b float64) float64
}{
	{"Add", 0.5, func(s *Set, dst, a, b []float32) { s.Add(dst, a, b) }, func(a, b float64) float64 { return a + b }},
	{"Sub", 0.5, func(s *Set, dst, a, b []float32) { s.Sub(dst, a, b) }, func(a, b float64) float64 { return a - b }},
	{"Mul", 0.5, func(s *Set, dst, a, b []float32) { s.Mul(dst, a, b) }, func(a, b float64) float64 { return a * b }},
	{"Scale", 0.5, func(s *Set, dst, a, _ []float32) { s.Scale(dst, a, 0.75) }, func(a, _ float64) float64 { return a * 0.75 }},
	{"ReLU", 0, func(s *Set, dst, a, _ []float32) { s.ReLU(dst, a) }, func(a, _ float64) float64 { return math.Max(a, 0) }},
	{"ReLUGrad", 0, func(s *Set, dst, a, b []float32) { s.ReLUGrad(dst, a, b) }, func(a, b float64) float64 {
		if b <= 0 {
			return 0
		}
		return a
	}},
	{"Exp", 2, func(s *Set, dst, a, _ []float32) { s.Exp(dst, a) }, func(a, _ float64) float64 { return math.Exp(a) }},
	{"Tanh", 2, func(s *Set, dst, a, _ []float32) { s.Tanh(dst, a) }, func(a, _ float64) float64 { return math.Tanh(a) }},
	{"Sigmoid", 3, func(s *Set, dst, a, _ []float32) { s.Sigmoid(dst, a) }, func(a, _ float64) float64 { return 1 / (1 + math.Exp(-a)) }},
	{"Erf", 3, func(s *Set, dst, a, _ []float32) { s.Erf(dst, a) }, func(a, _ float64) float64 { return math.Erf(a) }},
}

func TestElementwise(t *testing.T) {
	sets(t, func(t *testing.T, s *Set) {
		for _, c := range elementwise {
			for i, n := range lengths {
				rng := source(n)
				a, b, dst := guard(wild(rng, n), i%16), guard(wild(rng, n), (i+5)%16), guard(wild(rng, n), (i+11)%16)
				c.call(s, dst.x(), a.x(), b.x())
				dst.check(t)
				for j, got := range dst.x() {
					av, bv := a.x()[j], b.x()[j]
					want := c.want(float64(av), float64(bv))
					if wrong := closeTo(got, want, c.ulps*ulp(want)); wrong != "" {
						t.Errorf("%s(%v, %v), element %d of %d: %s", c.name, av, bv, j, n, wrong)
					}
				}
				onA, onB := guard(a.x(), (i+3)%16), guard(b.x(), (i+2)%16)
				c.call(s, onA.x(), onA.x(), b.x())
				c.call(s, onB.x(), a.x(), onB.x())
				onA.check(t)
				onB.check(t)
				if !sameBits(onA.x(), dst.x()) || !sameBits(onB.x(), dst.x()) {
					t.Errorf("%s of %d elements in place, elsewhere in memory: other bits", c.name, n)
				}
			}
		}
	})
}

func TestAddScaled(t *testing.T) {
	sets(t, func(t *testing.T, s *Set) {
		const k = -0.3
		for i, n := range lengths {
			rng := source(n)
			before, src := wild(rng, n), guard(wild(rng, n), i%16)
			dst := guard(before, (i+7)%16)
			s.AddScaled(dst.x(), src.x(), k)
			dst.check(t)
			for j, got := range dst.x() {
				product := float64(float32(k)) * float64(src.x()[j])
				want := float64(before[j]) + product // rounded once where it is fused, else twice
				if wrong := closeTo(got, want, ulp(product)/2+ulp(want)); wrong != "" {
					t.Errorf("%v + %v*%v: %s", before[j], k, src.x()[j], wrong)
				}
			}
		}
	})
}

// TestCurves goes through float32 from end to end.
func TestCurves(t *testing.T) {
	const stride = 1<<32/100_000 + 1
	var src []float32
	for at := uint64(0); at < 1<<32; at += stride {
		src = append(src, math.Float32frombits(uint32(at)))
	}
	sets(t, func(t *testing.T, s *Set) {
		for _, c := range elementwise[6:10] {
			dst := make([]float32, len(src))
			c.call(s, dst, src, src)
			worst := 0.0
			for i, v := range src {
				want := c.want(float64(v), 0)
				if wrong := closeTo(dst[i], want, c.ulps*ulp(want)); wrong != "" {
					t.Fatalf("%s(%v): %s", c.name, v, wrong)
				}
				if off := math.Abs(float64(dst[i])-want) / ulp(want); off > worst && math.Abs(want) < math.MaxFloat32 {
					worst = off
				}
			}
			t.Logf("%s is off by %.2f units in the last place at most", c.name, worst)
		}
	})
}
