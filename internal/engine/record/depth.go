package record

import (
	"math"
	"slices"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/kernel"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// What is looked at of a layer's outputs, at most.
const (
	mostPaired = 64   // pairs of rows are four times as many for twice the rows
	mostUnits  = 1024 // of a row
)

// depth follows a batch through the layers, at the first step and at steps that
// thin out: how alike the rows become, and how large the gradients.
type depth struct {
	set    *kernel.Set
	layers []engine.Described
	next   int64
	rows   int
	grads  []float64 // of each layer
	seen   []bool    // whether it has one

	cos, ranks, rms figure
	visit           func(layer int, out []float32) // made once, since it escapes
	part            []float32                      // some units of some rows
	sums            []float64

	products, scratch []float32
}

// A figure is known of some layers.
type figure struct {
	ids    []int64
	values []float64
}

func (f *figure) add(id int64, v float64) { f.ids, f.values = append(f.ids, id), append(f.values, v) }

func newDepth(n *engine.Network) depth {
	layers := n.Layers()
	return depth{set: n.Set(), layers: layers, grads: make([]float64, len(layers)), seen: make([]bool, len(layers))}
}

func (d *depth) due(step int64) bool { return step >= d.next }

// gradient takes the gradient by a layer's outputs. The loss is a mean over
// rows, so that of one row's own loss is as many times as large.
func (d *depth) gradient(layer int, dy []float32) {
	rows := float64(len(dy) / d.layers[layer].Out.Size())
	d.seen[layer] = true
	d.grads[layer] = rows * math.Sqrt(d.set.SumSquares(dy)/float64(len(dy)))
}

// sampled returns the records of a step whose gradients were taken: one, or one
// a figure where some layers do not have all of them.
func (d *depth) sampled(s *engine.Step) []*tracefile.Depth {
	if d.visit == nil {
		d.visit = d.output
	}
	d.rows, d.cos, d.ranks, d.rms = s.Rows, figure{}, figure{}, figure{}
	s.Network.Activations(d.visit)
	clear(d.seen)
	d.next = max(often, 2*s.Number)
	if slices.Equal(d.cos.ids, d.rms.ids) && slices.Equal(d.ranks.ids, d.rms.ids) {
		return []*tracefile.Depth{{K: "depth", S: s.Number, I: d.rms.ids, Cos: d.cos.values, Rank: d.ranks.values, Grad: d.rms.values}}
	}
	return []*tracefile.Depth{
		{K: "depth", S: s.Number, I: d.cos.ids, Cos: d.cos.values},
		{K: "depth", S: s.Number, I: d.ranks.ids, Rank: d.ranks.values},
		{K: "depth", S: s.Number, I: d.rms.ids, Grad: d.rms.values},
	}
}

func (d *depth) output(layer int, out []float32) {
	id := moduleID(layer)
	if d.rows >= few {
		width := d.take(out)
		if v := d.cosine(width); finite(v) {
			d.cos.add(id, v)
		}
		if v := d.rank(width); finite(v) {
			d.ranks.add(id, v)
		}
	}
	if d.seen[layer] { // those before the first with parameters have none
		d.rms.add(id, d.grads[layer])
	}
}

// take copies rows and units from all over, and returns how many units.
func (d *depth) take(out []float32) int {
	width := len(out) / d.rows
	rows, units := apart(d.rows, mostPaired), apart(width, mostUnits)
	d.part = d.part[:0]
	for i := 0; i < d.rows; i += rows {
		row := out[i*width : (i+1)*width]
		for j := 0; j < width; j += units {
			d.part = append(d.part, row[j])
		}
	}
	return (width + units - 1) / units
}

// cosine returns the mean cosine of the angle between two rows, of those that
// are not 0; NaN without two of them. The sum of unit vectors has, squared, 1
// for each of them and twice the cosine for each pair.
func (d *depth) cosine(width int) float64 {
	sums := d.zeros(width)
	n := 0.0
	for at := 0; at < len(d.part); at += width {
		row := d.part[at : at+width]
		length := math.Sqrt(d.set.SumSquares(row))
		if length == 0 {
			continue
		}
		n++
		for j, v := range row {
			sums[j] += float64(v) / length
		}
	}
	squares := 0.0
	for _, v := range sums {
		squares += v * v
	}
	if n < 2 {
		return math.NaN()
	}
	return (squares - n) / (n * (n - 1))
}

func (d *depth) zeros(n int) []float64 {
	if cap(d.sums) < n {
		d.sums = make([]float64, n)
	}
	d.sums = d.sums[:n]
	clear(d.sums)
	return d.sums
}

// rank returns the participation ratio of the rows; NaN where they are all the
// same. The covariance C of units and the products K of centred rows share their
// eigenvalues, so tr(C)^2/sum(C^2) is tr(K)^2/sum(K^2). It centres in place.
func (d *depth) rank(width int) float64 {
	means := d.zeros(width)
	n := len(d.part) / width
	for i, v := range d.part {
		means[i%width] += float64(v)
	}
	for i := range d.part {
		d.part[i] -= float32(means[i%width] / float64(n))
	}
	products := grown(&d.products, n*n)
	d.set.MatMulNT(n, n, width, d.part, d.part, products, grown(&d.scratch, kernel.NTScratch(n, width)), false)
	trace := 0.0
	for i := range n {
		trace += float64(products[i*n+i])
	}
	return trace * trace / d.set.SumSquares(products)
}

// grown returns n numbers of memory, whatever they are.
func grown(memory *[]float32, n int) []float32 {
	if cap(*memory) < n {
		*memory = make([]float32, n)
	}
	return (*memory)[:n]
}
