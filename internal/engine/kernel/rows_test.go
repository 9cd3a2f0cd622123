package kernel

import (
	"math"
	"testing"
)

var grids = [][2]int{{0, 5}, {1, 1}, {3, 2}, {5, 7}, {4, 8}, {9, 10}, {3, 16}, {2, 17}, {7, 33}, {64, 64}, {3, 100}, {600, 3}, {257, 65}}

func TestBias(t *testing.T) {
	sets(t, func(t *testing.T, s *Set) {
		for i, g := range grids {
			rng := source(i)
			before, bias := wild(rng, g[0]*g[1]), guard(wild(rng, g[1]), i%16)
			plain, cut := guard(before, (i+3)%16), guard(before, (i+4)%16)
			s.AddBias(plain.x(), bias.x())
			s.AddBiasReLU(cut.x(), bias.x())
			plain.check(t)
			cut.check(t)
			for j := range before {
				want := before[j] + bias.x()[j%g[1]]
				if wrong := closeTo(plain.x()[j], float64(want), 0); wrong != "" {
					t.Fatalf("AddBias %v: %s", g, wrong)
				}
				if wrong := closeTo(cut.x()[j], math.Max(float64(want), 0), 0); wrong != "" {
					t.Fatalf("AddBiasReLU %v: %s", g, wrong)
				}
			}
		}
	})
}

func TestColumnSums(t *testing.T) {
	sets(t, func(t *testing.T, s *Set) {
		for i, g := range grids {
			rng := source(i)
			x, before := normal(rng, g[0]*g[1]), normal(rng, g[1])
			at := guard(x, i%16)
			for _, acc := range []bool{false, true} {
				start := before
				if !acc {
					start = make([]float32, g[1])
				}
				sums := guard(before, (i+2)%16)
				s.ColumnSums(at.x(), sums.x(), acc)
				sums.check(t)
				checkSums(t, g, sums.x(), start, x)
			}
		}
	})
}

func TestReLUGradBias(t *testing.T) {
	sets(t, func(t *testing.T, s *Set) {
		for i, g := range grids {
			rng := source(i)
			before, y, start := normal(rng, g[0]*g[1]), guard(normal(rng, g[0]*g[1]), i%16), normal(rng, g[1])
			dy, db := guard(before, (i+5)%16), guard(start, (i+9)%16)
			s.ReLUGradBias(dy.x(), y.x(), db.x())
			dy.check(t)
			db.check(t)
			want := make([]float32, len(before))
			s.ReLUGrad(want, before, y.x())
			if !sameBits(want, dy.x()) {
				t.Fatalf("ReLUGradBias %v: dy is not that of ReLUGrad", g)
			}
			checkSums(t, g, db.x(), start, want)
		}
	})
}

// checkSums allows half an eps of the sum of magnitudes for each of the
// roundings on the way of a value: those of its block, and those of the blocks.
func checkSums(t *testing.T, g [2]int, got, start, x []float32) {
	t.Helper()
	for j := range start {
		want := float64(start[j])
		magnitude := math.Abs(want)
		for i := range g[0] {
			want += float64(x[i*g[1]+j])
			magnitude += math.Abs(float64(x[i*g[1]+j]))
		}
		roundings := min(g[0], sumRows) + g[0]/sumRows + 1
		if wrong := closeTo(got[j], want, float64(roundings)*0x1p-24*magnitude); wrong != "" {
			t.Fatalf("%v, column %d: %s", g, j, wrong)
		}
	}
}

func TestColumnSumsKeepNaN(t *testing.T) {
	sets(t, func(t *testing.T, s *Set) {
		x, sums := make([]float32, 5*21), make([]float32, 21)
		x[2*21+20], x[3*21+4] = nan, float32(math.Inf(1))
		s.ColumnSums(x, sums, true)
		if v := sums[20]; v == v || !math.IsInf(float64(sums[4]), 1) || sums[3] != 0 {
			t.Errorf("got %v", sums)
		}
	})
}

func TestSoftmaxRows(t *testing.T) {
	sets(t, func(t *testing.T, s *Set) {
		for i, g := range grids {
			rng := source(i)
			src := normal(rng, g[0]*g[1])
			for j := range src {
				src[j] *= 30
			}
			from, dst := guard(src, i%16), guard(src, (i+5)%16)
			s.SoftmaxRows(dst.x(), from.x(), g[1])
			dst.check(t)
			s.SoftmaxRows(from.x(), from.x(), g[1])
			if !sameBits(from.x(), dst.x()) {
				t.Errorf("%v in place: other bits", g)
			}
			for r := range g[0] {
				row := src[r*g[1] : (r+1)*g[1]]
				high, sum := math.Inf(-1), 0.0
				for _, v := range row {
					high = max(high, float64(v))
				}
				for _, v := range row {
					sum += math.Exp(float64(v) - high)
				}
				for j, v := range row {
					want := math.Exp(float64(v)-high) / sum
					// v-high is off by half a unit, which exp makes a relative error;
					// then exp itself, the sum and the division
					bound := want*(math.Abs(float64(v)-high)+float64(g[1])+4)*0x1p-23 + 0x1p-149
					if wrong := closeTo(dst.x()[r*g[1]+j], want, bound); wrong != "" {
						t.Fatalf("%v, row %d, element %d: %s", g, r, j, wrong)
					}
				}
			}
		}
	})
}

func TestSoftmaxNotFinite(t *testing.T) {
	inf := float32(math.Inf(1))
	sets(t, func(t *testing.T, s *Set) {
		for _, c := range []struct {
			src, want []float32
		}{
			{[]float32{1, nan, 2}, []float32{nan, nan, nan}},
			{[]float32{1, 1e5, inf}, []float32{nan, nan, nan}},
			{[]float32{-inf, -inf}, []float32{nan, nan}},
			{[]float32{-inf, 7, -inf}, []float32{0, 1, 0}},
			{[]float32{-3e38, 3e38}, []float32{0, 1}},
			{[]float32{5}, []float32{1}},
		} {
			dst := make([]float32, len(c.src))
			s.SoftmaxRows(dst, c.src, len(c.src))
			for i := range dst {
				if wrong := closeTo(dst[i], float64(c.want[i]), 0); wrong != "" {
					t.Errorf("softmax(%v): %s", c.src, wrong)
				}
			}
		}
	})
}
