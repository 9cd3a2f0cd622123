package casebook

import (
	"fmt"
	"math"
	"testing"

	"github.com/nnvet/nnvet"
)

// A check that is right beside one other and wrong without it learns just that,
// and is calibrated on tasks that it was not learned from.
func TestLearnLikelihoods(t *testing.T) {
	var runs []*Run
	for i := range 200 {
		c := &Case{Task: fmt.Sprint("task ", i%10), Label: Faulty, Faults: []Fault{{Pitfall: 1, Right: []string{"NN0101"}}}}
		r := &Run{Case: c, Findings: []Finding{{Check: "NN0101", Severity: "error", Sure: 0.9}}}
		if i%2 == 0 {
			r.Findings = append(r.Findings, Finding{Check: "NN0904", Severity: "error", Because: []string{"NN0101"}})
		} else {
			c.Faults[0].Right = []string{"NN0601"}
		}
		runs = append(runs, r)
	}
	ls := LearnLikelihoods(runs)
	with, _ := ls.Confidence("NN0101", map[string]bool{"NN0101": true, "NN0904": true})
	without, _ := ls.Confidence("NN0101", map[string]bool{"NN0101": true})
	if !(with > 0.95) || !(without < 0.05) {
		t.Errorf("got a confidence of %.3f beside NN0904 and %.3f without, want nearly 1 and nearly 0", with, without)
	}
}

// Where the log odds are twice what they should be, the fit halves them.
func TestPlatt(t *testing.T) {
	var x []float64
	var y []bool
	for _, odds := range []float64{1.0 / 9, 1.0 / 3, 1, 3, 9} {
		p := odds / (1 + odds)
		for i := range 1000 {
			x = append(x, 2*math.Log(odds))
			y = append(y, float64(i) < 1000*p)
		}
	}
	scale, shift := platt(x, y)
	if math.Abs(scale-0.5) > 0.01 || math.Abs(shift) > 0.01 {
		t.Errorf("got a scale of %v and a shift of %v, want 0.5 and 0", scale, shift)
	}
}

func TestReliable(t *testing.T) {
	c := &Case{Label: Faulty, Faults: []Fault{{Pitfall: 1, Right: []string{"NN0101"}}}}
	bins, brier := Reliable([]*Run{
		{Case: c, Findings: []Finding{{Check: "NN0101", Severity: nnvet.Error.String(), Sure: 0.8}, {Check: "NN0601", Severity: "note", Sure: 0.1}}},
		{Case: c, Findings: []Finding{{Check: "NN0601", Severity: nnvet.Error.String(), Sure: 0.8}}},
	})
	if b := bins[4]; b.N != 2 || b.Said != 0.8 || b.Right != 0.5 {
		t.Errorf("got %+v, want two causes at 0.8, one of them right", b)
	}
	if want := (0.04 + 0.64) / 2; math.Abs(brier-want) > 1e-12 {
		t.Errorf("got a Brier score of %v, want %v", brier, want)
	}
}
