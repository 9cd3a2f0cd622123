package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

// A builder gathers what the layers of a network ask for. Nothing large is
// allocated before all of it is known, so that a network that cannot fit is
// refused rather than tried.
type builder struct {
	set    *kernel.Set
	rows   int // of the largest batch
	random *rand.PCG
	wrong  *firstError
	tap    *tapped

	params  []*Param
	buffers []*Param
	layers  []Described
	names   map[string]bool
	fused   []func(on bool) // the pairs of a layer and the ReLU it does
	covered []int           // the layers of the pairs

	// of the layer under construction
	current  int           // its index
	path     string        // "layers[3]"
	after    []Node        // what follows it
	learns   bool          // it is to work out the gradient of its input
	takeReLU func(on bool) // set by a layer that can do the ReLU behind it
	before   func(on bool) // takeReLU of the layer before

	floats    []request
	indices   []indexRequest
	scratch   []request // one array for all of them
	gradients []request // two arrays, taken in turn
	cut       []func()  // cuts what was allocated into its parts
}

// A request is for an array that the layer finds in its field once all are
// known.
type request struct {
	field *[]float32
	n     int
}

type indexRequest struct {
	field *[]int32
	n     int
}

// array asks for n numbers that the layer alone has.
func (b *builder) array(field *[]float32, n int) { b.floats = append(b.floats, request{field, n}) }

// index asks for n indices that the layer alone has.
func (b *builder) index(field *[]int32, n int) { b.indices = append(b.indices, indexRequest{field, n}) }

// shared asks for n numbers that any other layer may have written over by the
// next call.
func (b *builder) shared(field *[]float32, n int) { b.scratch = append(b.scratch, request{field, n}) }

// gradient asks for n numbers for the gradient of the layer's input, other
// memory than that of the layers next to it.
func (b *builder) gradient(field *[]float32, n int) {
	b.gradients = append(b.gradients, request{field, n})
}

// param adds a parameter of the layer under construction.
func (b *builder) param(name string, l layout, start Init, f fans, shape ...int) *Param {
	p := b.tensor(name, shape)
	p.Trainable, p.layout, p.start, p.fans = true, l, start, f
	at := &b.layers[b.current]
	at.Params = append(at.Params, len(b.params))
	at.Elements += times(shape...)
	b.params = append(b.params, p)
	b.learns = true
	return p
}

// buffer adds running statistics of the layer under construction.
func (b *builder) buffer(name string, value float64, shape ...int) *Param {
	p := b.tensor(name, shape)
	p.start = Init{Kind: "constant", Value: value}
	at := &b.layers[b.current]
	at.Buffers = append(at.Buffers, len(b.buffers))
	b.buffers = append(b.buffers, p)
	return p
}

func (b *builder) tensor(name string, shape []int) *Param {
	layer := b.layers[b.current].Name
	return &Param{Name: layer + "." + name, Layer: layer, Shape: slices.Clone(shape)}
}

// allocate makes all arrays, or says how much memory they would take. It
// returns the arena of the parameters and that of their gradients.
func (b *builder) allocate() (values, grads []float32, err error) {
	arena, running := place(b.params), place(b.buffers)
	turn, scratch := longest(b.gradients), longest(b.scratch)
	need := plus(plus(times(2, arena), running), plus(times(2, turn), scratch))
	for _, r := range b.floats {
		need = plus(need, padded(r.n))
	}
	for _, r := range b.indices {
		need = plus(need, r.n)
	}
	if err := fits(fmt.Sprintf("a network for batches of %d rows", b.rows), times(4, need)); err != nil {
		return nil, nil, err
	}
	values, grads = floats(arena), floats(arena)
	bind(b.params, values, grads)
	bind(b.buffers, floats(running), nil)
	b.hand([2][]float32{floats(turn), floats(turn)}, floats(scratch))
	return values, grads, nil
}

// hand puts arrays into the fields that wait for them.
func (b *builder) hand(turns [2][]float32, scratch []float32) {
	for _, r := range b.floats {
		*r.field = floats(r.n)
	}
	for _, r := range b.indices {
		*r.field = make([]int32, r.n)
	}
	for i, r := range b.gradients {
		*r.field = turns[i%2][:r.n:r.n]
	}
	for _, r := range b.scratch {
		*r.field = scratch[:r.n:r.n]
	}
	for _, cut := range b.cut {
		cut()
	}
}

func longest(requests []request) int {
	n := 0
	for _, r := range requests {
		n = max(n, r.n)
	}
	return n
}

// place gives each parameter its place in the arena, and returns the length of
// the arena.
func place(params []*Param) int {
	at := 0
	for _, p := range params {
		p.At = at
		at = plus(at, padded(times(p.Shape...)))
	}
	return at
}

func bind(params []*Param, values, grads []float32) {
	for _, p := range params {
		end := p.At + times(p.Shape...)
		p.Value = values[p.At:end:end]
		if p.Trainable {
			p.Grad = grads[p.At:end:end]
		}
	}
}

// line is how many numbers share a cache line. Arrays are whole lines long,
// which is also what makes them begin at one: Go aligns what it allocates to
// the largest power of two that divides its size class.
const line = 16

func padded(n int) int { return plus(n, line-1) / line * line }

func floats(n int) []float32 { return make([]float32, padded(n))[:n:n] }
