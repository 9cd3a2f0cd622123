package prove

import (
	"context"
	"slices"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
)

// change judges settings as a change that a user brings.
func change(t *testing.T, s digits, to nnvet.Setting) (*Report, error) {
	t.Helper()
	return prover(t, s, Options{}).Change(t.Context(), settings{to}, "with "+to.Name)
}

func TestChange(t *testing.T) {
	for _, tt := range []struct {
		name    string
		s       digits
		to      nnvet.Setting
		verdict Verdict
		solved  string
	}{
		{"a rate that works", digits{lr: 1e-5, scale: 1}, nnvet.Setting{Name: "lr", To: "0.1"}, Proven, ""},
		{"a rate that is still too low helps, and is not enough", digits{lr: 1e-6, scale: 1}, nnvet.Setting{Name: "lr", To: "0.0002"}, Proven, Unsolved},
		{"next to nothing", digits{lr: 0.1, scale: 1}, nnvet.Setting{Name: "lr", To: "0.1001"}, NoEffect, ""},
		{"a rate that is far too low", digits{lr: 0.1, scale: 1}, nnvet.Setting{Name: "lr", To: "1e-6"}, Worse, Unsolved},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := change(t, tt.s, tt.to)
			if err != nil {
				t.Fatal(err)
			}
			f := r.Fixes[0]
			if f.Claim.Verdict != tt.verdict {
				t.Errorf("got %v, want %v: %+v", f.Claim.Verdict, tt.verdict, f.Claim)
			}
			if got := r.Solution; tt.solved != "" && got.Solved != tt.solved {
				t.Errorf("it solves it: got %+v, want %s", got, tt.solved)
			}
			if got, want := float64(r.Solution.Remains), 1-f.Claim.After; got != want {
				t.Errorf("got %v that remains, want %v", got, want)
			}
			for _, p := range f.Pairs {
				if p.Seed < firstProven {
					t.Errorf("seed %d had a part in choosing", p.Seed)
				}
			}
		})
	}
}

// broken is a training that any change breaks.
type broken struct{ digits }

func (b broken) Train(ctx context.Context, o Order) (*Training, error) {
	if o.Variant != nil {
		return &Training{Failed: "it ended with exit code 1: SyntaxError"}, nil
	}
	return b.digits.Train(ctx, o)
}

// TestChangeThatFails: a program that does not run is told as that, and not as a
// change for the worse.
func TestChangeThatFails(t *testing.T) {
	s := broken{digits{lr: 0.1, scale: 1}}
	_, err := prover(t, s, Options{}).Change(t.Context(), settings{{Name: "lr", To: "1"}}, "with mended.py")
	if want := "the program with mended.py: it ended with exit code 1: SyntaxError"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestDeclared: what a person said of the data is beside the trace of every
// training, so that a baseline is judged as its run is; also of one that the
// journal holds.
func TestDeclared(t *testing.T) {
	goal := nnvet.Goal{Metric: "accuracy", Value: 0.999}
	declare := func(t *nnvet.Trace) { t.Declared.Goal = &goal }
	j, err := OpenJournal(t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	for _, kept := range []bool{false, true} {
		p := New(digits{lr: 0.1, scale: 1}, j, Options{Checks: checks.All, Declare: declare})
		r, err := p.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := p.own[key(nil)].Declared.Goal; got != &goal {
			t.Errorf("kept %v: the goal is %v", kept, got)
		}
		found := nnvet.Vet(p.own[key(nil)], checks.All, nnvet.Options{}).Findings
		if !slices.ContainsFunc(found, func(f nnvet.Finding) bool { return f.Check.ID == goalCheck && f.Severity >= nnvet.Warning }) {
			t.Errorf("kept %v: the missed goal is not found; left %v", kept, r.Left)
		}
	}
}
