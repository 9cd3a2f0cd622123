package picture

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// A drawn is a case with all of its pictures.
type drawn struct {
	name     string
	pictures []Picture
}

// cases are the traces of testdata, of real runs of examples, and those made by
// hand of what these runs do not have.
func cases(t testing.TB) []drawn { return append(recorded(t, "testdata", flagged), made()...) }

// recorded draws every trace of a folder, each in a folder of its own.
func recorded(t testing.TB, dir string, judge func(*nnvet.Trace) nnvet.Result) (out []drawn) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*", "r0-*.jsonl"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: no traces (%v)", dir, err)
	}
	slices.Sort(names)
	for _, n := range names {
		tr, err := tracefile.Load(filepath.Dir(n))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, drawn{filepath.Base(filepath.Dir(n)), allOf(tr, judge(tr))})
	}
	return out
}

// vetted returns what the checks make of a trace.
func vetted(tr *nnvet.Trace) nnvet.Result { return nnvet.Vet(tr, checks.All, nnvet.Options{}) }

// flagged returns findings that are the same for every trace, so that a change
// of a check changes no golden.
func flagged(*nnvet.Trace) nnvet.Result {
	find := func(check string, from int64, s nnvet.Severity) nnvet.Finding {
		return nnvet.Finding{Check: checks.Find(check), Severity: s, Span: nnvet.Span{From: from, To: from}, Evidence: []nnvet.Evidence{{What: "loss", Saw: float64(from)}}}
	}
	return nnvet.Result{Findings: []nnvet.Finding{
		find("input-not-normalized", 0, nnvet.Error), find("lr-too-high", 0, nnvet.Error), find("overfitting", 40, nnvet.Warning), find("learned-nothing", 44, nnvet.Warning),
	}}
}

// allOf returns every picture of a trace.
func allOf(tr *nnvet.Trace, r nnvet.Result) (out []Picture) {
	if p, ok := Timeline(tr, &r); ok {
		out = append(out, p)
	}
	if p, ok := Layers(tr, &r); ok {
		out = append(out, p)
	}
	for _, p := range nnvet.Pitfalls {
		out = append(out, Looks(tr, &r, p)...)
	}
	for i := range r.Findings {
		out = append(out, Of(tr, &r, &r.Findings[i])...)
	}
	return out
}

func read(t testing.TB, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
