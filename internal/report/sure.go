package report

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

// sure says in words and figures how far to trust a finding, and from where
// that is known: "almost certain, 0.96 (in the casebook 97 of 100 such were
// right)". What was not learned is only presumed, and what was shown by trainings
// needs no odds.
func sure(f nnvet.Finding) string {
	if s := shown(f.Proof); s != "" {
		return s
	}
	if f.Seen == 0 {
		figure := ""
		if f.Confidence < 1 { // 1 is what a check says that says nothing
			figure = ", " + num(f.Confidence) + " by the check's own word"
		}
		return "presumed" + figure + " (not measured on the casebook)"
	}
	return fmt.Sprintf("%s, %.2f (in the casebook %d of %d such were right%s)", likely(f.Confidence), f.Confidence, f.Right, f.Seen, beside(f))
}

// likely says a probability in words. docs/confidence.md explains them.
func likely(p float64) string {
	switch {
	case p >= 0.9:
		return "almost certain"
	case p >= 0.6:
		return "likely"
	case p >= 0.4:
		return "about even"
	}
	return "a guess"
}

// beside says which way the other findings of the run moved the confidence,
// where they moved it by more than a twentieth from the share that was right,
// with one of either more, as of none nothing is known.
func beside(f nnvet.Finding) string {
	const much = 0.05
	alone := float64(f.Right+1) / float64(f.Seen+2)
	switch by := f.Confidence - alone; {
	case math.Abs(by) <= much:
		return ""
	case by > 0:
		return fmt.Sprintf(", %.2f; what else was found here raises it", alone)
	}
	return fmt.Sprintf(", %.2f; what else was found here lowers it", alone)
}
