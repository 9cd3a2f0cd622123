package report

import (
	"math"
	"strings"
	"testing"
	"time"
)

func sweepOf(knob string, points ...SweepPoint) *Sweep {
	return &Sweep{Of: "a.yaml", Knob: knob, Scale: "skill", Split: "val", Seeds: 2, Points: points, Trainings: 4, Spent: time.Second}
}

func sweptAt(label string, v float64, scores ...float64) SweepPoint {
	return SweepPoint{Label: label, Value: v, Scores: scores, Losses: []float64{1, 1}}
}

func marked(p SweepPoint, marks string) SweepPoint {
	p.Yours, p.Best = strings.Contains(marks, "y"), strings.Contains(marks, "b")
	p.AsGood = p.Best || strings.Contains(marks, "g")
	if strings.Contains(marks, "x") {
		p.Blown = len(p.Scores)
	}
	return p
}

func inSeries(series string, p SweepPoint) SweepPoint {
	p.Series = series
	return p
}

// The first line is the answer.
func TestSweepAnswers(t *testing.T) {
	for _, c := range []struct {
		sweep *Sweep
		want  string
	}{
		{sweepOf("lr", sweptAt("0.001", 0.001, 0.5, 0.5), marked(sweptAt("0.003", 0.003, 0.9, 0.9), "b"), marked(sweptAt("1", 1, -1, -1), "yx")),
			"the best learning rate is about 0.003 (yours 1: blown up)"},
		{sweepOf("lr", sweptAt("0.001", 0.001, 0.5, 0.5), marked(sweptAt("0.003", 0.003, 0.9, 0.9), "b"), marked(sweptAt("1", 1, 0.3, 0.3), "y")),
			"the best learning rate is about 0.003 (it scores 0.90, yours 1 0.30)"},
		{sweepOf("lr", sweptAt("0.001", 0.001, 0.5, 0.5), marked(sweptAt("0.003", 0.003, 0.9, 0.9), "y"), marked(sweptAt("1", 1, 0.95, 0.95), "b")),
			"the best learning rate is about 1, at the edge of what was tried (it scores 0.95, yours 0.003 0.90)"},
		{sweepOf("lr", marked(sweptAt("0.1", 0.1, -1, -1), "x"), marked(sweptAt("1", 1, -1, -1), "yx")),
			"no learning rate from 0.1 to 1 learns anything: the fault is elsewhere"},
		{sweepOf("width", marked(sweptAt("16", 16, 0.9, 0.9), "b"), marked(sweptAt("64", 64, 0.9, 0.9), "yg")),
			"your width of 64 is as good as any that was tried; 16 does as well, and costs less"},
		{sweepOf("depth", marked(sweptAt("1", 1, 0.9, 0.9), "b"), marked(sweptAt("8", 8, 0.1, 0.1), "y")),
			"the smallest number of hidden layers that is as good as the best is 1 (it scores 0.90, yours 8 0.10)"},
		{sweepOf("data", sweptAt("50 %", 0.5, 0.7, 0.7), marked(sweptAt("100 %", 1, 0.8, 0.8), "y")), "more rows would help: 50 % of them score 0.70, all 0.80"},
		{sweepOf("data", sweptAt("50 %", 0.5, 0.8, 0.8), marked(sweptAt("100 %", 1, 0.81, 0.81), "y")), "rows are not what is missing: 50 % of them score 0.80, all 0.81"},
		{sweepOf("dropout", sweptAt("0", 0, 0.5, 0.5), sweptAt("0.1", 0.1, 0.6, 0.6), marked(sweptAt("0.7", 0.7, 0.9, 0.9), "yb")),
			"your dropout of 0.7 is the best that was tried, at the edge of what was tried"},
		{sweepOf("dropout", marked(sweptAt("0", 0, 0.9, 0.9), "yb"), sweptAt("0.1", 0.1, 0.6, 0.6)), "your dropout of 0 is the best that was tried"},
		{sweepOf("decay", marked(sweptAt("0", 0, 0.9, 0.9), "g"), marked(sweptAt("0.01", 0.01, 0.9, 0.9), "yg"), marked(sweptAt("0.1", 0.1, 0.9, 0.9), "b")),
			"no weight decay from 0 to 0.1 makes a difference that counts: your 0.01 is as good as any"},
		{sweepOf("batch", inSeries("equal epochs", sweptAt("1", 1, 0.5, 0.5)), inSeries("equal epochs", marked(sweptAt("16", 16, 0.9, 0.9), "yb")), inSeries("equal epochs", sweptAt("64", 64, 0.5, 0.5)),
			inSeries("equal updates", sweptAt("1", 1, 0.5, 0.5)), inSeries("equal updates", marked(sweptAt("16", 16, 0.9, 0.9), "yb")), inSeries("equal updates", sweptAt("64", 64, 0.5, 0.5))),
			"at equal epochs and at equal updates alike your batch of 16 is the best that was tried"},
		{sweepOf("dropout", SweepPoint{Label: "0.1", Refused: "no"}), "nothing could be tried"},
	} {
		if got := c.sweep.answer(); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// Whatever stands in a sweep, its text stays within its width and steers no terminal.
func TestSweepText(t *testing.T) {
	odd := sweepOf("lr", marked(sweptAt("0.001", 0.001, math.NaN()), "g"), marked(sweptAt("\x1b[31mred", 1, 0.2, 0.9), "by"), SweepPoint{Label: "9", Refused: "it \x1b[2J is late"})
	odd.Notes, odd.Short = []string{"a note"}, "the time was up"
	for _, s := range []Style{{}, {ASCII: true, Width: 60}, {Linear: true}, {Width: 40}} {
		var b strings.Builder
		if err := Sweeps(&b, odd, s); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "\x1b") {
			t.Errorf("%+v: an escape sequence in %q", s, b.String())
		}
		for line := range strings.Lines(b.String()) {
			if n := width(strings.TrimSuffix(line, "\n")); n > s.width() {
				t.Errorf("%+v: %d columns: %q", s, n, line)
			}
		}
		if s.Linear && strings.ContainsAny(b.String(), "●·┊") {
			t.Errorf("a drawing in linear text: %s", b.String())
		}
	}
}

func TestDecidedText(t *testing.T) {
	d := &Decisions{Of: "a.yaml", Scale: "skill", Split: "val", Trainings: 9, Spent: time.Second, Decided: []Decided{
		{Check: "NN1102", Name: "too-wide", Outcome: "found", Severity: "note", Message: "half does", Action: "take half"},
		{Check: "NN0203", Name: "inputs-ignored", Outcome: "clear", Message: "gain 0.57"},
		{Check: "NN1001", Name: "too-deep", Outcome: "not checked", Message: "too dear"},
		{Check: "NN1003", Name: "needs-skips", Outcome: "not checked", Message: "too dear"},
	}}
	var b strings.Builder
	if err := DecidedText(&b, d, Style{Width: 120}); err != nil {
		t.Fatal(err)
	}
	want := `nnvet: of 2 experiments, 1 found something: too-wide
a.yaml  9 trainings in 1.0 s  scores: skill on validation rows: 1 is perfect, 0 is what a constant guess gives

note too-wide (NN1102): half does
  try: take half

clear inputs-ignored (gain 0.57)

not checked too-deep, needs-skips: too dear
`
	if got := b.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
