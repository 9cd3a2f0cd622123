package report

import (
	"bytes"
	"strings"
	"testing"
)

// TestScoreComesFirst holds where each format has the score: at the beginning
// of the answer, with findings or without, and of the agent's second line.
func TestScoreComesFirst(t *testing.T) {
	for _, build := range []func(*testing.T) *Report{trained, func(t *testing.T) *Report {
		r := broken(t)
		r.Outcome = trained(t).Outcome
		return r
	}} {
		r := build(t)
		const score = "R2 0.812 on 4128 rows"
		if got := text(t, r, Style{}); !strings.HasPrefix(got, "nnvet: "+score) || strings.Count(got, score) != 1 {
			t.Errorf("text: got\n%s\nwant %q once, and first", got, score)
		}
		lines := strings.Split(render(t, r, func(w *bytes.Buffer) error { return Agent(w, r, Style{}) }), "\n")
		if !strings.HasPrefix(lines[1], "outcome: "+score) {
			t.Errorf("agent: got %q in the second line, want the outcome", lines[1])
		}
		lines = strings.Split(strings.TrimSpace(render(t, r, func(w *bytes.Buffer) error { return Concise(w, r, Style{}) })), "\n")
		if last := lines[len(lines)-1]; !strings.HasPrefix(last, score) {
			t.Errorf("concise: got %q last, want the score", last)
		}
	}
}

// TestLength holds how the header says what took how long.
func TestLength(t *testing.T) {
	for _, c := range []struct {
		seconds, overhead float64
		want, without     string
	}{
		{63, 0.017, "  63.0 s  overhead 1.7 %", "ms"},
		{1, 0.1, "  1.0 s  overhead 0.10 s", "ms"},
		{0.06, 0.01, "  0.1 s", "overhead"},
		{0.0421, 0.1, "  42 ms", "overhead"},
		{0.0004, 0.1, "  0.4 ms", "overhead"},
	} {
		r := healthy(t)
		r.Trace.Run.Seconds, r.Trace.Run.Overhead = c.seconds, c.overhead
		if got := text(t, r, Style{}); !strings.Contains(got, c.want+"\n") || strings.Contains(got, c.without) {
			t.Errorf("%g s: got\n%s\nwant %q", c.seconds, got, c.want)
		}
	}
}
