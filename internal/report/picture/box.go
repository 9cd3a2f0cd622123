package picture

// A box is an upright rectangle of a drawing; y grows downwards.
type box struct{ x0, y0, x1, y1 float64 }

func (b box) width() float64  { return b.x1 - b.x0 }
func (b box) height() float64 { return b.y1 - b.y0 }

// meets reports whether two boxes share more than an edge.
func (b box) meets(o box) bool {
	return b.x0 < o.x1 && o.x0 < b.x1 && b.y0 < o.y1 && o.y0 < b.y1
}

// holds reports whether a box lies within.
func (b box) holds(o box) bool {
	return b.x0 <= o.x0 && o.x1 <= b.x1 && b.y0 <= o.y0 && o.y1 <= b.y1
}

// The anchors of a text, as SVG names them.
const (
	start  = "start"
	middle = "middle"
	end    = "end"
)

// textBox returns the room that a text takes whose base line begins, has its
// middle, or ends at a point.
func textBox(class string, x, y float64, anchor, s string) box {
	w, size := width(class, s), sizeOf(class)
	switch anchor {
	case middle:
		x -= w / 2
	case end:
		x -= w
	}
	return box{x, y - 0.8*size, x + w, y + 0.25*size}
}
