package treat

import (
	"fmt"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
)

// A block is a hidden layer with what stands behind it up to the next layer with
// weights, in a list of nodes from one place to before another.
type block struct{ from, to, units int }

// blocks returns the hidden dense layers of the network itself, without those in
// residual blocks.
func (s *Subject) blocks() []block {
	var out []block
	last, err := s.last()
	if err != nil {
		return nil
	}
	for i, n := range s.Spec.Layers[:last.at] {
		d, ok := n.Layer.(*engine.Dense)
		if !ok {
			continue
		}
		b := block{i, i + 1, d.Units}
		for b.to < last.at && !weighs(s.Spec.Layers[b.to].Layer) {
			if _, ok := s.Spec.Layers[b.to].Layer.(*engine.Residual); ok {
				break
			}
			b.to++
		}
		out = append(out, b)
	}
	return out
}

// hiddenLayers takes hidden layers out, or puts copies of the last in. It keeps the
// first and takes of the others those that make as many numbers as they get, so that
// what is left fits.
func (s *Subject) hiddenLayers(set nnvet.Setting) error {
	want, err := whole(set, 1)
	if err != nil {
		return err
	}
	s.Spec.Layers = plain(s.Spec.Layers)
	all := s.blocks()
	if len(all) == 0 {
		return fmt.Errorf("there is no hidden dense layer")
	}
	for i := len(all) - 1; i > 0 && len(all) > want; i-- {
		if all[i].units == all[i-1].units {
			s.Spec.Layers = slices.Delete(s.Spec.Layers, all[i].from, all[i].to)
			all = s.blocks()
		}
	}
	if len(all) > want {
		return fmt.Errorf("%d of the hidden layers differ in width: which to leave out is for a person", len(all))
	}
	for len(all) < want {
		b := all[len(all)-1]
		more := clone(s.Spec.Layers[b.from:b.to])
		s.Spec.Layers = slices.Insert(s.Spec.Layers, b.to, more...)
		rename(s.Spec.Layers, b.to, len(more))
		all = s.blocks()
	}
	return nil
}

// clone copies layers without their names.
func clone(nodes []engine.Node) []engine.Node {
	out := pinned(nodes)
	for i := range out {
		out[i].Name = ""
	}
	return out
}

// rename gives new layers in a list names of their own.
func rename(list []engine.Node, from, n int) {
	for i := from; i < from+n; i++ {
		list[i].Name = free(list, list[i].Layer)
	}
}

// plain returns layers without residual blocks, whose bodies follow one another.
func plain(nodes []engine.Node) []engine.Node {
	var out []engine.Node
	for _, n := range nodes {
		r, ok := n.Layer.(*engine.Residual)
		if !ok {
			out = append(out, n)
			continue
		}
		for _, inner := range plain(r.Body) {
			inner.Name = n.Name + "_" + inner.Name
			out = append(out, inner)
		}
	}
	return out
}

// residual lets every two hidden layers of equal width be passed by:
// x + block(norm(x)), where the last weights of each block start at zero, so that
// the network begins as if the blocks were not there. Behind those weights stands no
// activation: a ReLU lets no gradient through where all that it gets is 0, and the
// block would stay as it begins (K. He and others, Identity Mappings in Deep
// Residual Networks, 2016, leave it out, too). None lets nothing be passed.
func (s *Subject) residual(set nnvet.Setting) error {
	if set.To == "none" {
		s.Spec.Layers = plain(s.Spec.Layers)
		return nil
	}
	if set.To != "every 2 layers" {
		return fmt.Errorf("it is none or every 2 layers")
	}
	all := s.blocks()
	made := 0
	for i := len(all) - 2; i > 0; i-- {
		a, b := all[i], all[i+1]
		if a.units != all[i-1].units || a.units != b.units || a.to != b.from || all[i-1].to != a.from {
			continue
		}
		body := slices.Clone(s.Spec.Layers[a.from:b.to])
		last := b.from - a.from
		body = append(body[:last+1], slices.DeleteFunc(body[last+1:], func(n engine.Node) bool { return bends(n.Layer) })...)
		weights, _ := inits(body[last].Layer)
		*weights = engine.Init{Kind: "zero"}
		norm := engine.Node{Layer: new(engine.LayerNorm)}
		norm.Name = free(body, norm.Layer)
		r := engine.Node{Layer: &engine.Residual{Body: append([]engine.Node{norm}, body...)}}
		r.Name = free(s.Spec.Layers, r.Layer)
		s.Spec.Layers = slices.Replace(s.Spec.Layers, a.from, b.to, r)
		made++
		i--
	}
	if made == 0 {
		return fmt.Errorf("there are no two hidden layers in a row with as many units as they get")
	}
	return nil
}
