package engine

import (
	"fmt"
	"math/rand/v2"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

// Dropout sets a share of its input to 0 in training, others in every step, and
// makes up for it by making the rest larger (Srivastava et al. 2014). Outside
// of training it does nothing.
type Dropout struct {
	Rate float64 `yaml:"rate" doc:"share that is dropped, from 0 to below 1"`
}

func (*Dropout) Kind() string { return "dropout" }

func (l *Dropout) about(Shape) about { return about{"Dropout", map[string]float64{"p": l.Rate}} }

func (l *Dropout) build(b *builder, in Shape) (op, Shape, error) {
	if !(l.Rate >= 0 && l.Rate < 1) {
		return nil, nil, fmt.Errorf("rate %g is not a share below 1; give 0.1 to 0.5", l.Rate)
	}
	o := &dropout{set: b.set, random: b.random, width: in.Size(), below: uint32(l.Rate * (1 << 32)), factor: float32(1 / (1 - l.Rate))}
	b.array(&o.y, times(b.rows, o.width))
	b.array(&o.mask, times(b.rows, o.width))
	return o, in, nil
}

type dropout struct {
	set     *kernel.Set
	random  *rand.PCG
	width   int
	below   uint32 // what is drawn below it is dropped
	factor  float32
	idle    bool // the last forward was no training
	y, mask []float32
}

func (o *dropout) forward(x []float32, rows int, train bool) []float32 {
	o.idle = !train || o.below == 0
	if o.idle {
		return x
	}
	n := rows * o.width
	y, mask := o.y[:n], o.mask[:n]
	for i := 0; i < n; i += 2 { // two from one draw
		bits := o.random.Uint64()
		mask[i] = o.keep(uint32(bits))
		if i+1 < n {
			mask[i+1] = o.keep(uint32(bits >> 32))
		}
	}
	o.set.Mul(y, x, mask)
	return y
}

func (o *dropout) keep(drawn uint32) float32 {
	if drawn < o.below {
		return 0
	}
	return o.factor
}

func (o *dropout) backward(dy []float32, rows int) []float32 {
	if !o.idle {
		o.set.Mul(dy, dy, o.mask[:rows*o.width])
	}
	return dy
}
