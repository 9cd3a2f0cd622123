package report

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

// Text renders a report for a person. The first line is the answer; then come
// the run and its loss, the board of pitfalls, a block for each cause, the
// layers, what was not checked, and the counts last, because that is where the
// eye is. A healthy run takes four or five lines, unless r.Full.
func Text(w io.Writer, r *Report, s Style) error {
	p, v := newPage(s), look(r)
	p.answer(v)
	p.header(v)
	if !v.found() && !v.Full {
		p.brief(v)
		p.section(func() { p.experiments(v.Decided) })
		return p.flush(w)
	}
	p.section(func() { p.curves(v) })
	p.section(func() { p.facts(v.Outcome, true) })
	p.section(func() { p.board(v.lamps); p.partly(v) })
	told, rest := v.told()
	for _, g := range told {
		p.section(func() { p.block(v, g) })
	}
	p.section(func() { p.rest(rest) })
	p.section(func() { p.experiments(v.Decided) })
	p.section(func() { p.layers(v) })
	p.section(func() { p.unchecked(v) })
	p.section(func() { p.ignored(v) })
	p.section(func() { p.lost(v) })
	p.section(func() { p.next(v) })
	p.blank()
	p.counts(v)
	return p.flush(w)
}

// How many causes are told in full, in all and of one check; of the others
// there is a line each.
const maxBlocks, maxAlike = 10, 3

// told divides the causes into those that get a block and the rest.
func (v *view) told() (blocks, rest []group) {
	alike := make(map[*nnvet.Check]int)
	for _, g := range v.groups {
		if alike[g.cause.Check]++; len(blocks) < maxBlocks && alike[g.cause.Check] <= maxAlike {
			blocks = append(blocks, g)
		} else {
			rest = append(rest, g)
		}
	}
	return blocks, rest
}

// section writes a blank line and what f writes, or nothing where f writes nothing.
func (p *page) section(f func()) {
	before := p.b.Len()
	p.blank()
	mark := p.b.Len()
	f()
	if p.b.Len() == mark {
		text := p.b.String()[:before]
		p.b.Reset()
		p.b.WriteString(text)
	}
}

// answer says in one sentence what was reached, what is wrong, and where.
func (p *page) answer(v *view) {
	name := span{bold, "nnvet: "}
	switch v.verdict() {
	case verdictError, verdictWarning:
		f := v.lead()
		spans := []span{name, {bold, v.reached()}, {severityRole(f.Severity), f.Severity.String()}, {good, proven(f)}, {severityRole(f.Severity), ": "}}
		if rivals := v.rivals(); rivals != "" {
			spans = append(spans, span{bold, "it could be " + rivals}, span{plain, ": the figures do not decide"})
		} else {
			spans = append(spans, span{bold, f.Message}, span{plain, line(f.Source)})
		}
		if more := v.others(); more != "" {
			spans = append(spans, span{plain, ", and " + more})
		}
		p.wrap(2, spans...)
	case verdictNone:
		p.wrap(2, name, span{bold, v.reached()}, span{warn, "no verdict"}, span{plain, ": " + v.noVerdict() + failure(v)})
	default:
		spans := []span{name, {bold, v.reached()}, {good, "no problem found"}, {plain, inSteps(v)}}
		if why := v.unlearned(); why != "" {
			spans = append(spans, span{warn, ", " + whetherLearned}, span{plain, " (" + why + ")"})
		}
		p.wrap(2, append(spans, span{plain, failure(v) + "; " + v.coverage() + v.unsaid()})...)
	}
}

// line returns " (train.py:17)", or nothing where the place is unknown.
func line(l nnvet.Location) string {
	if !l.Known() {
		return ""
	}
	return fmt.Sprintf(" (%s:%d)", l.File, l.Line)
}

func severityRole(s nnvet.Severity) role {
	switch s {
	case nnvet.Error:
		return bad
	case nnvet.Warning:
		return warn
	}
	return bold
}

func inSteps(v *view) string {
	if v.trace.Run.Steps == 0 {
		return ""
	}
	return " in " + count(int(v.trace.Run.Steps), "step")
}

// failure says that the program failed, which is no matter of the checks. Of
// our own training the headline says how it ended.
func failure(v *view) string {
	if e := v.ending(); e != "" && v.Outcome == nil {
		return "; but the program failed (" + e + ")"
	}
	return ""
}

// unsaid counts the notes that are not shown.
func (v *view) unsaid() string {
	if v.hidden == 0 {
		return ""
	}
	return "; " + count(v.hidden, "note") + " with --notes"
}

// brief is the length of a run, in seconds, up to which the recorder's cost is
// told in seconds: most of it is spent once, at the start, and a share of so
// little says nothing.
const brief = 20

// duration writes seconds, and milliseconds where those would be 0.0.
func duration(seconds float64) string {
	const least = 0.05
	if seconds < least {
		return fmt.Sprintf("%.2g ms", 1000*seconds)
	}
	return fmt.Sprintf("%.1f s", seconds)
}

// inSeconds writes what took seconds, or nothing where they would be 0.00.
func inSeconds(what string, seconds float64) string {
	const least = 0.005
	if seconds < least {
		return ""
	}
	return fmt.Sprintf("%s%.2f s", what, seconds)
}

// header says what ran, and how long.
func (p *page) header(v *view) {
	r := v.trace.Run
	var facts []string
	add := func(s string) { facts = append(facts, s) }
	if v.ID != "" {
		add("run " + v.ID)
	}
	add(count(int(r.Steps), "step"))
	if finite(r.Seconds) && r.Seconds > 0 {
		add(duration(r.Seconds))
	}
	if e := v.ending(); e != "" {
		add(e)
	}
	tail := p.show(strings.Join(facts, "  "))
	overhead := ""
	if finite(r.Overhead) && r.Overhead > 0 {
		overhead = "overhead " + percent(r.Overhead)
		if r.Seconds < brief {
			overhead = inSeconds("overhead ", r.Overhead*r.Seconds)
		}
	}
	head := p.show(strings.TrimSpace("nnvet " + v.Version))
	command := p.show(strings.Join(v.Command, " "))
	if command == "" {
		command = p.show(r.Script)
	}
	if width(head)+2+width(command)+2+width(tail)+2+width(overhead) > p.width {
		overhead = ""
	}
	command = p.cut(command, max(16, p.width-width(head)-width(tail)-4))
	spans := []span{{bold, head}}
	for _, s := range []span{{plain, command}, {plain, tail}, {dim, overhead}} {
		if s.text != "" {
			spans = append(spans, span{plain, "  "}, s)
		}
	}
	p.wrap(2, spans...)
}

// brief is what a healthy run shows besides its verdict: four lines in all, and
// one more where it was too short for some checks.
func (p *page) brief(v *view) {
	p.summary(v)
	p.facts(v.Outcome, false)
	if missing := v.unchecked(); v.verdict() == verdictNone {
		p.reasons(v)
	} else {
		if len(missing) > 0 {
			p.wrap(2, span{plain, " not checked: " + strings.Join(missing, ", ")})
		}
		p.partly(v)
		p.short(v)
	}
	if n := len(v.trace.Lost); n > 0 {
		more := ""
		if n > 1 {
			more = fmt.Sprintf(" (and %d more: nnvet show %s)", n-1, v.ID)
		}
		p.wrap(2, span{warn, " lost"}, span{plain, ": " + v.trace.Lost[0] + more})
	}
}

// short lists the checks that took more than there was, since the pitfall of
// such a check is ok where another one of it judged. Only the commonest
// reason is told; the others are in the whole report.
func (p *page) short(v *view) {
	rs := v.reasons(func(s skip) bool { return s.short })
	if len(rs) == 0 {
		return
	}
	most := 0
	var others []string
	for i, r := range rs {
		if len(r.what) > len(rs[most].what) {
			most = i
		}
	}
	for i, r := range rs {
		if i != most {
			others = append(others, r.what...)
		}
	}
	text := " not judged: " + strings.Join(rs[most].what, ", ") + " (" + rs[most].why + ")"
	switch n := len(others); {
	case n > 4:
		text += fmt.Sprintf("; nor, for want of more, %d others", n)
	case n > 0:
		text += "; nor, for want of more, " + strings.Join(others, ", ")
	}
	p.wrap(2, span{plain, text})
}

// rest tells causes in a line each.
func (p *page) rest(groups []group) {
	if len(groups) > 0 {
		p.line(span{bold, fmt.Sprintf("%d more, shortened", len(groups))})
	}
	for _, g := range groups {
		f := g.cause
		where := f.Source.String()
		if where == "" {
			where = f.Site
		}
		p.line(span{plain, "  "}, span{severityRole(f.Severity), id(f)}, span{plain, after(" ", where) + ": " + f.Message})
	}
}

// id returns "error[NN0601]".
func id(f nnvet.Finding) string { return fmt.Sprintf("%v[%s]", f.Severity, f.Check.ID) }

func (p *page) ignored(v *view) {
	for _, g := range v.Result.Ignored {
		p.wrap(4, span{plain, "ignored: "}, span{dim, g.Finding.Check.ID + " " + g.Finding.Check.Name + ": " + g.Reason})
	}
}

// maxLost is how many gaps of the record are told.
const maxLost = 5

func (p *page) lost(v *view) {
	for i, s := range v.trace.Lost {
		if i == maxLost {
			p.line(span{warn, "lost"}, span{plain, fmt.Sprintf(": %d more", len(v.trace.Lost)-i)})
			return
		}
		p.wrap(4, span{warn, "lost"}, span{plain, ": " + s})
	}
}

// next names the commands that tell more.
func (p *page) next(v *view) {
	for _, n := range v.next() {
		p.wrap(6, span{plain, "  " + pad(n.Word, 9) + command(n.Argv)})
	}
}

// A step is a command that tells more.
type step struct {
	Word string   `json:"-"`
	Why  string   `json:"why"`
	Argv []string `json:"argv"`
}

func (v *view) next() []step {
	var steps []step
	if v.found() {
		c := v.lead().Check
		steps = append(steps, step{"why", "what " + c.Name + " means, how it is decided, and when it is wrong", []string{"nnvet", "explain", c.Name}})
	}
	if v.ID != "" {
		steps = append(steps, v.toProve()...)
		steps = append(steps,
			step{"again", "this report with all its parts", []string{"nnvet", "show", v.ID}},
			step{"figures", "the figures behind it", []string{"nnvet", "show", v.ID, "--json"}})
	}
	return steps
}

// toProve names the command that tries a fix, or the one that makes what is proven.
func (v *view) toProve() []step {
	switch {
	case !v.found() || v.verdict() == verdictClear || !v.again():
		return nil
	case v.lead().Proof.Helps() && v.lead().Proof.Written:
		return []step{{"change", "the proven fixes as a change of the files", []string{"nnvet", "fix", v.ID, "--diff"}}}
	case slices.ContainsFunc(v.groups, func(g group) bool { return g.cause.Proof != nil }):
		return nil
	}
	return []step{{"prove", "trains with the fixes, and says whether they help", []string{"nnvet", "prove", v.ID}}}
}

// again reports whether the training can be done again: of a command, and of an
// experiment file, but not of a bare table.
func (v *view) again() bool {
	if len(v.Command) == 0 {
		return false
	}
	ext := filepath.Ext(v.Command[0])
	return v.Outcome == nil || ext == ".yaml" || ext == ".yml"
}

// counts is the last line.
func (p *page) counts(v *view) {
	if !v.found() {
		p.wrap(2, span{plain, "no finding; " + v.coverage() + v.unsaid()})
		return
	}
	p.wrap(2, append(v.counts().spans(), span{plain, "; " + v.coverage() + v.unsaid()})...)
}
