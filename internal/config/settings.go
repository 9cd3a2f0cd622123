package config

import (
	"cmp"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/near"
)

// A section is a table of a document.
type section struct {
	doc   *document
	at    path
	table map[string]any
}

func (s section) errorf(key, format string, args ...any) error {
	return s.doc.errorf(s.at.with(key), format, args...)
}

// pyproject returns the section [tool.nnvet].
func (s section) pyproject() (section, error) {
	for _, name := range []string{"tool", "nnvet"} {
		t, ok := s.table[name].(map[string]any)
		if !ok {
			if _, other := s.table[name]; other && name == "nnvet" {
				return s, s.errorf(name, "tool.nnvet is not a table")
			}
			return s, errNoTable
		}
		s = section{s.doc, s.at.with(name), t}
	}
	return s, nil
}

// keys returns the section's keys in the order of the file.
func (s section) keys() []string {
	line := func(key string) int { return s.doc.lines[s.at.with(key).key()] }
	return slices.SortedFunc(maps.Keys(s.table), func(a, b string) int {
		return cmp.Or(cmp.Compare(line(a), line(b)), cmp.Compare(a, b))
	})
}

// A reader gathers settings out of a section.
type reader struct {
	section
	checks []*nnvet.Check
	to     *Settings
}

// fields is the table of what a settings file may say.
var fields = map[string]func(reader, string) error{
	"select":     reader.selected,
	"ignore":     reader.ignored,
	"limits":     reader.limits,
	"severities": reader.severities,
	"baseline":   reader.baseline,
	"overhead":   reader.overhead,
	"fail-on":    reader.failOn,
	"data":       reader.data,
	"goal":       reader.goal,
}

func (s section) settings(checks []*nnvet.Check) (*Settings, error) {
	r := reader{s, checks, &Settings{File: s.doc.file, Options: nnvet.Options{
		Ignore:     make(map[string]string),
		Limits:     make(map[string]float64),
		Severities: make(map[string]nnvet.Severity),
	}}}
	for _, key := range s.keys() {
		read, ok := fields[key]
		if !ok {
			return nil, s.errorf(key, "unknown setting %q%s", key, near.Meant(key, slices.Sorted(maps.Keys(fields))))
		}
		if err := read(r, key); err != nil {
			return nil, err
		}
	}
	return r.to, nil
}

func (r reader) selected(key string) error {
	list, ok := r.table[key].([]any)
	if !ok {
		return r.errorf(key, "select must be a list of checks")
	}
	r.to.Options.Select = make(map[string]bool)
	for i, v := range list {
		c, err := r.check(r.at.with(key).with(strconv.Itoa(i)), v)
		if err != nil {
			return err
		}
		r.to.Options.Select[c.ID] = true
	}
	return nil
}

// check returns the check that a value names by id or name.
func (r reader) check(at path, v any) (*nnvet.Check, error) {
	name, ok := v.(string)
	if !ok {
		return nil, r.doc.errorf(at, "%v is not the name of a check", v)
	}
	for _, c := range r.checks {
		if c.ID == name || c.Name == name {
			return c, nil
		}
	}
	return nil, r.doc.errorf(at, "unknown check %q%s", name, near.Meant(name, CheckNames(r.checks)))
}

func (r reader) ignored(key string) error {
	const form = `ignore must be a list of {check = "...", reason = "..."}`
	list, ok := r.table[key].([]any)
	if !ok {
		return r.errorf(key, form)
	}
	for i, v := range list {
		at := r.at.with(key).with(strconv.Itoa(i))
		table, ok := v.(map[string]any)
		if !ok {
			return r.doc.errorf(at, form)
		}
		if err := (reader{section{r.doc, at, table}, r.checks, r.to}).ignore(); err != nil {
			return err
		}
	}
	return nil
}

// ignore reads one element of the list.
func (r reader) ignore() error {
	for _, key := range r.keys() {
		if known := []string{"check", "fingerprint", "reason"}; !slices.Contains(known, key) {
			return r.errorf(key, "unknown key %q in ignore%s", key, near.Meant(key, known))
		}
		if _, ok := r.table[key].(string); !ok {
			return r.errorf(key, "%s must be a text", key)
		}
	}
	reason, _ := r.table["reason"].(string)
	name, byName := r.table["check"].(string)
	print, byPrint := r.table["fingerprint"].(string)
	switch {
	case byName == byPrint:
		return r.doc.errorf(r.at, "ignore needs either a check or a fingerprint")
	case strings.TrimSpace(reason) == "":
		return r.doc.errorf(r.at, "ignore needs a reason")
	case byPrint:
		r.to.Options.Ignore[print] = reason
		return nil
	}
	c, err := r.check(r.at.with("check"), name)
	if err == nil {
		r.to.Options.Ignore[c.ID] = reason
	}
	return err
}

// limits reads both forms: "lr-too-high.ratio" = 0.5 and a table for each check.
func (r reader) limits(key string) error {
	t, err := r.sub(key)
	if err != nil {
		return err
	}
	for _, key := range t.keys() {
		if values, ok := t.table[key].(map[string]any); ok {
			c, err := t.check(t.at.with(key), key)
			if err != nil {
				return err
			}
			of := reader{section{t.doc, t.at.with(key), values}, t.checks, t.to}
			for _, limit := range of.keys() {
				if err := of.limit(c, limit, limit); err != nil {
					return err
				}
			}
			continue
		}
		name, limit, ok := strings.Cut(key, ".")
		if !ok {
			return t.errorf(key, `a limit is written "check.limit" = number`)
		}
		c, err := t.check(t.at.with(key), name)
		if err != nil {
			return err
		}
		if err := t.limit(c, limit, key); err != nil {
			return err
		}
	}
	return nil
}

// limit reads the limit of that name, whose value stands under key.
func (r reader) limit(c *nnvet.Check, name, key string) error {
	var known []string
	for _, l := range c.Limits {
		known = append(known, l.Name)
	}
	if !slices.Contains(known, name) {
		return r.errorf(key, "check %s has no limit %q%s", c.Name, name, near.Meant(name, known))
	}
	v, ok := number(r.table[key])
	if !ok || math.IsNaN(v) || math.IsInf(v, 0) {
		return r.errorf(key, "limit %s must be a finite number", name)
	}
	r.to.Options.Limits[c.ID+"."+name] = v
	return nil
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	}
	return 0, false
}

func (r reader) severities(key string) error {
	t, err := r.sub(key)
	if err != nil {
		return err
	}
	for _, key := range t.keys() {
		c, err := t.check(t.at.with(key), key)
		if err != nil {
			return err
		}
		text, _ := t.table[key].(string)
		s, err := ParseSeverity(text)
		if err != nil {
			return t.errorf(key, "severity of %s: %v", key, err)
		}
		t.to.Options.Severities[c.ID] = s
	}
	return nil
}

// sub returns the table under key.
func (r reader) sub(key string) (reader, error) {
	table, ok := r.table[key].(map[string]any)
	if !ok {
		return r, r.errorf(key, "%s must be a table", key)
	}
	return reader{section{r.doc, r.at.with(key), table}, r.checks, r.to}, nil
}

// baseline reads the findings that are known, from a path beside the settings.
func (r reader) baseline(key string) error {
	name, ok := r.table[key].(string)
	if !ok {
		return r.errorf(key, "baseline must be the path of a file")
	}
	file := name
	if !filepath.IsAbs(file) {
		file = filepath.Join(filepath.Dir(r.doc.file), file)
	}
	known, err := ReadBaseline(file)
	if err != nil {
		return r.errorf(key, "%v", err)
	}
	for _, print := range known {
		r.to.Options.Ignore[print] = "known since " + name
	}
	return nil
}

func (r reader) overhead(key string) error {
	var err error
	switch v := r.table[key].(type) {
	case string:
		err = r.to.Overhead.Set(v)
	default:
		n, _ := number(v)
		r.to.Overhead, err = Share(n), Share(n).check()
	}
	if err != nil {
		return r.errorf(key, "overhead: %v", err)
	}
	return nil
}

func (r reader) failOn(key string) error {
	text, _ := r.table[key].(string)
	s, err := ParseFailOn(text)
	if err != nil {
		return r.errorf(key, "fail-on: %v", err)
	}
	r.to.FailOn = s
	return nil
}
