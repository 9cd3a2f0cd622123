package engine

import "math"

// The logarithms are our own because those of package math differ in the last
// bit between architectures, and the compiler may fuse what is not converted
// explicitly. They are good to 1e-13, more than float32 shows.

// log is the natural logarithm: -Inf of 0, NaN of what is negative.
func log(x float64) float64 {
	switch {
	case x < 0 || x != x:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	case math.IsInf(x, 1):
		return x
	}
	m, e := math.Frexp(x) // m in [1/2, 1)
	if m < math.Sqrt2/2 {
		m, e = 2*m, e-1
	}
	return float64(float64(e)*math.Ln2) + twiceAtanh((m-1)/(m+1), odd[5:]) // |s| <= 0.172
}

// log1p is log(1+x) for x of 0 to 1.
func log1p(x float64) float64 { return twiceAtanh(x/(2+x), odd[:]) } // s <= 1/3

// twiceAtanh is the series 2(s + s³/3 + s⁵/5 + ...), as far as the terms go.
func twiceAtanh(s float64, terms []float64) float64 {
	square, sum := float64(s*s), 0.0
	for _, t := range terms {
		sum = float64((sum + t) * square)
	}
	return 2 * (s + float64(s*sum))
}

// odd are one over the odd numbers, the smallest first. It never changes.
var odd = [...]float64{1. / 27, 1. / 25, 1. / 23, 1. / 21, 1. / 19, 1. / 17, 1. / 15, 1. / 13, 1. / 11, 1. / 9, 1. / 7, 1. / 5, 1. / 3}
