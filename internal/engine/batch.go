package engine

import "math/rand/v2"

// Random numbers are functions of the seed, of what they are for, and of the
// epoch or step that needs them. So a run that is taken up again goes on as if
// it had not stopped, and what one purpose draws does not shift another's.
const (
	shuffling  = 0x73687566666c65
	augmenting = 0x6175676d656e74
	dropping   = 0x64726f70706564
)

// A stream draws random numbers for one purpose.
type stream struct {
	pcg rand.PCG
	*rand.Rand
}

func newStream() *stream {
	s := new(stream)
	s.Rand = rand.New(&s.pcg)
	return s
}

// restart begins the numbers of a purpose at a time: an epoch or a step.
func (s *stream) restart(seed int64, purpose uint64, time int64) {
	s.pcg.Seed(uint64(seed)^purpose, uint64(time))
}

// A batcher hands out the rows of a split in the order of an epoch.
type batcher struct {
	data    Data
	in, out int // elements of a row of X, and of Y
	order   []int32
	shuffle bool
	copies  bool // batches are copies, which may be changed
	x, y    []float32
	labels  []int32
	random  *stream
}

// reset makes the batcher one over other data, and keeps the memory it has.
func (b *batcher) reset(d Data, in, out, rows int, shuffle, copies bool) {
	b.data, b.in, b.out, b.shuffle, b.copies = d, in, out, shuffle, copies || shuffle
	if b.random == nil {
		b.random = newStream()
	}
	if shuffle {
		b.order = resized(b.order, d.Rows)
	}
	if b.copies {
		b.x = resized(b.x, rows*in)
		b.y = resized(b.y, rows*out)
		b.labels = resized(b.labels, rows)
	}
}

// begin sets the order of an epoch, by Fisher and Yates.
func (b *batcher) begin(seed int64, epoch int) {
	if !b.shuffle {
		return
	}
	for i := range b.order {
		b.order[i] = int32(i)
	}
	b.random.restart(seed, shuffling, int64(epoch))
	for i := len(b.order) - 1; i > 0; i-- {
		j := b.random.Uint32N(uint32(i + 1))
		b.order[i], b.order[j] = b.order[j], b.order[i]
	}
}

// rows returns n rows from a place in the epoch's order on. They are valid
// until the next call.
func (b *batcher) rows(from, n int) (x, y []float32, labels []int32) {
	if !b.copies {
		return b.data.slice(from, n, b.in, b.out)
	}
	if !b.shuffle {
		dx, dy, dl := b.data.slice(from, n, b.in, b.out)
		x, y, labels = b.x[:len(dx)], b.y[:len(dy)], b.labels[:len(dl)]
		copy(x, dx)
		copy(y, dy)
		copy(labels, dl)
		return x, y, labels
	}
	order := b.order[from : from+n]
	x = gather(b.x, b.data.X, order, b.in)
	if b.data.Y != nil {
		y = gather(b.y, b.data.Y, order, b.out)
	}
	if b.data.Labels != nil {
		labels = gather(b.labels, b.data.Labels, order, 1)
	}
	return x, y, labels
}

// FirstOrder returns the order in which a training feeds its rows first; nil
// where that is their own.
func FirstOrder(s Spec, rows int) []int32 {
	var b batcher
	b.reset(Data{Rows: rows}, 0, 0, 0, !s.KeepOrder, false)
	b.begin(s.Seed, 0)
	return b.order
}

// gather copies rows of width elements to the front of dst.
func gather[T any](dst, src []T, order []int32, width int) []T {
	for i, row := range order {
		copy(dst[i*width:(i+1)*width], src[int(row)*width:])
	}
	return dst[:len(order)*width]
}

// slice returns n rows of the data itself.
func (d Data) slice(from, n, in, out int) (x, y []float32, labels []int32) {
	x = d.X[from*in : (from+n)*in]
	if d.Y != nil {
		y = d.Y[from*out : (from+n)*out]
	}
	if d.Labels != nil {
		labels = d.Labels[from : from+n]
	}
	return x, y, labels
}
