package picture

import (
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// Where gradients are most of the time, as the root mean square of a layer's:
// by convention, as in the table of layers. No check judges by it.
const gradLo, gradHi = 1e-6, 1e-1

// A track is one layer of a heat strip.
type track struct {
	layer, kind string
	grad        *nnvet.Series // of its weights
	dead        float64       // share of its units at the end; NaN where not recorded
}

// tracks returns the layers of which gradients or dead units were recorded.
func (s *subject) tracks() (out []track) {
	for i := range s.Layers {
		l := &s.Layers[i]
		t := track{layer: l.Name, kind: l.Kind, dead: nan}
		if w := s.weightOf(l.Name); w != nil {
			t.grad = s.at(nnvet.GradRMS, w.Name)
		}
		if x := s.at(nnvet.Dead, l.Name); x != nil {
			t.dead = last(x)
		}
		if t.grad != nil || !math.IsNaN(t.dead) {
			out = append(out, t)
		}
	}
	return out
}

// gradientHeat draws the size of gradients by layer and step.
func gradientHeat(s *subject) *drawing { return s.heat("gradient-heat", false) }

// Layers returns the size of gradients by layer and step, with the units that
// are dead; false where none were recorded.
func Layers(t *nnvet.Trace, r *nnvet.Result) (Picture, bool) {
	if t == nil {
		return Picture{}, false
	}
	d := (&subject{t, r, nil}).heat("layers", true)
	if d == nil {
		return Picture{}, false
	}
	return d.picture(0), true
}

func (s *subject) heat(name string, wide bool) *drawing {
	tracks := s.tracks()
	var xs [][]float64
	dead := false
	for _, t := range tracks {
		xs = append(xs, steps(t.grad))
		dead = dead || !math.IsNaN(t.dead)
	}
	from, to, ok := extent(xs...)
	if len(tracks) == 0 || !ok {
		return nil
	}
	d := newDrawing(name, "Gradients by layer and step", 0)
	if wide {
		d.widen()
	}
	d.margins(trackRoom(tracks))
	if dead {
		d.in.x1 -= 68
	}
	row := d.rows(len(tracks), 3, 20)
	if to == from {
		to = from + 1
	}
	d.x = scale{linear, from, to}
	d.key()
	for i, t := range tracks {
		y := d.in.y0 + row*float64(i)
		d.strip(t, y, row)
	}
	d.sideNames(tracks, row)
	for _, v := range d.x.ticks(5) {
		d.writes("tick", d.px(v), d.in.y1+14, middle, num(v))
	}
	d.text("axis", (d.in.x0+d.in.x1)/2, d.h-6, middle, "step")
	if dead {
		d.text("axis", d.in.x1+8, 13, start, "dead units")
	}
	d.table.Head = []string{"layer", "kind", "first gradient rms", "last", "not finite from step", "dead units"}
	d.sentence = d.heatSentence(tracks)
	return d
}

func trackRoom(tracks []track) float64 {
	most := 40.0
	for _, t := range tracks {
		most = math.Max(most, width("row", short(t.layer))+14)
	}
	return math.Min(most, 130)
}

// key says what the colours are, above the strips.
func (d *drawing) key() {
	x := 4.0
	for _, k := range []struct{ class, what string }{{"low2", "vanishing"}, {"band", "usual"}, {"high2", "exploding"}, {"nan", "NaN"}} {
		d.rect(k.class, box{x, 5, x + 10, 15}, "")
		d.text("axis", x+14, 13.5, start, k.what)
		x += 14 + width("axis", k.what) + 8
	}
}

// strip draws one layer: runs of steps of the same grade, and the dead at the right.
func (d *drawing) strip(t track, y, row float64) {
	room := math.Max(row*0.88, row-2)
	d.rect("none", box{d.in.x0, y, d.in.x1, y + room}, "")
	for _, r := range d.runs(t.grad) {
		d.rect(r.class, box{r.x0, y, r.x1, y + room}, fmt.Sprintf("%s: gradient rms %s at step %s", short(t.layer), num(r.value), num(r.step)))
	}
	from := ""
	if i := stat.FirstBad(valuesOf(t.grad)); i >= 0 {
		from = num(float64(t.grad.Steps[i]))
	}
	gone := ""
	if !math.IsNaN(t.dead) {
		gone = percent(t.dead)
		x, most := d.in.x1+8, 28.0
		class := "fill dim"
		if t.dead > manyDead {
			class = "fill yours"
		}
		d.rect("none", box{x, y + room*0.2, x + most, y + room*0.8}, "")
		d.rect(class, box{x, y + room*0.2, x + most*math.Min(math.Max(t.dead, 0), 1), y + room*0.8}, "dead: "+gone)
		d.writes("tick", x+most+3, y+room/2+4, start, gone)
	}
	d.row(short(t.layer), clean(t.kind), num(first(t.grad)), num(last(t.grad)), from, gone)
}

// manyDead is the share of dead units past which a layer stands out: measured
// on small MLPs, 1 of 200 healthy runs had a layer past it.
const manyDead = 0.4

// A run is successive steps of one grade.
type run struct {
	class       string
	x0, x1      float64
	step, value float64 // of the first
}

// runs returns the grades of a series from left to right. A value holds until
// the next one; of several within half a unit of the drawing, the worst counts.
func (d *drawing) runs(s *nnvet.Series) (out []run) {
	xs := steps(s)
	for i := 0; i < len(xs); {
		at, v := d.px(xs[i]), s.Values[i]
		j := i + 1
		for ; j < len(xs) && d.px(xs[j])-at < 0.5; j++ {
			if badness(s.Values[j]) > badness(v) {
				v = s.Values[j]
			}
		}
		to := d.in.x1
		if j < len(xs) {
			to = d.px(xs[j])
		}
		if k := len(out) - 1; k >= 0 && out[k].class == grade(v) {
			out[k].x1 = to
		} else {
			out = append(out, run{grade(v), at, to, xs[i], v})
		}
		i = j
	}
	return out
}

// grade returns the class of a gradient: five from vanishing to exploding, each
// two decades wide, and one for what is no number.
func grade(v float64) string {
	switch {
	case !stat.Finite(v):
		return "nan"
	case v < gradLo/100:
		return "low2"
	case v < gradLo:
		return "low1"
	case v <= gradHi:
		return "band"
	case v <= gradHi*100:
		return "high1"
	}
	return "high2"
}

func badness(v float64) float64 {
	if !stat.Finite(v) {
		return math.Inf(1)
	}
	mid := math.Log10(gradLo*gradHi) / 2
	return math.Abs(math.Log10(math.Max(v, 1e-300)) - mid)
}

// sideNames writes the names of the rows: all that have room.
func (d *drawing) sideNames(tracks []track, row float64) {
	for i, t := range tracks {
		y := d.in.y0 + row*(float64(i)+0.44)
		d.writes("row", d.in.x0-6, y+4, end, cutFront("row", short(t.layer), d.in.x0-10))
	}
}

func (d *drawing) heatSentence(tracks []track) string {
	low, high := -1, -1
	worst := nan
	where, bad := "", ""
	for i, t := range tracks {
		if v := lastFinite(t.grad); v > 0 {
			if low < 0 || v < lastFinite(tracks[low].grad) {
				low = i
			}
			if high < 0 || v > lastFinite(tracks[high].grad) {
				high = i
			}
		}
		if k := stat.FirstBad(valuesOf(t.grad)); k >= 0 && bad == "" {
			bad = fmt.Sprintf("; from step %d on some are no numbers", t.grad.Steps[k])
		}
		if !math.IsNaN(t.dead) && !(t.dead <= worst) {
			worst, where = t.dead, short(t.layer)
		}
	}
	out := fmt.Sprintf("Gradients of %s", count(len(tracks), "layer"))
	if low >= 0 {
		out += fmt.Sprintf(" end with a root mean square from %s (%s) to %s (%s)", num(lastFinite(tracks[low].grad)), short(tracks[low].layer), num(lastFinite(tracks[high].grad)), short(tracks[high].layer))
	} else if slices.ContainsFunc(tracks, func(t track) bool { return len(positive(valuesOf(t.grad))) > 0 }) {
		out += " end at 0"
	} else {
		out += " are nowhere above 0"
	}
	out += bad
	if where != "" {
		out += fmt.Sprintf("; at most %s of a layer's units are dead, in %s", percent(worst), where)
	}
	return out + "."
}

// lastFinite returns the last value that is a number, NaN without one.
func lastFinite(s *nnvet.Series) float64 {
	for i := s.Len() - 1; i >= 0; i-- {
		if stat.Finite(s.Values[i]) {
			return s.Values[i]
		}
	}
	return nan
}
