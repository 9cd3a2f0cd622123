//go:build unix

package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

// A product is one that a step of a network takes, or the square that is usual
// for comparisons.
type product struct {
	Of      string  `json:"of"`
	Name    string  `json:"name"`
	Times   int     `json:"times"`   // a step takes it
	GFLOP   float64 `json:"gflop"`   // of the product once; a fused multiply-add is two operations
	Seconds float64 `json:"seconds"` // of the processor, for the product once
	call    func(s *kernel.Set, m, n, k int, a, b, c, scratch []float32)
	m, n, k int
}

type products struct {
	Set      string    `json:"set"`
	Products []product `json:"products"`
}

// layer returns the products of a layer: outputs, gradient of the weights,
// and, where a layer before it needs one, gradient of the inputs.
func layer(of string, times, rows, in, out int, first bool) []product {
	p := []product{
		{Of: of, Name: "MatMul", Times: times, call: plain, m: rows, n: out, k: in},
		{Of: of, Name: "MatMulTN", Times: times, call: transposedFirst, m: in, n: out, k: rows},
	}
	if !first {
		p = append(p, product{Of: of, Name: "MatMulNT", Times: times, call: transposedSecond, m: rows, n: in, k: out})
	}
	return p
}

func plain(s *kernel.Set, m, n, k int, a, b, c, _ []float32) { s.MatMul(m, n, k, a, b, c, false) }

func transposedFirst(s *kernel.Set, m, n, k int, a, b, c, _ []float32) {
	s.MatMulTN(m, n, k, a, b, c, false)
}

func transposedSecond(s *kernel.Set, m, n, k int, a, b, c, scratch []float32) {
	s.MatMulNT(m, n, k, a, b, c, scratch, false)
}

// all are the products of batches of 64 rows. A convolution takes them in
// blocks of lines of the output: the first in 7 of up to 260 lines with 28
// places each, the second in 28 of 32 lines with 14.
func all() []product {
	p := []product{{Of: "square", Name: "MatMul", Times: 1, call: plain, m: 512, n: 512, k: 512}}
	p = append(p, layer("mlp", 1, 64, 784, 256, true)...)
	p = append(p, layer("mlp", 1, 64, 256, 256, false)...)
	p = append(p, layer("mlp", 1, 64, 256, 10, false)...)
	p = append(p, layer("tiny", 1, 64, 20, 32, true)...)
	p = append(p, layer("tiny", 1, 64, 32, 32, false)...)
	p = append(p, layer("tiny", 1, 64, 32, 10, false)...)
	p = append(p, layer("cnn", 7, 260*28, 9, 16, true)...)
	p = append(p, layer("cnn", 28, 32*14, 144, 32, false)...)
	p = append(p, layer("cnn", 1, 64, 1568, 64, false)...)
	return append(p, layer("cnn", 1, 64, 64, 10, false)...)
}

// timeProducts times each on operands that it is given again and again, so
// that they lie in the caches that they fit.
func timeProducts() products {
	set := kernel.Best()
	list := all()
	for i := range list {
		p := &list[i]
		p.Name = fmt.Sprintf("%s %d×%d×%d", p.Name, p.m, p.n, p.k)
		p.GFLOP = 2e-9 * float64(p.m) * float64(p.n) * float64(p.k)
		p.Seconds = p.time(set)
	}
	return products{set.Name, list}
}

// time returns the seconds of one call, from a tenth of a second of them.
func (p product) time(set *kernel.Set) float64 {
	rng := rand.New(rand.NewPCG(1, 0))
	a, b, c := noise(rng, p.m*p.k), noise(rng, p.k*p.n), make([]float32, p.m*p.n)
	scratch := make([]float32, kernel.NTScratch(p.n, p.k))
	p.call(set, p.m, p.n, p.k, a, b, c, scratch)
	for calls := 1; ; calls *= 2 {
		start := processor()
		for range calls {
			p.call(set, p.m, p.n, p.k, a, b, c, scratch)
		}
		if spent := processor() - start; spent > 50*time.Millisecond {
			return spent.Seconds() / float64(calls)
		}
	}
}

func noise(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return x
}
