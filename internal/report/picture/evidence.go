package picture

import (
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// evidence draws the figures of a finding, each on an axis of its own, with the
// limit that it crossed and where it is healthy.
func evidence(s *subject) *drawing {
	const most = 12
	if s.f == nil || len(s.f.Evidence) == 0 {
		return nil
	}
	figures := s.f.Evidence[:min(len(s.f.Evidence), most)]
	d := newDrawing("evidence", "What it was judged by", 0)
	d.margins(14)
	row := d.rows(len(figures), 46, 46)
	d.in.y0, d.in.y1, d.h = 4, d.in.y1-roomTop+4, d.h-roomTop-roomBottom+8
	d.table.Head = []string{"figure", "seen", "limit", "healthy"}
	for i, e := range figures {
		d.figure(e, d.in.y0+row*float64(i))
	}
	e := figures[0]
	d.say("%s: %s%s.", clean(e.What), with(e.Saw, e.Unit), judged(e))
	return d
}

// judged says what a figure was held against.
func judged(e nnvet.Evidence) string {
	out := ""
	if e.Limit != "" {
		out += ", limit " + num(e.At)
	}
	if e.Lo < e.Hi {
		out += ", healthy " + num(e.Lo) + " to " + num(e.Hi)
	}
	return out
}

// figure draws one figure below its name.
func (d *drawing) figure(e nnvet.Evidence, top float64) {
	saw := with(e.Saw, e.Unit)
	d.text("tyours", d.in.x1, top+13, end, saw)
	d.text("row", d.in.x0, top+13, start, cut("row", clean(e.What), d.in.width()-width("tyours", saw)-12))
	limit, healthy := "", ""
	known := []float64{e.Saw}
	if e.Limit != "" {
		known, limit = append(known, e.At), clean(e.Limit)+" "+num(e.At)
	}
	if e.Lo < e.Hi {
		known, healthy = append(known, e.Lo, e.Hi), num(e.Lo)+" to "+num(e.Hi)
	}
	d.row(clean(e.What), saw, limit, healthy)
	y := top + 27
	d.x = axisOf(known)
	d.add(`<path class="grid" d="M%s %sH%s"/>`, px(d.in.x0), px(y), px(d.in.x1))
	if healthy != "" {
		a, b := d.px(e.Lo), d.px(e.Hi)
		d.rect("band", box{a, y - 7, math.Max(b, a+2), y + 7}, "healthy "+healthy)
		d.writes("tband", (a+b)/2, y+18, middle, "healthy")
	}
	if limit != "" {
		x := d.px(e.At)
		if stat.Finite(x) {
			d.add(`<path class="rule base" d="M%s %sV%s"/>`, px(x), px(y-8), px(y+8))
			d.writes("tbase", math.Min(math.Max(x, 40), d.w-60), y+18, middle, "limit "+num(e.At))
		}
	}
	if x := d.px(e.Saw); math.IsNaN(x) || math.IsInf(e.Saw, 0) {
		d.cross("yours", d.in.x1-5, y, saw)
	} else {
		d.dot("yours", x, y, 5, saw)
	}
}

// axisOf returns an axis that holds figures of a kind, and 0 where they are near it.
func axisOf(known []float64) scale {
	lo, hi, ok := extent(known)
	if ok && lo > 0 && hi/lo > 20 {
		s, _ := inDecades(known)
		return s
	}
	if ok && lo >= 0 {
		return onLine(append([]float64{0}, known...))
	}
	return onLine(known)
}

// with returns a figure with its unit.
func with(v float64, unit string) string {
	if unit == "" {
		return num(v)
	}
	return num(v) + " " + clean(unit)
}

var nan = math.NaN()
