package nnvet

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A Family is columns that belong together: because a person said so, or
// because their names do.
type Family struct {
	Name     string // "pos", "rgb", "[mm]"; of a declared group its own
	Members  []int  // places in the list that was asked about, rising; two or more
	Declared bool
	Unit     bool // they share no more than a unit
}

// Families returns the groups among some columns: those that were declared,
// and of the rest those that share a stem (x, y and z; r, g and b; left and
// right) or a unit in brackets. A column is in one family at most.
func (d Declared) Families(cols []Column) []Family {
	taken := make([]bool, len(cols))
	var out []Family
	add := func(f Family) {
		if len(f.Members) < 2 {
			return
		}
		for _, i := range f.Members {
			taken[i] = true
		}
		out = append(out, f)
	}
	for _, g := range d.Groups {
		f := Family{Name: g.Name, Declared: true}
		for i, c := range cols {
			if !taken[i] && g.has(c) {
				f.Members = append(f.Members, i)
			}
		}
		add(f)
	}
	for _, kin := range []func(string) (stem, part string){axis, colour, side} {
		for _, f := range byStem(cols, taken, kin) {
			add(f)
		}
	}
	for _, f := range byStem(cols, taken, unit) {
		f.Unit = true
		add(f)
	}
	return out
}

// Named returns the columns of a profile, with the names that the survey of the
// same network knows where the profile has none.
func (t *Trace) Named(p *Profile) []Column {
	cols := slices.Clone(p.Columns)
	s := t.SurveyOf(p.Site)
	if s == nil || p.Role != Input {
		return cols
	}
	for i := range cols {
		if c := &cols[i]; c.Name == "" {
			if f := s.Feature(c.Index); f != nil {
				c.Name = f.Name
			}
		}
	}
	return cols
}

// Feature returns what the survey says of a column, or nil.
func (s *Survey) Feature(index int) *Feature {
	return find(s.Columns, func(f *Feature) bool { return f.Index == index })
}

// has reports whether a group names a column, by its name or its index.
func (g ColumnGroup) has(c Column) bool {
	return c.Name != "" && slices.Contains(g.Columns, c.Name) || slices.Contains(g.Columns, strconv.Itoa(c.Index))
}

// byStem gathers the columns that have a stem in common and are different
// parts of it, where the parts are enough to make a whole.
func byStem(cols []Column, taken []bool, kin func(string) (stem, part string)) []Family {
	var out []Family
	parts := make(map[string][]string)
	for i, c := range cols {
		stem, part := kin(c.Name)
		if taken[i] || part == "" || part != "unit" && slices.Contains(parts[stem], part) {
			continue
		}
		parts[stem] = append(parts[stem], part)
		j := slices.IndexFunc(out, func(f Family) bool { return f.Name == stem })
		if j < 0 {
			out, j = append(out, Family{Name: stem}), len(out)
		}
		out[j].Members = append(out[j].Members, i)
	}
	return slices.DeleteFunc(out, func(f Family) bool { return !whole(parts[f.Name]) })
}

// whole reports whether parts make up something: x and y, all three colours,
// both sides, two columns of a unit.
func whole(parts []string) bool {
	has := func(p string) bool { return slices.Contains(parts, p) }
	switch {
	case has("x"), has("y"), has("z"):
		return has("x") && has("y")
	case has("r"), has("g"), has("b"):
		return has("r") && has("g") && has("b")
	case has("left"), has("right"):
		return has("left") && has("right")
	}
	return len(parts) >= 2
}

var (
	bracketed = regexp.MustCompile(`\s*[\[(]([^\[\]()]+)[\])]\s*$`)
	numbered  = regexp.MustCompile(`^([xyz])([0-9]+)$`)
)

func axis(name string) (stem, part string) {
	words := words(name)
	for i, w := range words {
		if m := numbered.FindStringSubmatch(w); m != nil { // x1, y1, z1
			words[i] = m[2]
			return "point " + strings.Join(words, " "), m[1]
		}
	}
	return atEitherEnd(words, "position", map[string]string{"x": "x", "y": "y", "z": "z"})
}

func colour(name string) (stem, part string) {
	return atEitherEnd(words(name), "rgb", map[string]string{
		"r": "r", "g": "g", "b": "b", "red": "r", "green": "g", "blue": "b"})
}

func side(name string) (stem, part string) {
	return atEitherEnd(words(name), "sides", map[string]string{"left": "left", "right": "right"})
}

func unit(name string) (stem, part string) {
	if m := bracketed.FindStringSubmatch(name); m != nil {
		return "[" + strings.TrimSpace(m[1]) + "]", "unit"
	}
	return "", ""
}

// atEitherEnd returns the part that the last or the first word names, and the
// other words as the stem, or alone where there are none.
func atEitherEnd(words []string, alone string, parts map[string]string) (stem, part string) {
	for _, i := range []int{len(words) - 1, 0} {
		if i < 0 {
			break
		}
		if p := parts[words[i]]; p != "" {
			if stem = strings.Join(slices.Delete(slices.Clone(words), i, i+1), " "); stem == "" {
				stem = alone
			}
			return stem, p
		}
	}
	return "", ""
}

// words returns the words of a name in lower case, without a unit behind it:
// "leftHip_x [mm]" is left, hip and x.
func words(name string) []string {
	var b strings.Builder
	before := ' '
	for _, r := range bracketed.ReplaceAllString(name, "") {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			b.WriteByte(' ')
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		} else {
			b.WriteByte(' ')
		}
		before = r
	}
	return strings.Fields(b.String())
}
