package experiment

import (
	"github.com/nnvet/nnvet"
)

// A choice is one of the things that a key may name: an optimizer, a layer.
type choice struct {
	name, what string
	settings   []setting
	main       string // the setting that "name: value" gives; "" where there is none
}

// oneOf reads `name`, `{name: value}` for the main setting, or
// `{name: {settings}}`.
type oneOf struct {
	what    string // "optimizer"
	choices []choice
	name    *string         // takes which one it is
	at      *nnvet.Location // takes its place; may be nil
	ref     string          // the definition that the schema refers to; "" where it is written out
}

func (o *oneOf) take(r *reader, _ setting, v *value) {
	c, settings := r.pick(o.what, o.choices, v)
	if c == nil {
		return
	}
	*o.name = c.name
	if o.at != nil {
		*o.at = v.at
	}
	r.configure(o.what, c, v.at, settings)
}

// pick returns the choice that a value names, and what the value says of it:
// nil where it says nothing. It is nil where no choice is named.
func (r *reader) pick(what string, choices []choice, v *value) (*choice, *value) {
	name, at, settings := v.text, v.at, (*value)(nil)
	switch {
	case v.form == mapping && len(v.keys) == 1:
		name, at, settings = v.keys[0].name, v.keys[0].at, v.keys[0].value
	case v.form != scalar:
		form := v.form.String()
		if v.form == mapping {
			form = "a map of several keys"
		}
		r.fault(v.at, "%s must be a name, or a name and its settings as in {name: {...}}, not %s", what, form)
		return nil, nil
	}
	var known []string
	for i := range choices {
		if choices[i].name == name {
			return &choices[i], settings
		}
		known = append(known, choices[i].name)
	}
	r.fault(at, "unknown %s %q%s", what, name, meant(name, known))
	return nil, nil
}

// configure reads what is said of a choice, and notes it as a call.
func (r *reader) configure(what string, c *choice, at nnvet.Location, v *value) {
	call := len(r.calls)
	r.calls = append(r.calls, nnvet.Call{Func: c.name, In: what, Source: at})
	switch main := c.find(c.main); {
	case v == nil || v.form == nothing:
		v = &value{form: mapping, at: at}
		r.fill(c.name, v, c.settings)
	case v.form == mapping && (len(c.settings) > 0 || len(v.keys) == 0):
		r.fill(c.name, v, c.settings)
		for _, k := range v.keys {
			r.calls[call].Args = append(r.calls[call].Args, nnvet.Arg{Name: k.name, Text: k.value.text, Source: k.value.at})
		}
	case len(c.settings) == 0:
		r.fault(v.at, "%s has no settings: write its name alone", c.name)
	case main == nil:
		r.fault(v.at, "%s takes its settings by their names, as in {%s: {%s: ...}}", c.name, c.name, c.settings[0].name)
	default:
		r.enter(main.name, v, func() { r.set(*main, v) })
		r.calls[call].Args = []nnvet.Arg{{Name: main.name, Text: v.text, Source: v.at}}
		r.missing(c, main.name, at)
	}
}

// missing notes the settings that a choice must have beside its main one.
func (r *reader) missing(c *choice, main string, at nnvet.Location) {
	for _, s := range c.settings {
		if s.must && s.name != main {
			r.fault(at, "%s must say %q: %s", c.name, s.name, s.what)
		}
	}
}

func (c *choice) find(name string) *setting {
	for i := range c.settings {
		if c.settings[i].name == name {
			return &c.settings[i]
		}
	}
	return nil
}
