package picture

import (
	"math"
	"strings"

	"github.com/nnvet/nnvet/internal/stat"
)

// line draws a curve. It breaks where a value is not finite, and a value
// between two breaks is a dot. Of more values than there is room for, it draws
// the least and the greatest of each place, so that no spike disappears.
func (d *drawing) line(class string, xs, ys []float64) {
	var b strings.Builder
	last := math.NaN()
	pts := d.points(xs, ys)
	for i, p := range pts {
		alone := (i == 0 || pts[i-1] == gap) && (i+1 == len(pts) || pts[i+1] == gap)
		switch {
		case p == gap:
			last = math.NaN()
			continue
		case alone:
			d.dot(class, p[0], p[1], 2.5, "")
			continue
		case math.IsNaN(last):
			b.WriteString("M")
		default:
			b.WriteString("L")
		}
		b.WriteString(px(p[0]) + " " + px(p[1]))
		last = p[0]
		if i > 0 && pts[i-1] != gap {
			d.along(pts[i-1], p)
		}
	}
	if b.Len() > 0 {
		d.add(`<path class="line %s" d="%s"/>`, class, b.String())
	}
}

// gap is where a curve breaks.
var gap = [2]float64{-1, -1}

// points returns where the values of a curve stand, thinned to what can be seen.
func (d *drawing) points(xs, ys []float64) (out [][2]float64) {
	const most = 600
	n := min(len(xs), len(ys))
	if n <= most {
		for i := range n {
			out = append(out, d.point(xs[i], ys[i]))
		}
		return out
	}
	const bins = most / 2
	for k := range bins {
		lo, hi, broken := -1, -1, false
		for i := k * n / bins; i < (k+1)*n/bins; i++ {
			switch {
			case !stat.Finite(ys[i]) || !stat.Finite(xs[i]):
				broken = true
			case lo < 0:
				lo, hi = i, i
			case ys[i] < ys[lo]:
				lo = i
			case ys[i] > ys[hi]:
				hi = i
			}
		}
		if lo >= 0 {
			a, b := min(lo, hi), max(lo, hi)
			out = append(out, d.point(xs[a], ys[a]))
			if b != a {
				out = append(out, d.point(xs[b], ys[b]))
			}
		}
		if broken {
			out = append(out, gap)
		}
	}
	return out
}

func (d *drawing) point(x, y float64) [2]float64 {
	if !stat.Finite(x) || !stat.Finite(y) {
		return gap
	}
	return [2]float64{d.px(x), d.py(y)}
}

// along notes the places of a segment.
func (d *drawing) along(a, b [2]float64) {
	const every = 7
	n := math.Ceil(math.Hypot(b[0]-a[0], b[1]-a[1]) / every)
	if n < 1 {
		n = 1
	}
	for i := range int(n) {
		u := float64(i) / n
		x, y := a[0]+u*(b[0]-a[0]), a[1]+u*(b[1]-a[1])
		if k := len(d.marks); k > 0 && math.Hypot(d.marks[k-1].x0+2-x, d.marks[k-1].y0+2-y) < every/2 {
			continue
		}
		d.occupy(x, y, 2)
	}
}

// between fills what lies between two curves over the same places.
func (d *drawing) between(class string, xs, lo, hi []float64) {
	var there, back []string
	flush := func() {
		if len(there) > 1 {
			for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
				back[i], back[j] = back[j], back[i]
			}
			d.below.WriteString(`<path class="` + class + `" d="M` + strings.Join(there, "L") + "L" + strings.Join(back, "L") + "Z\"/>\n")
		}
		there, back = nil, nil
	}
	for i := range xs {
		a, b := d.point(xs[i], lo[i]), d.point(xs[i], hi[i])
		if a == gap || b == gap {
			flush()
			continue
		}
		there, back = append(there, px(b[0])+" "+px(b[1])), append(back, px(a[0])+" "+px(a[1]))
	}
	flush()
}

// broken marks where a curve is first not finite, at the top of the plot.
func (d *drawing) broken(class string, xs, ys []float64, what string) {
	i := stat.FirstBad(ys)
	if i < 0 || i >= len(xs) {
		return
	}
	x, y := d.px(xs[i]), d.in.y0+6
	d.cross(class, x, y, "")
	d.label("t"+class, x, y, what+num(ys[i])+" from "+num(xs[i]))
}
