package prove

import (
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

// says is a check that finds the same in every training.
func says(id string, s nnvet.Severity, settings ...nnvet.Setting) *nnvet.Check {
	c := &nnvet.Check{ID: id, Name: "says-" + id, Severity: s}
	c.Run = func(p *nnvet.Pass) {
		f := nnvet.Finding{Message: "so it is", Evidence: []nnvet.Evidence{{What: "a figure", Saw: 1}}, Treatments: []nnvet.Treatment{{Action: "change it"}}}
		f.Treatments[0].Settings = settings
		p.Report(f)
	}
	return c
}

// silent is a check that never finds anything.
func silent(id string) *nnvet.Check {
	return &nnvet.Check{ID: id, Name: "silent-" + id, Severity: nnvet.Warning, Run: func(*nnvet.Pass) {}}
}

// TestSuspects holds what is tried where nothing that was found helps, and when.
func TestSuspects(t *testing.T) {
	low, high := silent(rateTooLow), silent(rateTooHigh)
	faster := nnvet.Setting{Name: "lr", From: "1e-5", To: "0.1"}
	inputs := nnvet.Setting{Name: "inputs", From: "as they are", To: "standardize"}
	for _, c := range []struct {
		name   string
		s      digits
		checks []*nnvet.Check
		want   string // what was tried, and what came of it
	}{
		{"a note is tried where there is nothing else", digits{lr: 0.1, scale: 300}, []*nnvet.Check{low, high, says("NN9001", nnvet.Note, inputs)}, "NN9001 proven"},
		{"of other learning rates one is better", digits{lr: 1e-4, scale: 1}, []*nnvet.Check{low, high}, "NN0602 proven"},
		{"at another rate it does as well without the treatment", digits{lr: 1e-3, scale: 1}, []*nnvet.Check{low, high, says("NN9001", nnvet.Warning, inputs)}, "NN0602 proven"},
		{"a cause is proven, and notes are not tried", digits{lr: 1e-5, scale: 1},
			[]*nnvet.Check{low, high, says("NN9001", nnvet.Warning, faster), says("NN9002", nnvet.Note, inputs)}, "NN9001 proven"},
		{"a person mends first what no machine can", digits{lr: 1e-4, scale: 1}, []*nnvet.Check{low, high, says("NN9001", nnvet.Warning)}, ""},
		{"a rate that is right is left as it is", digits{lr: 0.1, scale: 1}, []*nnvet.Check{low, high}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			j, err := OpenJournal(t.TempDir(), "test")
			if err != nil {
				t.Fatal(err)
			}
			r, err := New(c.s, j, Options{Checks: c.checks, Rounds: 1}).Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range r.Fixes {
				got = append(got, f.Check+" "+f.Claim.Verdict.String())
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("tried: %q, want %q", got, c.want)
				for _, f := range r.Fixes {
					t.Logf("%s: %s: %+v against %q", f.Name, f.Treatment.Action, f.Claim, f.Against)
				}
			}
		})
	}
}
