package engine

import "fmt"

// A Param is a tensor that a layer holds. Value and Grad are laid out as the
// products want them; [Param.Export] and [Param.Import] convert to the layout
// of PyTorch, which Shape is in.
type Param struct {
	Name      string // "dense1.weight"
	Layer     string // "dense1"
	Shape     []int  // PyTorch's: [out, in] of a dense layer, [out, in, height, width] of a convolution
	Trainable bool   // false for running statistics
	At        int    // where Value begins in the arena
	Value     []float32
	Grad      []float32 // nil where not trainable

	layout layout
	start  Init // kind is never empty
	fans   fans
}

// A layout is how a tensor lies in memory.
type layout int

const (
	asIs    layout = iota // as in PyTorch
	outLast               // [in, out] for PyTorch's [out, in], [height, width, in, out] for its [out, in, height, width]
)

// Export writes the values in PyTorch's layout; dst has the length of Value.
func (p *Param) Export(dst []float32) { p.ToTorch(dst, p.Value) }

// Import sets the values from PyTorch's layout; src has the length of Value.
func (p *Param) Import(src []float32) { p.FromTorch(p.Value, src) }

// ToTorch rearranges what is laid out like Value, such as Grad or an
// optimizer's moments, into PyTorch's layout. dst must not overlap src.
func (p *Param) ToTorch(dst, src []float32) {
	p.sameLength(dst, src)
	if p.layout == asIs {
		copy(dst, src)
		return
	}
	p.each(func(torch, ours int) { dst[torch] = src[ours] })
}

// FromTorch is the inverse of [Param.ToTorch].
func (p *Param) FromTorch(dst, src []float32) {
	p.sameLength(dst, src)
	if p.layout == asIs {
		copy(dst, src)
		return
	}
	p.each(func(torch, ours int) { dst[ours] = src[torch] })
}

func (p *Param) sameLength(dst, src []float32) {
	if n := times(p.Shape...); len(dst) != n || len(src) != n {
		panic(fmt.Sprintf("engine: %s: %d and %d elements where the shape has %d", p.Name, len(dst), len(src), n))
	}
}

// each visits every element by its place in both layouts, PyTorch's in order.
func (p *Param) each(visit func(torch, ours int)) {
	out, in := p.Shape[0], p.Shape[1]
	area := times(p.Shape[2:]...) // 1 of a dense layer
	at := 0
	for o := range out {
		for i := range in {
			for k := range area {
				visit(at, (k*in+i)*out+o)
				at++
			}
		}
	}
}
