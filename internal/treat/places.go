package treat

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/nnvet/nnvet/internal/engine"
)

// pinned copies layers and writes the names that the engine gives them into
// each, so that a name is of the same layer when others came and went.
func pinned(nodes []engine.Node) []engine.Node {
	counts := make(map[string]int)
	out := make([]engine.Node, len(nodes))
	for i, n := range nodes {
		if n.Layer == nil {
			out[i] = n
			continue
		}
		kind := n.Layer.Kind()
		counts[kind]++
		if n.Name == "" {
			n.Name = fmt.Sprint(strings.TrimSuffix(kind, "2d"), counts[kind])
		}
		copied := reflect.New(reflect.TypeOf(n.Layer).Elem())
		copied.Elem().Set(reflect.ValueOf(n.Layer).Elem())
		n.Layer = copied.Interface().(engine.Layer)
		if r, ok := n.Layer.(*engine.Residual); ok {
			r.Body = pinned(r.Body)
		}
		out[i] = n
	}
	return out
}

// A place is where a layer stands.
type place struct {
	name string // as a trace has it: "residual1.dense2"
	list *[]engine.Node
	at   int
}

func (p place) node() *engine.Node { return &(*p.list)[p.at] }

// replace puts layers in the place of one.
func (p place) replace(nodes ...engine.Node) {
	*p.list = slices.Replace(*p.list, p.at, p.at+1, nodes...)
}

// behind puts a layer behind this one.
func (p place) behind(l engine.Layer) {
	*p.list = slices.Insert(*p.list, p.at+1, engine.Node{Name: free(*p.list, l), Layer: l})
}

// free returns a name for a new layer that none of a list has.
func free(list []engine.Node, l engine.Layer) string {
	for i := 1; ; i++ {
		name := fmt.Sprint(strings.TrimSuffix(l.Kind(), "2d"), i)
		if !slices.ContainsFunc(list, func(n engine.Node) bool { return n.Name == name }) {
			return name
		}
	}
}

// places returns all layers in the order in which they work, a block before
// what is in it. A change of a list makes those of later layers wrong.
func (s *Subject) places() []place { return placesIn(&s.Spec.Layers, "") }

func placesIn(list *[]engine.Node, prefix string) []place {
	var out []place
	for i, n := range *list {
		out = append(out, place{prefix + n.Name, list, i})
		if r, ok := n.Layer.(*engine.Residual); ok {
			out = append(out, placesIn(&r.Body, prefix+n.Name+".")...)
		}
	}
	return out
}

func (s *Subject) find(site string) (place, error) {
	for _, p := range s.places() {
		if p.name == site {
			return p, nil
		}
	}
	return place{}, fmt.Errorf("there is no layer %s", site)
}

// What layers are.

func weighs(l engine.Layer) bool {
	switch l.(type) {
	case *engine.Dense, *engine.Conv2D:
		return true
	}
	return false
}

func bends(l engine.Layer) bool {
	switch l.(type) {
	case *engine.ReLU, *engine.LeakyReLU, *engine.PReLU, *engine.ELU, *engine.SELU, *engine.GELU, *engine.SiLU,
		*engine.Tanh, *engine.Sigmoid, *engine.Softmax, *engine.Softplus:
		return true
	}
	return false
}

// ends reports whether a layer bounds or bends outputs.
func ends(l engine.Layer) bool {
	switch l.(type) {
	case *engine.Clamp, *engine.Round:
		return true
	}
	return bends(l)
}

func norms(l engine.Layer) bool {
	switch l.(type) {
	case *engine.BatchNorm, *engine.LayerNorm:
		return true
	}
	return false
}

// embeds reports whether inputs are looked up.
func (s *Subject) embeds() bool {
	return slices.ContainsFunc(s.places(), func(p place) bool { _, ok := p.node().Layer.(*engine.Embedding); return ok })
}

// weighted returns the layers with weights, of which the last is not hidden.
func (s *Subject) weighted() []place {
	return slices.DeleteFunc(s.places(), func(p place) bool { return !weighs(p.node().Layer) })
}

// last returns the last layer with weights, which the network's outputs come
// from. It must stand outside of blocks.
func (s *Subject) last() (place, error) {
	all := s.weighted()
	if len(all) == 0 || all[len(all)-1].list != &s.Spec.Layers {
		return place{}, fmt.Errorf("the network does not end with a layer of units")
	}
	return all[len(all)-1], nil
}

// of returns the layers that a setting is about: the one it names, or those of
// all that fit.
func (s *Subject) of(site string, fit func(engine.Layer) bool, what string) ([]place, error) {
	if site != "" {
		p, err := s.find(site)
		if err == nil && !fit(p.node().Layer) {
			err = fmt.Errorf("layer %s is a %s and has no %s", site, p.node().Layer.Kind(), what)
		}
		return []place{p}, err
	}
	all := slices.DeleteFunc(s.places(), func(p place) bool { return !fit(p.node().Layer) })
	if len(all) == 0 {
		return nil, fmt.Errorf("no layer has %s", what)
	}
	return all, nil
}
