package casebook

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/engine"
)

// dir is where the lists are.
const dir = "../../casebook"

func tables(t *testing.T) Tables {
	t.Helper()
	got, err := ReadTables(t.Context(), "../../examples/data")
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func labelled(t *testing.T) []*Case {
	t.Helper()
	cases, err := Labelled(dir, tables(t))
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// TestLists: the lists in the folder are of the cases that there are, every
// task is healthy as it is, and both parts have every pitfall.
func TestLists(t *testing.T) {
	count := make(map[string][12]int)
	seen := make(map[string]bool)
	for _, c := range labelled(t) {
		if seen[c.Name] {
			t.Errorf("two cases are named %s", c.Name)
		}
		seen[c.Name] = true
		if c.Group == Healthy && c.Label != Sound {
			t.Errorf("%s is not healthy as it is: skill %g, floor %g", c.Name, c.Skill, c.floor)
		}
		if c.Label != Faulty {
			continue
		}
		n := count[c.Part]
		for _, f := range c.Faults {
			n[f.Pitfall]++
		}
		count[c.Part] = n
	}
	for _, part := range []string{Learn, Score} {
		for p := 1; p <= 11; p++ {
			if count[part][p] == 0 {
				t.Errorf("the part %s has no faulty case of pitfall %d", part, p)
			}
		}
	}
}

// TestAnswers: what counts as a right answer is an id of the pitfalls that there
// are, and no case names a right answer twice.
func TestAnswers(t *testing.T) {
	id := regexp.MustCompile(`^NN(0[1-9]|1[01])[0-9]{2}$`)
	for _, c := range Cases(tables(t)) {
		for _, f := range c.Faults {
			if len(f.Right) == 0 || f.Pitfall < 1 || f.Pitfall > 11 {
				t.Errorf("%s: a fault of pitfall %d with the answers %v", c.Name, f.Pitfall, f.Right)
			}
			for _, answer := range f.Right {
				if !id.MatchString(answer) {
					t.Errorf("%s: %q is no id of a check", c.Name, answer)
				}
			}
		}
	}
}

// TestSameSeedSameRows: a case is the same however often it is made.
func TestSameSeedSameRows(t *testing.T) {
	for _, c := range Cases(tables(t)) {
		if c.Group == Odd || c.Group == Injected && rand.IntN(10) > 0 { // all would take long
			continue
		}
		a, err := c.make(3).build()
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		b, _ := c.make(3).build()
		if identity(a.Spec, a.Train, a.Val) != identity(b.Spec, b.Train, b.Val) {
			t.Errorf("%s: the same seed gives other rows", c.Name)
		}
	}
}

// TestSkill: what skill says of answers that are known.
func TestSkill(t *testing.T) {
	class := judge{goal: Class, loss: engine.CrossEntropy, val: Part{Rows: 4, Of: []int{0, 0, 0, 1}}}
	number := judge{goal: Amount, loss: engine.MSE, val: Part{Rows: 2, Y: [][]float64{{1, 3}}}}
	angle := judge{goal: Direction, loss: engine.MSE, raw: true, angle: scaling{180, 90}, val: Part{Rows: 2, Y: [][]float64{{-2, 0}}}} // 0 and 180 degrees
	for _, c := range []struct {
		name string
		j    judge
		out  [][]float32
		want float64
	}{
		{"all right", class, [][]float32{{1, 0}, {1, 0}, {1, 0}, {0, 1}}, 1},
		{"always the most frequent", class, [][]float32{{1, 0}, {1, 0}, {1, 0}, {1, 0}}, 0},
		{"exact", number, [][]float32{{1}, {3}}, 1},
		{"the mean", number, [][]float32{{2}, {2}}, 0},
		{"the other way round", number, [][]float32{{3}, {1}}, -3},
		{"360 degrees are 0", angle, [][]float32{{2}, {0}}, 1},
	} {
		if got := c.j.answers(c.out); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	nan := float32(math.NaN())
	if got := floor(number.answers([][]float32{{nan}, {nan}})); got != worst {
		t.Errorf("answers that are not finite have skill %v, want %v", got, worst)
	}
}

// TestTally: marks on runs that are made up.
func TestTally(t *testing.T) {
	faulty := &Case{Name: "a", Label: Faulty, Group: Injected, Faults: []Fault{fault(6, "0601"), hidden(10, "1001")}}
	sound := &Case{Name: "b", Label: Sound, Group: Healthy, Task: "b", floor: 0.5}
	say := func(findings ...Finding) []Finding { return findings }
	controls := []Control{{Pitfalls: []int{6}}, {}, {}}
	runs := []*Run{
		{Case: faulty, Findings: say(Finding{Check: "NN0601", Severity: "error"}, Finding{Check: "NN0805", Severity: "error", Because: []string{"NN0601"}}), Controls: controls},
		{Case: faulty, Findings: say(Finding{Check: "NN0805", Severity: "error"}, Finding{Check: "NN0601", Severity: "note"}), Controls: controls},
		{Case: sound, Skill: Skill{Answers: 0.9}, Controls: controls},
		{Case: sound, Skill: Skill{Answers: 0.9}, Findings: say(Finding{Check: "NN0601", Severity: "note"}), Controls: controls},
		{Case: sound, Skill: Skill{Answers: 0.9}, Findings: say(Finding{Check: "NN0904", Severity: "warning"}), Controls: controls},
		{Case: sound, Skill: Skill{Answers: 0.1}, Findings: say(Finding{Check: "NN0904", Severity: "warning"}), Controls: controls},
	}
	b := Tally(runs)
	s := b.Scores[0]
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"recall of the rate", s.Pitfalls[6][0].Mean, 0.5},
		{"recall of the depth, of what one run can show", float64(s.Pitfalls[10][0].Cases), 0},
		{"recall of the depth", s.Pitfalls[10][1].Mean, 0},
		{"macro, one run", s.Seen[0].Mean, 0.5},
		{"macro, all", s.Seen[1].Mean, 0.25},
		{"first cause", s.First[1].Mean, 0.5},
		{"precision: a cause and a symptom", s.Precision, 0.75},
		{"recall: one of two, half for the symptom, of both faults", s.Recall, (1 + 0 + 0.5 + 0.5) / 4},
		{"alarms", float64(s.Alarms[Healthy].Alarmed), 1},
		{"runs that alarms count in", float64(s.Alarms[Healthy].Of), 3},
		{"unhealthy", float64(b.Unhealthy), 1},
		{"constant guess finds the rate", b.Scores[2].Pitfalls[6][0].Mean, 1},
		{"constant guess alarms", b.Scores[2].Alarms[Healthy].share(), 1},
	} {
		if math.Abs(c.got-c.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

// TestHealthyRunsStaySilent runs the sound cases of the smoke part: none may
// alarm that is not on the list of those that are known to.
func TestHealthyRunsStaySilent(t *testing.T) {
	if testing.Short() {
		t.Skip("trains hundreds of networks")
	}
	known := knownAlarms(t)
	var sound []*Case
	for _, c := range labelled(t) {
		if c.Label == Sound && c.Group != Injected && c.Group != Restated {
			sound = append(sound, c)
		}
	}
	still := make(map[string]bool)
	err := Train(t.Context(), Choose(sound, Learn, true, "", 0), 0, checks.Likelihoods, func(_ int, r *Run) {
		if r.Err != nil {
			t.Error(r.Err)
			return
		}
		if !r.healthy() {
			return
		}
		for _, f := range r.Findings {
			what := r.Name + " " + f.Check
			if f.Severity == "note" {
				continue
			}
			still[what] = true
			if !slices.Contains(known, what) {
				t.Errorf("%s (seed %d) is healthy, and %s (%s) says: %s", r.Name, r.Seed, f.Check, nameOf(f.Check), f.Message)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range known {
		if !still[what] {
			t.Logf("%s does not alarm any more: take it off casebook/known_alarms.txt", what)
		}
	}
}

func nameOf(id string) string {
	if c := checks.Find(id); c != nil {
		return c.Name
	}
	return "no check"
}

// knownAlarms reads "case check: reason" a line; # begins a comment.
func knownAlarms(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "known_alarms.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		what, reason, ok := strings.Cut(line, ":")
		if !ok || strings.TrimSpace(reason) == "" {
			t.Errorf("known_alarms.txt: %q has no reason", line)
		}
		out = append(out, strings.TrimSpace(what))
	}
	return out
}
