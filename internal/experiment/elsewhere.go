package experiment

import (
	"fmt"
	"slices"
	"strings"
)

// unknown says of a key that its map does not have what was meant: a key by
// another name, one that stands deeper, or one that is written nearly so.
func unknown(k entry, m *value, table []setting) string {
	own, known := foreign[strings.ToLower(k.name)], names(table)
	if !slices.Contains(known, own) {
		for _, name := range []string{k.name, own} {
			if says := elsewhere(name, k.value, m, table); says != "" {
				return "; write " + says
			}
		}
	}
	return meant(k.name, known)
}

// elsewhere returns how one writes a setting that stands in one of the keys of
// a table, as in "optimizer: {adam: {lr: 0.1}}", or "". m is the map that the
// table is of, or nil.
func elsewhere(name string, v, m *value, table []setting) string {
	for _, s := range table {
		switch to := s.to.(type) {
		case *section:
			if inner := written(name, v, s.name, m, to.settings); inner != "" {
				return fmt.Sprintf("%s: {%s}", s.name, inner)
			}
		case *oneOf:
			for _, c := range to.ordered(m.under(s.name)) {
				if c.find(name) != nil {
					return fmt.Sprintf("%s: {%s: {%s: %s}}", s.name, c.name, name, v.inline())
				}
			}
		}
	}
	return ""
}

func written(name string, v *value, key string, m *value, table []setting) string {
	if slices.Contains(names(table), name) {
		return name + ": " + v.inline()
	}
	return elsewhere(name, v, m.under(key), table)
}

// ordered returns the choices, the one first that a value names.
func (o *oneOf) ordered(v *value) []choice {
	name := ""
	switch {
	case v == nil:
	case v.form == scalar:
		name = v.text
	case v.form == mapping && len(v.keys) > 0:
		name = v.keys[0].name
	}
	choices := slices.Clone(o.choices)
	slices.SortStableFunc(choices, func(a, b choice) int {
		switch name {
		case a.name:
			return -1
		case b.name:
			return 1
		}
		return 0
	})
	return choices
}

// under returns what a map says under a key, or nil.
func (v *value) under(key string) *value {
	if v == nil || v.form != mapping {
		return nil
	}
	i := slices.IndexFunc(v.keys, func(k entry) bool { return k.name == key })
	if i < 0 {
		return nil
	}
	return v.keys[i].value
}

// inline returns a value as one writes it in a line, where it is a short one.
func (v *value) inline() string {
	const longest = 40
	if v.form != scalar || v.text == "" || len(v.text) > longest {
		return "..."
	}
	if !v.quoted && !strings.ContainsAny(v.text, ",:[]{}#") { // plain text may stand in a map as it is
		return v.text
	}
	return quoteYAML(v.text)
}
