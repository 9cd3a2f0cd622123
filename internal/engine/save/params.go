package save

import (
	"fmt"
	"slices"

	"github.com/nnvet/nnvet/internal/engine"
)

// A source is where the numbers of parameters lie: in their arena, or one
// after the other as running statistics do in a state.
type source func(i int, p *engine.Param) []float32

func own(_ int, p *engine.Param) []float32 { return p.Value }

// inArena says that numbers lie as the trainable parameters do in theirs.
func inArena(arena []float32) source {
	return func(_ int, p *engine.Param) []float32 { return arena[p.At : p.At+len(p.Value)] }
}

// inTurn says that numbers lie one parameter after another.
func inTurn(params []*engine.Param, all []float32) source {
	starts := make([]int, len(params))
	at := 0
	for i, p := range params {
		starts[i] = at
		at += len(p.Value)
	}
	return func(i int, p *engine.Param) []float32 { return all[starts[i] : starts[i]+len(p.Value)] }
}

// gather returns parameters as tensors, in PyTorch's layout.
func gather(prefix string, params []*engine.Param, from source) []Tensor {
	tensors := make([]Tensor, len(params))
	for i, p := range params {
		data := make([]float32, len(p.Value))
		p.ToTorch(data, from(i, p))
		tensors[i] = Tensor{prefix + p.Name, p.Shape, data}
	}
	return tensors
}

// scatter is the inverse of gather. It takes the tensors out of the file's
// index, so that what is left belongs to nothing.
func scatter(prefix string, params []*engine.Param, to source, index map[string]*Tensor) error {
	for i, p := range params {
		t := index[prefix+p.Name]
		if t == nil {
			return fmt.Errorf("tensor %s%s is missing", prefix, p.Name)
		}
		if !slices.Equal(t.Shape, p.Shape) {
			return fmt.Errorf("tensor %s has shape %v; the network wants %v", t.Name, t.Shape, p.Shape)
		}
		p.FromTorch(to(i, p), t.Data)
		delete(index, t.Name)
	}
	return nil
}

// index returns the tensors of a file by name.
func (f *File) index() map[string]*Tensor {
	m := make(map[string]*Tensor, len(f.Tensors))
	for i := range f.Tensors {
		m[f.Tensors[i].Name] = &f.Tensors[i]
	}
	return m
}

// nothingLeft reports tensors that nothing took.
func nothingLeft(index map[string]*Tensor) error {
	names := make([]string, 0, len(index))
	for name := range index {
		names = append(names, name)
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	return fmt.Errorf("tensor %.60s belongs to no layer of the network", names[0])
}
