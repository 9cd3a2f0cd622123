package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

// A Change is what two runs say of findings that have one fate.
type Change struct {
	Word     string // "new", "regressed", "improved", "still there", "fixed"
	Findings []nnvet.Finding
}

// Changes holds the findings of a run against those of an earlier one. The same
// finding is one of the same check, place and file, whatever its figures.
// Regressed is what has become more severe. Notes do not count, and a check that
// could not judge the later run has fixed nothing: what it found is gone, and
// that is said.
func Changes(before, after *nnvet.Result) []Change {
	fates := []string{"new", "regressed", "improved", "still there", "fixed", "not checked any more"}
	by := make(map[string][]nnvet.Finding)
	old := causes(before)
	for _, f := range causes(after) {
		i := slices.IndexFunc(old, func(o nnvet.Finding) bool { return o.Fingerprint() == f.Fingerprint() })
		fate := "still there"
		switch {
		case i < 0:
			fate = "new"
		case f.Severity > old[i].Severity:
			fate = "regressed"
		case f.Severity < old[i].Severity:
			fate = "improved"
		}
		if i >= 0 {
			old = slices.Delete(old, i, i+1)
		}
		by[fate] = append(by[fate], f)
	}
	for _, f := range old {
		fate := "fixed"
		if slices.ContainsFunc(after.NotChecked, func(s nnvet.Skip) bool { return s.Check.ID == f.Check.ID }) {
			fate = "not checked any more"
		}
		by[fate] = append(by[fate], f)
	}
	var out []Change
	for _, fate := range fates {
		if len(by[fate]) > 0 {
			out = append(out, Change{fate, by[fate]})
		}
	}
	return out
}

// causes returns warnings and errors, with those that others explain.
func causes(r *nnvet.Result) []nnvet.Finding {
	var out []nnvet.Finding
	for _, f := range r.Findings {
		if f.Severity > nnvet.Note {
			out = append(out, f)
		}
	}
	return out
}

// Tally counts changes in a sentence: "1 fixed, 2 new".
func Tally(changes []Change) string {
	var parts []string
	for _, c := range changes {
		parts = append(parts, fmt.Sprintf("%d %s", len(c.Findings), c.Word))
	}
	if len(parts) == 0 {
		return "nothing was found in either"
	}
	return strings.Join(parts, ", ")
}

// Diff writes as text what has changed between two runs. Its first line is the answer.
func Diff(w io.Writer, before, after *Report, s Style) error {
	p := newPage(s)
	changes := Changes(&before.Result, &after.Result)
	p.wrap(2, span{bold, "nnvet: " + Tally(changes)}, span{plain, fmt.Sprintf(", from %s to %s", before.ID, after.ID)})
	a, b := look(before), look(after)
	for _, side := range []*view{a, b} {
		title, _ := side.title()
		p.wrap(8, span{dim, "  " + pad(p.show(side.ID), 6)}, span{plain, "  " + side.verdict() + ": " + title})
	}
	p.section(func() { p.changes(changes) })
	p.section(func() { p.both(a, b) })
	p.section(func() { p.courses(a, b) })
	return p.flush(w)
}

// roleOf says how a fate looks.
func roleOf(fate string) role {
	switch fate {
	case "new", "regressed":
		return bad
	case "fixed", "improved":
		return good
	}
	return plain
}

func (p *page) changes(changes []Change) {
	for _, c := range changes {
		p.line(span{roleOf(c.Word), c.Word})
		for _, f := range c.Findings {
			p.wrap(4, span{plain, "  "}, span{severityRole(f.Severity), id(f)}, span{plain, " " + f.Check.Name + after(" ", f.Source.String()) + ": " + f.Message})
		}
	}
}

// both shows the boards side by side, and marks what differs.
func (p *page) both(a, b *view) {
	name, left := 0, width(p.show(a.ID))
	for i, l := range a.lamps {
		name, left = max(name, width(l.pitfall.String())), max(left, width(p.show(stated(a.lamps[i]))))
	}
	head := fmt.Sprintf("   %2s %s  %s  %s", "", pad("", name), pad(p.show(a.ID), left), p.show(b.ID))
	p.line(span{dim, head})
	for i, l := range a.lamps {
		m := b.lamps[i]
		changed, r := " ", plain
		if l.state != m.state {
			changed, r = p.show("●"), bold
		}
		p.line(span{r, fmt.Sprintf(" %s %2d %s  ", changed, l.pitfall, pad(l.pitfall.String(), name))},
			span{states[l.state].role, pad(p.show(stated(l)), left)}, span{plain, "  "}, span{states[m.state].role, stated(m)})
	}
}

// stated says how a lamp shines, with its figure.
func stated(l lamp) string { return states[l.state].glyph + " " + l.word() + after(" ", l.brief) }

// courses holds the curves of both runs against each other, in figures.
func (p *page) courses(a, b *view) {
	for _, c := range Courses(a.Report, b.Report) {
		p.wrap(4, span{plain, " " + pad(c[0], 8) + "  " + c[1] + " → " + c[2]})
	}
}

// Courses returns where the curves of two runs end: name, the one, the other. A
// curve that one of them lacks is "none".
func Courses(a, b *Report) [][3]string {
	var out [][3]string
	for _, c := range look(a).curves() {
		out = append(out, [3]string{c.name, c.ending(), "none"})
	}
	for _, c := range look(b).curves() {
		i := slices.IndexFunc(out, func(o [3]string) bool { return o[0] == c.name })
		if i < 0 {
			out = append(out, [3]string{c.name, "none", ""})
			i = len(out) - 1
		}
		out[i][2] = c.ending()
	}
	return out
}
