package experiment

import (
	"reflect"
	"slices"

	"github.com/nnvet/nnvet/internal/engine"
)

// layers reads the layers of a network, or of a residual block, in order.
type layers struct{ to *[]engine.Node }

func (l layers) take(r *reader, s setting, v *value) {
	if v.form != list {
		r.fault(v.at, "%s must be a list of layers, - dense: 64 and so on, not %v", s.name, v.form)
		return
	}
	*l.to = []engine.Node{} // none is a network without hidden layers
	for _, item := range v.items {
		if item.form == nothing {
			r.fault(v.at, "a layer without a name")
			continue
		}
		node := engine.Node{Source: item.at}
		kinds := make([]engine.Layer, 0, 32)
		choices := layerChoices(&node.Name, &kinds)
		c, settings := r.pick("layer", choices, item)
		if c == nil {
			continue
		}
		node.Layer = kinds[slices.IndexFunc(choices, func(o choice) bool { return o.name == c.name })]
		call := len(r.calls) // the layers of a residual block come behind it
		r.configure("network", c, item.at, settings)
		if len(v.items) > 1 {
			r.calls[call].Cut = r.src.cut(item.at)
		}
		*l.to = append(*l.to, node)
	}
}

// required lists the settings that have no default, by layer.
var required = map[string][]string{
	"dense": {"units"}, "conv2d": {"filters", "kernel"}, "embedding": {"tokens", "units"}, "residual": {"body"}, "dropout": {"rate"}, "clip": {"lo", "hi"},
}

// layerChoices returns the layers that the engine has. Each reads its
// settings into a new layer, which is appended to made.
func layerChoices(name *string, made *[]engine.Layer) []choice {
	var out []choice
	for _, k := range engine.Kinds() {
		layer := k.New()
		*made = append(*made, layer)
		c := choice{name: k.Name, what: k.What, settings: fields(reflect.ValueOf(layer).Elem())}
		for i := range c.settings {
			c.settings[i].must = slices.Contains(required[k.Name], c.settings[i].name)
		}
		if len(c.settings) > 0 {
			c.main = c.settings[0].name
		}
		c.settings = append(c.settings, setting{name: "name", what: "name of the layer in findings; its kind and a number where it has none", to: name})
		out = append(out, c)
	}
	return out
}

// fields returns the settings of a layer, from the tags of its fields.
func fields(layer reflect.Value) []setting {
	var out []setting
	for i := range layer.NumField() {
		f := layer.Type().Field(i)
		name := f.Tag.Get("yaml")
		if name == "" || !f.IsExported() {
			continue
		}
		s := setting{name: name, what: f.Tag.Get("doc"), to: layer.Field(i).Addr().Interface()}
		switch to := s.to.(type) {
		case *int, *[2]int:
			s.bounds = atLeast1
		case *float64:
			s.bounds = boundsOf[name]
		case *string:
			s.options = []string{"same", "valid"} // of padding, the only one
		case *engine.Init:
			s.to = initOf(to)
		case *[]engine.Node:
			s.to = layers{to}
		}
		out = append(out, s)
	}
	return out
}

// boundsOf holds the bounds of numbers that may not be any.
var boundsOf = map[string]bounds{
	"rate": part, "momentum": shareAbove0, "eps": positive, "std": positive, "gain": notZero, "slope": notZero, "alpha": notZero,
}

// initOf reads an initializer.
func initOf(to *engine.Init) *oneOf {
	o := &oneOf{what: "initializer", name: &to.Kind, ref: "initializer"}
	for _, i := range engine.Initializers() {
		c := choice{name: i[0], what: i[1]}
		all := fields(reflect.ValueOf(to).Elem())
		for _, s := range all {
			if slices.Contains(initSettings(c.name), s.name) {
				c.settings = append(c.settings, s)
			}
		}
		if len(c.settings) == 1 {
			c.main = c.settings[0].name
		}
		o.choices = append(o.choices, c)
	}
	return o
}

// initSettings returns what an initializer can be told.
func initSettings(kind string) []string {
	switch kind {
	case "zero":
		return nil
	case "constant":
		return []string{"value"}
	case "uniform":
		return []string{"lo", "hi"}
	case "normal":
		return []string{"mean", "std"}
	}
	return []string{"gain"}
}
