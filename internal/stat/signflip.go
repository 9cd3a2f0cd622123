package stat

import (
	"math"
	"math/bits"
	"slices"
)

// MostFlips is the largest number of differences that [SignFlip] and
// [SignFlipInterval] take: they go through all of their 2^n subsets.
const MostFlips = 20

// tie is how near to zero a sum of differences counts as zero, as a share of
// the sum of their magnitudes. Scores that were subtracted are off by 1e-16 of
// their size, so that equal sums hardly ever come out equal. Counting a tie as
// at least as extreme can only raise p.
const tie = 1e-9

// SignFlip returns the exact one-sided p of the sign-flip test (Fisher, The
// Design of Experiments, 1935, 21): the share of the 2^n ways to choose the
// signs of the differences whose mean is at least the one observed. It is small
// where the differences lie above zero, and never below 2^-n. It holds whatever
// the distribution, as long as each difference was as likely to come out with
// the other sign; a difference of zero speaks for neither side. NaN where a
// difference is not finite, or where there are more than [MostFlips].
func SignFlip(differences []float64) float64 {
	sums, ok := subsetSums(differences)
	if !ok {
		return math.NaN()
	}
	size := 0.0
	for _, d := range differences {
		size += math.Abs(d)
	}
	// Turning the signs of a subset lowers the mean unless the subset's sum is
	// zero or less.
	extreme := 0
	for _, sum := range sums {
		if sum <= tie*size {
			extreme++
		}
	}
	return float64(extreme) / float64(len(sums))
}

// SignFlipInterval returns the centres of symmetry that [SignFlip] does not
// reject, at alpha on either side: lo is exceeded by the true one with
// probability at least 1-alpha, and so is it by hi. It takes the place of
// bootstrap intervals, which are too short at six differences. The ends are the
// k-th lowest and highest mean of a subset, k = alpha 2^n rounded down (Hartigan,
// Using subsample values as typical values, JASA 64, 1969), and infinite where
// that is none. NaN where a difference is not finite, where there are more than
// [MostFlips], and where alpha is not in (0, 0.5).
func SignFlipInterval(differences []float64, alpha float64) (lo, hi float64) {
	sums, ok := subsetSums(differences)
	if !ok || !(alpha > 0 && alpha < 0.5) {
		return math.NaN(), math.NaN()
	}
	k := int(alpha * float64(len(sums))) // exact: the length is a power of two
	if k == 0 {
		return math.Inf(-1), math.Inf(1)
	}
	means := sums[1:]
	for i := range means {
		means[i] /= float64(bits.OnesCount(uint(i + 1)))
	}
	slices.Sort(means)
	return means[k-1], means[len(means)-k]
}

// subsetSums returns the sum of every subset: bit i of the index says whether
// x[i] is in it.
func subsetSums(xs []float64) (sums []float64, ok bool) {
	if len(xs) > MostFlips || FirstBad(xs) >= 0 {
		return nil, false
	}
	sums = make([]float64, 1<<len(xs))
	for set := 1; set < len(sums); set++ {
		sums[set] = sums[set&(set-1)] + xs[bits.TrailingZeros(uint(set))]
	}
	return sums, true
}
