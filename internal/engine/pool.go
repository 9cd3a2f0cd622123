package engine

import "math"

// MaxPool keeps the greatest value of each window of an image, channel by
// channel.
type MaxPool struct {
	Size    [2]int `yaml:"size" doc:"height and width of the window; 2"`
	Stride  [2]int `yaml:"stride" doc:"steps of the window, down and right; the size"`
	Padding string `yaml:"padding" doc:"valid (windows within the image) or same (as many as pixels, divided by the stride); valid"`
}

func (*MaxPool) Kind() string { return "max_pool" }

func (l *MaxPool) about(Shape) about { return about{"MaxPool2d", poolSettings(l.Size, l.Stride)} }

func (l *MaxPool) build(b *builder, in Shape) (op, Shape, error) {
	w, err := newPool(in, l.Size, l.Stride, l.Padding)
	if err != nil {
		return nil, nil, err
	}
	o := &maxPool{window: w}
	n := times(b.rows, w.outArea, w.channels)
	b.array(&o.y, n)
	b.index(&o.from, n)
	if b.learns {
		b.gradient(&o.dx, times(b.rows, w.height, w.width, w.channels))
	}
	return o, Shape{w.outRows, w.outCols, w.channels}, nil
}

// AvgPool is the mean of each window of an image, channel by channel. What is
// outside of the image does not count.
type AvgPool struct {
	Size    [2]int `yaml:"size" doc:"height and width of the window; 2"`
	Stride  [2]int `yaml:"stride" doc:"steps of the window, down and right; the size"`
	Padding string `yaml:"padding" doc:"valid (windows within the image) or same (as many as pixels, divided by the stride); valid"`
}

func (*AvgPool) Kind() string { return "avg_pool" }

func (l *AvgPool) about(Shape) about { return about{"AvgPool2d", poolSettings(l.Size, l.Stride)} }

func (l *AvgPool) build(b *builder, in Shape) (op, Shape, error) {
	w, err := newPool(in, l.Size, l.Stride, l.Padding)
	if err != nil {
		return nil, nil, err
	}
	o := &avgPool{window: w}
	b.array(&o.y, times(b.rows, w.outArea, w.channels))
	if b.learns {
		b.gradient(&o.dx, times(b.rows, w.height, w.width, w.channels))
	}
	return o, Shape{w.outRows, w.outCols, w.channels}, nil
}

func newPool(in Shape, size, stride [2]int, padding string) (window, error) {
	size = orPair(size, [2]int{2, 2})
	if padding == "" {
		padding = valid
	}
	return newWindow(in, size, orPair(stride, size), padding, "size")
}

func poolSettings(size, stride [2]int) map[string]float64 {
	size = orPair(size, [2]int{2, 2})
	return map[string]float64{"kernel_size": float64(size[0]), "stride": float64(orPair(stride, size)[0])}
}

type maxPool struct {
	window
	from  []int32 // where in its image each output is from
	y, dx []float32
}

func (o *maxPool) forward(x []float32, rows int, _ bool) []float32 {
	size, out := o.height*o.width*o.channels, o.outArea*o.channels
	for r := range rows {
		o.image(x[r*size:(r+1)*size], r*out)
	}
	return o.y[:rows*out]
}

// image pools one image to the outputs that begin at an index. Of equals the
// first is taken, as PyTorch does, and NaN before all.
func (o *maxPool) image(x []float32, at int) {
	c, pitch := o.channels, o.width*o.channels
	for row := range o.outRows {
		for col := range o.outCols {
			y0, y1, x0, x1 := o.within(row, col)
			y, from := o.y[at:at+c], o.from[at:at+c]
			at += c
			if y1-y0 == 2 && x1-x0 == 2 {
				greatestOfFour(y, from, x, y0*pitch+x0*c, c, pitch)
				continue
			}
			fill(y, float32(math.Inf(-1)))
			for j := range from {
				from[j] = int32(y0*pitch + x0*c + j)
			}
			for i := y0; i < y1; i++ {
				for k := x0; k < x1; k++ {
					pixel := i*pitch + k*c
					takeGreater(y, from, x[pixel:pixel+c], pixel)
				}
			}
		}
	}
}

func (o *maxPool) backward(dy []float32, rows int) []float32 {
	size, out := o.height*o.width*o.channels, o.outArea*o.channels
	dx := o.dx[:rows*size]
	clear(dx)
	for r := range rows {
		image, from := dx[r*size:(r+1)*size], o.from[r*out:(r+1)*out]
		for i, d := range dy[r*out : (r+1)*out] {
			image[from[i]] += d
		}
	}
	return dx
}

type avgPool struct {
	window
	y, dx []float32
}

func (o *avgPool) forward(x []float32, rows int, _ bool) []float32 {
	y := o.y[:rows*o.outArea*o.channels]
	clear(y)
	o.each(rows, func(in, out int, share float32) {
		to := y[out : out+o.channels]
		for j, v := range x[in : in+o.channels] {
			to[j] += float32(v * share)
		}
	})
	return y
}

func (o *avgPool) backward(dy []float32, rows int) []float32 {
	dx := o.dx[:rows*o.height*o.width*o.channels]
	clear(dx)
	o.each(rows, func(in, out int, share float32) {
		to := dx[in : in+o.channels]
		for j, v := range dy[out : out+o.channels] {
			to[j] += float32(v * share)
		}
	})
	return dx
}

// each visits every pixel of every window: where it begins in the input and in
// the output, and its share of the mean.
func (o *avgPool) each(rows int, visit func(in, out int, share float32)) {
	out := 0
	for r := range rows {
		image := r * o.height * o.width * o.channels
		for row := range o.outRows {
			for col := range o.outCols {
				y0, y1, x0, x1 := o.within(row, col)
				share := 1 / float32((y1-y0)*(x1-x0))
				for i := y0; i < y1; i++ {
					for k := x0; k < x1; k++ {
						visit(image+(i*o.width+k)*o.channels, out, share)
					}
				}
				out += o.channels
			}
		}
	}
}
