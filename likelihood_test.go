package nnvet

import (
	"math"
	"testing"
)

// Of two signs that are independent, odds multiply: 3 to 1 by count, times 2 for
// what was found, times 1/4 for what was not.
func TestLogOdds(t *testing.T) {
	l := Likelihood{Right: 29, Wrong: 9, Beside: map[string]Evidential{
		"NN0901": {Found: math.Log(2), Silent: 0},
		"NN0902": {Found: 0, Silent: math.Log(0.25)},
	}}
	got, ok := l.LogOdds(map[string]bool{"NN0901": true})
	if want := math.Log(3 * 2 * 0.25); !ok || math.Abs(got-want) > 1e-12 {
		t.Errorf("got log odds of %v, %v, want %v", got, ok, want)
	}
	if _, ok := (Likelihood{}).LogOdds(nil); ok {
		t.Error("a check that was never seen to find anything has log odds")
	}
}

func TestConfidence(t *testing.T) {
	ls := &Likelihoods{Checks: map[string]Likelihood{"NN0101": {Right: 8, Wrong: 0}}, Scale: 0.5, Shift: math.Log(2)}
	got, ok := ls.Confidence("NN0101", nil)
	if want := 6.0 / 7; !ok || math.Abs(got-want) > 1e-12 { // odds of 9, to the power of a half, times 2
		t.Errorf("got %v, %v, want %v", got, ok, want)
	}
	if _, ok := ls.Confidence("NN0102", nil); ok {
		t.Error("a check that is not known has a confidence")
	}
}

// A confidence that was learned says from how many findings; what was not stays
// the check's own word.
func TestWeigh(t *testing.T) {
	ls := &Likelihoods{Checks: map[string]Likelihood{"NN0101": {Right: 8, Wrong: 1}}, Scale: 1}
	fs := []Finding{{Check: &Check{ID: "NN0101"}, Severity: Error, Confidence: 0.5}, {Check: &Check{ID: "NN0102"}, Severity: Error, Confidence: 0.5}}
	ls.weigh(fs)
	if f := fs[0]; f.Confidence != 0.82 || f.Right != 8 || f.Seen != 9 {
		t.Errorf("learned: got %v of %d in %d, want 0.82 of 8 in 9", f.Confidence, f.Right, f.Seen)
	}
	if f := fs[1]; f.Confidence != 0.5 || f.Seen != 0 {
		t.Errorf("not learned: got %v of %d, want 0.5 of 0", f.Confidence, f.Seen)
	}
}

func TestUndecided(t *testing.T) {
	a, b, c := &Check{ID: "NN0101"}, &Check{ID: "NN0601"}, &Check{ID: "NN0801"}
	nothing := Finding{Check: &Check{ID: "NN0201", Symptom: true}, Severity: Error, Because: []string{a.ID}}
	tests := []struct {
		name string
		fs   []Finding
		want int
	}{
		{"close", []Finding{{Check: a, Severity: Error, Confidence: 0.5}, {Check: b, Severity: Error, Confidence: 0.4}}, 2},
		{"likely", []Finding{{Check: a, Severity: Error, Confidence: 0.7}, {Check: b, Severity: Error, Confidence: 0.6}}, 0},
		{"apart", []Finding{{Check: a, Severity: Error, Confidence: 0.5}, {Check: b, Severity: Error, Confidence: 0.2}}, 0},
		{"not as bad", []Finding{{Check: a, Severity: Error, Confidence: 0.5}, {Check: b, Severity: Warning, Confidence: 0.5}}, 0},
		{"a symptom", []Finding{{Check: a, Severity: Error, Confidence: 0.5}, {Check: c, Severity: Error, Confidence: 0.5, Because: []string{"NN0101"}}}, 0},
		{"a guess at why nothing was learned", []Finding{{Check: a, Severity: Error, Confidence: 0.3, Seen: 9}, nothing}, 1},
		{"a guess that nobody measured", []Finding{{Check: a, Severity: Error, Confidence: 0.3}, nothing}, 0},
		{"a certain fault", []Finding{{Check: a, Severity: Error, Confidence: 0.3, Seen: 9}}, 0},
		{"nothing", nil, 0},
	}
	for _, tt := range tests {
		r := Result{Findings: tt.fs, weighed: true}
		if got := len(r.Undecided()); got != tt.want {
			t.Errorf("%s: got %d causes, want %d", tt.name, got, tt.want)
		}
		r.weighed = false
		if len(r.Undecided()) > 0 {
			t.Errorf("%s: undecided by confidences that nobody learned", tt.name)
		}
	}
}

// What is only presumed to do harm is a note beside what surely does, unless it
// accounts for that and is as sure.
func TestAcquit(t *testing.T) {
	presumed := &Check{ID: "NN0105", Presumed: true, Explains: []string{"NN0601"}}
	sure, other := &Check{ID: "NN0601"}, &Check{ID: "NN0706"}
	tests := []struct {
		name string
		fs   []Finding
		want Severity
	}{
		{"alone", []Finding{{Check: presumed, Severity: Error, Confidence: 0.6}}, Error},
		{"accounts for it", []Finding{{Check: presumed, Severity: Error, Confidence: 0.9}, {Check: sure, Severity: Error, Confidence: 0.8}}, Error},
		{"less sure", []Finding{{Check: presumed, Severity: Error, Confidence: 0.6}, {Check: sure, Severity: Error, Confidence: 0.8}}, Note},
		{"does not account for it", []Finding{{Check: presumed, Severity: Error, Confidence: 0.9}, {Check: other, Severity: Error, Confidence: 0.8}}, Note},
		{"only a warning", []Finding{{Check: presumed, Severity: Warning, Confidence: 0.6}, {Check: other, Severity: Warning, Confidence: 0.8}}, Warning},
	}
	for _, tt := range tests {
		acquit(tt.fs)
		if got := tt.fs[0].Severity; got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

// A guess is a note, unless it is certain by definition, or nothing was learned
// and nothing surer stands beside it.
func TestDoubt(t *testing.T) {
	a, b := &Check{ID: "NN0902"}, &Check{ID: "NN0601"}
	symptom := &Check{ID: "NN0201", Symptom: true}
	presumed := &Check{ID: "NN0903", Presumed: true}
	guess := Finding{Check: a, Severity: Warning, Confidence: 0.3, Seen: 9}
	nothing := Finding{Check: symptom, Severity: Error, Confidence: 0.5, Because: []string{a.ID}}
	tests := []struct {
		name string
		own  float64 // the check's word on the first
		fs   []Finding
		want Severity
	}{
		{"a guess", 0.75, []Finding{guess}, Note},
		{"certain", 0.95, []Finding{guess}, Warning},
		{"presumed, however sure", 0.95, []Finding{{Check: presumed, Severity: Warning, Confidence: 0.3, Seen: 9}}, Note},
		{"not measured", 0.3, []Finding{{Check: a, Severity: Warning, Confidence: 0.3}}, Warning},
		{"likely", 0.75, []Finding{{Check: a, Severity: Warning, Confidence: 0.4, Seen: 9}}, Warning},
		{"nothing was learned", 0.75, []Finding{guess, nothing}, Warning},
		{"nothing was learned, and another is surer", 0.75, []Finding{guess, nothing, {Check: b, Severity: Warning, Confidence: 0.5}}, Note},
		{"explained", 0.75, []Finding{{Check: a, Severity: Warning, Confidence: 0.3, Seen: 9, Because: []string{b.ID}}}, Warning},
	}
	for _, tt := range tests {
		own := append([]Finding(nil), tt.fs...)
		own[0].Confidence = tt.own
		again := doubt(tt.fs, certain(own))
		if got := tt.fs[0].Severity; got != tt.want || again != (tt.want == Note) {
			t.Errorf("%s: got %v, again %v, want %v", tt.name, got, again, tt.want)
		}
	}
}

// A cause is as bad as the worst that stands behind it.
func TestRise(t *testing.T) {
	cause, effect := &Check{ID: "NN0101"}, &Check{ID: "NN0805"}
	behind := Finding{Check: effect, Severity: Error, Because: []string{cause.ID}}
	tests := []struct {
		name string
		fs   []Finding
		want []Severity
	}{
		{"worse", []Finding{{Check: cause, Severity: Warning}, behind}, []Severity{Error, Error}},
		{"another of the check is as bad", []Finding{{Check: cause, Severity: Error}, {Check: cause, Severity: Warning}, behind}, []Severity{Error, Warning, Error}},
		{"nothing behind it", []Finding{{Check: cause, Severity: Warning}, {Check: effect, Severity: Error}}, []Severity{Warning, Error}},
	}
	for _, tt := range tests {
		rise(tt.fs)
		for i, f := range tt.fs {
			if f.Severity != tt.want[i] {
				t.Errorf("%s: finding %d is %v, want %v", tt.name, i, f.Severity, tt.want[i])
			}
		}
	}
}
