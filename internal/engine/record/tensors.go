package record

import (
	"math"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/kernel"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// most is how many tensors a record has at most, as a line has a limit.
const most = 4000

// tensors holds the figures of one sampled step. Its memory is used again for
// the next.
type tensors struct {
	set    *kernel.Set
	params []*engine.Param
	record tracefile.Tensors
	units  *units
	rows   int
	visit  func(layer int, out []float32) // made once, since it escapes
	sample sampler
	was    [][]float32 // of each parameter, its sample before the update
}

func newTensors(n *engine.Network) tensors {
	t := tensors{set: n.Set(), params: n.Params()}
	for _, p := range t.params {
		t.was = append(t.was, make([]float32, min(sampled, len(p.Value))))
	}
	return t
}

// before takes the parameters, the gradients and the outputs of layers.
func (t *tensors) before(s *engine.Step, u *units) {
	if t.visit == nil {
		t.visit = t.output
	}
	t.units, t.rows = u, s.Rows
	r := &t.record
	for _, b := range []*tracefile.Block{&r.W, &r.G, &r.U, &r.A} {
		empty(b)
	}
	for i, p := range t.params {
		if p.Trainable {
			take(t.was[i], p.Value)
			t.add(&r.W, int64(i), t.was[i])
			t.add(&r.G, int64(i), t.sample.of(p.Grad))
		}
	}
	s.Network.Activations(t.visit)
}

// output takes what a layer put out. Of a few rows it could be told from its
// smallest and largest element.
func (t *tensors) output(layer int, out []float32) {
	out = t.sample.of(out)
	t.units.output(layer, out)
	if t.rows >= few {
		t.add(&t.record.A, moduleID(layer), out)
	}
}

// after takes the updates.
func (t *tensors) after() {
	for i, p := range t.params {
		if p.Trainable {
			change := t.was[i]
			t.set.Sub(change, t.sample.of(p.Value), change)
			t.add(&t.record.U, int64(i), change)
		}
	}
}

func (t *tensors) write(step int64, put func(any)) {
	r := &t.record
	r.S = step
	n := max(len(r.W.I), len(r.A.I))
	if n <= most {
		put(r)
		return
	}
	for at := 0; at < n; at += most {
		put(&tracefile.Tensors{S: step, W: part(r.W, at), G: part(r.G, at), U: part(r.U, at), A: part(r.A, at)})
	}
}

// part returns the columns from a place on, as far as one record takes them.
func part(b tracefile.Block, at int) tracefile.Block {
	from, to := min(at, len(b.I)), min(at+most, len(b.I))
	return tracefile.Block{
		I: b.I[from:to], N: b.N[from:to], Mean: b.Mean[from:to], Std: b.Std[from:to],
		Min: b.Min[from:to], Max: b.Max[from:to], L2: b.L2[from:to], NZ: b.NZ[from:to], NF: b.NF[from:to],
	}
}

func empty(b *tracefile.Block) {
	b.I, b.N, b.NZ, b.NF = b.I[:0], b.N[:0], b.NZ[:0], b.NF[:0]
	b.Mean, b.Std, b.Min, b.Max, b.L2 = b.Mean[:0], b.Std[:0], b.Min[:0], b.Max[:0], b.L2[:0]
}

// add adds the figures of a tensor, or of a sample of it, to a block.
func (t *tensors) add(b *tracefile.Block, id int64, x []float32) {
	s := t.set.Stats(x)
	mean, std := moments(s, x)
	b.I, b.N = append(b.I, id), append(b.N, int64(s.N))
	b.Mean, b.Std = append(b.Mean, mean), append(b.Std, std)
	b.Min, b.Max = append(b.Min, float64(s.Min)), append(b.Max, float64(s.Max))
	b.L2 = append(b.L2, norm(s))
	b.NZ, b.NF = append(b.NZ, int64(s.N-s.Zeros)), append(b.NF, int64(s.NonFinite))
}

// norm is over the finite elements; NaN where there are none.
func norm(s kernel.Stats) float64 {
	if s.N == s.NonFinite {
		return math.NaN()
	}
	return math.Sqrt(s.SumSquares)
}

// moments returns mean and standard deviation of the finite elements, NaN
// where there are none. Where the difference of the sums cancels, so that
// little of it is left, it looks again.
func moments(s kernel.Stats, x []float32) (mean, std float64) {
	n := float64(s.N - s.NonFinite)
	mean = s.Sum / n
	variance := s.SumSquares/n - mean*mean
	if variance < 1e-9*mean*mean {
		variance = 0
		for _, v := range x {
			if d := float64(v) - mean; finite(d) {
				variance += d * d / n
			}
		}
	}
	return mean, math.Sqrt(max(0, variance))
}
