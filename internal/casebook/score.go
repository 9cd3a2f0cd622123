package casebook

import (
	"fmt"
	"slices"

	"github.com/nnvet/nnvet"
)

// symptoms are the checks that see what a fault leads to. One named as a cause
// counts half, where it is not a right answer itself.
var symptoms = []string{"NN0201", "NN0206", "NN0801", "NN0802", "NN0803", "NN0804", "NN0805", "NN0904"}

// A diagnosis is what somebody said of a run: the causes, first the one named
// first, and everything that was named.
type diagnosis struct {
	causes, named []string
	undecided     bool // it abstained from saying which cause is the first
}

// diagnosis returns what nnvet said: what stands above a note. A finding that
// another explains is no cause.
func (r *Run) diagnosis() diagnosis {
	d := diagnosis{undecided: r.Undecided}
	for _, f := range r.Findings {
		if f.Severity == nnvet.Note.String() {
			continue
		}
		if !slices.Contains(d.named, f.Check) {
			d.named = append(d.named, f.Check)
		}
		if len(f.Because) == 0 && !slices.Contains(d.causes, f.Check) {
			d.causes = append(d.causes, f.Check)
		}
	}
	return d
}

// byPitfall returns the same as pitfalls, as which other tools can be compared.
func (d diagnosis) byPitfall() diagnosis {
	convert := func(ids []string) []string {
		var out []string
		for _, id := range ids {
			if p := id[:4]; !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
		return out
	}
	return diagnosis{convert(d.causes), convert(d.named), d.undecided}
}

func (c Control) diagnosis() diagnosis {
	var d diagnosis
	for _, p := range c.Pitfalls {
		d.causes = append(d.causes, fmt.Sprintf("NN%02d", p))
	}
	d.named = d.causes
	return d
}

// right returns the answers that are right for a fault, as checks or pitfalls.
func (f Fault) right(byPitfall bool) []string {
	if !byPitfall {
		return f.Right
	}
	return diagnosis{causes: f.Right}.byPitfall().causes
}

func oneOf(answers, right []string) bool {
	return slices.ContainsFunc(answers, func(a string) bool { return slices.Contains(right, a) })
}

// A Figure is a mean over cases, each the mean over its runs.
type Figure struct {
	Sum   float64 `json:"-"`
	Cases int     `json:"cases"`
	Mean  float64 `json:"mean"`
}

func (f *Figure) add(v float64) {
	f.Sum += v
	f.Cases++
	f.Mean = f.Sum / float64(f.Cases)
}

// Marks are how well one way of judging did.
type Marks struct {
	Name                      string          `json:"name"`
	Seen                      [2]Figure       `json:"macro"`  // mean over the pitfalls: where one run can show it, and of all
	Pitfalls                  [12][2]Figure   `json:"recall"` // named at all, by pitfall
	First                     [2]Figure       `json:"first_cause"`
	Abstained                 [2]Figure       `json:"abstained"`
	Precision                 float64         `json:"precision"` // of causes, on faulty runs
	Recall                    float64         `json:"cause_recall"`
	F1                        float64         `json:"f1"`
	Alarms                    map[string]Rate `json:"false_alarms"` // by group
	ByTask                    map[string]Rate `json:"false_alarms_by_task"`
	byPitfall                 bool
	hits, said, found, faults float64
}

// A Rate is a share of runs.
type Rate struct{ Alarmed, Of int }

func (r Rate) share() float64 { return float64(r.Alarmed) / float64(max(1, r.Of)) }

// A Board is the score of nnvet beside the controls.
type Board struct {
	Scores    []*Marks       `json:"scores"`
	Unhealthy int            `json:"unhealthy_runs"` // of healthy cases, that did not learn in truth: they count neither way
	Runs      int            `json:"runs"`
	Missed    map[string]int `json:"-"`
	Wrong     map[string]int `json:"-"` // checks that alarmed on healthy runs
}

// ways are those that are scored.
var ways = []string{"nnvet, by check", "nnvet, by pitfall", "constant guess", "AutoTrainer", "DeepDiagnosis"}

func (r *Run) said(way int) diagnosis {
	switch {
	case way == 0:
		return r.diagnosis()
	case way == 1:
		return r.diagnosis().byPitfall()
	}
	return r.Controls[way-2].diagnosis()
}

// Tally scores runs.
func Tally(runs []*Run) *Board {
	b := &Board{Runs: len(runs), Missed: make(map[string]int), Wrong: make(map[string]int)}
	byCase := make(map[*Case][]*Run)
	var order []*Case
	for _, r := range runs {
		if byCase[r.Case] == nil {
			order = append(order, r.Case)
		}
		byCase[r.Case] = append(byCase[r.Case], r)
	}
	for way, name := range ways {
		s := &Marks{Name: name, byPitfall: way > 0, Alarms: make(map[string]Rate), ByTask: make(map[string]Rate)}
		for _, c := range order {
			switch c.Label {
			case Faulty:
				s.faulty(c, byCase[c], way)
			case Sound:
				s.sound(c, byCase[c], way)
			}
		}
		s.finish()
		b.Scores = append(b.Scores, s)
	}
	for _, r := range runs {
		switch d := r.diagnosis(); {
		case r.Case.Label == Sound && !r.healthy():
			b.Unhealthy++
		case r.Case.Label == Sound && r.Case.Group != Injected:
			for _, id := range d.causes {
				b.Wrong[id]++
			}
		}
	}
	return b
}

// healthy reports whether a run of a sound case learned what it should, and did
// not lose it again.
func (r *Run) healthy() bool {
	return r.Case.Group == Injected || r.Skill.Answers >= r.Case.floor && !(r.Skill.Lost >= harmful)
}

func (s *Marks) sound(c *Case, runs []*Run, way int) {
	group := c.Group
	if group == Injected || group == Restated {
		group = "harmless"
	}
	for _, r := range runs {
		if !r.healthy() {
			continue
		}
		alarmed := 0
		if len(r.said(way).named) > 0 {
			alarmed = 1
		}
		g := s.Alarms[group]
		s.Alarms[group] = Rate{g.Alarmed + alarmed, g.Of + 1}
		if group == Healthy || group == Odd {
			t := s.ByTask[c.Task]
			s.ByTask[c.Task] = Rate{t.Alarmed + alarmed, t.Of + 1}
		}
	}
}

func (s *Marks) faulty(c *Case, runs []*Run, way int) {
	n := float64(len(runs))
	var first, silent float64
	seen := make([]float64, len(c.Faults))
	var right []string
	for _, f := range c.Faults {
		right = append(right, f.right(s.byPitfall)...)
	}
	for _, r := range runs {
		d := r.said(way)
		if len(d.named) == 0 || d.undecided {
			silent++
		}
		if len(d.causes) > 0 && !d.undecided && slices.Contains(right, d.causes[0]) {
			first++
		}
		for i, f := range c.Faults {
			if oneOf(d.named, f.right(s.byPitfall)) {
				seen[i]++
			}
			s.faults += 1 / n
			s.found += s.credit(d.causes, f.right(s.byPitfall)) / n
		}
		for _, cause := range d.causes {
			s.said += 1 / n
			s.hits += s.credit([]string{cause}, right) / n
		}
	}
	for _, k := range kindsOf(c.OneRun()) {
		s.First[k].add(first / n)
		s.Abstained[k].add(silent / n)
	}
	for i, f := range c.Faults {
		for _, k := range kindsOf(f.OneRun) {
			s.Pitfalls[f.Pitfall][k].add(seen[i] / n)
		}
	}
}

// kindsOf returns the columns that a fault counts in.
func kindsOf(oneRun bool) []int {
	if oneRun {
		return []int{0, 1}
	}
	return []int{1}
}

// credit is 1 for a right cause, a half for what is only a symptom.
func (s *Marks) credit(causes, right []string) float64 {
	if oneOf(causes, right) {
		return 1
	}
	if !s.byPitfall && oneOf(causes, symptoms) {
		return 0.5
	}
	return 0
}

func (s *Marks) finish() {
	for p := 1; p <= 11; p++ {
		for k := range 2 {
			if s.Pitfalls[p][k].Cases > 0 {
				s.Seen[k].add(s.Pitfalls[p][k].Mean)
			}
		}
	}
	if s.said > 0 {
		s.Precision = s.hits / s.said
	}
	if s.faults > 0 {
		s.Recall = s.found / s.faults
	}
	if s.Precision+s.Recall > 0 {
		s.F1 = 2 * s.Precision * s.Recall / (s.Precision + s.Recall)
	}
}
