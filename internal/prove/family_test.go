package prove

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/nnvet/nnvet"
)

// played is a training that prints a metric which a test plays, beside the trace
// of a real one.
type played struct {
	digits
	trace *nnvet.Trace
	play  func(v settings, seed int64) (m float64, failed string)
}

func (s played) Jobs() int { return 1 }

func (s played) Train(_ context.Context, o Order) (*Training, error) {
	v, _ := o.Variant.(settings)
	m, failed := s.play(v, o.Seed)
	return &Training{Trace: s.trace, Output: fmt.Appendf(nil, "m: %.6f\n", m), Failed: failed, Wall: time.Minute}, nil
}

func playing(t *testing.T, play func(settings, int64) (float64, string)) played {
	t.Helper()
	d := digits{lr: 0.1, scale: 1}
	x, err := d.Train(t.Context(), Order{Dir: t.TempDir(), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return played{d, x.Trace, play}
}

// always is a check that always finds something, and sets one knob.
func always(id string, knob string) *nnvet.Check {
	set := nnvet.Setting{Name: knob, To: "on"}
	return &nnvet.Check{ID: id, Name: "mend-" + id, Pitfall: nnvet.LearningRate, Severity: nnvet.Warning, Run: func(p *nnvet.Pass) {
		p.Report(nnvet.Finding{Message: knob, Evidence: []nnvet.Evidence{{What: "x"}}, Treatments: []nnvet.Treatment{{Action: "set " + knob, Settings: []nnvet.Setting{set}}}})
	}}
}

var three = []*nnvet.Check{always("NN0001", "lr"), always("NN0002", "final activation"), always("NN0003", "inputs")}

func (s played) proof(t *testing.T, o Options) (*Report, error) {
	t.Helper()
	j, err := OpenJournal(t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	if o.Metric, err = ParseMetric("m"); err != nil {
		t.Fatal(err)
	}
	o.Checks = three
	return New(s, j, o).Run(t.Context())
}

func has(v settings, knob string) bool {
	return slices.ContainsFunc(v, func(s nnvet.Setting) bool { return s.Name == knob })
}

// A verdict is final: what comes after it, here a claim that comes to nothing,
// leaves it as it is, and what is written is what is proven.
func TestProvenStays(t *testing.T) {
	for _, dips := range []int64{0, 1, 2, 3} { // seeds of eight on which the first treatment is worse
		s := playing(t, func(v settings, seed int64) (float64, string) {
			m := 0.5
			if has(v, "lr") {
				if m += 0.05; seed%8 < dips {
					m -= 0.055
				}
			}
			if has(v, "final activation") && seed >= firstProven {
				m += 0.03 * float64(1-2*(seed%2))
			}
			return m, ""
		})
		r, err := s.proof(t, Options{})
		if err != nil {
			t.Fatal(err)
		}
		final, _ := r.Final().(settings)
		for _, f := range r.Fixes {
			if knob := f.Treatment.Settings[0].Name; has(final, knob) != (f.Claim.Verdict == Proven && !f.Idle) {
				t.Errorf("%d dips: %s is %s, idle %v; the program ends with %v", dips, f.Name, f.Claim.Verdict, f.Idle, final)
			}
		}
	}
}

// Where two treatments stand in for each other, one of them stays.
func TestAblationTakesOutOneAtATime(t *testing.T) {
	s := playing(t, func(v settings, seed int64) (float64, string) {
		m := 0.1
		for knob, worth := range map[string]float64{"lr": 0.2, "final activation": 0.2, "inputs": 0.4} {
			if has(v, knob) {
				m += worth
			}
		}
		return min(m, 0.65) + 0.001*float64(seed%3), ""
	})
	r, err := s.proof(t, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if final, _ := r.Final().(settings); len(r.Proven()) != 3 || len(final) != 2 || !has(final, "inputs") {
		t.Errorf("%d are proven, and the program ends with %v: want inputs and one of two others", len(r.Proven()), final)
	}
}

// The prover as a whole, on treatments that do nothing: reports with any false
// proof are at most as many as is promised.
func TestProverKeepsItsPromise(t *testing.T) {
	reports, wrong := 60, 0
	s := playing(t, nil)
	for n := range reports {
		r := rand.New(rand.NewPCG(uint64(n), 3))
		s.play = func(settings, int64) (float64, string) { return 0.5 + 0.1*r.NormFloat64(), "" }
		rep, err := s.proof(t, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(rep.Proven()) > 0 {
			wrong++
		}
	}
	t.Logf("%d of %d reports have a false proof", wrong, reports)
	if wrong > 9 { // of 60 with 5 % each, more are seen in less than one of 500 simulations
		t.Errorf("%d of %d reports have a false proof", wrong, reports)
	}
}

// A program that fails by itself has no verdict, and says why; what it lacked may
// be there the next time, so that nothing of it is kept.
func TestBrokenProgram(t *testing.T) {
	s := playing(t, func(settings, int64) (float64, string) {
		return 0.5, "it ended with exit code 1: ValueError: plot failed"
	})
	r, err := s.proof(t, Options{})
	if broken := (*brokenError)(nil); !errors.As(err, &broken) || broken.why != "it ended with exit code 1: ValueError: plot failed" || len(r.Fixes) > 0 {
		t.Errorf("error %v, fixes %+v", err, r.Fixes)
	}
}

// Of a treated program that fails after it has trained as long as the program as
// it is, what it trained counts; one that fails before is not tried.
func TestBrokenTreatment(t *testing.T) {
	whole := playing(t, func(v settings, _ int64) (float64, string) {
		if has(v, "lr") {
			return 0.9, "it ended with exit code 1: ValueError: plot failed"
		}
		return 0.5, ""
	})
	r, err := whole.proof(t, Options{Only: []string{"NN0001"}})
	if err != nil || len(r.Proven()) != 1 {
		t.Errorf("%v: %+v, not tried %+v", err, r.Fixes, r.NotTried)
	}
}

// A budget that is enough for a proof is spent on one, and not on races alone.
func TestBudgetKeepsTheProof(t *testing.T) {
	var trained time.Duration
	s := playing(t, func(v settings, seed int64) (float64, string) {
		trained += time.Minute
		if has(v, "lr") {
			return 0.9 + 0.001*float64(seed%3), ""
		}
		return 0.5, ""
	})
	j, err := OpenJournal(t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	m, _ := ParseMetric("m")
	p := New(s, j, Options{Metric: m, Checks: three, Budget: 25 * time.Minute})
	now := time.Now()
	p.clock = func() time.Time { return now.Add(trained) }
	r, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Proven()) == 0 {
		t.Errorf("after %d trainings nothing is proven: %+v, not tried %+v", r.Trainings, r.Fixes, r.NotTried)
	}
}
