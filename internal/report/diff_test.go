package report

import (
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

// TestChanges holds what becomes of a finding between two runs, check by check.
func TestChanges(t *testing.T) {
	a := func(s nnvet.Severity) []nnvet.Finding {
		return []nnvet.Finding{{Severity: s, Message: "it is so", Evidence: []nnvet.Evidence{{What: "x", Saw: 1}}}}
	}
	clear := clears("NN0601", "lr-too-high", nnvet.LearningRate, "")
	for _, c := range []struct {
		name          string
		before, after *nnvet.Check
		want          string
	}{
		{"nothing", clear, clear, "nothing was found in either"},
		{"appears", clear, check("NN0601", "lr-too-high", nnvet.LearningRate, nnvet.Error, a(0)...), "1 new"},
		{"goes", check("NN0601", "lr-too-high", nnvet.LearningRate, nnvet.Error, a(0)...), clear, "1 fixed"},
		{"stays", check("NN0601", "lr-too-high", nnvet.LearningRate, nnvet.Error, a(0)...), check("NN0601", "lr-too-high", nnvet.LearningRate, nnvet.Error, a(0)...), "1 still there"},
		{"gets worse", check("NN0601", "lr-too-high", nnvet.LearningRate, nnvet.Error, a(nnvet.Warning)...), check("NN0601", "lr-too-high", nnvet.LearningRate, nnvet.Error, a(nnvet.Error)...), "1 regressed"},
		{"gets better", check("NN0601", "lr-too-high", nnvet.LearningRate, nnvet.Error, a(nnvet.Error)...), check("NN0601", "lr-too-high", nnvet.LearningRate, nnvet.Error, a(nnvet.Warning)...), "1 improved"},
		{"is only a note", clear, check("NN0601", "lr-too-high", nnvet.LearningRate, nnvet.Error, a(nnvet.Note)...), "nothing was found in either"},
		{"cannot be judged", check("NN0601", "lr-too-high", nnvet.LearningRate, nnvet.Error, a(0)...), skips("NN0601", "lr-too-high", nnvet.LearningRate, "too short"), "1 not checked any more"},
	} {
		trace := &nnvet.Trace{}
		before, after := nnvet.Vet(trace, []*nnvet.Check{c.before}, nnvet.Options{}), nnvet.Vet(trace, []*nnvet.Check{c.after}, nnvet.Options{})
		if got := Tally(Changes(&before, &after)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestDiff(t *testing.T) {
	trace := &nnvet.Trace{}
	found := nnvet.Vet(trace, []*nnvet.Check{check("NN0601", "lr-too-high", nnvet.LearningRate, nnvet.Error, nnvet.Finding{
		Message: "the rate is 33 times too high", Brief: "33x", Evidence: []nnvet.Evidence{{What: "ratio", Saw: 33}},
	})}, nnvet.Options{})
	fine := nnvet.Vet(trace, []*nnvet.Check{clears("NN0601", "lr-too-high", nnvet.LearningRate, "0.2%/step")}, nnvet.Options{})
	var b strings.Builder
	if err := Diff(&b, &Report{ID: "aaaaaa", Trace: trace, Result: found}, &Report{ID: "bbbbbb", Trace: trace, Result: fine}, Style{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"nnvet: 1 fixed, from aaaaaa to bbbbbb\n",
		"fixed\n  error[NN0601] lr-too-high: the rate is 33 times too high\n",
		" ●  6 learning rate",
		"✗ error 33x",
		"✓ ok 0.2%/step",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("got\n%s\nwithout %q", b.String(), want)
		}
	}
}
