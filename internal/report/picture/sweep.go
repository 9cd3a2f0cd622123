package picture

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet/internal/stat"
)

// A swept is a value of one knob, and what trainings with it scored.
type swept struct {
	value  float64
	label  string
	scores []float64
	yours  bool
}

// A sweep is a picture of the scores against one knob.
type sweep struct {
	name, title string
	x           string // what the axis is
	knob        string // of the settings
	kind        kind
	one         string // "batch": what a value is of
	small       bool   // of values as good, the smallest is the one to use; else the best

	yours func(*subject) float64 // the value of the run; nil or NaN where it is not known
}

// draw draws the sweep that the finding's proof or the trace's experiments have.
func (w sweep) draw(s *subject, checks ...string) *drawing {
	points := w.raced(s)
	if len(points) < 2 {
		points = w.arms(s, checks)
	}
	if len(points) < 2 {
		return nil
	}
	slices.SortStableFunc(points, func(a, b swept) int { return cmp.Compare(a.value, b.value) })
	d := newDrawing(w.name, w.title, 260)
	own := nan
	if w.yours != nil && !slices.ContainsFunc(points, func(p swept) bool { return p.yours }) {
		own = w.yours(s)
	}
	d.x = w.axis(points, own)
	var all []float64
	for _, p := range points {
		lo, hi := p.interval()
		all = append(all, lo, hi)
		all = append(all, p.scores...)
	}
	const least = -0.5 // further below a constant, all are as bad
	for i, v := range all {
		all[i] = math.Max(v, least)
	}
	d.y = onLine(all)
	d.axisX(w.x, num)
	d.axisY("score, mean and 95 % interval", num)
	d.sweepPoints(w, points)
	best, use := chosen(points, w.small)
	d.mark(points, use)
	if stat.Finite(own) {
		d.ruleX("yours", own, "yours "+num(own))
	}
	if d.y.lo < 0 && d.y.hi > 0 {
		d.ruleY("base", 0, "a constant")
	}
	d.sentence = w.sentence(points, best, use)
	return d
}

// raced returns the values that a proof's treatment was chosen from, where they
// are of the knob, with the training as it is.
func (w sweep) raced(s *subject) (out []swept) {
	p := s.proof()
	if p == nil {
		return nil
	}
	for _, r := range p.Raced {
		for _, set := range r.Settings {
			if v, err := strconv.ParseFloat(strings.TrimSpace(set.To), 64); set.Name == w.knob && err == nil && stat.Finite(v) && len(r.Scores) > 0 {
				out = append(out, swept{value: v, label: num(v), scores: r.Scores})
			}
		}
	}
	return out
}

// arms returns the arms of the first of the experiments that was done, by the
// size that each has beside the first.
func (w sweep) arms(s *subject, checks []string) (out []swept) {
	for _, id := range checks {
		e := s.Experiment(id)
		if e == nil {
			continue
		}
		for i, a := range e.Arms {
			if a.Size > 0 && stat.Finite(a.Size) && len(a.Figures) > 0 {
				out = append(out, swept{value: a.Size, label: clean(a.What), scores: a.Figures, yours: i == 0})
			}
		}
		if len(out) > 1 {
			return out
		}
		out = nil
	}
	return nil
}

// axis returns the x axis of the points: logarithmic where all are above 0.
func (w sweep) axis(points []swept, own float64) scale {
	xs := []float64{own}
	for _, p := range points {
		xs = append(xs, p.value)
	}
	lo, hi, _ := extent(xs)
	if w.kind == linear || lo <= 0 {
		return onLine(xs)
	}
	const room = 1.25
	return scale{w.kind, math.Max(lo/room, 1e-307), math.Min(math.Max(hi*room, lo*2), 1e308)}
}

// interval returns the 95 % interval of the mean, by Student's t; of a single
// score, and where one is not finite, there is none: NaN.
func (p swept) interval() (lo, hi float64) {
	n := len(p.scores)
	if n < 2 || stat.FirstBad(p.scores) >= 0 {
		return nan, nan
	}
	half := student(n-1) * stat.SD(p.scores) / math.Sqrt(float64(n))
	m := stat.Mean(p.scores)
	return m - half, m + half
}

// student returns the 97.5 % quantile of Student's t, for the degrees of
// freedom; beyond ten by the expansion of Cornish and Fisher, good to 0.1 %.
func student(df int) float64 {
	table := []float64{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228}
	if df <= len(table) {
		return table[df-1]
	}
	const z = 1.959964
	return z + (z*z*z+z)/(4*float64(df))
}

// sweepPoints draws the means, their intervals, and every score.
func (d *drawing) sweepPoints(w sweep, points []swept) {
	d.table.Head = []string{w.one, "mean score", "95 % interval", "scores"}
	var xs, ys []float64
	for _, p := range points {
		x, m := d.px(p.value), stat.Mean(p.scores)
		lo, hi := p.interval()
		tip := fmt.Sprintf("%s %s: %s", w.one, p.label, num(m))
		for _, v := range p.scores {
			d.dot("dim", x, d.py(v), 1.6, "")
		}
		interval := ""
		if stat.Finite(lo) {
			d.add(`<path class="bar" d="M%s %sV%s"/>`, px(x), px(d.py(lo)), px(d.py(hi)))
			d.along([2]float64{x, d.py(lo)}, [2]float64{x, d.py(hi)})
			interval = num(lo) + " to " + num(hi)
		}
		if stat.Finite(m) {
			d.dot("ink", x, d.py(m), 4, tip)
		} else {
			d.cross("yours", x, d.in.y1-6, tip)
		}
		d.row(p.label, num(m), interval, list(p.scores))
		xs, ys = append(xs, p.value), append(ys, m)
	}
	d.line("thin", xs, ys)
}

func list(xs []float64) string {
	out := make([]string, len(xs))
	for i, v := range xs {
		out[i] = num(v)
	}
	return strings.Join(out, ", ")
}

// chosen returns the best point, and the one to use: the best, or the smallest
// within one standard error of it.
func chosen(points []swept, small bool) (best, use int) {
	best = -1
	for i, p := range points {
		if m := stat.Mean(p.scores); stat.Finite(m) && (best < 0 || m > stat.Mean(points[best].scores)) {
			best = i
		}
	}
	if best < 0 || !small {
		return best, best
	}
	b := points[best]
	err := 0.0
	if n := len(b.scores); n > 1 && stat.FirstBad(b.scores) < 0 {
		err = stat.SD(b.scores) / math.Sqrt(float64(n))
	}
	for i, p := range points {
		if stat.Mean(p.scores) >= stat.Mean(b.scores)-err {
			return best, i
		}
	}
	return best, best
}

// mark draws the rules of yours and of what to use.
func (d *drawing) mark(points []swept, use int) {
	for i, p := range points {
		switch {
		case p.yours && i == use:
			d.ruleX("use", p.value, "yours, as good as any")
		case p.yours:
			d.ruleX("yours", p.value, "yours")
		case i == use:
			d.ruleX("use", p.value, "use "+cut("tuse", p.label, 120))
		}
	}
}

func (w sweep) sentence(points []swept, best, use int) string {
	if best < 0 {
		return fmt.Sprintf("No %s of %d that were tried came to a finite score.", w.one, len(points))
	}
	out := fmt.Sprintf("Of %d values that were tried, %s %s scores best, %s", len(points), w.one, points[best].label, num(stat.Mean(points[best].scores)))
	if use != best {
		out += fmt.Sprintf("; %s %s is within one standard error of it, at %s", w.one, points[use].label, num(stat.Mean(points[use].scores)))
	}
	for i, p := range points {
		if p.yours && i != best {
			out += fmt.Sprintf("; yours scores %s", num(stat.Mean(p.scores)))
		}
	}
	return out + "."
}
