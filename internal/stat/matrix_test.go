package stat_test

import (
	"math"
	"slices"
	"testing"

	"github.com/nnvet/nnvet/internal/stat"
)

// noise is a small generator of numbers between -1 and 1.
func noise() func() float64 {
	state := uint32(1)
	return func() float64 {
		state = state*1664525 + 1013904223
		return float64(state>>8)/(1<<23) - 1
	}
}

// symmetric returns a product of a random matrix with itself.
func symmetric(n, rank int) []float64 {
	next := noise()
	b := make([]float64, n*rank)
	for i := range b {
		b[i] = next()
	}
	a := make([]float64, n*n)
	for i := range n {
		for j := range n {
			for k := range rank {
				a[i*n+j] += b[i*rank+k] * b[j*rank+k]
			}
		}
	}
	return a
}

func TestEigenvalues(t *testing.T) {
	const n = 12
	second := make([]float64, n*n) // second differences, whose eigenvalues are known
	var want []float64
	for i := range n {
		second[i*n+i] = 2
		if i > 0 {
			second[i*n+i-1], second[(i-1)*n+i] = -1, -1
		}
		want = append(want, 2-2*math.Cos(float64(i+1)*math.Pi/(n+1)))
	}
	for name, c := range map[string]struct{ a, want []float64 }{
		"none":               {nil, nil},
		"one":                {[]float64{-3}, []float64{-3}},
		"two":                {[]float64{2, 1, 1, 2}, []float64{1, 3}},
		"zero":               {make([]float64, 9), []float64{0, 0, 0}},
		"diagonal":           {[]float64{3, 0, 0, 0, -1, 0, 0, 0, 2}, []float64{-1, 2, 3}},
		"ones":               {slices.Repeat([]float64{1}, 16), []float64{0, 0, 0, 4}},
		"far apart":          {[]float64{1e12, 0, 1, 0, 1, 0, 1, 0, 1e-6}, []float64{0, 1, 1e12}},
		"second differences": {second, want},
		"not finite":         {[]float64{1, math.NaN(), math.NaN(), 1}, []float64{math.NaN(), math.NaN()}},
	} {
		got := stat.Eigenvalues(c.a, len(c.want))
		for i, v := range got {
			if scale := math.Max(1, math.Abs(c.want[len(c.want)-1])); !(math.Abs(v-c.want[i]) < 1e-12*scale) && !(math.IsNaN(v) && math.IsNaN(c.want[i])) {
				t.Errorf("%s: got %v, want %v", name, got, c.want)
				break
			}
		}
	}
}

// TestEigenvaluesSums holds what the trace, and the squares of all elements, say
// of the eigenvalues, and that as many are 0 as a product leaves out.
func TestEigenvaluesSums(t *testing.T) {
	for _, n := range []int{2, 3, 17, 100, 256} {
		rank := (n + 1) / 2
		a := symmetric(n, rank)
		trace, squares, sum, powers, zeros := 0.0, 0.0, 0.0, 0.0, 0
		for i := range n {
			trace += a[i*n+i]
		}
		for _, v := range a {
			squares += v * v
		}
		for _, v := range stat.Eigenvalues(a, n) {
			sum += v
			powers += v * v
			if math.Abs(v) < 1e-12*trace {
				zeros++
			}
		}
		if math.Abs(sum-trace) > 1e-12*trace || math.Abs(powers-squares) > 1e-12*squares || zeros != n-rank {
			t.Errorf("%d: sums %v and %v, want %v and %v; %d zeros, want %d", n, sum, powers, trace, squares, zeros, n-rank)
		}
	}
}

func TestCholesky(t *testing.T) {
	const n = 9
	a := symmetric(n, 2*n)
	want, b := make([]float64, n), make([]float64, n)
	for i := range n {
		want[i] = float64(i) - 3
	}
	for i := range n {
		for j := range n {
			b[i] += a[i*n+j] * want[j]
		}
	}
	for i, v := range stat.Cholesky(a, b) {
		if math.Abs(v-want[i]) > 1e-10 {
			t.Errorf("x[%d]: got %v, want %v", i, v, want[i])
		}
	}
	if x := stat.Cholesky([]float64{-1}, []float64{1}); !math.IsNaN(x[0]) {
		t.Errorf("not positive definite: got %v, want NaN", x)
	}
}
