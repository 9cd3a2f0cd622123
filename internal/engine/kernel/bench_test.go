//go:build unix

package kernel

import (
	"fmt"
	"syscall"
	"testing"
	"time"
)

// processor returns the time that the process has had on a processor: rates are of
// it, so that they hold on a machine that others use too.
func processor() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// rate runs call and reports how many billions of what it does a second.
func rate(b *testing.B, unit string, amount int, call func()) {
	start := processor()
	for b.Loop() {
		call()
	}
	b.ReportMetric(float64(amount)*float64(b.N)/float64(processor()-start), unit)
}

// The shapes: a square, the layers of a network for images of 28 × 28 in
// batches of 64, the same of a tiny one, and convolutions as im2col lays them out.
var benchShapes = []struct {
	product string
	m, n, k int
}{
	{"MatMul", 512, 512, 512},
	{"MatMul", 64, 256, 784}, {"MatMulTN", 784, 256, 64}, {"MatMulNT", 64, 784, 256}, {"MatMulNT", 64, 256, 256},
	{"MatMul", 64, 10, 256}, {"MatMulTN", 256, 10, 64}, {"MatMulNT", 64, 256, 10},
	{"MatMul", 64, 32, 20}, {"MatMulTN", 20, 32, 64}, {"MatMulNT", 64, 32, 32}, {"MatMul", 64, 10, 32},
	{"MatMul", 50176, 32, 144}, {"MatMulTN", 144, 32, 50176}, {"MatMulNT", 50176, 144, 32},
	{"MatMul", 12544, 64, 288}, {"MatMulTN", 288, 64, 12544}, {"MatMulNT", 12544, 288, 64}, {"MatMul", 3136, 64, 576}, {"MatMul", 50176, 16, 9}, {"MatMulTN", 9, 16, 50176},
}

func BenchmarkProducts(b *testing.B) {
	for _, sh := range benchShapes {
		for _, s := range Sets() {
			b.Run(fmt.Sprintf("%s/%dx%dx%d/%s", sh.product, sh.m, sh.n, sh.k, s.Name), func(b *testing.B) {
				rng := source(1)
				x, y, c := normal(rng, sh.m*sh.k), normal(rng, sh.k*sh.n), make([]float32, sh.m*sh.n)
				scratch := make([]float32, NTScratch(sh.n, sh.k))
				for _, p := range products {
					if p.name != sh.product {
						continue
					}
					// a fused multiply-add is two operations
					rate(b, "GFLOP/s", 2*sh.m*sh.n*sh.k, func() { p.call(s, sh.m, sh.n, sh.k, x, y, c, scratch, false) })
				}
			})
		}
	}
}

// BenchmarkPasses runs over what fits the second level of cache, and over what
// fits no cache. Its rate counts each array that is read or written once.
func BenchmarkPasses(b *testing.B) {
	for _, p := range []struct {
		name   string
		arrays int
		call   func(s *Set, x, y, u, v []float32)
	}{
		{"Adam", 7, func(s *Set, x, y, u, v []float32) { s.Adam(x, y, u, v, adamStep) }},
		{"Momentum", 5, func(s *Set, x, y, u, v []float32) { s.Momentum(x, y, v, 1e-3, 0.9, 0, false) }},
		{"Stats", 1, func(s *Set, x, y, u, v []float32) { s.Stats(x) }},
		{"Dot", 2, func(s *Set, x, y, u, v []float32) { s.Dot(x, y) }},
		{"ReLU", 2, func(s *Set, x, y, u, v []float32) { s.ReLU(x, y) }},
		{"AddBiasReLU", 2, func(s *Set, x, y, u, v []float32) { s.AddBiasReLU(x, y[:256]) }},
		{"ReLUGradBias", 3, func(s *Set, x, y, u, v []float32) { s.ReLUGradBias(x, y, v[:256]) }},
		{"ReLUGradBias32", 3, func(s *Set, x, y, u, v []float32) { s.ReLUGradBias(x, y, v[:32]) }},
		{"Exp", 2, func(s *Set, x, y, u, v []float32) { s.Exp(x, y) }},
		{"Tanh", 2, func(s *Set, x, y, u, v []float32) { s.Tanh(x, y) }},
		{"Sigmoid", 2, func(s *Set, x, y, u, v []float32) { s.Sigmoid(x, y) }},
		{"Erf", 2, func(s *Set, x, y, u, v []float32) { s.Erf(x, y) }},
		{"SoftmaxRows", 2, func(s *Set, x, y, u, v []float32) { s.SoftmaxRows(x, y, 16) }},
	} {
		for _, n := range []int{1 << 14, 1 << 22} {
			for _, s := range Sets() {
				b.Run(fmt.Sprintf("%s/%d/%s", p.name, n, s.Name), func(b *testing.B) {
					rng := source(1)
					x, y, u, v := normal(rng, n), normal(rng, n), make([]float32, n), normal(rng, n)
					rate(b, "GB/s", 4*n*p.arrays, func() { p.call(s, x, y, u, v) })
				})
			}
		}
	}
}
