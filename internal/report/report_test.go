package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

// cases are the reports that goldens and invariants are about.
var cases = []struct {
	name  string
	build func(*testing.T) *Report
}{
	{"broken", broken},
	{"broken-modified", func(t *testing.T) *Report {
		r := broken(t)
		r.Trace.Modified = []string{"train.py"}
		return r
	}},
	{"broken-unreadable", func(t *testing.T) *Report {
		r := broken(t)
		r.Source, r.Notes = nil, true
		return r
	}},
	{"undecided", undecided},
	{"proven", provenFindings},
	{"refuted", refutedFindings},
	{"unlearned", unlearned},
	{"unlearned-full", func(t *testing.T) *Report {
		r := unlearned(t)
		r.Full = true
		return r
	}},
	{"healthy", healthy},
	{"healthy-full", func(t *testing.T) *Report {
		r := healthy(t)
		r.Full = true
		return r
	}},
	{"healthy-short", short},
	{"healthy-failed", func(t *testing.T) *Report {
		r := healthy(t)
		r.ExitCode, r.Trace.Run.Exception = 1, "KeyboardInterrupt"
		r.Trace.Lost = []string{"loss/train: each value stands for 2 recorded ones", "one process was not watched"}
		return r
	}},
	{"trained", trained},
	{"trained-broken", func(t *testing.T) *Report {
		r := broken(t)
		r.Outcome = trained(t).Outcome
		return r
	}},
	{"many", many},
	{"nothing", func(*testing.T) *Report {
		return &Report{ID: "0000aa", Command: []string{"true"}, Version: "0.1.0", ExitCode: 128 + 9}
	}},
	{"empty", func(*testing.T) *Report { return &Report{} }},
	{"hostile", hostile},
	{"not-finite", notFinite},
}

const (
	rtl   = "\u202e\u05e9\u05dc\u05d5\u05dd\u202c"
	evil  = "\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07 \x9b2J\u009b2Jbell\x07 \r\n next\x00\x7f" + rtl + " \U0001f525\U0001f468\u200d\U0001f469\u200d\U0001f467 zal\u0301\u0301\u0301\u0301go \u6f22\u5b57 \xff\xfe"
	token = "x = f(\t" + evil + ")"
)

// hostile is a run in which every name that a user can choose tries to break the report.
func hostile(t *testing.T) *Report {
	long := strings.Repeat("very_long_name.", 700)
	b := new(nnvet.Builder)
	b.Run = nnvet.Run{Steps: 3, Script: evil, Exception: evil, Framework: evil}
	b.Lost = []string{evil, long}
	b.Layers = []nnvet.Layer{{Name: evil, Kind: long}, {Name: long, Kind: evil}}
	for _, l := range b.Layers {
		add(t, b, nnvet.ActStd, l.Name, nnvet.Train, 1, 1)
	}
	add(t, b, nnvet.Loss, "", nnvet.Train, 0, 1e300)
	add(t, b, nnvet.Loss, "", nnvet.Train, 1, -1e300)
	file := "dir " + evil + "/train.py"
	code := strings.Repeat("\t", 3) + strings.Repeat(evil, 20) + token + strings.Repeat("y+", 5000)
	l := nnvet.Location{File: file, Line: 1, EndLine: 1, Col: strings.Index(code, token) + 1}
	l.EndCol = l.Col + len(token)
	finding := nnvet.Finding{
		Source: l, Site: evil, Label: evil, Brief: evil, Message: evil + long,
		Evidence: []nnvet.Evidence{{What: evil, Saw: 1, Unit: evil, Lo: 0.1, Hi: 2, Limit: "max-std"}, {What: long, Saw: 1}},
		Treatments: []nnvet.Treatment{
			{Action: evil, Edits: []nnvet.Edit{{At: l, New: evil + "\n\t" + evil}}},
			{Action: long, Settings: []nnvet.Setting{{Name: evil, To: long}}},
		},
	}
	finding.Proof = &hostileProof().Proofs[0].Proof
	symptom := finding
	symptom.Source = nnvet.Location{}
	checks := []*nnvet.Check{
		explaining(check("NN0601", "lr-too-high", nnvet.LearningRate, nnvet.Error, finding), "NN0801"),
		check("NN0801", "dead-units", nnvet.Gradients, nnvet.Error, symptom),
		check("NN0201", "learned-nothing", nnvet.Results, nnvet.Warning, symptom),
		skips("NN0101", "input-not-normalized", nnvet.Normalization, evil),
		clears("NN0901", "symmetric-units", nnvet.Initialization, evil),
		check("NN0701", "target-outside-range", nnvet.FinalActivation, nnvet.Error, finding),
	}
	tr := b.Snapshot()
	return &Report{
		Trace: tr, Result: nnvet.Vet(tr, checks, nnvet.Options{Ignore: map[string]string{"NN0701": evil}}),
		ID: evil, Dir: evil, Command: []string{evil, long}, Version: evil, Source: source(file, code),
		Outcome: &Outcome{Headline: evil + long, Facts: []Fact{{evil, long, false}, {long, evil, true}}, Scores: []Score{{Name: evil, Split: long}}},
	}
}

// notFinite is a run in which every figure is NaN or infinite.
func notFinite(t *testing.T) *Report {
	b := new(nnvet.Builder)
	network(b)
	b.Run.Seconds, b.Run.Overhead = math.NaN(), math.Inf(1)
	for i, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		step := int64(i)
		add(t, b, nnvet.Loss, "", nnvet.Train, step, v)
		add(t, b, nnvet.Loss, "", nnvet.Validation, step, v)
		add(t, b, nnvet.Accuracy, "", nnvet.Validation, step, v)
		for _, layer := range []string{"fc1", "relu1", "head"} {
			add(t, b, nnvet.ActStd, layer, nnvet.Train, step, v)
			add(t, b, nnvet.GradRMS, layer+".weight", "", step, v)
			add(t, b, nnvet.Update, layer+".weight", "", step, v)
			add(t, b, nnvet.Dead, layer, nnvet.Train, step, v)
		}
	}
	var evidence []nnvet.Evidence
	for _, saw := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, -1, 1e-310, math.MaxFloat64} {
		evidence = append(evidence,
			nnvet.Evidence{What: "log", Saw: saw, Lo: 0.1, Hi: 10}, nnvet.Evidence{What: "linear", Saw: saw, Lo: -1, Hi: 1, Unit: "%"},
			nnvet.Evidence{What: "limit", Saw: saw, Limit: "max-std"}, nnvet.Evidence{What: "open", Saw: saw, Lo: math.Inf(-1), Hi: math.Inf(1)},
			nnvet.Evidence{What: "half open", Saw: saw, Lo: 1, Hi: math.Inf(1)}, nnvet.Evidence{What: "no range", Saw: saw, Lo: math.NaN(), Hi: math.NaN()})
	}
	tr := b.Snapshot()
	c := check("NN0805", "not-finite", nnvet.Gradients, nnvet.Error, nnvet.Finding{Message: "the loss is NaN", Evidence: evidence, Confidence: math.NaN()})
	return &Report{Trace: tr, Result: nnvet.Vet(tr, []*nnvet.Check{c}, nnvet.Options{}), ID: "aa"}
}

func render(t *testing.T, r *Report, format func(w *bytes.Buffer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := format(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func text(t *testing.T, r *Report, s Style) string {
	t.Helper()
	return render(t, r, func(w *bytes.Buffer) error { return Text(w, r, s) })
}

func TestGolden(t *testing.T) {
	for _, c := range cases {
		if c.name == "hostile" || c.name == "not-finite" {
			continue // the invariants say what matters of these
		}
		r := c.build(t)
		golden(t, c.name+".txt", text(t, r, Style{}))
		if c.name != "broken" && c.name != "proven" && c.name != "healthy" && c.name != "trained" && c.name != "nothing" && c.name != "unlearned" {
			continue
		}
		golden(t, c.name+".60.txt", text(t, r, Style{Width: 60}))
		golden(t, c.name+".120.txt", text(t, r, Style{Width: 120}))
		golden(t, c.name+".ascii.txt", text(t, r, Style{ASCII: true}))
		golden(t, c.name+".linear.txt", text(t, r, Style{Linear: true}))
		for _, f := range Formats[1:] {
			golden(t, c.name+"."+f.Name, render(t, r, func(w *bytes.Buffer) error { return f.Render(w, r, Style{}) }))
		}
	}
}

// golden compares with a file in testdata, or writes it where NNVET_UPDATE is set.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("NNVET_UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

var sgrCodes = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestInvariants(t *testing.T) {
	for _, c := range cases {
		for _, columns := range []int{40, 60, 80, 120} {
			for _, s := range []Style{{}, {ASCII: true}, {Linear: true}, {ASCII: true, Linear: true}} {
				s.Width = columns
				t.Run(fmt.Sprintf("%s/%+v", c.name, s), func(t *testing.T) { invariants(t, c.build(t), s) })
			}
		}
	}
}

// invariants are what holds of every text, whatever it is about.
func invariants(t *testing.T, r *Report, s Style) {
	t.Helper()
	got := text(t, r, s)
	if again := text(t, r, s); got != again {
		t.Error("two renderings differ")
	}
	colored := s
	colored.Color = true
	if plain := sgrCodes.ReplaceAllString(text(t, r, colored), ""); plain != got {
		t.Errorf("without its colours the text is\n%s\nwant\n%s", plain, got)
	}
	if !strings.HasPrefix(got, "nnvet: ") || !strings.HasSuffix(got, "\n") {
		t.Errorf("the text does not begin with the answer, or not end with a line:\n%s", got)
	}
	for line := range strings.Lines(got) {
		oneLine(t, strings.TrimSuffix(line, "\n"), s)
	}
	status := Status(r.Trace, r.Result, s)
	oneLine(t, status, s)
	if width(status) >= s.Width {
		t.Errorf("the status is %d columns wide of %d: %q", width(status), s.Width, status)
	}
}

var placeLine = regexp.MustCompile(`^ *--> `)

func oneLine(t *testing.T, line string, s Style) {
	t.Helper()
	for _, r := range line {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			t.Errorf("%q holds %U", line, r)
		}
		if s.ASCII && r > 0x7e {
			t.Errorf("%q holds %U, which is not ASCII", line, r)
		}
	}
	if n := width(line); n > s.Width && !placeLine.MatchString(line) {
		t.Errorf("%d columns of %d: %q", n, s.Width, line)
	}
	if strings.HasSuffix(line, " ") {
		t.Errorf("%q ends with a space", line)
	}
}

func TestLineFormats(t *testing.T) {
	for _, c := range cases {
		r := c.build(t)
		for _, f := range Formats {
			got := render(t, r, func(w *bytes.Buffer) error { return f.Render(w, r, Style{}) })
			if f.Name == "json" { // exact also where it is not to be shown
				if !json.Valid([]byte(got)) {
					t.Errorf("%s: not JSON:\n%s", c.name, got)
				}
				continue
			}
			for _, r := range got {
				if r < ' ' && r != '\n' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e {
					t.Errorf("%s as %s holds %U:\n%s", c.name, f.Name, r, got)
					break
				}
			}
		}
	}
}

func TestConciseIsWhatEditorsRead(t *testing.T) {
	matcher := regexp.MustCompile(`^(.+):(\d+):(\d+): (error|warning)\[(\w+)\] (.*)$`)
	r := broken(t)
	lines := strings.Split(strings.TrimSpace(render(t, r, func(w *bytes.Buffer) error { return Concise(w, r, Style{}) })), "\n")
	for _, line := range lines[:len(lines)-1] {
		if !matcher.MatchString(line) {
			t.Errorf("no problem matcher reads %q", line)
		}
	}
	if got, want := len(lines), len(r.Result.Findings)-1+1; got != want { // less a note, and the counts
		t.Errorf("got %d lines, want %d", got, want)
	}
}

func TestStatus(t *testing.T) {
	r := broken(t)
	for _, c := range []struct {
		name string
		tr   *nnvet.Trace
		res  nnvet.Result
		s    Style
		want string
	}{
		{"before", nil, nnvet.Result{}, Style{}, "nnvet  waiting for the first training step"},
		{"broken", r.Trace, r.Result, Style{}, "nnvet  step 240  loss NaN ▁▃▅▆✗·····  2 errors, 1 warning, 2 symptoms"},
		{"ascii", r.Trace, r.Result, Style{ASCII: true}, "nnvet  step 240  loss NaN _-==X.....  2 errors, 1 warning, 2 symptoms"},
		{"narrow", r.Trace, r.Result, Style{Width: 30}, "nnvet  step 240  loss NaN ▁▃…"},
		{"linear", r.Trace, r.Result, Style{Linear: true}, "nnvet  step 240  loss NaN  2 errors, 1 warning, 2 symptoms"},
		{"healthy", healthy(t).Trace, nnvet.Result{}, Style{}, "nnvet  step 4690  loss 0.11 █▄▂▂▁▁▁▁▁▁"},
	} {
		if got := Status(c.tr, c.res, c.s); got != c.want {
			t.Errorf("%s: got\n%q\nwant\n%q", c.name, got, c.want)
		}
	}
}

func TestLive(t *testing.T) {
	f := nnvet.Finding{
		Check: check("NN0601", "lr-too-high", nnvet.LearningRate, nnvet.Error), Severity: nnvet.Error,
		Span: nnvet.Span{From: 30, To: 41}, Message: "the loss rises\nsince step 30",
	}
	if got, want := Live(f, Style{}), "nnvet: step 41: error[NN0601] lr-too-high: the loss rises since step 30"; got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestStyleFor(t *testing.T) {
	for _, c := range []struct {
		env      string
		terminal bool
		want     Style
	}{
		{"", true, Style{Color: true, Width: 100}},
		{"", false, Style{Width: 100}},
		{"NO_COLOR=1", true, Style{Width: 100}},
		{"NO_COLOR=1 CLICOLOR_FORCE=1", true, Style{Width: 100}},
		{"CLICOLOR_FORCE=1", false, Style{Color: true, Width: 100}},
		{"CLICOLOR_FORCE=0", false, Style{Width: 100}},
		{"TERM=dumb", true, Style{ASCII: true, Width: 100}},
		{"TERM=xterm COLUMNS=70", true, Style{Color: true, Width: 70}},
		{"COLUMNS=x", false, Style{Width: 100}},
		{"NNVET_LINEAR=1", false, Style{Linear: true, Width: 100}},
	} {
		if got := StyleFor(environment(c.env), c.terminal, 100); got != c.want {
			t.Errorf("StyleFor(%q, %v): got %+v, want %+v", c.env, c.terminal, got, c.want)
		}
	}
}

func TestDefaultFormat(t *testing.T) {
	for env, want := range map[string]string{"": "text", "CLAUDECODE=1": "agent", "AGENT=0": "text", "HOME=/": "text", "AI_AGENT=x": "agent"} {
		if got := DefaultFormat(environment(env)); got != want {
			t.Errorf("DefaultFormat(%q): got %s, want %s", env, got, want)
		}
	}
}

func environment(vars string) func(string) string {
	return func(name string) string {
		for _, v := range strings.Fields(vars) {
			if n, value, _ := strings.Cut(v, "="); n == name {
				return value
			}
		}
		return ""
	}
}

func FuzzText(f *testing.F) {
	f.Add(evil, token, 1, 9, 80, false)
	f.Add("a", "\t\tlr=0.1", 3, 200, 40, true)
	f.Add("\x1b]", strings.Repeat("\u6f22", 60), 100, 103, 41, true)
	f.Fuzz(func(t *testing.T, name, line string, col, end, columns int, ascii bool) {
		if strings.ContainsAny(line, "\n") {
			t.Skip("a line of a source holds no newline")
		}
		r := broken(t)
		l := nnvet.Location{File: "train.py", Line: 1, Col: col, EndLine: 1, EndCol: end}
		r.Source = func(string) ([]string, error) { return []string{line, name}, nil }
		for i := range r.Result.Findings {
			g := &r.Result.Findings[i]
			g.Source, g.Label, g.Message, g.Site, g.Brief = l, name, name+" "+line, name, name
			g.Treatments = []nnvet.Treatment{{Action: name, Edits: []nnvet.Edit{{At: l, New: name}}}}
		}
		s := Style{Width: min(max(columns, minWidth), maxWidth), ASCII: ascii}
		invariants(t, r, s)
		for _, f := range Formats {
			if err := f.Render(new(bytes.Buffer), r, s); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestOutcomeJSON holds that an outcome can be kept, also of a training that ended badly.
func TestOutcomeJSON(t *testing.T) {
	want := trained(t).Outcome
	want.Scores = append(want.Scores, Score{Name: "mae", Split: "test", Value: math.Inf(1), Baseline: math.NaN()})
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Outcome
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(got)
	if err != nil || string(again) != string(b) {
		t.Errorf("got %s, want %s (%v)", again, b, err)
	}
	if s := got.Scores[2]; !math.IsNaN(s.Value) || !math.IsNaN(s.Baseline) || got.Scores[0].Value != want.Scores[0].Value {
		t.Errorf("got %+v", got.Scores)
	}
}
