package batchsize

import (
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// A noiseScale is the batch size at which the noise of a batch's gradient is as
// large as the gradient: tr(S) / |G|^2, with S the covariance of the rows'
// gradients and G their mean (McCandlish et al. 2018).
type noiseScale struct {
	rows  float64 // the scale; where the looks were too few to tell, a lower bound
	bound bool    // it is that
	looks int
	span  nnvet.Span
}

// noiseOf measures the noise scale past the first tenth of a run: at the start
// it is far smaller than later, in small networks 7 rows against hundreds.
// Sums are averaged, never ratios, since the mean gradient of a few rows is
// mostly noise.
func noiseOf(t *nnvet.Trace) (noiseScale, bool) {
	row, batch := t.Series(nnvet.Key{Quantity: nnvet.RowGrad}), t.Series(nnvet.Key{Quantity: nnvet.BatchGrad})
	if row.Len() == 0 || batch.Len() != row.Len() || mostlyElsewhere(t) {
		return noiseScale{}, false
	}
	b := t.Batch()
	from := t.Run.Steps / 10
	s := noiseScale{span: nnvet.Span{From: -1}}
	var single, mean float64
	for i, step := range row.Steps {
		if step < from || batch.Steps[i] != step || !stat.Finite(row.Values[i]) || !stat.Finite(batch.Values[i]) {
			continue
		}
		if s.span.From < 0 {
			s.span.From = step
		}
		s.span.To = step
		s.looks++
		single += row.Values[i]
		mean += batch.Values[i]
	}
	const few = 4
	if s.looks < few || !(b > 1) {
		return s, false
	}
	single, mean = single/float64(s.looks), mean/float64(s.looks)
	spread := math.Max(single-mean, 0) * b / (b - 1)
	signal := mean - spread/b
	s.rows = spread / signal
	// Twice as many rows as the scale must have been seen to tell it.
	if most := float64(s.looks) * b / 2; !(signal > 0) || s.rows > most {
		s.rows, s.bound = most, true
	}
	return s, s.rows > 0
}

// mostlyElsewhere reports whether most parameters are in other than dense
// layers, whose rows' gradients are not measured.
func mostlyElsewhere(t *nnvet.Trace) bool {
	dense, all := 0.0, 0.0
	for i := range t.Params {
		q := &t.Params[i]
		n := 1.0
		for _, extent := range q.Shape {
			n *= float64(extent)
		}
		all += n
		if l := t.Layer(q.Layer); l != nil && l.Kind == "Linear" {
			dense += n
		}
	}
	return dense < all/2
}
