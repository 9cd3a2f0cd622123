package prove

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet/internal/stat"
)

// A Look is a number of pairs at which a claim is judged, and the probability of
// a false claim that is spent there.
type Look struct {
	Pairs int
	Alpha float64
}

// Looks are the times at which a claim is judged, decided on before the first
// pair, with rising numbers of pairs. Trials go on from one look to the next
// only while the verdict is inconclusive. The alphas add up to what a false claim
// may cost in all, at most 0.05, so that looking twice is paid for (Bonferroni's
// inequality): it does not matter why one went on.
type Looks []Look

const (
	// familyError is the probability of any false claim in one report.
	familyError = 0.05
	// fewest pairs can pass the test: its p is 2^-n at least.
	fewest = 5
)

// LooksFor returns the looks for a report of so many claims: 6 pairs at 0.02,
// then 10 at 0.03. With several claims the first look waits until a treatment
// that helps on every seed could pass their correction: no earlier look could
// decide anything.
func LooksFor(claims int) Looks {
	enough := func(alpha float64) int { return int(math.Ceil(math.Log2(float64(max(claims, 1)) / alpha))) }
	if first := max(6, enough(0.02)); first < 10 {
		return Looks{{first, 0.02}, {10, 0.03}}
	}
	return Looks{{min(max(10, enough(familyError)), stat.MostFlips), familyError}}
}

// reached returns the last look that n pairs suffice for, which is nil before
// the first, and the number of pairs that the next asks for, 0 after the last.
func (l Looks) reached(n int) (last *Look, next int) {
	for i := range l {
		if n < l[i].Pairs {
			return last, l[i].Pairs
		}
		last = &l[i]
	}
	return last, 0
}

// fault says why nothing could be proven with these looks, "" where something can.
func (l Looks) fault() string {
	before, total := fewest-1, 0.0
	for _, look := range l {
		if look.Pairs <= before || look.Pairs > stat.MostFlips {
			return fmt.Sprintf("a look at %d pairs: there must be %d to %d, rising from look to look", look.Pairs, fewest, stat.MostFlips)
		}
		if !(look.Alpha > 0) {
			return fmt.Sprintf("a look at %d pairs has alpha %v, which is not above 0", look.Pairs, look.Alpha)
		}
		before, total = look.Pairs, total+look.Alpha
	}
	switch {
	case len(l) == 0:
		return "no look at the pairs is planned"
	case total > familyError+1e-12: // sums of decimals are off by less
		return fmt.Sprintf("the looks have alpha %v together, more than %v", total, familyError)
	}
	return ""
}

// Judge returns the claim that the pairs of one treatment allow, which is the
// only one of its report. They stand in the order in which they were run, on
// seeds that chose nothing; beyond the last look that they reach they wait for
// the next.
//
// The test is the exact one-sided sign-flip test on the differences of skill;
// see [stat.SignFlip]. What it rejects is that the treatment does nothing. It
// does not see what has not happened: of treatments that blow up one run in ten,
// half show no such run in six.
func Judge(pairs []Pair, looks Looks) Claim { return JudgeOf(1, pairs, looks) }

// JudgeOf is [Judge] for one of so many claims of a report, also those that are
// never made: the probability that any treatment without effect is called proven
// is 0.05 at most (Bonferroni's inequality), and so it is for worse and for no
// effect. The number stands before the first claim, so that a verdict is final:
// it depends on no claim that comes after, and what was built on it stays.
func JudgeOf(claims int, pairs []Pair, looks Looks) Claim {
	if why := untriable(pairs, looks); why != "" {
		return Untried(why)
	}
	var c Claim
	s := see(&c, pairs, looks)
	many := float64(max(claims, 1))
	s.helps, s.harms, s.same = min(1, many*s.helps), min(1, many*s.harms), min(1, many*s.same)
	s.decide(familyError / many)
	return c
}

// untriable says why pairs cannot be judged, "" where they can.
func untriable(pairs []Pair, looks Looks) string {
	if why := looks.fault(); why != "" {
		return why
	}
	if len(pairs) == 0 {
		return "no seed was tried"
	}
	seen := make(map[int64]bool, len(pairs))
	for _, p := range pairs {
		if seen[p.Seed] {
			return fmt.Sprintf("seed %d was tried twice, which counts as one", p.Seed)
		}
		seen[p.Seed] = true
	}
	return ""
}

// A sight is what the last look at a claim saw: the p-values, over all looks, of
// no help, of no harm, and of an effect of MinEffect or more on either side.
type sight struct {
	claim              *Claim
	differences        []float64
	next               int // pairs that the next look waits for, 0 after the last
	helps, harms, same float64
}

// see looks at pairs and fills in the figures of their claim.
func see(c *Claim, pairs []Pair, looks Looks) *sight {
	last, next := looks.reached(len(pairs))
	s := &sight{claim: c, next: max(0, next-len(pairs)), helps: 1, harms: 1, same: 1}
	if last != nil {
		pairs = pairs[:last.Pairs]
	}
	var before, after []float64
	for i, p := range pairs {
		c.Seeds = append(c.Seeds, p.Seed)
		before, after = append(before, counted(p.Before)), append(after, counted(p.After))
		s.differences = append(s.differences, after[i]-before[i])
	}
	c.Before, c.After, c.Difference = stat.Mean(before), stat.Mean(after), stat.Mean(s.differences)
	if last == nil {
		c.Lo, c.Hi = math.Inf(-1), math.Inf(1)
		return s
	}
	c.Lo, c.Hi = stat.SignFlipInterval(s.differences, last.Alpha)
	// A look has a share of the error to spend. Divided by that share its p holds
	// for all looks together, at whichever one stops.
	over := familyError / last.Alpha
	s.helps = over * stat.SignFlip(s.differences)
	s.harms = over * stat.SignFlip(along(s.differences, -1, 0))
	s.same = over * max(stat.SignFlip(along(s.differences, 1, MinEffect)), stat.SignFlip(along(s.differences, -1, MinEffect)))
	return s
}

// along returns by + sign x of every x.
func along(xs []float64, sign, by float64) []float64 {
	out := make([]float64, len(xs))
	for i, x := range xs {
		out[i] = by + sign*x
	}
	return out
}

// decide chooses the verdict. No effect is two one-sided tests (Schuirmann, 1987):
// that the interval lies within MinEffect of zero. level is what a claim of the
// family must pass where it stands alone against all others.
func (s *sight) decide(level float64) {
	c := s.claim
	switch {
	case s.helps <= familyError && c.Difference >= MinEffect:
		c.Verdict, c.P = Proven, s.helps
	case s.harms <= familyError && c.Difference <= -MinEffect:
		c.Verdict, c.P = Worse, s.harms
	case s.same <= familyError:
		c.Verdict, c.P = NoEffect, s.same
	default:
		c.Verdict, c.P, c.More = Inconclusive, s.helps, s.next
		if s.next == 0 {
			c.More = seedsFor(s.differences, level)
		}
	}
}

// mostSeeds is what stands for "more than anyone would run".
const mostSeeds = 1000

// seedsFor returns about how many seeds a proof of its own, with one look at
// level, needs to decide with probability 0.8, if mean and spread are as seen: for
// help or harm where the mean is an effect, else for none. Normal theory with
// the small-sample term of Guenther (Sample size formulas for normal theory t
// tests, The American Statistician 35, 1981).
func seedsFor(differences []float64, level float64) int {
	gap, missed := math.Abs(stat.Mean(differences)), 0.2
	if gap < MinEffect {
		gap, missed = MinEffect-gap, 0.1 // on either side
	}
	z := upper(level)
	n := math.Pow((z+upper(missed))*stat.SD(differences)/gap, 2) + z*z/2
	n = max(n, math.Log2(1/level), fewest)
	if !(n < mostSeeds) { // NaN, without a gap and without spread, too
		return mostSeeds
	}
	return int(math.Ceil(n))
}

// upper returns the standard normal value that is exceeded with probability q.
func upper(q float64) float64 { return math.Sqrt2 * math.Erfinv(1-2*q) }
