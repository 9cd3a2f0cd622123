package picture

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// noEffect is how far a difference may be from 0 and still be none.
const noEffect = 0.02

// Proof returns the loss with a treatment and without, and the interval of what
// it gains; false where nothing was trained.
func Proof(p *nnvet.Proof) (Picture, bool) {
	if p == nil || p.Verdict == "not tried" || len(p.Without) == 0 && len(p.With) == 0 && !stat.Finite(p.Before) && !stat.Finite(p.After) {
		return Picture{}, false
	}
	curves := len(p.Without) > 1 || len(p.With) > 1
	d := newDrawing("proof", "With the fix, and without", 110)
	if curves {
		d.h = 300
		d.margins(roomLeft)
		d.in.y1 = 196
		d.proofCurves(p)
		d.place()
		d.in = box{roomLeft, 232, d.w - roomRight, d.h - roomBottom}
	}
	d.table.Head = []string{"figure", "before", "after"}
	for _, f := range p.Figures {
		d.row(clean(f.Name), num(f.Before), num(f.After))
	}
	d.row(clean(p.Scale), num(p.Before), num(p.After))
	d.row("gain, 95 % interval", num(p.Lo), num(p.Hi))
	d.gain(p)
	d.sentence = proofSentence(p)
	return d.picture(0), true
}

// proofCurves draws the losses of one seed with the treatment and without.
func (d *drawing) proofCurves(p *nnvet.Proof) {
	share := func(n int) []float64 {
		xs := make([]float64, n)
		for i := range xs {
			xs[i] = float64(i) / math.Max(float64(n-1), 1)
		}
		return xs
	}
	d.x, d.y = scale{linear, 0, 1}, suited(p.Without, p.With)
	for _, v := range d.x.ticks(5) {
		d.writes("tick", d.px(v), d.in.y1+14, middle, percent(v))
	}
	d.axisY("loss, by the share of the steps", num)
	d.line("yours", share(len(p.Without)), p.Without)
	d.line("after", share(len(p.With)), p.With)
	d.labelEnd("tyours", share(len(p.Without)), p.Without, "before")
	d.labelEnd("tafter", share(len(p.With)), p.With, "after the fix")
	d.broken("yours", share(len(p.Without)), p.Without, "before: ")
	d.broken("after", share(len(p.With)), p.With, "after: ")
}

// gain draws the interval of the difference, with where it counts as none.
func (d *drawing) gain(p *nnvet.Proof) {
	diff := p.After - p.Before
	known := []float64{-noEffect * 2, noEffect * 2, diff, p.Lo, p.Hi}
	d.x = onLine(known)
	d.axisX(fmt.Sprintf("gain in %s, 95 %% interval of %s", clean(p.Scale), count(p.Seeds, "seed")), num)
	y := (d.in.y0 + d.in.y1) / 2
	a, b := d.px(-noEffect), d.px(noEffect)
	d.rect("none", box{a, d.in.y0, b, d.in.y1}, "no effect: within 0.02")
	d.writes("tdim", math.Max((a+b)/2, d.in.x0+30), d.in.y0-4, middle, "no effect")
	lo, hi := d.px(p.Lo), d.px(p.Hi) // an end that is not known is that of the axis
	if stat.Finite(lo) && stat.Finite(hi) {
		d.add(`<path class="bar after" d="M%s %sH%s"/>`, px(lo), px(y), px(hi))
		d.along([2]float64{lo, y}, [2]float64{hi, y})
	}
	if stat.Finite(diff) {
		d.dot("after", d.px(diff), y, 5, num(diff))
		d.label("tafter", d.px(diff), y, fmt.Sprintf("%+.2g, %s", diff, clean(p.Verdict)))
	} else {
		d.cross("yours", d.in.x0+8, y, num(diff))
	}
}

func proofSentence(p *nnvet.Proof) string {
	out := fmt.Sprintf("%s goes from %s to %s over %s", upper(clean(p.Scale)), num(p.Before), num(p.After), count(p.Seeds, "seed"))
	if stat.Finite(p.Lo) && stat.Finite(p.Hi) {
		out += fmt.Sprintf(", a gain of %s to %s", num(p.Lo), num(p.Hi))
	}
	return out + ": " + clean(p.Verdict) + "."
}

// upper begins a sentence with a capital letter; "Score" where there is nothing.
func upper(s string) string {
	if s == "" {
		return "Score"
	}
	if c := s[0]; c >= 'a' && c <= 'z' {
		return string(c-'a'+'A') + s[1:]
	}
	return s
}
