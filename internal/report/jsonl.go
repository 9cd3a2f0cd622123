package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"

	"github.com/nnvet/nnvet"
)

// EventsSchema names the version of the lines. A field or an event may be added
// under the same name; none is changed or removed.
const EventsSchema = "nnvet/events/1"

// An event is a line of [JSONLines], described in docs/events.schema.json. What
// it is about stands in the field of its name.
type event struct {
	Seq        int           `json:"seq"`
	Event      string        `json:"event"`
	Live       bool          `json:"live,omitempty"`
	Schema     string        `json:"schema,omitempty"`
	Nnvet      string        `json:"nnvet,omitempty"`
	Run        *run          `json:"run,omitempty"`
	Curve      *curveDoc     `json:"curve,omitempty"`
	Finding    *findingDoc   `json:"finding,omitempty"`
	Clear      *clearDoc     `json:"clear,omitempty"`
	NotChecked *skipDoc      `json:"not_checked,omitempty"`
	Done       *doneDoc      `json:"done,omitempty"`
	Proof      *proofHeadDoc `json:"proof,omitempty"`
	Tried      *triedDoc     `json:"tried,omitempty"`
	NotTried   *untriedDoc   `json:"not_tried,omitempty"`
	Answer     *answerDoc    `json:"answer,omitempty"`
}

// A doneDoc is the last event of a run.
type doneDoc struct {
	Verdict   string `json:"verdict"`
	Errors    int    `json:"errors"`
	Warnings  int    `json:"warnings"`
	Notes     int    `json:"notes"`
	Symptoms  int    `json:"symptoms"`
	Checked   int    `json:"pitfalls_checked"`
	ChildExit int    `json:"child_exit"`
}

// A proofHeadDoc is the first event of a proof, an answerDoc the last.
type proofHeadDoc struct {
	Run     string   `json:"run"`
	Command []string `json:"command"`
	Scale   string   `json:"scale"`
	Split   string   `json:"split"`
}

type answerDoc struct {
	Verdict   string   `json:"verdict"`
	Answer    string   `json:"answer"`
	Healthy   bool     `json:"healthy"`
	Left      []string `json:"left"`
	Trainings int      `json:"trainings"`
	Spent     float64  `json:"spent_s"`
}

// Events writes a run as JSON Lines, also while it goes on. What is said live
// may be taken back, so all is said anew at the end.
type Events struct {
	w     io.Writer
	seq   int
	begun bool
	said  map[string]nnvet.Severity // of live findings, by fingerprint
	at    map[string]int64          // the step up to which a curve was told
	err   error                     // the first of writing, after which nothing is written
}

// NewEvents returns the events of one run, which go to w.
func NewEvents(w io.Writer) *Events {
	return &Events{w: w, said: make(map[string]nnvet.Severity), at: make(map[string]int64)}
}

// Look writes what is new in a run that goes on: where its curves stand, and
// findings that were not there or not as bad.
func (e *Events) Look(r *Report) {
	v := everything(r)
	if v.trace.Run.Steps == 0 && len(v.groups) == 0 {
		return
	}
	if !e.begun {
		e.run(v, true)
	}
	e.curves(v, true)
	for _, g := range v.findings() {
		f := g.cause
		if id := f.Fingerprint(); e.said[id] < f.Severity {
			e.said[id] = f.Severity
			doc := v.finding(g)
			e.write(event{Event: "finding", Live: true, Finding: &doc})
		}
	}
}

// End writes a run as it ended, and returns what went wrong with writing.
func (e *Events) End(r *Report) error {
	v := everything(r)
	e.run(v, false)
	e.curves(v, false)
	for _, g := range v.findings() {
		doc := v.finding(g)
		e.write(event{Event: "finding", Finding: &doc})
	}
	d := v.diagnosis()
	for i := range d.Clear {
		e.write(event{Event: "clear", Clear: &d.Clear[i]})
	}
	for i := range d.NotChecked {
		e.write(event{Event: "not_checked", NotChecked: &d.NotChecked[i]})
	}
	e.write(event{Event: "done", Done: &doneDoc{v.verdict(), v.errors, v.warnings, v.notes, v.symptoms, v.checked, v.ExitCode}})
	return e.err
}

// JSONLines renders a report as an event a line.
func JSONLines(w io.Writer, r *Report, _ Style) error { return NewEvents(w).End(r) }

// everything is a report with its notes, as programs are told it.
func everything(r *Report) *view {
	all := *r
	all.Notes = true
	return look(&all)
}

// findings returns causes with what they explain, and behind each its symptoms.
func (v *view) findings() []group {
	var out []group
	for _, g := range v.groups {
		out = append(out, g)
		for _, s := range g.symptoms {
			out = append(out, group{cause: s})
		}
	}
	return out
}

func (e *Events) run(v *view, live bool) {
	e.begun = true
	doc := v.run()
	e.write(event{Event: "run", Live: live, Schema: EventsSchema, Nnvet: v.Version, Run: &doc})
}

func (e *Events) curves(v *view, live bool) {
	for _, c := range v.curves() {
		doc := c.doc()
		if at, told := e.at[doc.Series]; live && told && at == doc.LastStep {
			continue
		}
		e.at[doc.Series] = doc.LastStep
		e.write(event{Event: "curve", Live: live, Curve: &doc})
	}
}

func (e *Events) write(line event) {
	if e.err != nil {
		return
	}
	e.seq++
	line.Seq = e.seq
	var b bytes.Buffer
	if e.err = encode(&b, line, ""); e.err == nil {
		_, e.err = e.w.Write(b.Bytes())
	}
}

// encode writes a document as JSON that a terminal shows as it is: what steers
// or hides text is escaped.
func encode(w io.Writer, doc any, indent string) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(doc); err != nil {
		return err
	}
	_, err := w.Write(inert(b.Bytes()))
	return err
}

// inert escapes the characters of JSON that are not shown as themselves. Such
// stand only in its strings.
func inert(doc []byte) []byte {
	out := make([]byte, 0, len(doc))
	for _, r := range string(doc) {
		switch {
		case r == '\n' || !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			out = append(out, string(r)...)
		case r <= 0xffff:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			const first, high, low, half = 0x10000, 0xd800, 0xdc00, 10 // of UTF-16
			out = fmt.Appendf(out, `\u%04x\u%04x`, high+(r-first)>>half, low+(r-first)&(1<<half-1))
		}
	}
	return out
}

// proofJSONLines renders a proof as an event a line.
func proofJSONLines(w io.Writer, r *ProofReport, _ Style) error {
	e, d := NewEvents(w), r.doc()
	e.write(event{Event: "proof", Schema: EventsSchema, Nnvet: d.Nnvet, Proof: &proofHeadDoc{d.Run, d.Command, d.Scale, d.Split}})
	for i := range d.Tried {
		e.write(event{Event: "tried", Tried: &d.Tried[i]})
	}
	for i := range d.NotTried {
		e.write(event{Event: "not_tried", NotTried: &d.NotTried[i]})
	}
	e.write(event{Event: "answer", Answer: &answerDoc{d.Verdict, d.Answer, d.Healthy, d.Left, d.Trainings, d.Spent}})
	return e.err
}
