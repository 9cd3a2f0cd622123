package engine

import "github.com/nnvet/nnvet/internal/engine/kernel"

// Conv2D is a convolution of an image: a dense layer on each window of it.
type Conv2D struct {
	Filters  int    `yaml:"filters" doc:"number of output channels"`
	Kernel   [2]int `yaml:"kernel" doc:"height and width of the window"`
	Stride   [2]int `yaml:"stride" doc:"steps of the window, down and right; 1"`
	Padding  string `yaml:"padding" doc:"same (as many outputs as pixels, divided by the stride) or valid (windows within the image); same"`
	NoBias   bool   `yaml:"no_bias" doc:"without biases"`
	Init     Init   `yaml:"init" doc:"how weights start; he_normal before ReLU and its like, else lecun_normal"`
	BiasInit Init   `yaml:"bias_init" doc:"how biases start; zero"`
}

func (*Conv2D) Kind() string { return "conv2d" }

func (l *Conv2D) about(in Shape) about {
	return about{"Conv2d", map[string]float64{
		"in_channels": float64(in.Last()), "out_channels": float64(l.Filters), "bias": truth(!l.NoBias),
		"kernel_size": float64(l.Kernel[0]), "stride": float64(l.stride()[0]),
	}}
}

func (l *Conv2D) stride() [2]int { return orPair(l.Stride, [2]int{1, 1}) }

func (l *Conv2D) build(b *builder, in Shape) (op, Shape, error) {
	if err := checkSize("filters", l.Filters); err != nil {
		return nil, nil, err
	}
	padding := l.Padding
	if padding == "" {
		padding = same
	}
	w, err := newWindow(in, l.Kernel, l.stride(), padding, "kernel")
	if err != nil {
		return nil, nil, err
	}
	weights, biases, err := b.inits(l.Init, l.BiasInit)
	if err != nil {
		return nil, nil, err
	}
	o := &convOp{window: w, set: b.set, in: times(w.rows, w.cols, w.channels), out: l.Filters}
	o.direct = w.rows == 1 && w.cols == 1 && w.down == 1 && w.right == 1
	o.plan(b)
	area := w.rows * w.cols
	f := fans{o.in, times(l.Filters, area)}
	o.weight = b.param("weight", outLast, weights, f, l.Filters, w.channels, w.rows, w.cols)
	if !l.NoBias {
		o.bias = b.param("bias", asIs, biases, f, l.Filters)
		b.takeReLU = func(on bool) { o.relu = on }
	}
	b.array(&o.y, times(b.rows, w.outArea, l.Filters))
	return o, Shape{w.outRows, w.outCols, l.Filters}, nil
}

// orPair returns a pair of settings, or its default where it is 0.
func orPair(v, unset [2]int) [2]int {
	if v == [2]int{} {
		return unset
	}
	return v
}

// A convOp works on some lines of the output at a time, across the images of
// the batch: it spreads their windows out as the rows of a matrix, which stays
// in the cache, and multiplies that by the weights.
type convOp struct {
	window
	set          *kernel.Set
	in, out      int // numbers in a window, filters
	lines        int // of a block
	direct       bool
	weight, bias *Param
	relu         bool // does the ReLU behind it too
	x, y, dx     []float32

	// the windows of a block, their gradient, and what a product needs; the
	// three share one request because requests share memory
	work                  []float32
	spread, back, scratch []float32
}

// blockFloats is about how many numbers the spread out windows of a block
// are: with their gradients they should leave room in a cache of 1 MiB.
const blockFloats = 64 << 10

// plan chooses the size of a block and asks for the memory of it.
func (o *convOp) plan(b *builder) {
	perLine := times(o.outCols, o.in)
	o.lines = max(1, blockFloats/perLine) // whatever the batch, so that Rows changes no bits
	block := times(min(o.lines, times(b.rows, o.outRows)), perLine)
	need := 0
	if !o.direct {
		need = block
	}
	if b.learns {
		b.gradient(&o.dx, times(b.rows, o.height, o.width, o.channels))
		if !o.direct {
			need = plus(need, block)
		}
		need = plus(need, kernel.NTScratch(o.in, o.out))
	}
	b.shared(&o.work, need)
	b.cut = append(b.cut, func() {
		rest := o.work
		if !o.direct {
			o.spread, rest = rest[:block], rest[block:]
			if o.dx != nil {
				o.back, rest = rest[:block], rest[block:]
			}
		}
		o.scratch = rest
	})
}

func (o *convOp) forward(x []float32, rows int, _ bool) []float32 {
	o.x = x
	total := rows * o.outRows
	for first := 0; first < total; first += o.lines {
		last := min(first+o.lines, total)
		y := o.block(o.y, first, last, o.out)
		o.set.MatMul(len(y)/o.out, o.out, o.in, o.windows(first, last), o.weight.Value, y, false)
		finish(o.set, y, o.bias, o.relu)
	}
	return o.y[:total*o.outCols*o.out]
}

func (o *convOp) backward(dy []float32, rows int) []float32 {
	if o.bias != nil {
		clear(o.bias.Grad)
	}
	var dx []float32
	if o.dx != nil {
		dx = o.dx[:rows*o.height*o.width*o.channels]
		clear(dx)
	}
	total := rows * o.outRows
	for first := 0; first < total; first += o.lines {
		last := min(first+o.lines, total)
		d := o.block(dy, first, last, o.out)
		unfinish(o.set, d, o.block(o.y, first, last, o.out), o.bias, o.relu)
		o.set.MatMulTN(o.in, o.out, len(d)/o.out, o.windows(first, last), d, o.weight.Grad, first > 0)
		if dx != nil {
			o.input(dx, d, first, last)
		}
	}
	return dx
}

// input adds the gradient of the input that lines of the output have.
func (o *convOp) input(dx, d []float32, first, last int) {
	m := len(d) / o.out
	if o.direct {
		o.set.MatMulNT(m, o.in, o.out, d, o.weight.Value, o.block(dx, first, last, o.in), o.scratch, false)
		return
	}
	back := o.back[:m*o.in]
	o.set.MatMulNT(m, o.in, o.out, d, o.weight.Value, back, o.scratch, false)
	o.gather(dx, back, first, last)
}

// block returns the part of an array that lines of the output have, of n
// numbers at each place.
func (o *convOp) block(x []float32, first, last, n int) []float32 {
	return x[first*o.outCols*n : last*o.outCols*n]
}

// windows returns the windows of lines of the output, each as a row.
func (o *convOp) windows(first, last int) []float32 {
	if o.direct {
		return o.block(o.x, first, last, o.in)
	}
	spread := o.spread[:(last-first)*o.outCols*o.in]
	o.spreadOut(spread, o.x, first, last)
	return spread
}
