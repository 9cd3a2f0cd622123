package stat

import "math"

// ClopperPearson returns the exact interval of a share of which hits in n were
// seen (Clopper and Pearson, Biometrika 26, 1934): each end is wrong with
// probability (1-level)/2 at most, so that hi at level 0.9 is the upper bound of
// 95 %. It is 0 to 1 where n is 0, and NaN where hits is not in 0 to n or level
// not in (0, 1).
func ClopperPearson(hits, n int, level float64) (lo, hi float64) {
	if hits < 0 || hits > n || !(level > 0 && level < 1) {
		return math.NaN(), math.NaN()
	}
	alpha := (1 - level) / 2
	return leastShare(hits, n, alpha), 1 - leastShare(n-hits, n, alpha)
}

// leastShare returns the share at which hits or more in n have probability
// alpha, below 0.5.
func leastShare(hits, n int, alpha float64) float64 {
	if hits == 0 {
		return 0
	}
	// At hits/n the chance of as many is half or more.
	lo, hi := 0.0, float64(hits)/float64(n)
	for {
		mid := lo + (hi-lo)/2
		if mid <= lo || mid >= hi {
			return mid
		}
		if upperTail(hits, n, mid) < alpha {
			lo = mid
		} else {
			hi = mid
		}
	}
}

// upperTail returns the probability of hits or more in n, each with
// probability p, which is in (0, hits/n]: the terms then shrink, and the first
// is zero only where the sum is as good as zero.
func upperTail(hits, n int, p float64) float64 {
	term := math.Exp(logChoose(n, hits) + float64(hits)*math.Log(p) + float64(n-hits)*math.Log1p(-p))
	sum := 0.0
	for k := hits; term > 1e-18*sum; k++ {
		sum += term
		term *= float64(n-k) / float64(k+1) * p / (1 - p)
	}
	return sum
}

func logChoose(n, k int) float64 {
	logFactorial := func(n int) float64 { l, _ := math.Lgamma(float64(n) + 1); return l }
	return logFactorial(n) - logFactorial(k) - logFactorial(n-k)
}
