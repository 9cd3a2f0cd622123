package nnvet

import (
	"maps"
	"math"
	"slices"
)

// Likelihoods say how far to trust a finding, given what else was found. They
// are learned from runs whose faults are known; checks.Likelihoods are those of
// the casebook. Of checks that they do not
// hold, the checks' own confidence stands.
type Likelihoods struct {
	Checks map[string]Likelihood // by the id of the check whose finding is asked about
	// Scale and Shift turn the sum of the evidence into odds that hold: what is
	// added up is not independent, so that the plain sum is too sure of itself
	// (Platt 1999). Both are in log odds.
	Scale, Shift float64
}

// A Likelihood is what is known of one check's findings.
type Likelihood struct {
	Right, Wrong int // runs in which such a finding stood as a cause, and was, or was not, right
	// Beside is what another check adds, in log odds: where it finds something
	// above a note, and where it does not.
	Beside map[string]Evidential `json:",omitempty"`
}

// An Evidential is the log of how much likelier something is beside a right
// finding than beside a wrong one: that another check finds, and that it does not.
type Evidential struct{ Found, Silent float64 }

// LogOdds returns the evidence that a check's finding is the cause, before it
// is calibrated, where the given checks have found something as well; false
// where the check was never seen to find anything.
func (l Likelihood) LogOdds(found map[string]bool) (float64, bool) {
	if l.Right+l.Wrong == 0 {
		return 0, false
	}
	sum := math.Log((float64(l.Right) + 1) / (float64(l.Wrong) + 1)) // one run more of either, as of none nothing is known
	for _, id := range slices.Sorted(maps.Keys(l.Beside)) {          // sums of floats depend on their order
		e := l.Beside[id]
		if found[id] {
			sum += e.Found
		} else {
			sum += e.Silent
		}
	}
	return sum, true
}

// Confidence returns the probability that a check's finding is a right cause,
// and whether that is known.
func (ls *Likelihoods) Confidence(check string, found map[string]bool) (float64, bool) {
	sum, ok := ls.Checks[check].LogOdds(found)
	return 1 / (1 + math.Exp(-(ls.Scale*sum + ls.Shift))), ok
}

// weigh sets the confidence of causes by what else was found. Of what the
// likelihoods do not know, the check's own word stands.
func (ls *Likelihoods) weigh(fs []Finding) {
	if ls == nil {
		return
	}
	found := make(map[string]bool)
	for i := range fs {
		if fs[i].Severity > Note {
			found[fs[i].Check.ID] = true
		}
	}
	for i := range fs {
		f := &fs[i]
		if c, ok := ls.Confidence(f.Check.ID, found); ok && f.Severity > Note && len(f.Because) == 0 {
			f.Confidence = math.Max(0.01, math.Min(0.99, math.Round(100*c)/100))
			l := ls.Checks[f.Check.ID]
			f.Right, f.Seen = l.Right, l.Right+l.Wrong
		}
	}
}
