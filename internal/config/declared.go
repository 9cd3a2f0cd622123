package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/near"
)

// Declare adds to a trace what the settings say about the data, where the trace
// does not say it itself.
func (s *Settings) Declare(t *nnvet.Trace) {
	d := &t.Declared
	if d.Goal == nil {
		d.Goal = s.Declared.Goal
	}
	for _, g := range s.Declared.Groups {
		if !slices.ContainsFunc(d.Groups, func(o nnvet.ColumnGroup) bool { return o.Name == g.Name }) {
			d.Groups = append(slices.Clip(d.Groups), g)
		}
	}
}

// goal reads what would be good enough.
func (r reader) goal(key string) error {
	text, ok := r.table[key].(string)
	if !ok {
		return r.errorf(key, `goal must be a text, as in "mae < 2"`)
	}
	g, err := nnvet.ParseGoal(text)
	if err != nil {
		return r.errorf(key, "goal: %v", err)
	}
	g.Source = nnvet.Location{File: r.doc.file, Line: r.doc.lines[r.at.with(key).key()]}
	r.to.Declared.Goal = &g
	return nil
}

// data reads the groups of columns.
func (r reader) data(key string) error {
	t, err := r.sub(key)
	if err != nil {
		return err
	}
	for _, key := range t.keys() {
		if known := []string{"groups"}; key != known[0] {
			return t.errorf(key, "unknown key %q in data%s", key, near.Among(key, known))
		}
		list, ok := t.table[key].([]any)
		if !ok {
			return t.errorf(key, groupsForm)
		}
		for i, v := range list {
			if err := t.group(t.at.with(key).with(strconv.Itoa(i)), v); err != nil {
				return err
			}
		}
	}
	return nil
}

const groupsForm = `data.groups must be a list of {name = "...", unit = "...", columns = ["...", "..."]}`

// group reads one element of the list.
func (r reader) group(at path, v any) error {
	table, ok := v.(map[string]any)
	if !ok {
		return r.doc.errorf(at, groupsForm)
	}
	var g nnvet.ColumnGroup
	for _, key := range (section{r.doc, at, table}).keys() {
		switch v := table[key]; key {
		case "name", "unit":
			text, ok := v.(string)
			if !ok || strings.TrimSpace(text) == "" {
				return r.doc.errorf(at.with(key), "%s must be a text", key)
			}
			if key == "name" {
				g.Name = text
			} else {
				g.Unit = text
			}
		case "columns":
			columns, err := r.columns(at.with(key), v)
			if err != nil {
				return err
			}
			g.Columns = columns
		default:
			return r.doc.errorf(at.with(key), "unknown key %q in a group%s", key, near.Among(key, []string{"name", "unit", "columns"}))
		}
	}
	if g.Name == "" || len(g.Columns) == 0 {
		return r.doc.errorf(at, "a group needs a name and columns")
	}
	r.to.Declared.Groups = append(r.to.Declared.Groups, g)
	return nil
}

// columns reads names of columns, or their numbers.
func (r reader) columns(at path, v any) ([]string, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, r.doc.errorf(at, "columns must be a list of names, or of numbers from 0")
	}
	var out []string
	for i, v := range list {
		switch v := v.(type) {
		case string:
			out = append(out, v)
		case int64:
			out = append(out, strconv.FormatInt(v, 10))
		default:
			return nil, r.doc.errorf(at.with(strconv.Itoa(i)), "%v is neither the name of a column nor its number", v)
		}
	}
	return out, nil
}
