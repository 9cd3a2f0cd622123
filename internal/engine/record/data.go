package record

import (
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// What is looked at of a batch, at most.
const (
	mostColumns = 256
	mostLooked  = 1024 // rows
	mostTargets = 16384
)

// A watcher looks at batches of inputs or targets at steps that thin out. Small
// batches are gathered until they are enough to be summed up.
type watcher struct {
	next    int64
	off     bool // there is too little data to sum up
	shape   []int
	layout  string
	dt      string
	columns int // of a row of the table that a batch is looked at as
	site    string
	src     string // where it is said how they are made
	classes int
	names   []string // of the columns; nil where they are not known
	total   int      // rows of the split

	x      []float32 // gathered
	labels []int32
	rows   int

	record tracefile.Data
}

func (w *watcher) due(step int64) bool { return step >= w.next && !w.off }

// newWatchers returns those of the inputs and of the targets of a split of so
// many rows.
func newWatchers(t *engine.Trainer, o Options, total int) (inputs, targets watcher) {
	in, out := t.Spec.Input, t.Network.Outputs()
	inputs = watcher{shape: in, site: root, src: place(o.Fed), dt: "float32", columns: in.Size(), layout: "features", total: total}
	switch first := firstWithParams(t.Network); {
	case len(in) == 3 && (first == "Conv2d" || first == "BatchNorm2d"):
		inputs.layout, inputs.columns = "channels", in.Last()
	case len(in) == 2:
		inputs.layout, inputs.columns = "tokens", in.Last()
	case first == "Embedding":
		inputs.dt = "int64"
	}
	if len(o.Columns) == inputs.columns {
		inputs.names = o.Columns
	}
	targets = watcher{shape: out, site: "0", dt: "float32", columns: out.Size(), layout: "features", total: total}
	if t.Spec.Loss.Kind.Labels() {
		targets.shape, targets.dt, targets.layout, targets.classes = nil, "int64", "classes", out.Last()
	}
	inputs.off = t.Train.Rows < few
	targets.off = inputs.off
	return inputs, targets
}

func firstWithParams(n *engine.Network) string {
	for _, l := range n.Layers() {
		if len(l.Params) > 0 {
			return l.Class
		}
	}
	return ""
}

// inputs returns the record of a batch, or of those gathered; nil where they are
// not enough.
func (w *watcher) inputs(step int64, split string, x []float32, rows int) *tracefile.Data {
	x, _, enough := w.gather(x, nil, rows)
	if !enough {
		return nil
	}
	r := w.begin(step, nnvet.Input, split, rows)
	table(r, x, w.columns)
	for _, c := range r.Cols {
		if w.names != nil {
			r.Names = append(r.Names, w.names[c])
		}
	}
	w.done(step)
	return r
}

// targets is inputs for what the loss compares with.
func (w *watcher) targets(step int64, split string, y []float32, labels []int32, rows int) *tracefile.Data {
	y, labels, enough := w.gather(y, labels, rows)
	if !enough {
		return nil
	}
	r := w.begin(step, nnvet.Target, split, rows)
	if w.classes > 0 {
		count(r, labels, w.classes)
	} else {
		table(r, y, w.columns)
		r.Ranges = rangesOf(y)
		r.Rowsum = rowSums(y, w.columns)
	}
	w.done(step)
	return r
}

// gather returns a batch that has enough rows by itself, or what was gathered
// with it.
func (w *watcher) gather(x []float32, labels []int32, rows int) ([]float32, []int32, bool) {
	if w.rows == 0 && rows >= few {
		return x, labels, true
	}
	w.x, w.labels = append(w.x, x...), append(w.labels, labels...)
	w.rows += rows
	return w.x, w.labels, w.rows >= few
}

// begin begins the record in the memory of the last.
func (w *watcher) begin(step int64, role nnvet.Role, split string, rows int) *tracefile.Data {
	r := &w.record
	*r = tracefile.Data{S: step, Role: string(role), Split: split, Site: tracefile.Text(w.site), Src: w.src, Layout: w.layout, Dt: w.dt, Total: int64(w.total), Names: r.Names[:0],
		Shape: append(r.Shape[:0], int64(rows)), Cols: r.Cols[:0], N: r.N[:0], Mean: r.Mean[:0], Std: r.Std[:0],
		Min: r.Min[:0], Max: r.Max[:0], Nz: r.Nz[:0], Nf: r.Nf[:0], Whole: r.Whole[:0], Classes: r.Classes[:0]}
	for _, extent := range w.shape {
		r.Shape = append(r.Shape, int64(extent))
	}
	return r
}

// done sets when to look again: at the first batches, then ever less.
func (w *watcher) done(step int64) {
	w.x, w.labels, w.rows = w.x[:0], w.labels[:0], 0
	w.next = step + 1
	if step >= 4 {
		w.next = 2 * step
	}
}

// count counts classes. One that is none is left out.
func count(r *tracefile.Data, labels []int32, classes int) {
	r.Of = int64(classes)
	for range classes {
		r.Classes = append(r.Classes, 0)
	}
	for _, c := range labels {
		if c >= 0 && int(c) < classes {
			r.Classes[c]++
			r.Rows++
		}
	}
}

// table describes the columns of a batch, some of them where there are many,
// from some of its rows. Odd strides do not line up with what repeats.
func table(r *tracefile.Data, x []float32, columns int) {
	r.Of = int64(columns)
	step, stride := apart(columns, mostColumns), apart(len(x)/columns, mostLooked)
	for c := 0; c < columns; c += step {
		r.Cols = append(r.Cols, int64(c))
		column(r, x[c:], columns*stride)
	}
	r.Rows = int64((len(x)/columns + stride - 1) / stride)
}

// apart returns the odd stride that leaves about most of n.
func apart(n, most int) int {
	if n <= most {
		return 1
	}
	return n/most | 1
}

// column adds the figures of the elements 0, stride, ... of which the ones that
// are not finite are only counted.
func column(r *tracefile.Data, x []float32, stride int) {
	var n, bad, nonzero int64
	whole := int64(1)
	sum, squares := 0.0, 0.0
	lo, hi := math.Inf(1), math.Inf(-1)
	for i := 0; i < len(x); i += stride {
		v := float64(x[i])
		if !finite(v) {
			bad++
			continue
		}
		n++
		sum += v
		lo, hi = min(lo, v), max(hi, v)
		if v != 0 {
			nonzero++
		}
		if v != math.RoundToEven(v) {
			whole = 0
		}
	}
	mean := sum / float64(n) // NaN of none
	for i := 0; i < len(x); i += stride {
		if d := float64(x[i]) - mean; finite(d) {
			squares += d * d
		}
	}
	std := math.Sqrt(squares / float64(n))
	r.N, r.Nf, r.Nz, r.Whole = append(r.N, n), append(r.Nf, bad), append(r.Nz, nonzero), append(r.Whole, whole)
	r.Mean, r.Std = append(r.Mean, mean), append(r.Std, std)
	r.Min, r.Max = append(r.Min, lo), append(r.Max, hi)
}

// rowSums returns the range of the sums over the columns of a row, of rows that
// are finite; nil of one column, and of more than are all looked at.
func rowSums(y []float32, columns int) *tracefile.RowSums {
	if columns < 2 || columns > mostColumns {
		return nil
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	for at := 0; at < len(y); at += columns * apart(len(y)/columns, mostLooked) {
		sum := 0.0
		for _, v := range y[at : at+columns] {
			sum += float64(v)
		}
		if finite(sum) {
			lo, hi = min(lo, sum), max(hi, sum)
		}
	}
	if lo > hi {
		return nil
	}
	return &tracefile.RowSums{Lo: tracefile.Number(lo), Hi: tracefile.Number(hi)}
}

// rangesOf counts targets by the ranges that final activations can reach.
func rangesOf(y []float32) *tracefile.Ranges {
	r := new(tracefile.Ranges)
	for i := 0; i < len(y); i += apart(len(y), mostTargets) {
		v := y[i]
		r.N++
		for _, c := range []struct {
			is    bool
			count *int64
		}{
			{v < -1, &r.Lm1}, {v < 0, &r.L0}, {v > 0, &r.G0}, {v > 1, &r.G1},
			{v == -1, &r.Am1}, {v == 0, &r.A0}, {v == 1, &r.A1},
		} {
			if c.is {
				*c.count++
			}
		}
	}
	return r
}
