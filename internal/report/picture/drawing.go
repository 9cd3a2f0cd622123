package picture

import (
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// A drawing is a picture while it is drawn.
type drawing struct {
	name, title, sentence string
	table                 Table
	w, h                  float64
	in                    box // where marks are
	x, y                  scale
	below, body           strings.Builder // bands, and what stands on them and on the grid
	texts                 []box           // that have their place
	marks                 []box           // that labels keep off
	wanted                []label
	wide                  bool // it may be shown across a page
}

// The widths of drawings. On a telephone of 390 px a letter of 12 is then 9.8
// px high, and 7.9 px of a wide drawing.
const (
	usual = 440.0
	broad = 560.0
)

// The room round the plot, for the texts of the axes.
const (
	roomTop    = 22.0
	roomRight  = 14.0
	roomBottom = 36.0
	roomLeft   = 52.0
)

// newDrawing begins a drawing of a usual size; in is then its plot.
func newDrawing(name, title string, height float64) *drawing {
	d := &drawing{name: name, title: title, w: usual, h: height}
	d.margins(roomLeft)
	return d
}

// margins makes room for texts, on the left as much as is asked for.
func (d *drawing) margins(left float64) {
	d.in = box{left, roomTop, d.w - roomRight, d.h - roomBottom}
}

// named makes room on the left for the longest of names, as far as most.
func (d *drawing) named(class string, names []string, most float64) {
	left := 60.0
	for _, n := range names {
		left = math.Max(left, width(class, n)+14)
	}
	d.margins(math.Min(left, most))
}

// widen makes a drawing for the width of a page.
func (d *drawing) widen() {
	d.w, d.wide = broad, true
	d.in.x1 = d.w - roomRight
}

// tall gives the drawing room for so many rows, and returns the height of one.
func (d *drawing) rows(n int, least, most float64) float64 {
	const room = 560
	row := math.Min(most, math.Max(least, room/float64(max(n, 1))))
	d.h = roomTop + roomBottom + row*float64(n)
	d.in.y1 = d.h - roomBottom
	return row
}

func (d *drawing) add(format string, args ...any) { fmt.Fprintf(&d.body, format+"\n", args...) }

// px and py place a number of the scales.
func (d *drawing) px(v float64) float64 { return d.in.x0 + d.x.at(v)*d.in.width() }
func (d *drawing) py(v float64) float64 { return d.in.y1 - d.y.at(v)*d.in.height() }

// text writes a text and takes its room.
func (d *drawing) text(class string, x, y float64, anchor, s string) {
	if s == "" {
		return
	}
	d.texts = append(d.texts, textBox(class, x, y, anchor, s))
	at := ""
	if anchor != start {
		at = fmt.Sprintf(` text-anchor="%s"`, anchor)
	}
	d.add(`<text class="%s" x="%s" y="%s"%s>%s</text>`, class, px(x), px(y), at, escape(s))
}

// fits reports whether a text has room there: within the drawing, and off other texts.
func (d *drawing) fits(class string, x, y float64, anchor, s string) bool {
	b := textBox(class, x, y, anchor, s)
	if !(box{0, 0, d.w, d.h}).holds(b) {
		return false
	}
	b.x0, b.x1 = b.x0-3, b.x1+3
	for _, t := range d.texts {
		if b.meets(t) {
			return false
		}
	}
	return true
}

// writes writes a text where it has room.
func (d *drawing) writes(class string, x, y float64, anchor, s string) {
	if d.fits(class, x, y, anchor, s) {
		d.text(class, x, y, anchor, s)
	}
}

// label asks for a text beside a place.
func (d *drawing) label(class string, x, y float64, s string) {
	if stat.Finite(x) && stat.Finite(y) {
		d.wanted = append(d.wanted, label{class: class, text: s, x: x, y: y})
	}
}

// occupy notes a place that labels keep off.
func (d *drawing) occupy(x, y, r float64) {
	d.marks = append(d.marks, box{x - r, y - r, x + r, y + r})
}

// axisX draws the grid and the numbers of the x axis, and says what it is.
func (d *drawing) axisX(what string, show func(float64) string) {
	ticks := d.x.ticks(6)
	show = apart(ticks, show)
	for _, v := range ticks {
		x := d.px(v)
		fmt.Fprintf(&d.below, "<path class=\"grid\" d=\"M%s %sV%s\"/>\n", px(x), px(d.in.y0), px(d.in.y1))
		d.writes("tick", x, d.in.y1+14, middle, show(v))
	}
	d.text("axis", (d.in.x0+d.in.x1)/2, d.h-6, middle, cut("axis", what, d.w-8))
}

// axisY does the same for the y axis, whose name stands above it.
func (d *drawing) axisY(what string, show func(float64) string) {
	ticks := d.y.ticks(5)
	show = apart(ticks, show)
	for _, v := range ticks {
		y := d.py(v)
		fmt.Fprintf(&d.below, "<path class=\"grid\" d=\"M%s %sH%s\"/>\n", px(d.in.x0), px(y), px(d.in.x1))
		d.writes("tick", d.in.x0-6, y+4, end, show(v))
	}
	d.above(what)
}

// above says over the plot's left end what is drawn upwards.
func (d *drawing) above(what string) { d.text("axis", 4, 13, start, cut("axis", what, d.w-8)) }

// bandX marks the healthy part of the x axis.
func (d *drawing) bandX(lo, hi float64, what string) {
	a, b := d.px(lo), d.px(hi)
	if !(b-a > 0) {
		return
	}
	fmt.Fprintf(&d.below, "<rect class=\"band\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>\n", px(a), px(d.in.y0), px(b-a), px(d.in.height()))
	d.over((a+b)/2, what)
}

// over writes what a band is above it, kept within the drawing.
func (d *drawing) over(x float64, what string) {
	half := width("tband", what) / 2
	x = math.Min(math.Max(x, half+2), d.w-half-2)
	d.writes("tband", x, d.in.y0-5, middle, what)
}

// bandY marks the healthy part of the y axis.
func (d *drawing) bandY(lo, hi float64, what string) {
	a, b := d.py(hi), d.py(lo)
	if !(b-a > 0) {
		return
	}
	fmt.Fprintf(&d.below, "<rect class=\"band\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>\n", px(d.in.x0), px(a), px(d.in.width()), px(b-a))
	d.label("tband", d.in.x1-width("tband", what)/2-6, a+2, what)
}

// ruleX draws an upright rule with its name.
func (d *drawing) ruleX(class string, v float64, what string) {
	if x := d.px(v); stat.Finite(x) {
		d.add(`<path class="rule %s" d="M%s %sV%s"/>`, class, px(x), px(d.in.y0), px(d.in.y1))
		for y := d.in.y0; y < d.in.y1; y += 8 {
			d.occupy(x, y, 2)
		}
		d.wanted = append(d.wanted, label{class: "t" + class, text: what, x: x, y: d.in.y0, rule: true})
	}
}

// ruleY draws a level rule with its name at the right.
func (d *drawing) ruleY(class string, v float64, what string) {
	if y := d.py(v); stat.Finite(y) {
		d.add(`<path class="rule %s" d="M%s %sH%s"/>`, class, px(d.in.x0), px(y), px(d.in.x1))
		for x := d.in.x0; x < d.in.x1; x += 8 {
			d.occupy(x, y, 2)
		}
		d.label("t"+class, d.in.x1-width("t"+class, what)/2-6, y, what)
	}
}

// dot draws a point, with what it is for who points at it.
func (d *drawing) dot(class string, x, y, r float64, tip string) {
	if !stat.Finite(x) || !stat.Finite(y) {
		return
	}
	d.occupy(x, y, r+1)
	d.add(`<circle class="dot %s" cx="%s" cy="%s" r="%s">%s</circle>`, class, px(x), px(y), px(r), tooltip(tip))
}

// cross marks what is no number.
func (d *drawing) cross(class string, x, y float64, tip string) {
	const r = 3.5
	d.occupy(x, y, r)
	d.add(`<path class="cross %s" d="M%s %sl7 7m0 -7l-7 7">%s</path>`, class, px(x-r), px(y-r), tooltip(tip))
}

// rect draws a filled rectangle.
func (d *drawing) rect(class string, b box, tip string) {
	if b.width() >= 0.05 && b.height() >= 0.05 {
		d.add(`<rect class="%s" x="%s" y="%s" width="%s" height="%s">%s</rect>`, class, px(b.x0), px(b.y0), px(b.width()), px(b.height()), tooltip(tip))
	}
}

func tooltip(s string) string {
	if s == "" {
		return ""
	}
	return "<title>" + escape(s) + "</title>"
}

// say sets the sentence.
func (d *drawing) say(format string, args ...any) { d.sentence = fmt.Sprintf(format, args...) }

// row adds a row to the table.
func (d *drawing) row(cells ...string) { d.table.Rows = append(d.table.Rows, cells) }

// picture ends the drawing.
func (d *drawing) picture(p nnvet.Pitfall) Picture {
	d.place()
	class := "pic"
	if d.wide {
		class = "pic wide"
	}
	id := "pic-" + d.name
	var b strings.Builder
	fmt.Fprintf(&b, "<svg class=\"%s\" viewBox=\"0 0 %s %s\" role=\"img\" aria-labelledby=\"%s-title %s-desc\">\n", class, px(d.w), px(d.h), id, id)
	fmt.Fprintf(&b, "<title id=\"%s-title\">%s</title>\n<desc id=\"%s-desc\">%s</desc>\n", id, escape(d.title), id, escape(d.sentence))
	b.WriteString(d.below.String())
	b.WriteString(d.body.String())
	b.WriteString("</svg>\n")
	return Picture{Name: d.name, Pitfall: p, Title: d.title, Sentence: d.sentence, SVG: b.String(), Table: d.table}
}
