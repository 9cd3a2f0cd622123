package kernel

import (
	"fmt"
	"math"
	"testing"
)

// product is a product by name, with what A and B look like in memory.
type product struct {
	name string
	a, b func(m, n, k, i, j, p int) int // where element i,p of A, and p,j of B, lies
	call func(s *Set, m, n, k int, a, b, c, scratch []float32, acc bool)
}

var products = []product{
	{"MatMul",
		func(m, n, k, i, j, p int) int { return i*k + p },
		func(m, n, k, i, j, p int) int { return p*n + j },
		func(s *Set, m, n, k int, a, b, c, _ []float32, acc bool) { s.MatMul(m, n, k, a, b, c, acc) }},
	{"MatMulTN",
		func(m, n, k, i, j, p int) int { return p*m + i },
		func(m, n, k, i, j, p int) int { return p*n + j },
		func(s *Set, m, n, k int, a, b, c, _ []float32, acc bool) { s.MatMulTN(m, n, k, a, b, c, acc) }},
	{"MatMulNT",
		func(m, n, k, i, j, p int) int { return i*k + p },
		func(m, n, k, i, j, p int) int { return j*k + p },
		func(s *Set, m, n, k int, a, b, c, scratch []float32, acc bool) {
			s.MatMulNT(m, n, k, a, b, c, scratch, acc)
		}},
}

func TestProducts(t *testing.T) {
	var shapes [][3]int
	for _, m := range []int{0, 1, 2, 3, 5, 6, 7, 11, 12, 13, 24, 29} {
		for _, n := range []int{0, 1, 7, 8, 10, 16, 17, 31, 32, 33, 75} {
			for _, k := range []int{0, 1, 2, 5, 20} {
				shapes = append(shapes, [3]int{m, n, k})
			}
		}
	}
	// past the blocks of every loop
	shapes = append(shapes, [][3]int{{3, 5, 1000}, {1, 300, 700}, {500, 9, 17}, {260, 40, 530}, {64, 784, 10}, {64, 10, 784}}...)
	sets(t, func(t *testing.T, s *Set) {
		for _, p := range products {
			for i, shape := range shapes {
				p.test(t, s, shape[0], shape[1], shape[2], i%16, i%2 == 0)
			}
		}
	})
}

// test compares with float64. Of a sum of k products, each rounding is off by
// half an eps of a partial sum, and no partial sum is larger than the sum of
// magnitudes.
func (p product) test(t *testing.T, s *Set, m, n, k, offset int, acc bool) {
	t.Helper()
	const eps = 0x1p-23
	rng := source(m*10000 + n*100 + k)
	a, b := guard(normal(rng, m*k), offset), guard(normal(rng, k*n), (offset+3)%16)
	before := normal(rng, m*n)
	c, scratch := guard(before, (offset+9)%16), guard(make([]float32, NTScratch(n, k)), (offset+1)%16)
	p.call(s, m, n, k, a.x(), b.x(), c.x(), scratch.x(), acc)
	for _, g := range []guarded{a, b, c, scratch} {
		g.check(t)
	}
	av, bv := a.x(), b.x()
	for i := range m {
		for j := range n {
			want, magnitude := 0.0, 0.0
			if acc {
				want = float64(before[i*n+j])
				magnitude = math.Abs(want)
			}
			for q := range k {
				v := float64(av[p.a(m, n, k, i, j, q)]) * float64(bv[p.b(m, n, k, i, j, q)])
				want += v
				magnitude += math.Abs(v)
			}
			if wrong := closeTo(c.x()[i*n+j], want, float64(k+1)*eps*magnitude); wrong != "" {
				t.Fatalf("%s m=%d n=%d k=%d acc=%v, element %d,%d: %s", p.name, m, n, k, acc, i, j, wrong)
			}
		}
	}
	again := guard(before, (offset+4)%16)
	p.call(s, m, n, k, av, bv, again.x(), scratch.x(), acc)
	if !sameBits(again.x(), c.x()) {
		t.Fatalf("%s m=%d n=%d k=%d: the same call gives other bits", p.name, m, n, k)
	}
}

// TestProductsSkipNothing puts one value that is not finite into A or B: it
// shows in its whole row or column of C, zeros on the other side included, and
// nowhere else.
func TestProductsSkipNothing(t *testing.T) {
	const m, n, k = 14, 41, 9
	sets(t, func(t *testing.T, s *Set) {
		for _, p := range products {
			for _, v := range []float32{nan, float32(math.Inf(1)), float32(math.Inf(-1))} {
				for _, inA := range []bool{true, false} {
					for at := range max(m, n) {
						a, b, c := make([]float32, m*k), make([]float32, k*n), make([]float32, m*n)
						if inA {
							a[p.a(m, n, k, at%m, 0, k/2)] = v
						} else {
							b[p.b(m, n, k, 0, at%n, k/2)] = v
						}
						p.call(s, m, n, k, a, b, c, make([]float32, NTScratch(n, k)), false)
						for i := range m {
							for j := range n {
								hit := inA && i == at%m || !inA && j == at%n
								if got := c[i*n+j]; hit != (got != got) || !hit && got != 0 {
									t.Fatalf("%s with %v at %d, in A %v: c[%d,%d] = %v", p.name, v, at, inA, i, j, got)
								}
							}
						}
					}
				}
			}
		}
	})
}

func TestWrongShapesPanic(t *testing.T) {
	s := Best()
	x := make([]float32, 6)
	for name, call := range map[string]func(){
		"product":  func() { s.MatMul(2, 3, 4, x, x, x, false) },
		"negative": func() { s.MatMul(-2, -3, 1, x, x, x, false) },
		"scratch":  func() { s.MatMulNT(2, 3, 2, x[:4], x, x, nil, false) },
		"add":      func() { s.Add(x, x[:5], x) },
		"rows":     func() { s.AddBias(x, x[:4]) },
		"no cols":  func() { s.SoftmaxRows(x, x, 0) },
		"adam":     func() { s.Adam(x, x, x, x[:1], AdamStep{}) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); len(got) < 8 || got[:8] != "kernel: " {
					t.Errorf("got %q, want a panic that names the call", got)
				}
			}()
			call()
		})
	}
}
