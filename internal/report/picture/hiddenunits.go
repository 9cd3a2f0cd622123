package picture

import (
	"fmt"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// widthSweep draws scores against the number of units, as raced or as the
// experiments of the pitfall gave them.
func widthSweep(s *subject) *drawing {
	if d := (sweep{name: "width-sweep", title: "Score against width", x: "units of a layer", knob: "units", kind: twos, one: "width", small: true}).draw(s); d != nil {
		return d
	}
	return sweep{name: "width-sweep", title: "Score against width", x: "width beside yours", kind: twos, one: "width", small: true}.draw(s, "NN1104", "NN1102", "NN1101", "NN1103")
}

// rankByLayer draws in how many directions each layer's outputs vary, beside
// the units that it has.
func rankByLayer(s *subject) *drawing {
	type layer struct {
		name        string
		rank, units float64
	}
	var all []layer
	var names []string
	var known []float64
	for _, st := range s.Stages() {
		if x := s.at(nnvet.ActRank, st.Layer.Name); x != nil && stat.Finite(last(x)) {
			all = append(all, layer{short(st.Layer.Name), last(x), float64(st.Units())})
			names = append(names, short(st.Layer.Name))
			known = append(known, last(x), float64(st.Units()))
		}
	}
	x, ok := inDecades(known)
	if len(all) == 0 || !ok {
		return nil
	}
	d := newDrawing("rank", "Directions in which outputs vary, and units", 0)
	d.named("row", names, 130)
	row := d.rows(len(all), 4, 22)
	d.x = x
	d.axisX("directions (participation ratio) and units (log)", num)
	d.dot("ink", 9, 10, 3.5, "")
	d.text("axis", 16, 13.5, start, "directions")
	d.dot("ink hollow", 94, 10, 3.5, "")
	d.text("axis", 101, 13.5, start, "units")
	d.table.Head = []string{"layer", "directions", "units", "share"}
	full := 0
	for i, l := range all {
		y := d.in.y0 + row*(float64(i)+0.5)
		d.writes("row", d.in.x0-8, y+4, end, cutFront("row", l.name, d.in.x0-12))
		d.add(`<path class="bar dim" d="M%s %sH%s"/>`, px(d.px(l.rank)), px(y), px(d.px(l.units)))
		d.dot("ink hollow", d.px(l.units), y, 3.5, l.name+": "+count(int(l.units), "unit"))
		d.dot("ink", d.px(l.rank), y, 3.5, fmt.Sprintf("%s: %s directions", l.name, num(l.rank)))
		d.row(l.name, num(l.rank), num(l.units), percent(l.rank/l.units))
		if l.rank/l.units > all[full].rank/all[full].units {
			full = i
		}
	}
	d.say("The outputs of %s use most of their room: they vary in %s of %s.", all[full].name, num(all[full].rank), count(int(all[full].units), "direction"))
	return d
}
