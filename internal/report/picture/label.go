package picture

import "math"

// A label is a text that names a mark, and has no place yet.
type label struct {
	class, text string
	x, y        float64 // the place it names
	rule        bool    // it names an upright rule, and may stand beside any of it
}

// place finds a place for every label, in the order in which they were asked
// for: beside what it names, off other texts always, and off marks where that
// can be had. What has no place within reach is left out; the table has it.
func (d *drawing) place() {
	for _, l := range d.wanted {
		l.text = cut(l.class, l.text, d.in.width()-8)
		if l.text == "" {
			continue
		}
		best, cost := box{}, math.Inf(1)
		for _, c := range l.candidates(d.in) {
			if x := d.cost(c, l); x < cost {
				best, cost = c, x
			}
		}
		if math.IsInf(cost, 1) {
			continue
		}
		d.leader(l, best)
		d.text(l.class, best.x0, best.y0+0.8*sizeOf(l.class), start, l.text)
	}
	d.wanted = nil
}

// candidates returns the boxes that a label may take, the likeliest first.
func (l label) candidates(in box) (out []box) {
	w, h := width(l.class, l.text), 1.05*sizeOf(l.class)
	at := func(x, y float64) { out = append(out, box{x, y, x + w, y + h}) }
	if l.rule {
		for y := in.y0 + 2; y+h <= in.y1; y += h / 2 {
			at(l.x+4, y)
			at(l.x-4-w, y)
		}
		return out
	}
	for _, r := range []float64{5, 10, 18, 28, 40, 56, 76, 100, 140} {
		for _, side := range [][2]float64{{1, -1}, {-1, -1}, {0, -1}, {1, 0}, {-1, 0}, {0, 1}, {1, 1}, {-1, 1}} {
			at(l.x-w/2+side[0]*(r+w/2), l.y-h/2+side[1]*(r+h/2))
		}
	}
	return out
}

// cost returns how bad a place is: infinite off the plot and on other texts;
// else how many marks it covers, and how far it is from what it names.
func (d *drawing) cost(c box, l label) float64 {
	const gap = 1
	if !d.in.holds(c) {
		return math.Inf(1)
	}
	wide := box{c.x0 - 2*gap, c.y0 - gap, c.x1 + 2*gap, c.y1 + gap}
	for _, t := range d.texts {
		if wide.meets(t) {
			return math.Inf(1)
		}
	}
	cost := l.distance(c)
	for _, m := range d.marks {
		if wide.meets(m) {
			cost += 12
		}
	}
	return cost
}

// distance returns how far a box is from what the label names.
func (l label) distance(c box) float64 {
	dx := math.Max(0, math.Max(c.x0-l.x, l.x-c.x1))
	if l.rule {
		return dx + (c.y0 / 100)
	}
	return math.Hypot(dx, math.Max(0, math.Max(c.y0-l.y, l.y-c.y1)))
}

// leader joins a label that stands far off to what it names.
func (d *drawing) leader(l label, b box) {
	const far = 16
	if l.rule || l.distance(b) < far {
		return
	}
	x, y := math.Min(math.Max(l.x, b.x0), b.x1), math.Min(math.Max(l.y, b.y0), b.y1)
	d.add(`<path class="leader" d="M%s %sL%s %s"/>`, px(l.x), px(l.y), px(x), px(y))
}
