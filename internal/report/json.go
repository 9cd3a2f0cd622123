package report

import (
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

// Schema names the version of the JSON document. A field may be added under
// the same name; none is changed or removed.
const Schema = "nnvet/diagnosis/1"

// A diagnosis is the JSON document, described in docs/diagnosis.schema.json.
// Numbers are never NaN: a figure that is not finite is null, and a field
// beside it says what it was.
type diagnosis struct {
	Schema     string       `json:"schema"`
	Nnvet      string       `json:"nnvet"`
	Verdict    string       `json:"verdict"`
	Run        run          `json:"run"`
	Outcome    *outcomeDoc  `json:"outcome,omitempty"`
	Curves     []curveDoc   `json:"curves"`
	Pitfalls   []pitfallDoc `json:"pitfalls"`
	Undecided  []string     `json:"undecided,omitempty"`
	Findings   []findingDoc `json:"findings"`
	Clear      []clearDoc   `json:"clear"`
	NotChecked []skipDoc    `json:"not_checked"`
	Ignored    []ignoredDoc `json:"ignored"`
	Decided    *decidedDoc  `json:"decided,omitempty"`
	Lost       []string     `json:"lost"`
	Modified   []string     `json:"modified"`
	Next       []step       `json:"next"`
}

// A decidedDoc is what experiments on the run came to.
type decidedDoc struct {
	Changed string        `json:"changed,omitempty"`
	Checks  []decisionDoc `json:"checks"`
}

type decisionDoc struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Outcome  string `json:"outcome"`
	Severity string `json:"severity,omitempty"`
	Message  string `json:"message"`
	Action   string `json:"action,omitempty"`
}

func decidedOf(d *Decisions) *decidedDoc {
	if d == nil {
		return nil
	}
	out := &decidedDoc{Changed: d.Changed, Checks: []decisionDoc{}}
	for _, x := range d.Decided {
		out.Checks = append(out.Checks, decisionDoc{x.Check, x.Name, x.Outcome, x.Severity, x.Message, x.Action})
	}
	return out
}

type run struct {
	ID               string   `json:"id"`
	Dir              string   `json:"dir"`
	Command          []string `json:"command"`
	ChildExit        int      `json:"child_exit"`
	Steps            int64    `json:"steps"`
	Wall             *float64 `json:"wall_s"`
	Overhead         *float64 `json:"overhead_pct"`
	Recorder         string   `json:"recorder"`
	Framework        string   `json:"framework"`
	FrameworkVersion string   `json:"framework_version"`
	Language         string   `json:"language"`
	Device           string   `json:"device"`
	Script           string   `json:"script"`
	World            int      `json:"world"`
	Seeded           bool     `json:"seeded"`
	Deterministic    bool     `json:"deterministic"`
	Ended            string   `json:"ended"`
	Exception        string   `json:"exception,omitempty"`
}

// A figure is a number, or null and the name of what it was.
type figure struct {
	Value     *float64 `json:"value"`
	NonFinite string   `json:"nonfinite,omitempty"`
}

type curveDoc struct {
	Name     string       `json:"name"`
	Series   string       `json:"series"`
	First    figure       `json:"first"`
	Last     figure       `json:"last"`
	LastStep int64        `json:"last_step"`
	Broken   *int64       `json:"nonfinite_step,omitempty"`
	Baseline *baselineDoc `json:"baseline,omitempty"`
}

type baselineDoc struct {
	Value float64 `json:"value"`
	How   string  `json:"how"`
}

type pitfallDoc struct {
	N      int    `json:"n"`
	Name   string `json:"name"`
	Status string `json:"status"`
	Key    string `json:"key,omitempty"`
	Reason string `json:"reason,omitempty"`
	Of     []int  `json:"symptom_of,omitempty"`
	// Deciding checks that could not judge.
	Missing []string `json:"missing,omitempty"`
}

type findingDoc struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	Pitfall     int            `json:"pitfall"`
	Severity    string         `json:"severity"`
	Confidence  *float64       `json:"confidence"`
	Learned     *learnedDoc    `json:"learned,omitempty"`
	Fingerprint string         `json:"fingerprint"`
	FirstStep   int64          `json:"first_step"`
	LastStep    int64          `json:"last_step"`
	Message     string         `json:"message"`
	Site        string         `json:"site,omitempty"`
	Location    *locationDoc   `json:"location"`
	Label       string         `json:"label,omitempty"`
	Evidence    []evidenceDoc  `json:"evidence"`
	CausedBy    []string       `json:"caused_by"`
	Explains    []string       `json:"explains"`
	Treatments  []treatmentDoc `json:"treatments"`
	Proof       *proofDoc      `json:"proof,omitempty"`
	Rendered    string         `json:"rendered"`
}

type learnedDoc struct {
	Right int `json:"right"`
	Of    int `json:"of"`
}

type locationDoc struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Col     int    `json:"col,omitempty"`
	EndLine int    `json:"end_line,omitempty"`
	EndCol  int    `json:"end_col,omitempty"`
}

type evidenceDoc struct {
	Name string `json:"name"`
	figure
	Unit    string    `json:"unit,omitempty"`
	Series  string    `json:"series,omitempty"`
	Limit   *limitDoc `json:"limit,omitempty"`
	Healthy []float64 `json:"healthy,omitempty"`
}

type limitDoc struct {
	Name  string   `json:"name"`
	Value *float64 `json:"value"`
}

type treatmentDoc struct {
	Title         string       `json:"title"`
	Applicability string       `json:"applicability"`
	Settings      []settingDoc `json:"settings"`
	Edits         []editDoc    `json:"edits"`
}

type settingDoc struct {
	Name string `json:"name"`
	Site string `json:"site,omitempty"`
	From string `json:"from"`
	To   string `json:"to"`
}

type editDoc struct {
	locationDoc
	Text string `json:"text"`
}

type clearDoc struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Key  string `json:"key,omitempty"`
}

type skipDoc struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

type ignoredDoc struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Fingerprint string `json:"fingerprint"`
	Message     string `json:"message"`
	Reason      string `json:"reason"`
}

// JSON renders a report as one document for programs. It holds notes whether
// they were asked for or not.
func JSON(w io.Writer, r *Report, _ Style) error {
	all := *r
	all.Notes = true
	v := look(&all)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v.diagnosis())
}

func (v *view) diagnosis() diagnosis {
	d := diagnosis{
		Schema: Schema, Nnvet: v.Version, Verdict: v.verdict(), Run: v.run(), Outcome: v.Outcome.doc(),
		Curves: []curveDoc{}, Pitfalls: []pitfallDoc{}, Findings: []findingDoc{}, Clear: []clearDoc{}, NotChecked: []skipDoc{}, Ignored: []ignoredDoc{},
		Decided: decidedOf(v.Decided), Lost: list(v.trace.Lost), Modified: list(v.trace.Modified), Next: list(v.next()),
	}
	for _, c := range v.curves() {
		d.Curves = append(d.Curves, c.doc())
	}
	for _, l := range v.lamps {
		d.Pitfalls = append(d.Pitfalls, l.doc())
	}
	for _, f := range v.Result.Undecided() {
		d.Undecided = append(d.Undecided, f.Check.ID)
	}
	for _, g := range v.groups {
		d.Findings = append(d.Findings, v.finding(g))
		for _, f := range g.symptoms {
			d.Findings = append(d.Findings, v.finding(group{cause: f}))
		}
	}
	for _, c := range v.Result.Clear {
		d.Clear = append(d.Clear, clearDoc{c.Check.ID, c.Check.Name, c.Brief})
	}
	for _, s := range v.Result.NotChecked {
		d.NotChecked = append(d.NotChecked, skipDoc{s.Check.ID, s.Check.Name, s.Reason})
	}
	for _, g := range v.Result.Ignored {
		f := g.Finding
		d.Ignored = append(d.Ignored, ignoredDoc{f.Check.ID, f.Check.Name, f.Fingerprint(), f.Message, g.Reason})
	}
	return d
}

func (v *view) run() run {
	r := v.trace.Run
	return run{
		ID: v.ID, Dir: v.Dir, Command: list(v.Command), ChildExit: v.ExitCode, Steps: r.Steps,
		Wall: number(r.Seconds), Overhead: number(100 * r.Overhead), Recorder: r.Nnvet, Framework: r.Framework,
		FrameworkVersion: r.FrameworkVersion, Language: r.Language, Device: r.Device, Script: r.Script,
		World: r.World, Seeded: r.Seeded, Deterministic: r.Deterministic, Ended: string(r.Ended), Exception: r.Exception,
	}
}

func (c curve) doc() curveDoc {
	step, last := c.series.Last()
	d := curveDoc{Name: c.name, Series: c.series.Key.String(), First: figureOf(c.series.Values[0]), Last: figureOf(last), LastStep: step}
	if at, _, ok := c.broken(); ok {
		d.Broken = &at
	}
	if finite(c.baseline) {
		d.Baseline = &baselineDoc{c.baseline, c.how}
	}
	return d
}

func (l lamp) doc() pitfallDoc {
	d := pitfallDoc{N: int(l.pitfall), Name: l.pitfall.String(), Status: states[l.state].key, Key: l.brief, Reason: l.reason}
	if l.state == partly {
		for _, s := range l.missing {
			d.Missing = append(d.Missing, s.Check.ID)
		}
	}
	if l.state == symptomOnly {
		d.Key = ""
		for _, p := range l.of {
			d.Of = append(d.Of, int(p))
		}
	}
	return d
}

func (v *view) finding(g group) findingDoc {
	f := g.cause
	d := findingDoc{
		ID: f.Check.ID, Name: f.Check.Name, Pitfall: int(f.Check.Pitfall), Severity: f.Severity.String(), Confidence: number(f.Confidence),
		Fingerprint: f.Fingerprint(), FirstStep: f.Span.From, LastStep: f.Span.To, Message: f.Message, Site: f.Site, Label: f.Label,
		Evidence: []evidenceDoc{}, CausedBy: list(f.Because), Explains: []string{}, Treatments: []treatmentDoc{}, Proof: proofOf(f.Proof), Rendered: v.rendered(g),
	}
	if f.Seen > 0 {
		d.Learned = &learnedDoc{f.Right, f.Seen}
	}
	if f.Source.Known() {
		l := locationOf(f.Source)
		d.Location = &l
	}
	for _, e := range f.Evidence {
		d.Evidence = append(d.Evidence, evidenceOf(e))
	}
	for _, s := range g.symptoms {
		if !slices.Contains(d.Explains, s.Check.ID) {
			d.Explains = append(d.Explains, s.Check.ID)
		}
	}
	for _, t := range f.Treatments {
		d.Treatments = append(d.Treatments, treatmentOf(t))
	}
	return d
}

// rendered returns the block that [Text] shows of a finding, in plain 80 columns.
func (v *view) rendered(g group) string {
	p := newPage(Style{})
	p.block(v, g)
	return strings.TrimSuffix(p.b.String(), "\n")
}

func locationOf(l nnvet.Location) locationDoc {
	return locationDoc{l.File, l.Line, l.Col, l.EndLine, l.EndCol}
}

func evidenceOf(e nnvet.Evidence) evidenceDoc {
	d := evidenceDoc{Name: e.What, figure: figureOf(e.Saw), Unit: e.Unit, Series: seriesName(e.Key)}
	if e.Limit != "" {
		d.Limit = &limitDoc{e.Limit, number(e.At)}
	}
	if e.Lo < e.Hi && finite(e.Lo) && finite(e.Hi) {
		d.Healthy = []float64{e.Lo, e.Hi}
	}
	return d
}

func treatmentOf(t nnvet.Treatment) treatmentDoc {
	d := treatmentDoc{Title: t.Action, Applicability: applicability(t), Settings: []settingDoc{}, Edits: []editDoc{}}
	for _, s := range t.Settings {
		d.Settings = append(d.Settings, settingDoc(s))
	}
	for _, e := range t.Edits {
		d.Edits = append(d.Edits, editDoc{locationOf(e.At), e.New})
	}
	return d
}

func figureOf(v float64) figure {
	if !finite(v) {
		return figure{NonFinite: strings.ToLower(num(v))}
	}
	return figure{Value: &v}
}

func number(v float64) *float64 { return figureOf(v).Value }

// list returns s, or an empty list for nil, so that JSON has [] and not null.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
