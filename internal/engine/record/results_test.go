package record

import (
	"math"
	"slices"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
)

// trained trains without an observer and returns the network, as it was at the
// last evaluation, with what it says of the validation rows.
func (tr training) trained(t *testing.T) (*engine.Network, []float32, engine.Scores) {
	t.Helper()
	n, err := engine.New(tr.spec, max(tr.spec.Batch, tr.val.Rows))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := engine.Train(t.Context(), n, tr.spec, tr.train, tr.val, nil); err != nil {
		t.Fatal(err)
	}
	scores, err := engine.Evaluate(n, tr.val, n.Rows())
	if err != nil {
		t.Fatal(err)
	}
	return n, slices.Clone(n.Forward(tr.val.X, tr.val.Rows, false)), scores
}

// TestResultsOfNumbers holds the last evaluation against the scores.
func TestResultsOfNumbers(t *testing.T) {
	tr := sums()
	p := tr.run(t, Options{}).Predicted(nnvet.Validation, "")
	_, out, scores := tr.trained(t)
	if p == nil || p.Step != 400 || p.Rows != 96 || len(p.Outputs) != 1 || p.Matrix != nil || p.Bins != nil {
		t.Fatalf("got %+v", p)
	}
	o := p.Outputs[0]
	same(t, "mae", o.MAE, scores.MAE)
	same(t, "r2", o.R2(), scores.R2)
	losses := make([]float64, len(out))
	for i, v := range out {
		losses[i] = math.Pow(float64(v)-float64(tr.val.Y[i]), 2)
	}
	worst, best := slices.Index(losses, slices.Max(losses)), slices.Index(losses, slices.Min(losses))
	if len(p.Worst) != 8 || p.Worst[0] != int64(worst) || len(p.Best) != 8 || p.Best[0] != int64(best) || len(p.Median) != 8 {
		t.Errorf("worst %v, want %d; best %v, want %d; median %v", p.Worst, worst, p.Best, best, p.Median)
	}
	total, near := int64(0), int64(0)
	for i, row := range p.Joint.Counts {
		for j, n := range row {
			total += n
			if i-j <= 3 && j-i <= 3 {
				near += n
			}
		}
	}
	if total != 96 || near < 90 || len(p.Joint.Edges) != 17 {
		t.Errorf("%d rows in the joint histogram, %d near its diagonal", total, near)
	}
	if !math.IsNaN(p.TopShare) {
		t.Errorf("of 96 rows a hundredth holds %v of the loss", p.TopShare)
	}
}

// TestResultsOfClasses likewise.
func TestResultsOfClasses(t *testing.T) {
	for name, tr := range map[string]training{"labels": moons(), "two classes": binary()} {
		trace := tr.run(t, Options{})
		p := trace.Predicted(nnvet.Validation, "")
		_, _, scores := tr.trained(t)
		same(t, name+": accuracy", p.Accuracy(), scores.Accuracy)
		n := int64(0)
		for i, b := range p.Bins {
			n += b.N
			if !(b.Confidence >= 0 && b.Confidence <= 1 && b.Right >= 0 && b.Right <= 1) || i > 0 && b.Confidence < p.Bins[i-1].Confidence {
				t.Errorf("%s: bin %d: %+v", name, i, b)
			}
		}
		if n != 96 || len(p.Bins) != 12 || len(p.Matrix) != 2 || p.Outputs != nil || p.Joint != nil {
			t.Errorf("%s: got %+v", name, p)
		}
		train := trace.Predicted(nnvet.Train, "")
		if train == nil || train.Rows < window/4 || train.Worst != nil || train.Step < 300 || math.IsNaN(train.TopShare) {
			t.Errorf("%s: of training batches: %+v", name, train)
		}
	}
}

// TestRowLoss holds that the losses of rows have the mean that the engine gives.
func TestRowLoss(t *testing.T) {
	const rows, width = 6, 3
	out, y, labels := make([]float32, rows*width), make([]float32, rows*width), make([]int32, rows)
	for i := range out {
		out[i], y[i] = 0.05+0.9*float32(i*7%18)/18, float32(i*5%18)/18
		labels[i/width] = int32(i / width % width)
	}
	for _, kind := range engine.LossKinds() {
		loss := engine.Loss{Kind: engine.LossKind(kind[0]), Delta: 0.3}
		if loss.Kind != engine.Huber {
			loss.Delta = 0
		}
		n, err := engine.New(engine.Spec{Input: engine.Shape{2}, Layers: nodes(&engine.Dense{Units: width}), Loss: loss, Batch: rows}, rows)
		if err != nil {
			t.Fatal(err)
		}
		s := &said{out: out, y: y, rows: rows}
		if loss.Kind.Labels() {
			s.y, s.labels = nil, labels
		}
		p := results{loss: loss, width: width, every: 1}
		p.record(s, nnvet.Train)
		mean := 0.0
		for i := range rows {
			if loss.Kind == engine.CrossEntropy && len(p.logs) < rows {
				p.logs = append(p.logs, logSum(row(out, i, width)))
			}
			mean += p.rowLoss(s, i) / rows
		}
		same(t, kind[0], mean, float64(n.Loss(out, s.y, s.labels, rows)))
	}
}

// TestTopShare holds what the costliest hundredth has.
func TestTopShare(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		losses []float64
		top    int
		want   float64
	}{
		{[]float64{1, 5, 1, 1}, 1, 5.0 / 8}, {[]float64{1, 1, 1, 1}, 2, 0.5},
		{[]float64{0, 0}, 1, nan}, {[]float64{-1, 3}, 1, nan}, {[]float64{nan, 1}, 1, nan}, {[]float64{1, math.Inf(1)}, 1, nan},
	} {
		got := nan
		if v := topShare(slices.Clone(c.losses), c.top); v != nil {
			got = float64(*v)
		}
		if got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%v: got %v, want %v", c.losses, got, c.want)
		}
	}
}

// TestKeptRows holds that of a large evaluation each so many-th row is kept,
// however it comes in batches, under its own number.
func TestKeptRows(t *testing.T) {
	p := results{loss: engine.Loss{Kind: engine.MSE}, width: 1, every: 3}
	for from := 0; from < 100; from += 7 {
		b := engine.Batch{From: from, Rows: min(7, 100-from)}
		for i := range b.Rows {
			b.Out, b.Y = append(b.Out, float32(from+i)), append(b.Y, 0)
		}
		p.evaluating(&b)
	}
	r := p.evaluated(5)
	if r == nil || r.Rows != 34 || r.Worst[0] != 99 || r.Best[0] != 0 || r.Best[1] != 3 {
		t.Errorf("got %+v", r)
	}
	if p.evaluated(9) != nil || len(p.end()) != 0 {
		t.Error("there is another record")
	}
}

// TestNotFinite holds that a prediction that is no number does no harm.
func TestNotFinite(t *testing.T) {
	nan := float32(math.NaN())
	p := results{loss: engine.Loss{Kind: engine.MSE}, width: 1, every: 1}
	s := &said{out: slices.Repeat([]float32{nan, 1}, 60), y: slices.Repeat([]float32{0, 1, 2, 3}, 30), rows: 120}
	r := p.record(s, nnvet.Validation)
	if r.Rows != 120 || r.Outs[0].N != 60 || r.Outs[0].P != 1 || r.Top != nil || r.Outs[0].PStd != 0 || r.Worst[0]%4 != 3 || r.Best[0] != 1 {
		t.Errorf("got %+v", r)
	}
	p.loss.Kind, p.width = engine.CrossEntropy, 2
	s = &said{out: slices.Repeat([]float32{nan, 1}, 60), labels: make([]int32, 60), rows: 60}
	if r := p.record(s, nnvet.Validation); r.Rows != 60 || r.Bins != nil || r.Matrix != nil {
		t.Errorf("got %+v", r)
	}
}
