package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// sets runs a test for each set that this machine has.
func sets(t *testing.T, test func(t *testing.T, s *Set)) {
	for _, s := range Sets() {
		t.Run(s.Name, func(t *testing.T) { test(t, s) })
	}
}

// lengths are around the widths of vectors, of unrolled loops and of blocks.
var lengths = []int{0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 1000}

// awkward is what float32 arithmetic can trip over.
var awkward = []float32{
	0, float32(math.Copysign(0, -1)), 1, -1, 0.5, -0.5, 3, -3, 88, -88, 88.72284, 89, -87.5, -100, -103.9, -104, 1e4, -1e4,
	float32(math.Inf(1)), float32(math.Inf(-1)), nan,
	math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32, 1e-39, -1e-39, 1.1754944e-38, 1e-20, -1e-20,
	math.MaxFloat32, -math.MaxFloat32, 1e20, -1e20, 1 + 1.0/(1<<23), 0.3465736, -0.3465736, 0.625, 0.92, 4,
}

// normal returns n draws, some of them exactly zero.
func normal(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		if rng.IntN(8) > 0 {
			x[i] = float32(rng.NormFloat64())
		}
	}
	return x
}

// wild returns n draws, a third of them awkward.
func wild(rng *rand.Rand, n int) []float32 {
	x := normal(rng, n)
	for i := range x {
		switch rng.IntN(3) {
		case 0:
			x[i] = awkward[rng.IntN(len(awkward))]
		case 1:
			x[i] *= 20
		}
	}
	return x
}

func source(seed int) *rand.Rand { return rand.New(rand.NewPCG(uint64(seed), 7)) }

// A guarded array starts offset elements into its memory and has elements on
// both sides that no call may touch.
type guarded struct {
	memory []float32
	at, n  int
}

const (
	guardBits = 0x7fc0dead
	guardLen  = 32
)

func guard(x []float32, offset int) guarded {
	g := guarded{make([]float32, guardLen+offset+len(x)+guardLen), guardLen + offset, len(x)}
	for i := range g.memory {
		g.memory[i] = math.Float32frombits(guardBits)
	}
	copy(g.x(), x)
	return g
}

func (g guarded) x() []float32 { return g.memory[g.at : g.at+g.n : g.at+g.n] }

func (g guarded) check(t *testing.T) {
	t.Helper()
	for i, v := range g.memory {
		if (i < g.at || i >= g.at+g.n) && math.Float32bits(v) != guardBits {
			t.Fatalf("element %d of %d was written: %v", i-g.at, g.n, v)
		}
	}
}

// ulp is the distance of float32 values at v, of the subnormal ones near 0.
func ulp(v float64) float64 {
	v = math.Abs(v)
	if v < 0x1p-126 {
		return 0x1p-149
	}
	return math.Ldexp(1, math.Ilogb(v)-23)
}

// closeTo says what is wrong with got, "" if nothing is: it must be as far from
// want as the bound at most, and NaN or infinite where want is in float32.
func closeTo(got float32, want, bound float64) string {
	w := float32(want)
	switch {
	case math.IsNaN(want) != (got != got):
	case math.IsNaN(want), got == w:
		return ""
	case math.IsInf(float64(w), 0) || math.IsInf(float64(got), 0):
		// at the edge of float32 either side may round to infinity
		if math.Abs(want) > math.MaxFloat32*(1-1e-6) && math.Signbit(want) == math.Signbit(float64(got)) && math.Abs(float64(got)) > math.MaxFloat32*(1-1e-6) {
			return ""
		}
	case math.Abs(float64(got)-want) <= bound:
		return ""
	}
	return fmt.Sprintf("got %v, want %v within %.2g", got, want, bound)
}

func bits(x []float32) []uint32 {
	b := make([]uint32, len(x))
	for i, v := range x {
		b[i] = math.Float32bits(v)
	}
	return b
}

func sameBits(a, b []float32) bool { return slices.Equal(bits(a), bits(b)) }
