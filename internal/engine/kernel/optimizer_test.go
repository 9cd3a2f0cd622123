package kernel

import (
	"math"
	"testing"
)

// An optimizer case takes one step, and says in float64 what becomes of one
// parameter and its two moments.
var optimizers = []struct {
	name string
	call func(s *Set, p, m, v, g []float32)
	want func(p, m, v, g float64) (float64, float64, float64)
}{
	{"SGD", func(s *Set, p, m, v, g []float32) { s.SGD(p, g, 0.1) },
		func(p, m, v, g float64) (float64, float64, float64) { return p - 0.1*g, m, v }},
	{"Momentum", func(s *Set, p, m, v, g []float32) { s.Momentum(p, m, g, 0.1, 0.9, 0.3, false) },
		func(p, m, v, g float64) (float64, float64, float64) { m = 0.9*m + 0.7*g; return p - 0.1*m, m, v }},
	{"Nesterov", func(s *Set, p, m, v, g []float32) { s.Momentum(p, m, g, 0.1, 0.9, 0, true) },
		func(p, m, v, g float64) (float64, float64, float64) { m = 0.9*m + g; return p - 0.1*(g+0.9*m), m, v }},
	{"RMSProp", func(s *Set, p, m, v, g []float32) { s.RMSProp(p, v, g, 0.01, 0.99, 1e-8) },
		func(p, m, v, g float64) (float64, float64, float64) {
			v = 0.99*v + 0.01*g*g
			return p - 0.01*g/(math.Sqrt(v)+1e-8), m, v
		}},
	{"Adam", func(s *Set, p, m, v, g []float32) { s.Adam(p, m, v, g, adamStep) },
		func(p, m, v, g float64) (float64, float64, float64) {
			a := adamStep
			m, v = a.Beta1*m+(1-a.Beta1)*g, a.Beta2*v+(1-a.Beta2)*g*g
			return p - a.LR*a.Decay*p - a.LR/a.Correction1*m/(math.Sqrt(v/a.Correction2)+a.Eps), m, v
		}},
}

var adamStep = AdamStep{LR: 0.01, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 0.05,
	Correction1: 1 - 0.9*0.9*0.9, Correction2: 1 - 0.999*0.999*0.999}

func TestOptimizers(t *testing.T) {
	sets(t, func(t *testing.T, s *Set) {
		for _, o := range optimizers {
			for i, n := range lengths {
				rng := source(n)
				before := [4][]float32{normal(rng, n), normal(rng, n), normal(rng, n), normal(rng, n)}
				for j, v := range before[2] {
					before[2][j] = v * v
				}
				var x [4]guarded
				for j := range x {
					x[j] = guard(before[j], (i+5*j)%16)
				}
				o.call(s, x[0].x(), x[1].x(), x[2].x(), x[3].x())
				for _, g := range x {
					g.check(t)
				}
				for j := range n {
					p0, m0, v0, g0 := float64(before[0][j]), float64(before[1][j]), float64(before[2][j]), float64(before[3][j])
					p, m, v := o.want(p0, m0, v0, g0)
					const eps = 0x1p-23 // three roundings of each moment; of p one, and of its step about six
					bounds := [3]float64{eps * (math.Abs(p) + 4*math.Abs(p-p0) + 3*(math.Abs(m0)+math.Abs(g0))), 2 * eps * (math.Abs(m0) + math.Abs(g0)), 2 * eps * v}
					for which, want := range [3]float64{p, m, v} {
						if wrong := closeTo(x[which].x()[j], want, bounds[which]); wrong != "" {
							t.Fatalf("%s of p, m, v, g = %v, %v, %v, %v, %q: %s", o.name, p0, m0, v0, g0, "pmv"[which], wrong)
						}
					}
				}
			}
		}
	})
}

// TestOptimizersKeepNaN: a gradient that is not finite shows in its parameter,
// and in no other.
func TestOptimizersKeepNaN(t *testing.T) {
	sets(t, func(t *testing.T, s *Set) {
		for _, o := range optimizers {
			const n = 35
			for at := range n {
				p, m, v, g := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
				g[at] = nan
				o.call(s, p, m, v, g)
				for j := range n {
					if (p[j] != p[j]) != (j == at) {
						t.Fatalf("%s with NaN at %d: p[%d] = %v", o.name, at, j, p[j])
					}
				}
			}
		}
	})
}
