package picture

import (
	"cmp"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// A layered is a picture of one curve a layer.
type layered struct {
	name, title, y string
	of             nnvet.Quantity
	lo, hi         float64 // the healthy band, where lo < hi
	band           string
	say            string // with the layer that stands out, its last and its first value
	share          bool   // values are shares, drawn against 0 and 1
}

// A curve is one of them.
type curve struct {
	site string
	*nnvet.Series
}

// perLayer draws a quantity of every layer or parameter over the run; those of
// which it ends highest have names.
func (s *subject) perLayer(l layered) *drawing {
	curves := s.curvesOf(l.of)
	if len(curves) == 0 {
		return nil
	}
	d := newDrawing(l.name, l.title, 260)
	var xs, ys [][]float64
	for _, c := range curves {
		xs, ys = append(xs, steps(c.Series)), append(ys, c.Values)
	}
	d.x = onLine(xs...)
	if l.share {
		d.y = scale{linear, 0, 1}
	} else if y, ok := inDecades(append(ys, bandOf(l))...); ok {
		d.y = y
	} else {
		d.y = onLine(ys...)
	}
	show := num
	if l.share {
		show = percent
	}
	d.axisX("step", num)
	d.axisY(l.y, show)
	if l.lo < l.hi {
		d.bandY(l.lo, l.hi, l.band)
	}
	d.many(curves, l)
	top := curves[0]
	d.say(l.say, short(top.site), show(last(top.Series)), show(first(top.Series)))
	return d
}

// bandOf returns the ends of the band, so that the axis holds them.
func bandOf(l layered) []float64 {
	if l.lo < l.hi {
		return []float64{l.lo, l.hi}
	}
	return nil
}

// curvesOf returns a quantity of every weight or layer, the one that ends
// highest first, what is no number before all.
func (s *subject) curvesOf(q nnvet.Quantity) (out []curve) {
	for x := range s.All(q) {
		p := s.Param(x.Key.Site)
		if x.Len() == 0 || p != nil && len(p.Shape) < 2 {
			continue // biases follow their weights
		}
		out = append(out, curve{x.Key.Site, x})
	}
	rank := func(v float64) float64 {
		if !stat.Finite(v) {
			return math.Inf(1)
		}
		return v
	}
	slices.SortStableFunc(out, func(a, b curve) int { return cmp.Compare(rank(last(b.Series)), rank(last(a.Series))) })
	return out
}

// many draws the curves; of many, all are faint but the first and the last.
func (d *drawing) many(curves []curve, l layered) {
	const few, drawn = 4, 60
	d.table.Head = []string{"layer", "first", "median", "last"}
	for i, c := range curves {
		d.row(short(c.site), num(first(c.Series)), num(stat.Median(c.Values)), num(last(c.Series)))
		if i >= drawn && i < len(curves)-1 {
			continue
		}
		class := "faint"
		if named := i < few || i == len(curves)-1; named {
			class = "thin"
			what := "tdim"
			if i == 0 {
				class, what = "", "tink"
			}
			if l.outside(last(c.Series)) {
				class, what = class+" yours", "tyours"
			}
			d.labelEnd(what, steps(c.Series), c.Values, cutFront(what, short(c.site), 150))
		}
		d.line(class, steps(c.Series), c.Values)
		if i == 0 {
			d.broken("yours", steps(c.Series), c.Values, "")
		}
	}
}

// outside reports whether a value is not healthy, where that is known.
func (l layered) outside(v float64) bool { return l.lo < l.hi && !(v >= l.lo && v <= l.hi) }
