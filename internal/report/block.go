package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

// block tells one cause: what, where, on what evidence, what it explains, and
// what to change.
func (p *page) block(v *view, g group) {
	f := g.cause
	p.wrap(2, span{severityRole(f.Severity), id(f)}, span{bold, ": " + f.Message}, span{good, proven(f)})
	gut := p.gutter(v, f)
	p.where(v, f, gut)
	p.evidence(f, gut)
	if v.numbersColumns(f) {
		p.wrap(gut+3, equals(gut), span{plain, "columns are counted from 0"})
	}
	if len(f.Because) == 0 { // a symptom is as sure as its cause
		p.wrap(gut+3, equals(gut), span{bold, "sure"}, span{plain, ": " + sure(f)})
	}
	p.explains(v, g, gut)
	tried := triedOf(f)
	for i, t := range f.Treatments {
		p.treatment(v, f, t, i, gut)
		if i == tried {
			p.proven(f.Proof, t, gut)
		}
	}
	if tried == len(f.Treatments) {
		p.proven(f.Proof, nnvet.Treatment{}, gut)
	}
	p.wrap(gut+3, equals(gut), span{plain, "explain: nnvet explain " + f.Check.Name})
}

// numbered matches a column that is named by its number.
var numbered = regexp.MustCompile(`\bcolumns? \d`)

// numbersColumns reports whether a cause is the first of those shown that calls
// a column by its number.
func (v *view) numbersColumns(f nnvet.Finding) bool {
	for _, g := range v.groups {
		if says := g.cause; numbered.MatchString(says.Message) || slices.ContainsFunc(says.Evidence, func(e nnvet.Evidence) bool { return numbered.MatchString(e.What) }) {
			return says.Check == f.Check && says.Message == f.Message
		}
	}
	return false
}

// gutter returns the width of the widest line number in a block.
func (p *page) gutter(v *view, f nnvet.Finding) int {
	n := f.Source.Line
	for _, t := range f.Treatments {
		for _, h := range v.hunks(t.Edits) {
			n = max(n, h.line+max(len(h.old), len(h.new))-1)
		}
	}
	return len(fmt.Sprint(n))
}

func equals(gut int) span { return span{place, spaces(gut) + " = "} }

// where shows the place in the source, marked.
func (p *page) where(v *view, f nnvet.Finding, gut int) {
	l := f.Source
	if !l.Known() {
		if f.Site != "" {
			p.line(span{plain, spaces(gut)}, span{place, "--> "}, span{plain, f.Site})
		}
		return
	}
	at := l.String()
	if f.Site != "" {
		at += " (" + f.Site + ")"
	}
	p.long(span{plain, spaces(gut)}, span{place, "--> "}, span{plain, at})
	lines := v.source(l.File)
	switch {
	case v.modified(l.File):
		p.wrap(gut+3, equals(gut), span{plain, "note: " + l.File + " has changed since the run, so its lines are not shown"})
	case l.Line <= len(lines) && !p.style.Linear:
		p.code(f, lines[l.Line-1], gut)
		return
	case l.Line <= len(lines):
		p.wrap(gut+3, equals(gut), span{plain, fmt.Sprintf("line %d: %s", l.Line, strings.TrimSpace(lines[l.Line-1]))})
	}
	if f.Label != "" {
		p.wrap(gut+3, equals(gut), span{plain, "here: " + f.Label})
	}
}

// code quotes a line with the place underlined and labelled.
func (p *page) code(f nnvet.Finding, line string, gut int) {
	bar := span{place, spaces(gut) + " | "}
	room := p.width - gut - 3
	q := p.quote(line)
	from, to := q.mark(line, f.Source)
	text, shift := p.window(q, room, from, to)
	from, to = max(from-shift, 0), min(to-shift, room)
	r := severityRole(f.Severity)
	label := p.show(f.Label)
	p.line(bar)
	p.long(span{place, lpad(fmt.Sprint(f.Source.Line), gut) + " | "}, span{plain, text})
	carets := spaces(from) + strings.Repeat("^", max(to-from, 1))
	if label == "" || to+1+width(label) <= room {
		p.long(bar, span{r, carets + " " + label})
	} else {
		p.long(bar, span{r, carets})
		indent := max(min(from, room-width(label)), 0)
		p.long(bar, span{r, spaces(indent) + p.cut(label, room-indent)})
	}
	p.line(bar)
}

// evidence lists figures in columns: what, how much, and against what.
func (p *page) evidence(f nnvet.Finding, gut int) {
	if len(f.Evidence) == 0 {
		return
	}
	what, saw := 0, 0
	for _, e := range f.Evidence {
		what, saw = max(what, width(p.show(e.What))), max(saw, width(p.show(measure(e.Saw, e.Unit))))
	}
	indent := gut + 5
	what = min(what, max(16, p.width/2-indent))
	title := []span{equals(gut), {bold, "evidence"}, {plain, ": "}}
	if len(f.Evidence) > 1 {
		p.line(title...)
		title = []span{{plain, spaces(indent)}}
		saw++
	}
	for _, e := range f.Evidence {
		head := p.show(e.What + " " + measure(e.Saw, e.Unit))
		start := slices.Clone(title)
		if !p.style.Linear {
			name := linesOf(p.show(e.What), what)
			for len(name) > 1 { // what does not fit stands above its figure
				p.line(append(start, span{plain, name[0]})...)
				start, name = []span{{plain, spaces(room([][]span{title}))}}, name[1:]
			}
			head = pad(name[0], what) + " " + lpad(p.show(measure(e.Saw, e.Unit)), saw)
		}
		p.judged(append(start, span{plain, head}), e, severityRole(f.Severity))
	}
}

// The shortest and the longest axis of a figure, in columns.
const minAxis, maxAxis = 7, 25

// judged writes a figure and what it was judged against. Where it has a
// healthy range it is drawn on an axis, with the axis' ends where there is room.
func (p *page) judged(head []span, e nnvet.Evidence, r role) {
	words := after("  ", against(e))
	left := room([][]span{head})
	if e.Lo < e.Hi && !p.style.Linear {
		a := axisAround(e.Lo, e.Hi, e.Saw, maxAxis)
		free := p.width - left - 2 - width(words)
		lo, hi := num(a.lo)+" ", " "+num(a.hi)
		if free < minAxis+width(lo)+width(hi) {
			lo, hi = "", ""
		}
		if a.n = min(maxAxis, free-width(lo)-width(hi)); a.n >= minAxis {
			p.line(append(head, span{plain, "  " + lo}, span{r, a.draw(e.Saw, e.Lo, e.Hi)}, span{plain, hi + words})...)
			return
		}
	}
	p.wrap(min(left+2, p.width/2), append(head, span{plain, words})...)
}

// against says in words what a figure was judged against.
func against(e nnvet.Evidence) string {
	var parts []string
	if e.Lo < e.Hi {
		parts = append(parts, fmt.Sprintf("healthy %s..%s", num(e.Lo), num(e.Hi)))
	}
	if e.Limit != "" {
		parts = append(parts, "limit "+num(e.At))
	}
	return strings.Join(parts, ", ")
}

// maxSymptoms is how many symptoms of one cause are told.
const maxSymptoms = 6

// explains folds the symptoms under their cause.
func (p *page) explains(v *view, g group, gut int) {
	for i, f := range g.symptoms {
		if i == maxSymptoms {
			p.wrap(gut+5, equals(gut), span{bold, "explains"}, span{plain, fmt.Sprintf(": %d more symptoms", len(g.symptoms)-i)})
			return
		}
		p.wrap(gut+5, equals(gut), span{bold, "explains"}, span{plain, ": " + f.Check.ID + " " + f.Check.Name + ": " + f.Message + v.also(g, f)})
	}
}

// also names the other causes that account for a symptom. What is explained
// itself is none.
func (v *view) also(g group, f nnvet.Finding) string {
	var names []string
	for _, o := range v.groups {
		if n := o.cause.Check.Name; o.cause.Check != g.cause.Check && slices.Contains(f.Because, o.cause.Check.ID) && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return "; so would " + names[0]
	}
	return fmt.Sprintf("; so would %s and %d more", names[0], len(names)-1)
}

// treatment says what to change, with a diff where the place is certain.
func (p *page) treatment(v *view, f nnvet.Finding, t nnvet.Treatment, i, gut int) {
	word := "help"
	if i > 0 {
		word = "or"
	}
	p.wrap(6, span{advice, word}, span{plain, ": " + t.Action + "  "}, span{dim, "(" + safety(t) + ")"})
	for _, h := range v.hunks(t.Edits) {
		if h.file != f.Source.File {
			p.long(span{plain, spaces(gut)}, span{place, "--> "}, span{plain, h.file})
		}
		p.diff(h, h.old, "-", bad, gut)
		p.diff(h, h.new, "+", good, gut)
	}
}

func safety(t nnvet.Treatment) string {
	if t.Safe {
		return "safe"
	}
	return "review first"
}

func (p *page) diff(h hunk, lines []string, sign string, r role, gut int) {
	for i, line := range lines {
		q := p.quote(line)
		at := 0
		if i == 0 {
			at = q.cols[min(h.col, len(line))]
		}
		text, _ := p.window(q, p.width-gut-3, at, at+1)
		p.long(span{place, lpad(fmt.Sprint(h.line+i), gut)}, span{r, " " + sign + " " + text})
	}
}
