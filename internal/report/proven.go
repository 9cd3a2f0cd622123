package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

// proven marks a finding whose treatment is shown to help.
func proven(f nnvet.Finding) string {
	if f.Proof.Helps() {
		return " (proven)"
	}
	return ""
}

// shown says what trainings showed of a finding; "" where they did not decide.
// Only a treatment that is proven makes its finding the cause.
func shown(x *nnvet.Proof) string {
	switch {
	case x == nil || x.Seeds == 0:
		return ""
	case x.Verdict == "proven" && x.Idle:
		return "one of the causes, but what was proven against the others mends it too"
	case x.Verdict == "proven":
		return "this is a cause: mending it is proven to help"
	case x.Verdict == "no effect":
		return "doubtful: what was tried against it has no effect"
	case x.Verdict == "worse":
		return "doubtful: what was tried against it makes the training worse"
	}
	return ""
}

// triedOf returns which treatment of a finding was tried, or another dose of it;
// as many as there are where it is none of them, and -1 where nothing was tried.
func triedOf(f nnvet.Finding) int {
	if f.Proof == nil {
		return -1
	}
	is := []func(nnvet.Treatment) bool{
		func(t nnvet.Treatment) bool { return t.Action == f.Proof.Treatment.Action },
		func(t nnvet.Treatment) bool { return strings.HasPrefix(f.Proof.Treatment.Action, t.Action+", and ") },
		func(t nnvet.Treatment) bool {
			return len(t.Settings) > 0 && slices.EqualFunc(t.Settings, f.Proof.Treatment.Settings, func(a, b nnvet.Setting) bool { return a.Name == b.Name && a.Site == b.Site })
		},
	}
	for _, same := range is {
		if i := slices.IndexFunc(f.Treatments, same); i >= 0 {
			return i
		}
	}
	return len(f.Treatments)
}

// proven tells below a treatment what trainings with it came to. Where another
// dose of it was tried, that is said.
func (p *page) proven(x *nnvet.Proof, t nnvet.Treatment, gut int) {
	what := ""
	if x.Treatment.Action != t.Action {
		what = x.Treatment.Action + ": "
	}
	p.wrap(gut+5, equals(gut), span{verdictRole(x.Verdict), verdictOf(x)}, span{plain, ": " + what + outcome(x) + basis(x)})
}

// basis says what a claim rests on.
func basis(x *nnvet.Proof) string {
	s := ""
	if x.Seeds > 0 {
		s = ", on " + count(x.Seeds, "fresh seed")
	}
	if x.Verdict == "proven" {
		s = fmt.Sprintf("; score %s → %s%s%s", score(x.Before), score(x.After), interval(x), s)
	}
	return s
}
