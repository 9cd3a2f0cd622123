package report

import (
	"fmt"
	"strings"

	"github.com/nnvet/nnvet"
)

// A View is a report in the order and the words of [Text], for what lays it out
// in another way, as the page does. Its texts may be foreign: whoever shows
// them escapes them.
type View struct {
	Verdict  string // "error", "warning", "clear" or "none"
	Title    string // what is wrong, or that nothing is, in a sentence
	Rest     string // what more the first line says: "and 1 more error", what was reached; or ""
	Counts   string // "2 errors, 1 warning"; "" where nothing was found
	Coverage string // "9 of 11 pitfalls checked"
	Partly   []string
	Facts    []string // what ran, and how long
	Errors   int
	Warnings int
	Hidden   int // notes that are not shown
	Lamps    []Lamp
	Causes   []Cause
	Curves   []Curve
	Layers   Layers
	Gaps     []Gap // what was not checked, by reason
	Next     []Step
	ByNumber bool // columns are named by their numbers, counted from 0
}

// A Lamp is the place of one pitfall on the board.
type Lamp struct {
	Pitfall nnvet.Pitfall
	State   string // as in JSON: "ok", "part", "symptom", "warning", "error", "not_checked"
	Word    string
	Glyph   string
	Brief   string // a figure, or "of 1, 6" of a symptom
	Reason  string // why it was not checked, or what of it was not
}

// A Cause is a finding that no other explains, with those that it explains.
type Cause struct {
	Finding  nnvet.Finding
	Proven   bool
	Sure     string // how far to trust it, and from where that is known
	Evidence []Figure
	Quote    Quote
	Modified bool // its source has changed since, so it is not quoted
	Fixes    []Fix
	Outcome  string // what the trainings with the fix came to; "" where nothing was tried
	Symptoms []Symptom
	Agent    string // the same for a coding agent
}

// A Figure is a piece of evidence, and in words.
type Figure struct {
	nnvet.Evidence
	Measured string // with its unit
	Against  string // what it was judged against
}

// A Quote is the line that a finding points at: what is before, in and behind its mark.
type Quote struct {
	Line                   int // 0 where nothing can be quoted
	Before, Marked, Behind string
}

// A Fix is a treatment, and what it does to the source where the place is certain.
type Fix struct {
	nnvet.Treatment
	Safety string // "safe", "review first"
	Tried  bool   // it is what trainings tried
	Hunks  []Hunk
}

// A Hunk is a run of source lines and what a fix makes of them.
type Hunk struct {
	File     string
	Line     int // of the first
	Old, New []string
}

// A Symptom is a finding that a cause explains.
type Symptom struct {
	Finding nnvet.Finding
	Also    string // "; so would lr-too-high": other causes of it
}

// A Curve tells at a glance how a run went.
type Curve struct {
	Name     string
	Series   *nnvet.Series
	Share    bool    // its values are shares
	Baseline float64 // what a constant guess reaches; NaN where unknown
	First    string
	Last     string // with where it first was not finite
	Chance   string // the baseline in words
}

// Layers are the layers of which anything was recorded, at one step.
type Layers struct {
	Step int64
	Is   string // "the last finite sample"
	Rows []LayerRow
	Act  Band // of the standard deviation of outputs
	Grad Band // of the root mean square of gradients
}

// A Band is an axis over decades and the part of it that is usual.
type Band struct{ Lo, Hi, From, To float64 }

// A LayerRow is one layer. What was not recorded is nil.
type LayerRow struct {
	Name, Kind              string
	Weight                  string // its largest parameter, or ""
	Act, Grad, Update, Dead *float64
	Severity                nnvet.Severity // of the worst finding about the layer; 0 of none
}

// A Gap is why some checks did not judge.
type Gap struct {
	Why  string
	What []string // names of checks, or of pitfalls that have none
}

// A Step is a command that tells more.
type Step struct{ Word, Why, Command string }

// See returns what a report shows.
func See(r *Report) *View {
	v := look(r)
	s := &View{
		Verdict: v.verdict(), Coverage: v.coverage(), Partly: v.partly(), Facts: v.facts(), Errors: v.errors, Warnings: v.warnings, Hidden: v.hidden,
		Layers: v.seeLayers(), Curves: v.seeCurves(),
	}
	s.Title, s.Rest = v.title()
	if v.found() {
		s.Counts = v.counts().String()
	}
	for _, l := range v.lamps {
		s.Lamps = append(s.Lamps, l.see())
	}
	for i, g := range v.groups {
		s.Causes = append(s.Causes, v.seeCause(i+1, g))
		s.ByNumber = s.ByNumber || v.numbersColumns(g.cause)
	}
	for _, g := range v.reasons(func(skip) bool { return true }) {
		s.Gaps = append(s.Gaps, Gap{g.why, g.what})
	}
	for _, n := range v.next() {
		s.Next = append(s.Next, Step{n.Word, n.Why, command(n.Argv)})
	}
	return s
}

// title returns what the first line of [Text] says, without the severity.
func (v *view) title() (title, rest string) {
	switch v.verdict() {
	case verdictError, verdictWarning:
		title = v.lead().Message
		if rivals := v.rivals(); rivals != "" {
			title = "it could be " + rivals + ": the figures do not decide"
		}
		return title, joinSentences(after("and ", v.others()), strings.TrimSuffix(v.reached(), "; "))
	case verdictNone:
		return v.reached() + "no verdict: " + v.noVerdict() + failure(v), ""
	}
	title = v.reached() + "no problem found" + inSteps(v)
	if why := v.unlearned(); why != "" {
		rest = whetherLearned + " (" + why + ")"
	}
	return title + failure(v), rest
}

func joinSentences(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// facts says what ran, how long, and how it ended.
func (v *view) facts() []string {
	var facts []string
	add := func(s string) {
		if s != "" {
			facts = append(facts, s)
		}
	}
	r := v.trace.Run
	add(after("run ", v.ID))
	add(count(int(r.Steps), "step"))
	if finite(r.Seconds) && r.Seconds > 0 {
		add(duration(r.Seconds))
	}
	if finite(r.Overhead) && r.Overhead > 0 {
		add("overhead " + percent(r.Overhead))
	}
	add(strings.TrimSpace(r.Framework + " " + r.FrameworkVersion))
	add(r.Device)
	add(v.ending())
	return facts
}

func (l lamp) see() Lamp {
	reason := l.reason
	if l.state == partly {
		reason = "without " + l.without()
	}
	return Lamp{l.pitfall, states[l.state].key, l.word(), states[l.state].glyph, l.brief, reason}
}

func (v *view) seeCause(n int, g group) Cause {
	f := g.cause
	c := Cause{Finding: f, Proven: f.Proof.Helps(), Sure: sure(f), Quote: v.quoted(f), Modified: v.modified(f.Source.File)}
	for _, e := range f.Evidence {
		c.Evidence = append(c.Evidence, Figure{e, measure(e.Saw, e.Unit), against(e)})
	}
	tried := triedOf(f)
	for i, t := range f.Treatments {
		fix := Fix{Treatment: t, Safety: safety(t), Tried: i == tried}
		for _, h := range v.hunks(t.Edits) {
			fix.Hunks = append(fix.Hunks, Hunk{h.file, h.line, h.old, h.new})
		}
		c.Fixes = append(c.Fixes, fix)
	}
	if x := f.Proof; x != nil {
		c.Outcome = outcome(x) + basis(x)
	}
	for _, s := range g.symptoms {
		c.Symptoms = append(c.Symptoms, Symptom{s, v.also(g, s)})
	}
	a := &agent{view: v}
	a.cause(n, g)
	c.Agent = a.b.String()
	return c
}

// quoted returns the line of a finding, without what must not be shown.
func (v *view) quoted(f nnvet.Finding) Quote {
	lines := v.source(f.Source.File)
	if !f.Source.Known() || f.Source.Line > len(lines) {
		return Quote{}
	}
	q := newPage(Style{}).quote(lines[f.Source.Line-1])
	from, to := q.mark(lines[f.Source.Line-1], f.Source)
	return Quote{f.Source.Line, between(q.text, 0, from), between(q.text, from, to), between(q.text, to, width(q.text))}
}

func (v *view) seeLayers() Layers {
	step, is := v.lastSampled()
	t := Layers{Step: step, Is: is, Act: actBand.see(), Grad: gradBand.see()}
	for _, r := range v.rows(step) {
		t.Rows = append(t.Rows, LayerRow{r.name, r.kind, weight(v.trace, r.name), r.act, r.grad, r.update, r.dead, r.severity})
	}
	return t
}

func (b band) see() Band { return Band{b.lo, b.hi, b.from, b.to} }

// CurvesOf returns the losses and the accuracy that were recorded.
func CurvesOf(t *nnvet.Trace) []Curve { return look(&Report{Trace: t}).seeCurves() }

func (v *view) seeCurves() []Curve {
	var out []Curve
	for _, c := range v.curves() {
		out = append(out, Curve{c.name, c.series, c.share, c.baseline, c.show(c.series.Values[0]), c.ending(), c.chance()})
	}
	return out
}

// SeriesOf returns a figure of a place in training, or nil.
func SeriesOf(t *nnvet.Trace, q nnvet.Quantity, site string) *nnvet.Series {
	return seriesOf(t, q, site)
}

// Num returns v in about three digits, as all reports write figures.
func Num(v float64) string { return num(v) }

// Percent returns a share as "9.8 %".
func Percent(share float64) string { return percent(share) }

// Limit returns where a check's limit stood in this run.
func (r *Report) Limit(c *nnvet.Check, l nnvet.Limit) float64 {
	if v, ok := r.Limits[c.ID+"."+l.Name]; ok {
		return v
	}
	return l.Default
}

// Clean returns foreign text as one line of what may be shown: no escape
// sequences, no characters that change direction, and not too much of it.
func Clean(s string) string { return clean(s) }

// Gains returns the figures of a proof in words: what it is, before, and after.
func Gains(x *nnvet.Proof) [][3]string {
	var out [][3]string
	for _, t := range x.Figures {
		out = append(out, [3]string{t.Name, figureText(t.Name, t.Before), figureText(t.Name, t.After)})
	}
	if x.Seeds > 0 {
		out = append(out, [3]string{"score", score(x.Before), score(x.After)})
	}
	return out
}

// Gain returns by how much the score moves, "+0.25 (between +0.12 and +0.35)",
// or without the interval where that is not known.
func Gain(x *nnvet.Proof) string { return signed(x.After-x.Before) + interval(x) }

// Answer says in one sentence what to change and what that brings.
func (r *ProofReport) Answer() string { return r.answer() }

// Verdict is that of the whole: "proven", "not proven", "not tried", "nothing to prove".
func (r *ProofReport) Verdict() string { return r.verdict() }

// After says how things stand with all that was proven, a sentence each.
func (r *ProofReport) After() []string { return r.after() }

// Scored says what the scores are, or "".
func (r *ProofReport) Scored() string {
	scale, split := r.scored()
	return meaning(scale, split)
}

// Took says how many trainings it took, and how long.
func (r *ProofReport) Took() string {
	return fmt.Sprintf("%s in %s", count(r.Trainings, "training"), spent(r.Spent))
}
