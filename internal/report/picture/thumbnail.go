package picture

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"math"

	"github.com/nnvet/nnvet/internal/stat"
)

// thumbnail draws an image, from its darkest to its brightest value; what is
// no number is magenta, which no scale of greys holds.
func (s Stage) thumbnail(d *drawing, b box) {
	h, w, c, front := s.image()
	lo, hi, ok := extent(s.Values)
	if !ok {
		d.text("tdim", b.x0, b.y0+20, start, "no finite number")
		return
	}
	const most = 96 // pixels of a side; more cannot be seen
	step := max(1, int(math.Ceil(float64(max(h, w))/most)))
	img := image.NewNRGBA(image.Rect(0, 0, (w+step-1)/step, (h+step-1)/step))
	for y := 0; y < h; y += step {
		for x := 0; x < w; x += step {
			img.SetNRGBA(x/step, y/step, s.pixel(y, x, h, w, c, front, lo, hi))
		}
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		d.text("tdim", b.x0, b.y0+20, start, "cannot be drawn")
		return
	}
	wide := math.Min(b.width(), thumb*float64(w)/float64(h))
	high := wide * float64(h) / float64(w)
	d.add(`<image class="thumb" x="%s" y="%s" width="%s" height="%s" href="data:image/png;base64,%s"/>`, px(b.x0), px(b.y0), px(wide), px(high), base64.StdEncoding.EncodeToString(buf.Bytes()))
	if beside := num(lo) + " to " + num(hi); b.x0+wide+8+width("tdim", beside) < b.x1 {
		d.text("tdim", b.x0+wide+8, b.y0+14, start, beside)
	}
}

// pixel returns the colour of a place.
func (s Stage) pixel(y, x, h, w, c int, front bool, lo, hi float64) color.NRGBA {
	var v [3]uint8
	for k := range 3 {
		ch := min(k, c-1)
		i := (y*w+x)*c + ch
		if front {
			i = (ch*h+y)*w + x
		}
		if !stat.Finite(s.Values[i]) {
			return color.NRGBA{255, 0, 255, 255}
		}
		v[k] = uint8(math.Round(255 * scale{linear, lo, math.Max(hi, math.Nextafter(lo, math.Inf(1)))}.at(s.Values[i])))
	}
	return color.NRGBA{v[0], v[1], v[2], 255}
}
