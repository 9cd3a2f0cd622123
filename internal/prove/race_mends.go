package prove

import (
	"slices"

	"github.com/nnvet/nnvet"
)

// mends returns the winner of a race of alternatives, or what the check prescribes
// first where that alone makes its finding go: to keep a divisor from zero, and
// not the logarithm beside it, may score as well on three seeds, and leaves the
// loss infinite on others.
func (p *Prover) mends(f *nnvet.Finding, first, won candidate, raced []Raced) candidate {
	if key(first.variant) == key(won.variant) || len(raced) == 0 || len(raced[0].Scores) < raceSeeds {
		return won
	}
	if p.shows(won, f) && !p.shows(first, f) {
		return first
	}
	return won
}

// shows reports whether a finding's check still finds something that matters in a
// candidate's first training; so does one that left no trace.
func (p *Prover) shows(c candidate, f *nnvet.Finding) bool {
	t := p.traces[key(c.variant)]
	if t == nil {
		return true
	}
	found := nnvet.Vet(t, p.Checks, p.Vet).Findings
	return slices.ContainsFunc(found, func(x nnvet.Finding) bool { return x.Check == f.Check && x.Severity >= nnvet.Warning })
}
