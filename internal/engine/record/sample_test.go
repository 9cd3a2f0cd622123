package record

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/kernel"
)

func TestSample(t *testing.T) {
	for _, n := range []int{sampled + 1, sampled + 16, 2*sampled - 1, 200704, 1 << 20, 3_000_017} {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(i) // exact below 2^24
		}
		got := new(sampler).of(x)
		if len(got) != sampled {
			t.Fatalf("of %d elements %d are looked at, want %d", n, len(got), sampled)
		}
		widest := float32(0)
		for i := 1; i < len(got); i++ {
			if got[i] <= got[i-1] {
				t.Fatalf("of %d elements, %v comes after %v", n, got[i], got[i-1])
			}
			widest = max(widest, got[i]-got[i-1])
		}
		if part := float32(n) / sampled * piece; got[0] > part || got[sampled-1] < float32(n)-part-piece || widest > 2*part+2*piece {
			t.Errorf("of %d elements, those from %v to %v with up to %v between them", n, got[0], got[sampled-1], widest)
		}
	}
}

// TestSampleOfColumns holds that no column of a matrix is looked at much more
// than another, whatever its width, also where parts are whole rows.
func TestSampleOfColumns(t *testing.T) {
	for width := 16; width <= 1024; width = width*5/4 + 4 {
		x := make([]float32, 2048*width)
		for i := range x {
			x[i] = float32(i % width)
		}
		count := make([]int, width)
		for _, c := range new(sampler).of(x) {
			count[int(c)]++
		}
		mean := min(sampled, len(x)) / width
		for c, n := range count {
			if n > 2*mean+8 || n < mean/2-8 {
				t.Errorf("width %d: column %d is looked at %d times, others %d times", width, c, n, mean)
				break
			}
		}
	}
}

func TestSampleOfFew(t *testing.T) {
	x := make([]float32, sampled)
	if got := new(sampler).of(x); &got[0] != &x[0] || len(got) != len(x) {
		t.Error("a tensor that is no larger than a sample is not taken as it is")
	}
}

// TestSampledFigures holds that the figures of a sample are near those of all
// elements.
func TestSampledFigures(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, 300000)
	for i := range x {
		x[i] = float32(max(0, rng.NormFloat64())) // half of them 0
	}
	set := kernel.Best()
	want, got := set.Stats(x), set.Stats(new(sampler).of(x))
	for what, v := range map[string][2]float64{
		"mean":          {got.Sum / float64(got.N), want.Sum / float64(want.N)},
		"mean square":   {got.SumSquares / float64(got.N), want.SumSquares / float64(want.N)},
		"share of zero": {float64(got.Zeros) / float64(got.N), float64(want.Zeros) / float64(want.N)},
	} {
		if math.Abs(v[0]/v[1]-1) > 0.03 {
			t.Errorf("%s: got %v, want %v", what, v[0], v[1])
		}
	}
}

// TestLargeTensors holds that a step looks at so many elements of a large
// parameter, its gradient and its update, and that its norm is that of the whole.
func TestLargeTensors(t *testing.T) {
	tr := sums()
	tr.spec.Layers, tr.spec.Epochs = body(200, 1), 1
	lines := tr.lines(t, Options{})
	tens := 0
	for _, line := range lines {
		if strings.HasPrefix(line, `{"k":"tens"`) {
			tens++
			if got := strings.Count(line, fmt.Sprintf(`"n":[800,200,%d,200,200,1]`, sampled)); got != 3 {
				t.Errorf("%d of 3 blocks say how many elements were looked at: %s", got, line)
			}
		}
	}
	if tens == 0 {
		t.Error("no sampled steps")
	}
	tr.spec.Optimizer = engine.Optimizer{Kind: "sgd", LR: 1e-9} // nothing moves
	trace := tr.run(t, Options{})
	n, err := engine.New(tr.spec, tr.spec.Batch)
	if err != nil {
		t.Fatal(err)
	}
	p := n.Params()[2]
	want := math.Sqrt(n.Set().SumSquares(p.Value))
	s := trace.Series(nnvet.Key{Quantity: nnvet.WeightNorm, Site: p.Name})
	for i, got := range s.Values {
		if math.Abs(got/want-1) > 0.02 {
			t.Errorf("step %d: norm %v, of all elements %v", s.Steps[i], got, want)
		}
	}
}
