package page

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/nnvet/nnvet/internal/report/picture"
)

// A figure is a picture at its place on the page.
type figure struct {
	picture.Picture
	ID string // unique on the page
}

// Drawing returns the picture's SVG, whose ids are of its place.
func (f figure) Drawing() template.HTML {
	return template.HTML(f.On(f.ID)) // package picture escapes what is foreign
}

// figures puts pictures in their places.
func figures(place string, ps []picture.Picture) []figure {
	var out []figure
	for _, p := range ps {
		if p.SVG != "" {
			out = append(out, figure{p, place + "-" + p.Name})
		}
	}
	return out
}

func figureOf(place string, p picture.Picture, ok bool) *figure {
	if !ok {
		return nil
	}
	return &figure{p, place}
}

// A mark is a value on a small axis, with the part of it that is healthy.
type mark struct{ at, from, to float64 } // in shares of the axis

// The size of a small axis.
const (
	axisWidth  = 96.0
	axisHeight = 16.0
)

// dot draws a value on an axis. What lies off the axis stands at its end.
func dot(m mark, class string) template.HTML {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="dot" viewBox="0 0 %g %g" aria-hidden="true">`, axisWidth, axisHeight)
	fmt.Fprintf(&b, `<line x1="0" x2="%g" y1="8" y2="8"/>`, axisWidth)
	from, to := place(m.from), place(m.to)
	fmt.Fprintf(&b, `<rect x="%.1f" y="3" width="%.1f" height="10"/>`, from, to-from)
	fmt.Fprintf(&b, `<circle class="%s" cx="%.1f" cy="8" r="4"/></svg>`, class, place(m.at))
	return template.HTML(b.String()) // nothing of it is foreign
}

func place(share float64) float64 {
	const edge = 4.0 // so that a dot at an end is whole
	return edge + (axisWidth-2*edge)*min(max(share, 0), 1)
}
