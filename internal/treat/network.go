package treat

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
)

// layer takes one out.
func (s *Subject) layer(set nnvet.Setting) error {
	if set.To != "none" {
		return fmt.Errorf("a layer can be taken out, to none, only")
	}
	p, err := s.find(set.Site)
	if err != nil {
		return err
	}
	p.replace()
	return nil
}

// operation takes out the layers of a kind, by the engine's name of it or the
// trace's.
func (s *Subject) operation(set nnvet.Setting) error {
	kind := strings.ToLower(set.Site)
	if kind == "clamp" {
		kind = "clip"
	}
	if set.To != "none" {
		return fmt.Errorf("the engine has no operation that needs to be kept away from zero")
	}
	found := false
	for {
		all := s.places()
		i := slices.IndexFunc(all, func(p place) bool { return p.node().Layer.Kind() == kind && !weighs(p.node().Layer) })
		if i < 0 {
			break
		}
		all[i].replace()
		found = true
	}
	if !found {
		return fmt.Errorf("there is no operation %s in the network", set.Site)
	}
	return nil
}

// activationOf reads the name of an activation, with its setting where it has
// one: "leaky_relu(0.01)".
func activationOf(text string) (engine.Layer, error) {
	name, inside, has := strings.Cut(strings.TrimSuffix(text, ")"), "(")
	v := 0.0
	if has {
		var err error
		if v, err = strconv.ParseFloat(inside, 64); err != nil {
			return nil, fmt.Errorf("%q: %q is no number", text, inside)
		}
	}
	switch {
	case name == "leaky_relu":
		return &engine.LeakyReLU{Slope: v}, nil
	case name == "elu":
		return &engine.ELU{Alpha: v}, nil
	case has:
		return nil, fmt.Errorf("%s takes no number", name)
	}
	for _, k := range engine.Kinds() {
		if l := k.New(); k.Name == name && bends(l) {
			return l, nil
		}
	}
	return nil, fmt.Errorf("there is no activation %q", name)
}

// activation changes that of a layer, which is named itself or by the layer
// whose outputs go to it, or all hidden ones.
func (s *Subject) activation(set nnvet.Setting) error {
	make := func() (engine.Layer, error) { return activationOf(set.To) }
	if set.To == "none" {
		make = func() (engine.Layer, error) { return nil, nil }
	} else if _, err := make(); err != nil {
		return err
	}
	names := []string{set.Site}
	if set.Site == "" {
		names = names[:0]
		all := s.weighted()
		for _, p := range all[:max(0, len(all)-1)] {
			names = append(names, p.name)
		}
		if len(names) == 0 {
			return fmt.Errorf("there is no hidden layer")
		}
	}
	for _, name := range names {
		p, err := s.find(name)
		if err != nil {
			return err
		}
		l, _ := make()
		if err := bent(p, l); err != nil {
			return err
		}
	}
	return nil
}

// bent makes an activation the one of a place: itself, or what stands behind
// it with nothing but a norm or a dropout between; nil for none.
func bent(p place, l engine.Layer) error {
	if !bends(p.node().Layer) {
		if !weighs(p.node().Layer) && !norms(p.node().Layer) {
			return fmt.Errorf("layer %s is a %s and has no activation", p.name, p.node().Layer.Kind())
		}
		at := p.at
		for at+1 < len(*p.list) && norms((*p.list)[at+1].Layer) {
			at++
		}
		if at+1 >= len(*p.list) || !bends((*p.list)[at+1].Layer) {
			if l != nil {
				place{list: p.list, at: at}.behind(l)
			}
			return nil
		}
		p.at = at + 1
	}
	if l == nil {
		p.replace()
		return nil
	}
	old := *p.node()
	p.replace(engine.Node{Name: free(*p.list, l), Layer: l, Source: old.Source})
	return nil
}

// norm puts one behind every hidden layer, or changes those that are there.
func (s *Subject) norm(set nnvet.Setting) error {
	make := func() engine.Layer { return new(engine.BatchNorm) }
	switch set.To {
	case "layer":
		make = func() engine.Layer { return new(engine.LayerNorm) }
	case "batch":
	default:
		return fmt.Errorf("it is batch or layer")
	}
	all := s.weighted()
	if len(all) < 2 {
		return fmt.Errorf("there is no hidden layer")
	}
	for _, p := range slices.Backward(all[:len(all)-1]) { // what is put in moves later places only
		next := place{list: p.list, at: p.at + 1}
		if next.at < len(*p.list) && norms(next.node().Layer) {
			l := make()
			next.replace(engine.Node{Name: free(*p.list, l), Layer: l})
			continue
		}
		p.behind(make())
	}
	return nil
}

// dropout sets the share of one layer, or of all; where there is none, it puts
// one behind every hidden activation.
func (s *Subject) dropout(set nnvet.Setting) error {
	rate, err := number(set, 0, 1)
	if err != nil {
		return err
	}
	is := func(l engine.Layer) bool { _, ok := l.(*engine.Dropout); return ok }
	all, err := s.of(set.Site, is, "dropout")
	switch {
	case err != nil && set.Site != "":
		return err
	case err != nil && rate == 0:
		return err
	case err != nil:
		hidden := slices.DeleteFunc(s.places(), func(p place) bool { return !bends(p.node().Layer) })
		if last, lastErr := s.last(); lastErr == nil {
			hidden = slices.DeleteFunc(hidden, func(p place) bool { return p.list == last.list && p.at > last.at })
		}
		if len(hidden) == 0 {
			return fmt.Errorf("there is no hidden activation to put it behind")
		}
		for _, p := range slices.Backward(hidden) {
			p.behind(&engine.Dropout{Rate: rate})
		}
		return nil
	}
	for _, p := range slices.Backward(all) {
		if rate == 0 {
			p.replace()
			continue
		}
		p.node().Layer.(*engine.Dropout).Rate = rate
	}
	return nil
}

// final is the site that stands for the last layer with weights.
const final = "final"

// units sets the width of a layer, or of all hidden ones.
func (s *Subject) units(set nnvet.Setting) error {
	n, err := whole(set, 1)
	if err != nil {
		return err
	}
	var all []place
	switch set.Site {
	case "":
		weighted := s.weighted()
		all = weighted[:max(0, len(weighted)-1)]
	case final:
		p, err := s.last()
		if err != nil {
			return err
		}
		all = []place{p}
	default:
		p, err := s.find(set.Site)
		if err != nil {
			return err
		}
		all = []place{p}
	}
	changed := false
	for _, p := range all {
		switch l := p.node().Layer.(type) {
		case *engine.Dense:
			l.Units, changed = n, true
		case *engine.Conv2D:
			if set.Site != "" { // widths of images and of vectors are not of a kind
				l.Filters, changed = n, true
			}
		}
	}
	if !changed {
		return fmt.Errorf("there is no layer of units")
	}
	return nil
}
