package experiment

import "github.com/nnvet/nnvet"

// A section is a map with a table of settings.
type section struct {
	what     string
	settings []setting
	short    string          // the setting that a single value gives; "" where only a map does
	at       *nnvet.Location // takes its place; may be nil
}

func (c *section) take(r *reader, _ setting, v *value) {
	if c.at != nil {
		*c.at = v.at
	}
	for _, s := range c.settings {
		if v.form == scalar && s.name == c.short {
			r.enter(s.name, v, func() { r.set(s, v) })
			return
		}
	}
	r.fill(c.what, v, c.settings)
	if v.form == mapping {
		r.note(c.what, v)
	}
}

// note keeps a map as a call, with the places of its values.
func (r *reader) note(what string, v *value) {
	call := nnvet.Call{Func: what, Source: v.at}
	for _, k := range v.keys {
		call.Args = append(call.Args, nnvet.Arg{Name: k.name, Text: k.value.text, Source: k.value.at})
	}
	r.calls = append(r.calls, call)
}

// items returns the items of a list of settings. A map or a name stands for a
// list of one.
func (r *reader) items(s setting, v *value) []*value {
	if v.form == mapping {
		return []*value{v}
	}
	return r.list(s, v)
}
