package picture

import (
	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// curves draws the losses of training and of validation, either of which may be
// nil: training thin, with its noise faint behind it, validation in full.
func (d *drawing) curves(train, val *nnvet.Series) {
	d.table.Head = []string{"step", "training loss", "validation loss"}
	d.tabulate(train, val)
	if train.Len() > 0 {
		xs, mean := steps(train), smoothed(train.Values)
		if len(mean) > 100 {
			d.line("faint", xs, train.Values)
		}
		d.line("thin", xs, mean)
		d.labelEnd("tdim", xs, mean, "training")
		d.broken("yours", xs, train.Values, "training loss ")
	}
	if val.Len() > 0 {
		xs := steps(val)
		d.line("", xs, val.Values)
		d.labelEnd("tink", xs, val.Values, "validation")
		if stat.FirstBad(valuesOf(train)) < 0 {
			d.broken("yours", xs, val.Values, "validation loss ")
		}
	}
}

// labelEnd names a curve near its last value that is a number, a little before its end.
func (d *drawing) labelEnd(class string, xs, ys []float64, what string) {
	for i := (len(ys) - 1) * 9 / 10; i >= 0; i-- {
		if i < len(xs) && stat.Finite(ys[i]) {
			d.label(class, d.px(xs[i]), d.py(ys[i]), what)
			return
		}
	}
}

// tabulate lists the values of two series at at most 50 steps: those of the
// shorter one, with the last value of the other by then.
func (d *drawing) tabulate(a, b *nnvet.Series) {
	const most = 50
	lead := a
	if b.Len() > 0 && (a.Len() == 0 || b.Len() < a.Len()) {
		lead = b
	}
	n := lead.Len()
	for k := range min(n, most) {
		step := lead.Steps[k*n/min(n, most)]
		d.row(num(float64(step)), upTo(a, step), upTo(b, step))
	}
}

// upTo returns the last value of a series by a step as text, or "".
func upTo(s *nnvet.Series, step int64) string {
	if s == nil {
		return ""
	}
	text := ""
	lo, hi := 0, len(s.Steps)
	for lo < hi {
		if m := (lo + hi) / 2; s.Steps[m] <= step {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo > 0 {
		text = num(s.Values[lo-1])
	}
	return text
}
