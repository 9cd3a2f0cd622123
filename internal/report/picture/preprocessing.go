package picture

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// A feature is a column with what is known of it and what is to become of it.
type feature struct {
	nnvet.Feature
	m       nnvet.Moments
	name    string
	to      string // the transform, as in settings: "log", "circle 24"
	trouble float64
	because string // in a word or two
}

// columnsBeforeAndAfter draws columns as they are and as the prescribed
// transform would leave them, as far as that follows from what was recorded:
// the least, the median and the greatest value keep their order.
func columnsBeforeAndAfter(s *subject) *drawing {
	all := s.features()
	all = slices.DeleteFunc(all, func(f feature) bool { return f.trouble <= 0 })
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b feature) int { return cmp.Compare(b.trouble, a.trouble) })
	const most = 12
	shown := all[:min(len(all), most)]
	d := newDrawing("columns", "The oddest columns", 0)
	d.margins(14)
	row := d.rows(len(shown), 52, 52)
	d.h -= roomBottom - 8
	d.above("now: least, median, greatest")
	change := slices.ContainsFunc(shown, func(f feature) bool { return f.to != "" })
	if change {
		d.text("axis", d.w-14, 13, end, "after")
	}
	d.table.Head = []string{"column", "why", "least", "median", "greatest", "transform"}
	for i, f := range shown {
		d.before(f, d.in.y0+row*float64(i), change)
	}
	f := shown[0]
	d.say("The oddest column is %s: %s.", f.name, f.because)
	if f.to != "" {
		d.title = "Columns that need another form"
		d.say("%s needs another form: %s%s.", f.name, f.because, then(f.to))
	}
	return d
}

func then(to string) string {
	if to == "" {
		return ""
	}
	return "; to be made " + spoken(to)
}

// spoken says a transform in words.
func spoken(to string) string {
	word, arg, _ := strings.Cut(clean(to), " ")
	switch word {
	case "circle":
		return "sine and cosine of a period of " + arg
	case "missing":
		return arg + " a missing value"
	case "onehot":
		return "a column for each value"
	case "log":
		return "its logarithm"
	case "standardize":
		return "standardized"
	case "robust":
		return "scaled by its quartiles"
	case "drop":
		return "left out"
	}
	return clean(to)
}

// features returns the columns of the survey, or of the profile where there is
// none, with what the result prescribes for each.
func (s *subject) features() (out []feature) {
	p := s.Profile(nnvet.Input, nnvet.Train)
	if p == nil || p.Layout == "channels" || p.Layout == "tokens" {
		return nil
	}
	sv := s.SurveyOf(p.Site)
	if sv == nil || nnvet.Pixels(p.Columns) {
		return nil
	}
	to := s.prescribed()
	for _, c := range s.Named(p) {
		f := feature{m: c.Moments, name: nameOf(c)}
		if x := sv.Feature(c.Index); x != nil {
			f.Feature = *x
		} else {
			continue
		}
		f.to = cmp.Or(to[c.Name], to[strconv.Itoa(c.Index)])
		f.judge()
		out = append(out, f)
	}
	return out
}

// prescribed returns the transforms that findings of this pitfall set, by column.
func (s *subject) prescribed() map[string]string {
	out := make(map[string]string)
	add := func(f *nnvet.Finding) {
		for _, t := range f.Treatments {
			for _, x := range t.Settings {
				if x.Name == "inputs" && x.Site != "" && out[x.Site] == "" {
					out[x.Site] = x.To
				}
			}
		}
	}
	if s.f != nil {
		add(s.f)
	} else if s.result != nil {
		for i := range s.result.Findings {
			if f := &s.result.Findings[i]; f.Check != nil && f.Check.Pitfall == nnvet.Preprocessing {
				add(f)
			}
		}
	}
	return out
}

// judge says what is odd about a column. What a finding names comes first; else
// only a spike or a skew speaks for itself.
func (f *feature) judge() {
	const apart, skewed = 3, 2 // interquartile ranges; the skew of an exponential law
	switch {
	case f.to != "":
		f.trouble = 100
	case f.SpikeGap > apart:
		f.trouble = 10 + math.Log10(f.SpikeGap)
	case math.Abs(f.Skew) > skewed:
		f.trouble = math.Abs(f.Skew) / 10
	}
	var why []string
	if f.SpikeGap > apart {
		why = append(why, fmt.Sprintf("%s of the rows are %s, far from the rest", percent(f.SpikeShare), num(f.was(f.Spike))))
	}
	if math.Abs(f.Skew) > skewed {
		why = append(why, "skew "+num(f.Skew))
	}
	if len(why) == 0 && f.Distinct > 0 {
		why = append(why, count(f.Distinct, "different value"))
	}
	f.because = strings.Join(why, ", ")
}

// was returns a value before it was scaled, where that is known.
func (f *feature) was(v float64) float64 {
	if f.Scale != 0 && stat.Finite(f.Scale) && stat.Finite(f.Shift) {
		return v*f.Scale + f.Shift
	}
	return v
}

// before draws one column: its name and why above, then its range on a line of
// its own at the left, an arrow, and what it becomes at the right; where none
// is to change, the line has the whole width.
func (d *drawing) before(f feature, top float64, change bool) {
	const arrow = 124
	half := (d.in.width() - arrow) / 2
	if !change {
		half = d.in.width()
	}
	lo, mid, hi := f.was(f.m.Min), f.was(f.Median), f.was(f.m.Max)
	d.row(f.name, f.because, num(lo), num(mid), num(hi), f.to)
	d.text("row", d.in.x0, top+14, start, cut("row", f.name, 150))
	why := cut("tdim", f.because, d.in.width()-width("row", cut("row", f.name, 150))-12)
	d.text("tdim", d.in.x1, top+14, end, why)
	y := top + 34
	d.threePoints("", d.in.x0+4, half-8, y, lo, mid, hi, f.m)
	if at := f.was(f.Spike); f.SpikeGap > 3 && hi > lo {
		d.dot("yours", d.in.x0+4+(half-8)*scale{linear, lo, hi}.at(at), y, 4.5, "spike at "+num(at))
	}
	if f.to == "" {
		return
	}
	x := d.in.x0 + half
	word := cut("tuse", clean(f.to), arrow-14)
	d.text("tuse", x+arrow/2, y-4, middle, word)
	d.add(`<path class="bar use" d="M%s %sH%sm-4 -4l4 4l-4 4"/>`, px(x+8), px(y+3), px(x+arrow-10))
	d.become(f, x+arrow, half, y, lo, mid, hi)
}

// become draws what a transform makes of a column.
func (d *drawing) become(f feature, x, room, y, lo, mid, hi float64) {
	switch word, _, _ := strings.Cut(f.to, " "); word {
	case "log":
		if lo > -1 && hi > lo { // as the logarithm of 1 + x where there are zeros
			g := math.Log
			if lo <= 0 {
				g = math.Log1p
			}
			d.threePoints(" after", x+4, room-8, y, g(lo), g(mid), g(hi), nnvet.Moments{})
		}
	case "circle":
		const r = 12
		d.add(`<circle class="edge after" cx="%s" cy="%s" r="%d"/>`, px(x+room/2), px(y-2), r)
		for i := range min(max(f.Distinct, 1), 24) {
			a := 2 * math.Pi * float64(i) / float64(min(max(f.Distinct, 1), 24))
			d.dot("after", x+room/2+r*math.Cos(a), y-2+r*math.Sin(a), 1.8, "")
		}
	case "onehot":
		n := min(max(f.Distinct, 1), 16)
		for i := range n {
			w := (room - 8) / float64(n)
			class := "edge after"
			if i == n/2 {
				class = "fill after"
			}
			d.rect(class, box{x + 4 + w*float64(i) + 1, y - 5, x + 4 + w*float64(i+1) - 1, y + 5}, "")
		}
	case "standardize", "robust":
		if f.m.Std > 0 {
			z := func(v float64) float64 { return (v - f.m.Mean) / f.m.Std }
			d.threePoints(" after", x+4, room-8, y, z(f.m.Min), z(f.Median), z(f.m.Max), nnvet.Moments{})
		}
	}
}

// threePoints draws the least, the median and the greatest on a line of their
// own, with the mean and a standard deviation about it where moments are given.
func (d *drawing) threePoints(class string, x, room, y, lo, mid, hi float64, m nnvet.Moments) {
	if !stat.Finite(lo) || !stat.Finite(hi) {
		d.cross("yours", x+4, y, "no finite range")
		return
	}
	if hi <= lo {
		d.dot(strings.TrimSpace("ink"+class), x+room/2, y, 3.5, num(lo))
		return
	}
	s := scale{linear, lo, hi}
	d.add(`<path class="bar%s" d="M%s %sH%sM%s %sv6M%s %sv6"/>`, class, px(x), px(y), px(x+room), px(x), px(y-3), px(x+room), px(y-3))
	if stat.Finite(mid) {
		d.dot(strings.TrimSpace("ink"+class), x+room*s.at(mid), y, 4, "median "+num(mid))
	}
	a, b := num(lo), num(hi)
	if width("tick", a)+width("tick", b) < room-10 {
		d.writes("tick", x, y+14, start, a)
		d.writes("tick", x+room, y+14, end, b)
	}
}
