package nnvet_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

var always = nnvet.Need{What: "anything", Has: func(*nnvet.Trace) bool { return true }}

// found makes a check that reports one finding that starts at a step.
func found(id string, from int64, explains ...string) *nnvet.Check {
	c := &nnvet.Check{
		ID: id, Name: "fault-" + id, Severity: nnvet.Error, Needs: []nnvet.Need{always}, Explains: explains,
		Doc: "# fault-" + id + ": a fault\n",
		Run: func(p *nnvet.Pass) {
			p.Report(nnvet.Finding{Span: nnvet.Span{From: from, To: from}, Evidence: []nnvet.Evidence{{What: "figure"}}})
		},
	}
	fmt.Sscanf(id, "NN%02d", &c.Pitfall)
	return c
}

func order(r nnvet.Result) string {
	var s []string
	for _, f := range r.Findings {
		text := f.Check.ID
		if len(f.Because) > 0 {
			text += "<" + strings.Join(f.Because, "+")
		}
		s = append(s, text)
	}
	return strings.Join(s, " ")
}

func TestSymptomsFoldUnderCauses(t *testing.T) {
	for _, c := range []struct {
		name   string
		checks []*nnvet.Check
		want   string
	}{
		{"a cause and its symptom", []*nnvet.Check{found("NN0101", 0, "NN0601"), found("NN0601", 3)}, "NN0101 NN0601<NN0101"},
		{"a cause that starts later explains nothing", []*nnvet.Check{found("NN0601", 9, "NN0801"), found("NN0801", 3)}, "NN0601 NN0801"},
		{"a chain", []*nnvet.Check{found("NN0101", 0, "NN0601"), found("NN0601", 1, "NN0805"), found("NN0805", 2)},
			"NN0101 NN0601<NN0101 NN0805<NN0601"},
		{"two causes, each with its own", []*nnvet.Check{found("NN0101", 0, "NN0801"), found("NN0703", 0, "NN0805"), found("NN0801", 2), found("NN0805", 2)},
			"NN0101 NN0801<NN0101 NN0703 NN0805<NN0703"},
		{"two causes of one symptom", []*nnvet.Check{found("NN0101", 0, "NN0801"), found("NN0601", 0, "NN0801"), found("NN0801", 2)},
			"NN0101 NN0801<NN0101+NN0601 NN0601"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := nnvet.Validate(c.checks); err != nil {
				t.Fatal(err)
			}
			if got := order(nnvet.Vet(&nnvet.Trace{}, c.checks, nnvet.Options{})); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestEveryCheckIsAccountedFor(t *testing.T) {
	never := nnvet.Need{What: "unicorns", Has: func(*nnvet.Trace) bool { return false }}
	checks := []*nnvet.Check{
		found("NN0101", 0),
		{ID: "NN0201", Needs: []nnvet.Need{always}, Run: func(*nnvet.Pass) {}},
		{ID: "NN0301", Needs: []nnvet.Need{never}, Run: func(*nnvet.Pass) { panic("ran without what it needs") }},
		{ID: "NN0401", Needs: []nnvet.Need{always}, Run: func(p *nnvet.Pass) { p.Skip("only %d rows", 3) }},
		{ID: "NN0501", Needs: []nnvet.Need{always}, AtEnd: true, Run: func(*nnvet.Pass) { panic("ran too early") }},
	}
	r := nnvet.Vet(&nnvet.Trace{}, checks, nnvet.Options{Live: true})
	var skipped []string
	for _, s := range r.NotChecked {
		skipped = append(skipped, s.Check.ID+" "+s.Reason)
	}
	got := fmt.Sprint(order(r), " | ", len(r.Clear), " | ", strings.Join(skipped, "; "))
	want := "NN0101 | 1 | NN0301 the trace has no unicorns; NN0401 only 3 rows; NN0501 judged when training ends"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestASkipSaysWhetherMoreWouldBeEnough(t *testing.T) {
	checks := []*nnvet.Check{
		{ID: "NN0201", Needs: []nnvet.Need{always}, Run: func(p *nnvet.Pass) { p.Skip("no loss compares numbers") }},
		{ID: "NN0601", Needs: []nnvet.Need{always}, Run: func(p *nnvet.Pass) { p.Short("%d steps; it takes 50", 3) }},
	}
	got := fmt.Sprint(nnvet.Vet(&nnvet.Trace{}, checks, nnvet.Options{}).NotChecked)
	want := fmt.Sprint([]nnvet.Skip{{checks[0], "no loss compares numbers", false}, {checks[1], "3 steps; it takes 50", true}})
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestSymptomsStandOnceBehindSeveralFindingsOfOneCheck(t *testing.T) {
	twice := found("NN0101", 0, "NN0805")
	one := twice.Run
	twice.Run = func(p *nnvet.Pass) {
		one(p)
		p.Report(nnvet.Finding{Severity: nnvet.Warning, Evidence: []nnvet.Evidence{{What: "figure"}}})
	}
	r := nnvet.Vet(&nnvet.Trace{}, []*nnvet.Check{twice, found("NN0703", 0), found("NN0805", 2)}, nnvet.Options{})
	if got, want := order(r), "NN0101 NN0703 NN0101 NN0805<NN0101"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestIgnoredFindingsExplainNothing(t *testing.T) {
	checks := []*nnvet.Check{found("NN0101", 0, "NN0601"), found("NN0601", 3)}
	r := nnvet.Vet(&nnvet.Trace{}, checks, nnvet.Options{Ignore: map[string]string{"NN0101": "known"}})
	if got := order(r); got != "NN0601" || len(r.Ignored) != 1 || r.Ignored[0].Reason != "known" {
		t.Errorf("got %s, ignored %v", got, r.Ignored)
	}
}

func TestSettings(t *testing.T) {
	c := found("NN0101", 0)
	c.Limits = []nnvet.Limit{{Name: "spread", Default: 1, Source: "convention"}}
	c.Run = func(p *nnvet.Pass) {
		p.Report(nnvet.Finding{Evidence: []nnvet.Evidence{{What: "spread", Saw: 3, Limit: "spread"}}})
	}
	r := nnvet.Vet(&nnvet.Trace{}, []*nnvet.Check{c}, nnvet.Options{
		Limits: map[string]float64{"NN0101.spread": 2}, Severities: map[string]nnvet.Severity{"NN0101": nnvet.Note},
	})
	if f := r.Findings[0]; f.Evidence[0].At != 2 || f.Severity != nnvet.Note || r.Worst() != nnvet.Note {
		t.Errorf("limit at %v, severity %v; want 2, note", f.Evidence[0].At, f.Severity)
	}
}

func TestValidateRefusesSlips(t *testing.T) {
	for _, c := range []struct {
		name   string
		checks []*nnvet.Check
		want   string
	}{
		{"same id", []*nnvet.Check{found("NN0101", 0), found("NN0101", 0)}, "two checks have the id"},
		{"explains a stranger", []*nnvet.Check{found("NN0101", 0, "NN9999")}, "which is no check"},
		{"explains what stands before it", []*nnvet.Check{found("NN0101", 0), found("NN0601", 0, "NN0101")}, "stands before it"},
		{"id of another pitfall", []*nnvet.Check{{ID: "NN0601", Name: "x", Pitfall: 1}}, "is not NN"},
	} {
		if err := nnvet.Validate(c.checks); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}
