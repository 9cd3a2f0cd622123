package record

import (
	"github.com/nnvet/nnvet/internal/engine"
)

// flat says beyond which outputs bounded activations are flat: |z| > 3 for
// tanh, > 6 for sigmoid.
var flat = map[string][2]float32{"Tanh": {-0.99505, 0.99505}, "Sigmoid": {0.0024726, 0.9975274}}

// units gathers which units had a gradient, over a window of many rows.
type units struct {
	first         int64
	rows, batches int
	layers        []liveness
	bounded       []saturation // by layer; most are of none
	clamped       []saturation // likewise
}

// liveness is which units of one layer had a gradient. A unit is dead where
// none of its incoming weights has one, and its bias has none exactly when
// they have none.
type liveness struct {
	weight  int64 // its id
	grad    []float32
	alive   []bool
	missing int // those that are not
}

// saturation is how much of a bounded activation's output is flat, or how much
// of a clamp's lies at a bound.
type saturation struct {
	bounded bool
	lo, hi  float32
	shares  float64 // sum over samples
	samples int
}

func newUnits(n *engine.Network) units {
	u := units{bounded: make([]saturation, len(n.Layers())), clamped: make([]saturation, len(n.Layers()))}
	for i, l := range n.Layers() {
		if b, ok := flat[l.Class]; ok {
			u.bounded[i] = saturation{bounded: true, lo: b[0], hi: b[1]}
		}
		if c, ok := l.Layer.(*engine.Clamp); ok {
			u.clamped[i] = saturation{bounded: true, lo: float32(c.Lo), hi: float32(c.Hi)}
		}
		if l.Class != "Linear" && l.Class != "Conv2d" {
			continue
		}
		// Weights come first. Without biases the weights tell: they lie with the
		// units in the last dimension.
		weight := n.Params()[l.Params[0]]
		told := n.Params()[l.Params[len(l.Params)-1]]
		if weight.Trainable {
			count := weight.Shape[0]
			u.layers = append(u.layers, liveness{weight: int64(l.Params[0]), grad: told.Grad, alive: make([]bool, count), missing: count})
		}
	}
	return u
}

// mark notes the units that have a gradient in a batch.
func (u *units) mark(step int64, rows int) {
	if u.batches == 0 {
		u.first = step
	}
	u.rows += rows
	u.batches++
	for i := range u.layers {
		u.layers[i].mark()
	}
}

func (l *liveness) mark() {
	n := len(l.alive)
	for at := 0; at < len(l.grad) && l.missing > 0; at += n {
		for j, g := range l.grad[at : at+n] {
			if g != 0 && !l.alive[j] { // NaN is a gradient
				l.alive[j] = true
				l.missing--
			}
		}
	}
}

// output looks at what a bounded activation put out, or a clamp.
func (u *units) output(layer int, out []float32) {
	u.bounded[layer].count(out, func(v, lo, hi float32) bool { return v < lo || v > hi })
	u.clamped[layer].count(out, func(v, lo, hi float32) bool { return v == lo || v == hi })
}

func (b *saturation) count(out []float32, is func(v, lo, hi float32) bool) {
	if !b.bounded || len(out) == 0 {
		return
	}
	n := 0
	for _, v := range out {
		if is(v, b.lo, b.hi) {
			n++
		}
	}
	b.shares += float64(n) / float64(len(out))
	b.samples++
}

// taken returns the mean share, and begins anew.
func (b *saturation) taken() float32 {
	share := float32(b.shares / float64(b.samples))
	b.shares, b.samples = 0, 0
	return share
}

func (u *units) full() bool { return u.rows >= windowRows && u.batches >= windowBatches }

type unitsRecord struct {
	K       string   `json:"k"`
	S       [2]int64 `json:"s"`
	Rows    int      `json:"rows"`
	Batches int      `json:"batches"`
	Dead    struct {
		I     []int64 `json:"i"`
		Dead  []int   `json:"dead"`
		Units []int   `json:"units"`
	} `json:"dead"`
	Sat   sharesRecord  `json:"sat"`
	Bound *sharesRecord `json:"bound,omitempty"`
}

type sharesRecord struct {
	I     []int64   `json:"i"`
	Share []float32 `json:"share"`
}

// record returns the record of a full window, and begins the next.
func (u *units) record(step int64) unitsRecord {
	r := unitsRecord{K: "units", S: [2]int64{u.first, step}, Rows: u.rows, Batches: u.batches}
	r.Dead.I, r.Dead.Dead, r.Dead.Units = []int64{}, []int{}, []int{}
	r.Sat.I, r.Sat.Share = []int64{}, []float32{}
	for i := range u.layers {
		l := &u.layers[i]
		r.Dead.I = append(r.Dead.I, l.weight)
		r.Dead.Dead = append(r.Dead.Dead, l.missing)
		r.Dead.Units = append(r.Dead.Units, len(l.alive))
		clear(l.alive)
		l.missing = len(l.alive)
	}
	for i := range u.bounded {
		if b := &u.bounded[i]; b.samples > 0 {
			r.Sat.I = append(r.Sat.I, moduleID(i))
			r.Sat.Share = append(r.Sat.Share, b.taken())
		}
		if b := &u.clamped[i]; b.samples > 0 {
			if r.Bound == nil {
				r.Bound = new(sharesRecord)
			}
			r.Bound.I = append(r.Bound.I, moduleID(i))
			r.Bound.Share = append(r.Bound.Share, b.taken())
		}
	}
	u.rows, u.batches = 0, 0
	return r
}
