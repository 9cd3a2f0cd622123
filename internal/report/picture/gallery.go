package picture

import (
	"fmt"
	"math"
	"strconv"

	"github.com/nnvet/nnvet"
)

// A Sample is one row of the data, as it went through the network.
type Sample struct {
	Rank             string // "worst", "median" or "best"
	Row              int64
	Loss             float64
	Truth, Predicted string
	Stages           []Stage
}

// A Stage is a sample at one place on its way.
type Stage struct {
	Name   string // "raw", "fed", "output", "unnormalized"
	Shape  []int  // of the values, without the batch
	Values []float64
	Names  []string // of the columns, where they have any
	Joints [][2]int // the pairs of points that a skeleton joins
}

// A card is where a sample is drawn: two stand beside each other.
const (
	cardWidth = 204.0
	cardGap   = 12.0
	cardHead  = 36.0
	maxCards  = 24
)

// Gallery returns samples as they look at every stage; false where there are none.
func Gallery(samples []Sample) (Picture, bool) {
	if len(samples) == 0 {
		return Picture{}, false
	}
	d := newDrawing("gallery", "Samples, worst first", 0)
	d.table.Head = []string{"rank", "row", "loss", "truth", "predicted"}
	y := 8.0
	shown := samples[:min(len(samples), maxCards)]
	for i := 0; i < len(shown); i += 2 {
		tall := cardHeight(shown[i])
		if i+1 < len(shown) {
			tall = math.Max(tall, cardHeight(shown[i+1]))
		}
		for k, s := range shown[i:min(i+2, len(shown))] {
			d.card(s, box{8 + float64(k)*(cardWidth+cardGap), y, 8 + float64(k)*(cardWidth+cardGap) + cardWidth, y + tall})
		}
		y += tall + cardGap
	}
	d.h = y
	for _, s := range samples {
		d.row(clean(s.Rank), strconv.FormatInt(s.Row, 10), num(s.Loss), clean(s.Truth), clean(s.Predicted))
	}
	w := samples[0]
	for _, s := range samples {
		if s.Loss > w.Loss || math.IsNaN(s.Loss) {
			w = s
		}
	}
	d.say("%s; row %d costs most, %s: true %s, predicted %s.", count(len(samples), "sample"), w.Row, num(w.Loss), orNone(w.Truth), orNone(w.Predicted))
	return d.picture(nnvet.Results), true
}

func cardHeight(s Sample) float64 {
	h := cardHead + 8
	for _, st := range s.stages() {
		h += st.height() + 18
	}
	return h
}

// stages returns the stages that are drawn.
func (s Sample) stages() []Stage {
	const most = 5
	return s.Stages[:min(len(s.Stages), most)]
}

// card draws a sample: what it is, then its stages one below the other.
func (d *drawing) card(s Sample, b box) {
	d.add(`<rect class="edge dim" x="%s" y="%s" width="%s" height="%s" rx="4"/>`, px(b.x0), px(b.y0), px(b.width()), px(b.height()))
	class := "tink"
	if s.Rank == "worst" {
		class = "tyours"
	}
	loss := "loss " + num(s.Loss)
	d.text("tdim", b.x1-8, b.y0+16, end, loss)
	d.text(class, b.x0+8, b.y0+16, start, cut(class, fmt.Sprintf("%s, row %d", clean(s.Rank), s.Row), b.width()-24-width("tdim", loss)))
	d.text("row", b.x0+8, b.y0+32, start, cut("row", "true "+orNone(s.Truth)+", predicted "+orNone(s.Predicted), b.width()-16))
	y := b.y0 + cardHead
	for _, st := range s.stages() {
		d.text("axis", b.x0+8, y+12, start, cut("axis", clean(st.Name), b.width()-16))
		st.draw(d, box{b.x0 + 8, y + 17, b.x1 - 8, y + 17 + st.height()})
		y += st.height() + 18
	}
}

func orNone(s string) string {
	if s = clean(s); s == "" {
		return "not known"
	}
	return s
}
