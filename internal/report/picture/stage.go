package picture

import (
	"fmt"
	"math"
	"strconv"

	"github.com/nnvet/nnvet/internal/stat"
)

// A form is how a stage is drawn.
type form int

const (
	asRows   form = iota // numbers with their names
	asWave               // a line for each channel
	asImage              // a thumbnail
	asJoints             // points and what joins them, frame by frame
)

// shape returns the extents of the values; of those that do not agree with
// their number, one row.
func (s Stage) shape() []int {
	n := 1
	for _, k := range s.Shape {
		if k < 1 || n > len(s.Values)/k {
			return []int{len(s.Values)}
		}
		n *= k
	}
	if n != len(s.Values) || len(s.Shape) == 0 {
		return []int{len(s.Values)}
	}
	return s.Shape
}

// form returns how a stage is drawn, by its shape: an image is 4 by 4 at least,
// and at most eight times as long as it is wide.
func (s Stage) form() form {
	sh := s.shape()
	if len(s.Joints) > 0 {
		if _, _, _, ok := s.skeleton(); ok {
			return asJoints
		}
	}
	if h, w, _, _ := s.image(); h > 0 && w > 0 {
		return asImage
	}
	const few = 16
	if len(sh) == 1 && (len(s.Names) > 0 || len(s.Values) <= few) {
		return asRows
	}
	if len(sh) <= 2 {
		return asWave
	}
	return asRows
}

// image returns height, width and channels, and whether channels come first; 0
// where it is no image.
func (s Stage) image() (h, w, c int, front bool) {
	if len(s.Names) > 0 {
		return 0, 0, 0, false
	}
	fits := func(h, w int) bool { return h >= 4 && w >= 4 && h <= 8*w && w <= 8*h && h <= 4096 && w <= 4096 }
	colours := func(c int) bool { return c == 1 || c == 3 }
	switch sh := s.shape(); {
	case len(sh) == 2 && fits(sh[0], sh[1]):
		return sh[0], sh[1], 1, false
	case len(sh) == 3 && colours(sh[0]) && fits(sh[1], sh[2]):
		return sh[1], sh[2], sh[0], true
	case len(sh) == 3 && colours(sh[2]) && fits(sh[0], sh[1]):
		return sh[0], sh[1], sh[2], false
	}
	return 0, 0, 0, false
}

// The heights of the forms.
const (
	thumb     = 72.0
	waveHigh  = 44.0
	frameHigh = 60.0
	lineHigh  = 15.0
	mostRows  = 8
)

func (s Stage) height() float64 {
	switch s.form() {
	case asImage:
		return thumb
	case asWave:
		return waveHigh
	case asJoints:
		return frameHigh
	}
	return lineHigh * float64(max(1, min(len(s.Values), mostRows+1)))
}

func (s Stage) draw(d *drawing, b box) {
	switch s.form() {
	case asImage:
		s.thumbnail(d, b)
	case asWave:
		s.waves(d, b)
	case asJoints:
		s.frames(d, b)
	default:
		s.list(d, b)
	}
}

// list writes numbers with their names, at most so many.
func (s Stage) list(d *drawing, b box) {
	if len(s.Values) == 0 {
		d.text("tdim", b.x0, b.y0+11, start, "nothing was kept")
		return
	}
	for i, v := range s.Values {
		y := b.y0 + lineHigh*float64(i) + 11
		if i == mostRows {
			d.text("tdim", b.x0, y, start, fmt.Sprintf("… %d more", len(s.Values)-i))
			return
		}
		name := strconv.Itoa(i)
		if i < len(s.Names) {
			name = clean(s.Names[i])
		}
		value := num(v)
		d.text("row", b.x1, y, end, value)
		d.text("tdim", b.x0, y, start, cut("tdim", name, b.width()-width("row", value)-10))
	}
}

// waves draws a line for each channel, over one range.
func (s Stage) waves(d *drawing, b box) {
	const most = 4
	sh := s.shape()
	long, channels := sh[0], 1
	if len(sh) == 2 {
		channels = sh[1]
	}
	lo, hi, ok := extent(s.Values)
	if !ok || long < 2 {
		d.text("tdim", b.x0, b.y0+20, start, "no finite number")
		return
	}
	d.rect("none", box{b.x0, b.y1 - 0.5, b.x1, b.y1}, num(lo)+" to "+num(hi))
	keepIn, keepX, keepY := d.in, d.x, d.y
	d.in, d.x, d.y = b, scale{linear, 0, float64(long - 1)}, onLine([]float64{lo, hi})
	for c := range min(channels, most) {
		xs, ys := make([]float64, long), make([]float64, long)
		for i := range long {
			xs[i], ys[i] = float64(i), s.Values[i*channels+c]
		}
		d.line([]string{"thin", "thin use", "thin after", "thin base"}[c], xs, ys)
	}
	d.in, d.x, d.y = keepIn, keepX, keepY
}

// skeleton returns how many frames, points and dimensions there are.
func (s Stage) skeleton() (frames, points, dim int, ok bool) {
	switch sh := s.shape(); len(sh) {
	case 2:
		frames, points, dim = 1, sh[0], sh[1]
	case 3:
		frames, points, dim = sh[0], sh[1], sh[2]
	}
	return frames, points, dim, points > 1 && (dim == 2 || dim == 3)
}

// frames draws a skeleton at up to five moments, from the side that shows x and y.
func (s Stage) frames(d *drawing, b box) {
	const most = 5
	frames, points, dim, _ := s.skeleton()
	var xs, ys []float64
	for i := range frames * points {
		xs, ys = append(xs, s.Values[i*dim]), append(ys, s.Values[i*dim+1])
	}
	x0, x1, okX := extent(xs)
	y0, y1, okY := extent(ys)
	if !okX || !okY {
		d.text("tdim", b.x0, b.y0+20, start, "no finite number")
		return
	}
	n := min(frames, most)
	room := b.width() / float64(n)
	size := math.Max(math.Max(x1-x0, y1-y0), 1e-300)
	for k := range n {
		f := k * frames / n
		at := func(p int) (float64, float64) {
			const margin = 6
			fit := math.Min(room, b.height()) - 2*margin
			cx, cy := b.x0+room*(float64(k)+0.5), (b.y0+b.y1)/2
			return cx + ((xs[f*points+p]-x0)-(x1-x0)/2)/size*fit, cy - ((ys[f*points+p]-y0)-(y1-y0)/2)/size*fit
		}
		for _, j := range s.Joints {
			if j[0] < 0 || j[1] < 0 || j[0] >= points || j[1] >= points {
				continue
			}
			ax, ay := at(j[0])
			bx, by := at(j[1])
			if stat.Finite(ax+ay) && stat.Finite(bx+by) {
				d.add(`<path class="bar" d="M%s %sL%s %s"/>`, px(ax), px(ay), px(bx), px(by))
			}
		}
		for p := range points {
			x, y := at(p)
			d.dot("ink", x, y, 1.8, fmt.Sprintf("frame %d, point %d", f, p))
		}
	}
}
