package record

import (
	"math"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
)

// firstBatch returns a network as it starts, which is watched, and the rows that
// it is fed first.
func (tr training) firstBatch(t *testing.T) (n *engine.Network, x, y []float32, labels []int32) {
	t.Helper()
	n, err := engine.New(tr.spec, tr.spec.Batch)
	if err != nil {
		t.Fatal(err)
	}
	n.Watch(true)
	in, out := tr.spec.Input.Size(), n.Outputs().Size()
	for _, i := range engine.FirstOrder(tr.spec, tr.train.Rows)[:tr.spec.Batch] {
		x = append(x, tr.train.X[int(i)*in:][:in]...)
		if tr.train.Labels != nil {
			labels = append(labels, tr.train.Labels[i])
		} else {
			y = append(y, tr.train.Y[int(i)*out:][:out]...)
		}
	}
	return n, x, y, labels
}

func value(t *testing.T, trace *nnvet.Trace, q nnvet.Quantity, site string, step int64) float64 {
	t.Helper()
	s := trace.Series(nnvet.Key{Quantity: q, Site: site})
	for i := range s.Len() {
		if s.Steps[i] == step {
			return s.Values[i]
		}
	}
	t.Fatalf("no %s of %q at step %d", q, site, step)
	return 0
}

func same(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-4*math.Max(1e-3, math.Abs(want))) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// TestDepth holds the figures of the first batch against those of the
// definitions, pair by pair of rows and of units.
func TestDepth(t *testing.T) {
	for name, tr := range map[string]training{"moons": moons(), "pictures": pictures()} {
		trace := tr.run(t, Options{})
		n, x, y, labels := tr.firstBatch(t)
		rows := tr.spec.Batch
		out := n.Forward(x, rows, true)
		layers := n.Layers()
		n.Activations(func(layer int, out []float32) {
			l := layers[layer]
			same(t, name+" cosine of "+l.Name, value(t, trace, nnvet.ActCosine, l.Name, 0), cosine(out, rows))
			same(t, name+" rank of "+l.Name, value(t, trace, nnvet.ActRank, l.Name, 0), participation(out, rows))
		})
		// Of the last layer the gradient of a row's cross-entropy is known.
		n.Loss(out, y, labels, rows)
		squares := 0.0
		for i, label := range labels {
			z := out[i*2 : i*2+2]
			for c, v := range z {
				p := math.Exp(float64(v) - logSum(z))
				if c == int(label) {
					p--
				}
				squares += p * p / float64(len(out))
			}
		}
		last := layers[len(layers)-1].Name
		same(t, name+" gradient", value(t, trace, nnvet.ActGrad, last, 0), math.Sqrt(squares))
		s := trace.Series(nnvet.Key{Quantity: nnvet.ActRank, Site: last})
		if s.Len() < 3 || s.Len() > 12 {
			t.Errorf("%s: rank at steps %v", name, s.Steps)
		}
	}
}

// TestDepthOfSome holds that what a layer does not have is not written.
func TestDepthOfSome(t *testing.T) {
	tr := moons()
	tr.spec.Layers = append(nodes(&engine.Flatten{}), body(32, 2)...)
	trace := tr.run(t, Options{})
	for _, q := range []nnvet.Quantity{nnvet.ActCosine, nnvet.ActRank} {
		if trace.Series(nnvet.Key{Quantity: q, Site: "flatten1"}).Len() == 0 {
			t.Errorf("no %s of the layer before the parameters", q)
		}
	}
	if s := trace.Series(nnvet.Key{Quantity: nnvet.ActGrad, Site: "flatten1"}); s != nil {
		t.Errorf("a gradient that nobody worked out: %+v", s)
	}
	tr.spec.Batch = 4 // too few to compare
	trace = tr.run(t, Options{})
	if s := trace.Series(nnvet.Key{Quantity: nnvet.ActRank, Site: "dense1"}); s != nil {
		t.Errorf("of four rows: %+v", s)
	}
	if trace.Series(nnvet.Key{Quantity: nnvet.ActGrad, Site: "dense1"}).Len() == 0 {
		t.Error("no gradient of four rows")
	}
}

func cosine(out []float32, rows int) float64 {
	sum, pairs := 0.0, 0.0
	for i := range rows {
		for j := range i {
			a, b := row(out, i, len(out)/rows), row(out, j, len(out)/rows)
			var ab, aa, bb float64
			for k := range a {
				ab += float64(a[k]) * float64(b[k])
				aa += float64(a[k]) * float64(a[k])
				bb += float64(b[k]) * float64(b[k])
			}
			if aa > 0 && bb > 0 {
				sum += ab / math.Sqrt(aa*bb)
				pairs++
			}
		}
	}
	return sum / pairs
}

// participation goes by the covariance of units.
func participation(out []float32, rows int) float64 {
	width := len(out) / rows
	mean := make([]float64, width)
	for i, v := range out {
		mean[i%width] += float64(v) / float64(rows)
	}
	trace, squares := 0.0, 0.0
	for a := range width {
		for b := range width {
			c := 0.0
			for i := range rows {
				c += (float64(out[i*width+a]) - mean[a]) * (float64(out[i*width+b]) - mean[b])
			}
			squares += c * c
			if a == b {
				trace += c
			}
		}
	}
	return trace * trace / squares
}

// TestNoise holds the gradients of rows against those of batches of one row, and
// that clipping changes nothing of it.
func TestNoise(t *testing.T) {
	for name, tr := range map[string]training{"classes": moons(), "numbers": sums()} {
		tr.spec.Clip.Norm = 1e-3
		trace := tr.run(t, Options{})
		n, x, y, labels := tr.firstBatch(t)
		rows := tr.spec.Batch
		in, out := tr.spec.Input.Size(), n.Outputs().Size()
		_, grads := n.Arena()
		mean, squares := make([]float64, len(grads)), 0.0
		for i := range rows {
			var label []int32
			if labels != nil {
				label = labels[i : i+1]
			}
			n.Loss(n.Forward(row(x, i, in), 1, true), row(y, i, out), label, 1)
			n.Backward(1)
			for j, g := range grads {
				squares += float64(g) * float64(g) / float64(rows)
				mean[j] += float64(g) / float64(rows)
			}
		}
		batch := 0.0
		for _, g := range mean {
			batch += g * g
		}
		same(t, name+": of rows", value(t, trace, nnvet.RowGrad, "", 0), squares)
		same(t, name+": of the batch", value(t, trace, nnvet.BatchGrad, "", 0), batch)
	}
	if s := pictures().run(t, Options{}).Series(nnvet.Key{Quantity: nnvet.RowGrad}); s.Len() == 0 {
		t.Error("no noise of the dense layer behind a convolution")
	}
}

// TestBound holds the share of a clamp's outputs that lie at a bound.
func TestBound(t *testing.T) {
	tr := sums()
	tr.spec.Layers = nodes(&engine.Dense{Units: 32}, &engine.Clamp{Lo: -0.01, Hi: 0.01}, &engine.Dense{Units: 1})
	tr.spec.Optimizer.LR = 1e-6 // so it stays as it is
	s := tr.run(t, Options{}).Series(nnvet.Key{Quantity: nnvet.AtBound, Site: "clip1"})
	if s.Len() == 0 || !(s.Values[0] > 0.95 && s.Values[0] < 1) {
		t.Errorf("got %+v", s)
	}
}
