package kernel

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestNamed(t *testing.T) {
	all := Sets()
	if last := all[len(all)-1].Name; last != "generic" {
		t.Errorf("the last set is %q, want generic", last)
	}
	if Best().Name != all[0].Name {
		t.Errorf("the best set is %q, want the first, %q", Best().Name, all[0].Name)
	}
	for _, s := range all {
		if got, err := Named(s.Name); err != nil || got.Name != s.Name {
			t.Errorf("Named(%q) = %v, %v", s.Name, got, err)
		}
	}
	_, err := Named("mmx")
	if err == nil || !strings.Contains(err.Error(), "generic") {
		t.Errorf(`Named("mmx"): %v, want an error that lists what there is`, err)
	}
}

// everything calls each method once and hands all that came out to
// see.
func everything(s *Set, rng *rand.Rand, see func(x []float32)) {
	const m = 12
	const n = m * m
	draw := func() []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = rng.Float32()*8 - 4 // exact on every machine, unlike normal ones
		}
		return x
	}
	for _, c := range elementwise {
		dst := make([]float32, n)
		c.call(s, dst, draw(), draw())
		see(dst)
	}
	for _, o := range optimizers {
		p, m, v, g := draw(), draw(), draw(), draw()
		s.Mul(v, v, v)
		o.call(s, p, m, v, g)
		see(p)
		see(m)
		see(v)
	}
	for _, p := range products {
		c := draw()
		p.call(s, m, m, m, draw(), draw(), c, make([]float32, NTScratch(m, m)), true)
		see(c)
	}
	x, y, b := draw(), draw(), draw()[:m]
	s.AddScaled(x, y, 0.3)
	s.AddBias(x, b)
	s.AddBiasReLU(y, b)
	s.ReLUGradBias(x, y, b)
	s.ColumnSums(y, b, true)
	s.SoftmaxRows(y, x, m)
	see(x)
	see(y)
	see(b)
	st := s.Stats(x)
	see([]float32{s.Max(x), float32(s.Dot(x, y)), float32(s.Sum(x)), float32(st.SumSquares), st.Min, st.Max, float32(st.Zeros)})
}

// TestGenericBits holds the generic set to the same bits on every architecture.
func TestGenericBits(t *testing.T) {
	const want = 0x48f2a4bf5b6e82cf
	h := fnv.New64a()
	everything(generic(), source(3), func(x []float32) {
		for _, b := range bits(x) {
			h.Write([]byte{byte(b), byte(b >> 8), byte(b >> 16), byte(b >> 24)})
		}
	})
	if got := h.Sum64(); got != want {
		t.Errorf("got %#x, want %#x: other arithmetic than that of the recorded figures", got, uint64(want))
	}
}

// TestSetsAgree compares sets with each other; how far each may be from what
// is right, the other tests say.
func TestSetsAgree(t *testing.T) {
	var want []float32
	everything(generic(), source(3), func(x []float32) { want = append(want, x...) })
	sets(t, func(t *testing.T, s *Set) {
		var got []float32
		everything(s, source(3), func(x []float32) { got = append(got, x...) })
		for i := range want {
			if off := math.Abs(float64(got[i] - want[i])); off > 1e-5*(1+math.Abs(float64(want[i]))) {
				t.Errorf("figure %d: got %v, generic has %v", i, got[i], want[i])
			}
		}
	})
}

// TestVectorsAgree: a product has the same bits with every width of vectors.
func TestVectorsAgree(t *testing.T) {
	all := vectorSets()
	if len(all) < 2 {
		t.Skip("this processor has one width of vectors or none")
	}
	const m, n, k = 37, 59, 300
	a, b := normal(source(1), m*k), normal(source(2), k*n)
	want, got := make([]float32, m*n), make([]float32, m*n)
	all[0].MatMul(m, n, k, a, b, want, false)
	all[1].MatMul(m, n, k, a, b, got, false)
	if !sameBits(want, got) {
		t.Errorf("%s and %s differ", all[0].Name, all[1].Name)
	}
}

func TestNoAllocation(t *testing.T) {
	sets(t, func(t *testing.T, s *Set) {
		const m, n, k = 30, 40, 50
		x, y, u, v := normal(source(1), m*n*k), normal(source(2), m*n*k), make([]float32, m*n*k), make([]float32, m*n*k)
		for _, p := range products {
			if got := testing.AllocsPerRun(3, func() { p.call(s, m, n, k, x[:m*k], y[:k*n], u[:m*n], v, true) }); got != 0 {
				t.Errorf("%s allocates %v times", p.name, got)
			}
		}
		if got := testing.AllocsPerRun(3, func() {
			for _, c := range elementwise {
				c.call(s, u, x, y)
			}
			for _, o := range optimizers {
				o.call(s, u, v, v, y)
			}
			s.AddBiasReLU(u, y[:n])
			s.ReLUGradBias(u, x, v[:n])
			s.ColumnSums(u, v[:n], false)
			s.SoftmaxRows(u, x, n)
			s.Stats(x)
			s.Max(x)
			s.Dot(x, y)
		}); got != 0 {
			t.Errorf("the passes allocate %v times", got)
		}
	})
}

// TestGenerated runs the generator: the assembly is what it writes.
func TestGenerated(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the generator writes for amd64")
	}
	dir := t.TempDir()
	cmd := exec.Command("go", "run", "-C", "gen", ".", "-pkg", "kernel",
		"-out", filepath.Join(dir, "vectors_amd64.s"), "-stubs", filepath.Join(dir, "vectors_amd64.go"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("the generator does not run, as without a network: %v\n%s", err, out)
	}
	for _, name := range []string{"vectors_amd64.s", "vectors_amd64.go"} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if afterFirstLine(got) != afterFirstLine(want) {
			t.Errorf("%s is not what gen writes: run go generate", name)
		}
	}
}

// afterFirstLine leaves out the line that says which command wrote a file.
func afterFirstLine(file []byte) string {
	_, rest, _ := strings.Cut(string(file), "\n")
	return rest
}
