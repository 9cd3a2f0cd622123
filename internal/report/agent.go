package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
)

// Agent renders a report for coding agents: every line is one fact that
// stands alone, causes before what they explain, places and replacements exact
// and quoted, and the commands that tell more. Lines are not wrapped.
func Agent(w io.Writer, r *Report, _ Style) error {
	v := look(r)
	a := &agent{view: v}
	a.head()
	a.outcome(a.Outcome)
	a.trends()
	for i, g := range v.groups {
		a.cause(i+1, g)
	}
	a.experiments(v.Decided)
	a.rest()
	_, err := io.WriteString(w, a.b.String())
	return err
}

// experiments tells what was decided of the run, a line each.
func (a *agent) experiments(d *Decisions) {
	if d == nil {
		return
	}
	for _, x := range d.Decided {
		a.printf("decided %s %s %s%s: %s%s", word(x.Outcome), clean(x.Check), clean(x.Name), after(" program=", word(d.Changed)), clean(x.Message), after("; try: ", clean(x.Action)))
	}
}

type agent struct {
	*view
	b strings.Builder
}

func (a *agent) printf(format string, args ...any) { fmt.Fprintf(&a.b, format+"\n", args...) }

func (a *agent) head() {
	a.printf("nnvet run=%s verdict=%s errors=%d warnings=%d symptoms=%d checked=%d/%d steps=%d exit=%d%s", word(a.ID), a.verdict(),
		a.errors, a.warnings, a.symptoms, a.checked, len(a.lamps), a.trace.Run.Steps, a.ExitCode, after(" dir=", word(a.Dir)))
	if a.verdict() == verdictNone {
		a.printf("no verdict: %s", clean(a.noVerdict()))
	}
	if rivals := a.rivals(); rivals != "" {
		a.printf("undecided: it could be %s", clean(rivals))
	}
	if parts := a.partly(); len(parts) > 0 {
		a.printf("checked in part: %s", strings.Join(parts, ", "))
	}
}

// trends tells where the curves begin and end.
func (a *agent) trends() {
	for _, c := range a.curves() {
		_, last := c.series.Last()
		a.printf("curve %s first=%s last=%s%s", word(c.name), num(c.series.Values[0]), num(last), c.marks())
	}
}

// marks returns where a curve first was not finite, and its baseline.
func (c curve) marks() string {
	s := ""
	if step, _, ok := c.broken(); ok {
		s = fmt.Sprintf(" nonfinite_step=%d", step)
	}
	if finite(c.baseline) {
		s += " baseline=" + num(c.baseline)
	}
	return s
}

func (a *agent) cause(n int, g group) {
	f := g.cause
	a.printf("%d %v %s %s%s%s confidence=%s%s %s", n, f.Severity, f.Check.ID, f.Check.Name, after(" ", word(f.Source.String())), after(" site=", word(f.Site)), num(f.Confidence), learned(f), clean(f.Message))
	for _, e := range f.Evidence {
		a.printf("  evidence %s=%s%s%s", word(e.What), word(measure(e.Saw, e.Unit)), after(" ", judgement(e)), after(" series=", word(seriesName(e.Key))))
	}
	if a.modified(f.Source.File) {
		a.printf("  note %s has changed since the run: lines and columns are of the old file", word(f.Source.File))
	}
	for _, t := range f.Treatments {
		a.treatment(t)
	}
	if f.Proof != nil {
		a.proof(f.Proof)
	}
	for _, s := range g.symptoms {
		a.printf("  explains %s %s%s %s", s.Check.ID, s.Check.Name, after(" site=", word(s.Site)), clean(s.Message))
	}
}

// learned says how many of such findings were right in the casebook, or that
// nobody counted.
func learned(f nnvet.Finding) string {
	if f.Seen == 0 {
		return " presumed"
	}
	return fmt.Sprintf(" casebook=%d/%d", f.Right, f.Seen)
}

func (a *agent) treatment(t nnvet.Treatment) {
	a.printf("  fix %s: %s", applicability(t), clean(t.Action))
	for _, e := range t.Edits {
		a.printf("    edit %s replace %swith %s", extent(e.At), a.replaced(e), strconv.Quote(e.New))
	}
}

// replaced returns what stands where the edit goes, quoted, or nothing where
// it is not known.
func (a *agent) replaced(e nnvet.Edit) string {
	lines := a.source(e.At.File)
	if e.At.EndLine != e.At.Line || e.At.Line < 1 || e.At.Line > len(lines) {
		return ""
	}
	line := lines[e.At.Line-1]
	if e.At.Col < 1 || e.At.EndCol < e.At.Col || e.At.EndCol > len(line)+1 {
		return ""
	}
	return strconv.Quote(line[e.At.Col-1:e.At.EndCol-1]) + " "
}

// extent returns "file:line:col-endline:endcol".
func extent(l nnvet.Location) string {
	return fmt.Sprintf("%s:%d:%d-%d:%d", word(l.File), l.Line, l.Col, l.EndLine, l.EndCol)
}

func (a *agent) rest() {
	rs, tried, others := a.gaps()
	for _, r := range rs {
		a.printf("not checked: %s: %s", clean(r.why), clean(strings.Join(r.what, ", ")))
	}
	if len(tried) > 0 {
		a.printf("not checked: only experiments can tell: %s", clean(strings.Join(tried, ", ")))
	}
	if others > 0 {
		a.printf("not checked: no part of this run, or not recorded: %s (%s tells)", count(others, "check"), clean(a.full()))
	}
	for _, g := range a.Result.Ignored {
		a.printf("ignored: %s %s: %s", g.Finding.Check.ID, g.Finding.Check.Name, clean(g.Reason))
	}
	if a.hidden > 0 {
		a.printf("notes: %d with --notes", a.hidden)
	}
	for i, s := range a.trace.Lost {
		if i == maxLost {
			a.printf("lost: %d more", len(a.trace.Lost)-i)
			break
		}
		a.printf("lost: %s", clean(s))
	}
	for _, n := range a.next() {
		a.printf("next: %s   (%s)", command(n.Argv), n.Why)
	}
}

// command returns arguments as one types them.
func command(argv []string) string {
	var words []string
	for _, a := range argv {
		words = append(words, word(a))
	}
	return strings.Join(words, " ")
}

// word returns s as one word: quoted where it has spaces or quotes.
func word(s string) string {
	s = clean(s)
	if strings.ContainsAny(s, " \"=") {
		return strconv.Quote(s)
	}
	return s
}

func seriesName(k nnvet.Key) string {
	if k == (nnvet.Key{}) {
		return ""
	}
	return k.String()
}

// judgement returns what a figure was judged against: "limit:max-std=10 healthy=0.3..3".
func judgement(e nnvet.Evidence) string {
	var parts []string
	if e.Limit != "" {
		parts = append(parts, "limit:"+word(e.Limit)+"="+num(e.At))
	}
	if e.Lo < e.Hi {
		parts = append(parts, "healthy="+num(e.Lo)+".."+num(e.Hi))
	}
	return strings.Join(parts, " ")
}

func applicability(t nnvet.Treatment) string {
	if t.Safe {
		return "safe"
	}
	return "unsafe"
}
