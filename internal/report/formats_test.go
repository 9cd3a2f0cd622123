package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

// as renders a report in a format.
func as(t *testing.T, format string, r *Report) string {
	t.Helper()
	i := slices.IndexFunc(Formats, func(f Format) bool { return f.Name == format })
	return render(t, r, func(w *bytes.Buffer) error { return Formats[i].Render(w, r, Style{}) })
}

// everyDocument calls f with every case of reports and of proofs in a format.
func everyDocument(t *testing.T, format string, f func(name, doc string)) {
	t.Helper()
	for _, c := range cases {
		f(c.name, as(t, format, c.build(t)))
	}
	for _, c := range proofCases {
		f(c.name, proofText(t, format, c.build(), Style{}))
	}
}

func TestFormatOf(t *testing.T) {
	for name, want := range map[string]string{
		"a.json": "json", "a.sarif": "sarif", "A.SARIF.JSON": "sarif", "junit.xml": "junit", "x.md": "md", "e.jsonl": "jsonl", "e.ndjson": "jsonl", "a.txt": "text", "a.out": "", "json": "",
	} {
		got := ""
		if f := FormatOf(name); f != nil {
			got = f.Name
		}
		if got != want {
			t.Errorf("FormatOf(%q): got %q, want %q", name, got, want)
		}
	}
}

func TestEventsFitTheirSchema(t *testing.T) {
	s := readSchema(t, "events.schema.json")
	everyDocument(t, "jsonl", func(name, doc string) {
		lines := strings.Split(strings.TrimSuffix(doc, "\n"), "\n")
		for i, line := range lines {
			var v map[string]any
			if err := json.Unmarshal([]byte(line), &v); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if e := s.invalid(s, "$", v); e != "" {
				t.Errorf("%s: %s", name, e)
			}
			if v["seq"] != float64(i+1) || v[v["event"].(string)] == nil {
				t.Errorf("%s: line %d is %.80s", name, i+1, line)
			}
		}
		last := map[bool]string{true: `"event":"answer"`, false: `"event":"done"`}[strings.HasPrefix(name, "proof-")]
		if !strings.Contains(lines[len(lines)-1], last) {
			t.Errorf("%s ends with %.80s", name, lines[len(lines)-1])
		}
	})
}

// TestEventsShareTheirParts holds that an event says what the documents say.
func TestEventsShareTheirParts(t *testing.T) {
	events, diagnosis, proof := readSchema(t, "events.schema.json"), readSchema(t, "diagnosis.schema.json"), readSchema(t, "proof.schema.json")
	for name, def := range events.Defs {
		want := diagnosis.Defs[name]
		switch name {
		case "done", "proof_of", "answer":
			continue
		case "tried":
			want = proof.Defs[name]
		case "untried":
			want = proof.Defs["not_tried"]
		}
		if !reflect.DeepEqual(def, want) {
			t.Errorf("%s of docs/events.schema.json is not that of the documents", name)
		}
	}
}

// TestEventsLive holds that a run which goes on tells what is new once, and all
// that holds at its end.
func TestEventsLive(t *testing.T) {
	r := broken(t)
	whole := r.Result.Findings
	var b bytes.Buffer
	e := NewEvents(&b)
	e.Look(&Report{Trace: &nnvet.Trace{}})
	if b.Len() > 0 {
		t.Errorf("before the first step it says %s", b.String())
	}
	mild := slices.Clone(whole)
	mild[0].Severity = nnvet.Warning
	for _, fs := range [][]nnvet.Finding{whole[1:2], mild[:2], whole[:2], whole[:2]} {
		r.Result.Findings = fs
		e.Look(r)
	}
	r.Result.Findings = whole
	if err := e.End(r); err != nil {
		t.Fatal(err)
	}
	said := make(map[string]int)
	for line := range strings.Lines(b.String()) {
		var v event
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		what := v.Event
		if v.Live {
			what = "live " + what
		}
		said[what]++
	}
	want := map[string]int{"live run": 1, "live curve": 2, "live finding": 3, "run": 1, "curve": 2, "finding": len(whole), "clear": 2, "not_checked": 1, "done": 1}
	if !reflect.DeepEqual(said, want) {
		t.Errorf("got %v, want %v", said, want)
	}
}

// TestInert holds that escaping leaves what JSON says as it is.
func TestInert(t *testing.T) {
	in := evil + "\u2028\U000e0041\u00e9"
	doc, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var want, got string
	out := inert(doc)
	if err := json.Unmarshal(doc, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &got); err != nil || got != want {
		t.Errorf("got %q, want %q (%v)", got, want, err)
	}
	if bytes.ContainsAny(out, "\x7f\u009b\u202e\u2028\U000e0041") || !bytes.Contains(out, []byte("\u00e9")) {
		t.Errorf("got %q", out)
	}
}

// TestSARIF holds the rules of the standard and GitHub's that readers rely on.
func TestSARIF(t *testing.T) {
	everyDocument(t, "sarif", func(name, doc string) {
		var log sarifLog
		d := json.NewDecoder(strings.NewReader(doc))
		d.DisallowUnknownFields()
		if err := d.Decode(&log); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if log.Version != "2.1.0" || len(log.Runs) != 1 {
			t.Fatalf("%s: version %s, %d runs", name, log.Version, len(log.Runs))
		}
		run, prints := log.Runs[0], make(map[string]bool)
		if len(run.Results) > maxResults {
			t.Errorf("%s: %d results", name, len(run.Results))
		}
		for _, r := range run.Results {
			if r.Index >= len(run.Tool.Driver.Rules) || run.Tool.Driver.Rules[r.Index].ID != r.Rule {
				t.Errorf("%s: %s is not rule %d", name, r.Rule, r.Index)
			}
			if !slices.Contains([]string{"none", "note", "warning", "error"}, r.Level) || r.Message.Text == "" {
				t.Errorf("%s: %s has level %q, message %q", name, r.Rule, r.Level, r.Message.Text)
			}
			if (r.Kind != "") != (r.Level == "none") { // 3.27.9 and 3.27.10: what is no fault has no level
				t.Errorf("%s: %s has kind %q and level %q", name, r.Rule, r.Kind, r.Level)
			}
			if p := r.Fingerprints["primaryLocationLineHash"]; r.Kind == "" && (p == "" || prints[p]) {
				t.Errorf("%s: fingerprint %q is missing or not its own", name, p)
			} else {
				prints[p] = true
			}
			for i, l := range slices.Concat(r.Locations, r.Related) {
				sarifPlace(t, name, *l.Physical)
				if n := i - len(r.Locations) + 1; n > 0 && l.ID != n {
					t.Errorf("%s: related location %d has id %d", name, n, l.ID)
				}
			}
		}
	})
}

func sarifPlace(t *testing.T, name string, p sarifPhysical) {
	t.Helper()
	if u, err := url.Parse(p.Artifact.URI); err != nil || p.Artifact.URI == "" || u.Scheme != "" && u.Scheme != "file" {
		t.Errorf("%s: address %q: %v", name, p.Artifact.URI, err)
	}
	r := p.Region
	if r.StartLine < 1 || r.EndLine > 0 && (r.EndLine < r.StartLine || r.EndLine == r.StartLine && r.EndColumn < r.StartColumn) {
		t.Errorf("%s: region %+v", name, r)
	}
}

// TestSARIFOfBroken holds what a finding says there, on one run.
func TestSARIFOfBroken(t *testing.T) {
	r := broken(t)
	r.Root = "/home/a b"
	r.Result.Findings[0].Source = nnvet.Location{File: "train.py", Line: 1, Col: 3, EndLine: 1, EndCol: 5}
	r.Result.Findings[0].Treatments[0].Edits = []nnvet.Edit{{At: r.Result.Findings[0].Source, New: "e"}}
	r.Source = source("train.py", "\u00e9\u00e9\u00e9\n"+script)
	var log sarifLog
	if err := json.Unmarshal([]byte(as(t, "sarif", r)), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if got := run.Bases["SRCROOT"].URI; got != "file:///home/a%20b/" {
		t.Errorf("base %q", got)
	}
	first := run.Results[0]
	want := sarifRegion{StartLine: 1, StartColumn: 2, EndLine: 1, EndColumn: 3} // in characters
	if got := first.Locations[0].Physical.Region; got != want {
		t.Errorf("got region %+v, want %+v", got, want)
	}
	if got := first.Fixes[0].Changes[0].Replacements[0]; got.Deleted != want || got.Inserted.Text != "e" {
		t.Errorf("got replacement %+v", got)
	}
	for _, res := range run.Results { // one without a line is at the script
		if res.Rule == "NN0805" {
			if at := res.Locations[0].Physical; at.Artifact.URI != "train.py" || at.Region != (sarifRegion{StartLine: 1}) {
				t.Errorf("NN0805 is at %+v", at)
			}
			if len(res.Related) == 0 || !strings.Contains(res.Message.Text, "symptom of NN0601") {
				t.Errorf("NN0805 does not name its cause: %+v", res)
			}
		}
	}
	r.Source = nil // then no column is known, and no edit is sure to fit
	log = sarifLog{}
	if err := json.Unmarshal([]byte(as(t, "sarif", r)), &log); err != nil {
		t.Fatal(err)
	}
	if got := log.Runs[0].Results[0]; got.Fixes != nil || got.Locations[0].Physical.Region != (sarifRegion{StartLine: 1}) {
		t.Errorf("without the source: %+v", got)
	}
}

func TestJUnit(t *testing.T) {
	everyDocument(t, "junit", func(name, doc string) {
		var all junitSuites
		if err := xml.Unmarshal([]byte(doc), &all); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, doc)
		}
		s := all.Suites[0]
		failed, skipped := 0, 0
		for _, c := range s.Cases {
			if c.Failure != nil {
				failed++
			}
			if c.Skipped != nil {
				skipped++
			}
			if c.Failure != nil && c.Failure.Message == "" || c.Skipped != nil && c.Skipped.Message == "" {
				t.Errorf("%s: %s does not say why", name, c.Name)
			}
		}
		if s.Tests != len(s.Cases) || s.Failures != failed || s.Skipped != skipped || failed+skipped > s.Tests {
			t.Errorf("%s: counts %d/%d/%d of %d, %d, %d", name, s.Tests, s.Failures, s.Skipped, len(s.Cases), failed, skipped)
		}
		if !strings.HasPrefix(name, "proof-") && s.Tests != len(nnvet.Pitfalls) {
			t.Errorf("%s: %d tests", name, s.Tests)
		}
	})
}

// TestJUnitOfSymptom holds that a pitfall which only a cause explains names it.
func TestJUnitOfSymptom(t *testing.T) {
	var all junitSuites
	if err := xml.Unmarshal([]byte(as(t, "junit", broken(t))), &all); err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, c := range all.Suites[0].Cases {
		switch {
		case c.Failure != nil:
			got[c.Name] = c.Failure.Type + ": " + c.Failure.Message
		case c.Skipped != nil:
			got[c.Name] = "skipped: " + c.Skipped.Message
		}
	}
	for name, want := range map[string]string{"8 gradients": "symptom of NN0601", "6 learning rate": "error: lr-too-high: ", "10 depth": "skipped: no check yet"} {
		if !strings.Contains(got[name], want) {
			t.Errorf("%s: got %q, want %q in it", name, got[name], want)
		}
	}
}

var workflowLine = regexp.MustCompile(`^::(error|warning|notice) ((?:[a-zA-Z]+=[^,:\r\n]*,?)+)::([^\r\n]*)$`)

// TestGitHub holds that every line is one command, that nothing foreign begins
// another, and that unescaping gives what was said.
func TestGitHub(t *testing.T) {
	everyDocument(t, "github", func(name, doc string) {
		for line := range strings.Lines(doc) {
			if !workflowLine.MatchString(strings.TrimSuffix(line, "\n")) {
				t.Errorf("%s: no command: %.200q", name, line)
			}
		}
	})
	const text = "50 %0A\r\n::error::x, y: z"
	m := workflowLine.FindStringSubmatch(strings.TrimSuffix(workflow("error", [][2]string{{"title", text}, {"file", "a,b:c"}}, text), "\n"))
	if m == nil {
		t.Fatal("no command")
	}
	undo := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
	if got := undo.Replace(m[3]); got != text {
		t.Errorf("got %q, want %q", got, text)
	}
	if got := undo.Replace(m[2]); got != "title="+text+",file=a,b:c" {
		t.Errorf("got %q", got)
	}
}

var (
	mdEscaped = regexp.MustCompile("\\\\[\\\\`*_~\\[\\]|$/.]")
	mdCode    = regexp.MustCompile("`[^`\n]+`")
	mdDot     = regexp.MustCompile(`(?i)www\.|://`)
)

// TestMarkdownIsInert holds that nothing foreign is markup: of what is neither
// code nor escaped, no character means anything, and every row of a table has
// as many cells as its head.
func TestMarkdownIsInert(t *testing.T) {
	everyDocument(t, "md", func(name, doc string) {
		fence, cells := "", 0
		for line := range strings.Lines(doc) {
			line = strings.TrimSuffix(line, "\n")
			if ticks := line[:len(line)-len(strings.TrimLeft(line, "`"))]; len(ticks) >= 3 && (fence == "" || len(ticks) >= len(fence) && line == ticks) {
				fence = map[bool]string{true: ticks}[fence == ""]
				continue
			}
			if fence != "" {
				continue
			}
			line = mdCode.ReplaceAllString(mdEscaped.ReplaceAllString(strings.ReplaceAll(line, "@<!-- -->", ""), ""), "")
			if i := strings.IndexAny(line, "`*_~[]<>@$\\"); i >= 0 || mdDot.MatchString(line) {
				t.Errorf("%s: markup at %d of %.300q", name, i, line)
			}
			switch n := strings.Count(line, "|"); {
			case !strings.HasPrefix(line, "|"):
				cells = 0
			case cells == 0:
				cells = n
			case n != cells:
				t.Errorf("%s: %d bars, not %d, in %.300q", name, n, cells, line)
			}
		}
		if fence != "" {
			t.Errorf("%s: a fence stays open", name)
		}
		const most = 1 << 20 // what GitHub takes as the summary of a step
		if len(doc) > most {
			t.Errorf("%s: %d bytes", name, len(doc))
		}
	})
}

// TestProofsInEveryFormat holds that whoever reads one format learns what was proven.
func TestProofsInEveryFormat(t *testing.T) {
	for _, f := range Formats {
		if f.Name == "concise" { // a line a finding
			continue
		}
		doc := as(t, f.Name, provenFindings(t))
		if !strings.Contains(doc, "proven") || !strings.Contains(doc, "set the learning rate to 0.0015") {
			t.Errorf("%s does not tell the proof:\n%s", f.Name, doc)
		}
	}
}

// TestProblemMatcher holds that the matcher of docs/formats.md reads the lines
// of the concise format, and takes their parts for what they are.
func TestProblemMatcher(t *testing.T) {
	page, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(page), "```json\n")
	text, _, closed := strings.Cut(rest, "\n```")
	var task struct {
		Tasks []struct {
			Matcher struct {
				Pattern struct {
					Regexp                                      string
					File, Line, Column, Severity, Code, Message int
				}
			} `json:"problemMatcher"`
		}
	}
	if err := json.Unmarshal([]byte(text), &task); err != nil || !ok || !closed || len(task.Tasks) != 1 {
		t.Fatalf("the page has no task: %v", err)
	}
	p := task.Tasks[0].Matcher.Pattern
	matcher := regexp.MustCompile(p.Regexp) // no more than what both dialects have
	r := broken(t)
	lines := strings.Split(strings.TrimSpace(as(t, "concise", r)), "\n")
	for i, f := range look(r).causes() {
		m := matcher.FindStringSubmatch(lines[i])
		if m == nil {
			t.Errorf("it does not read %q", lines[i])
			continue
		}
		if m[p.Severity] != f.Severity.String() || m[p.Code] != f.Check.ID || m[p.File] != "train.py" || m[p.Line] == "" || m[p.Column] == "" || !strings.HasPrefix(m[p.Message], f.Check.Name+": ") {
			t.Errorf("it takes %q for %q", lines[i], m)
		}
	}
	if m := matcher.FindString(lines[len(lines)-1]); m != "" {
		t.Errorf("it reads the counts as %q", m)
	}
}
