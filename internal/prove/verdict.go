// Package prove tries treatments and says what they are worth.
//
// A claim rests on pairs: the same seed with and without the treatment, scored
// by skill, 1 - loss / loss of the best constant predictor. [Judge] and
// [JudgeOf] turn pairs into claims and are pure. docs/proof.md says how often
// they are wrong.
package prove

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet/internal/stat"
)

// A Verdict is what trials say about a treatment.
type Verdict int

// The verdicts. NotTried is the zero Verdict.
const (
	NotTried     Verdict = iota // Claim.Why says why
	Inconclusive                // Claim.More says how many more seeds it takes
	NoEffect                    // whatever it does is smaller than MinEffect
	Worse                       // it harms: Proven, the other way round
	Proven                      // it helps, by the test and by at least MinEffect
)

// String returns the words of reports: "proven", "no effect".
func (v Verdict) String() string {
	if v < NotTried || v > Proven {
		return fmt.Sprintf("Verdict(%d)", int(v))
	}
	return [...]string{"not tried", "inconclusive", "no effect", "worse", "proven"}[v]
}

// MinEffect is the least difference of skill that counts as an effect. By
// convention: a fiftieth of the way from a constant to a perfect predictor.
const MinEffect = 0.02

// A Pair is one seed under both arms, the same in all but the treatment. A
// skill that is not finite, or below -1, counts as -1: a run that blew up is
// the worst there is, and as bad as others.
type Pair struct {
	Seed          int64
	Before, After float64 // skill, higher is better
}

// worst is the skill that runs without a sensible one count as.
const worst = -1

func counted(skill float64) float64 {
	if !stat.Finite(skill) {
		return worst
	}
	return max(skill, worst)
}

// A Claim is a verdict and the figures that it rests on. They are those of the
// pairs of the last look that was reached, or of all where none was; NaN where
// nothing was tried.
type Claim struct {
	Verdict    Verdict
	Why        string  // why it was not tried; "" otherwise
	Before     float64 // mean skill without the treatment
	After      float64 // and with it
	Difference float64 // After - Before
	Lo, Hi     float64 // interval of Difference by the sign-flip test, each end wrong with probability 0.05 at most over all looks; infinite before the first
	P          float64 // of the test behind the verdict, of helping where that is inconclusive; over all looks and the whole family, to be held against 0.05
	Seeds      []int64
	More       int // seeds to the next look or, after the last, about how many a new proof on fresh ones would take, 1000 for that or more; 0 unless inconclusive
}

// Untried returns the claim of a treatment that could not be tried.
func Untried(why string) Claim {
	nan := math.NaN()
	return Claim{Why: why, Before: nan, After: nan, Difference: nan, Lo: nan, Hi: nan, P: nan}
}

// GapClosed returns the share of the way from Before to a healthy skill that
// After covers: 1 all of it, negative where the treatment leads away. NaN where
// healthy is not MinEffect above Before, so that there is no gap.
func (c Claim) GapClosed(healthy float64) float64 {
	gap := healthy - c.Before
	if !(gap >= MinEffect) || math.IsInf(gap, 0) {
		return math.NaN()
	}
	return c.Difference / gap
}
