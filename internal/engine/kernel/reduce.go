package kernel

import "math"

// The reductions add up in float64: the product of two float32 is exact in it,
// and no sum of them overflows or vanishes.

// Stats are the figures of an array. Those after NonFinite are over its finite
// elements; Min and Max are NaN where there are none.
type Stats struct {
	N, Zeros, NonFinite int // elements, those that are 0, those that are NaN or infinite
	Sum, SumSquares     float64
	Min, Max            float32
}

// Dot returns the sum of a*b, in float64. Both have one length.
func (s *Set) Dot(a, b []float32) float64 {
	same("Dot", len(a), len(b))
	return s.dot(a, b)
}

// Sum returns the sum of x, in float64; of nothing it is 0.
func (s *Set) Sum(x []float32) float64 {
	sum, _ := s.sums(x)
	return sum
}

// SumSquares returns the sum of x², in float64; of nothing it is 0.
func (s *Set) SumSquares(x []float32) float64 {
	_, squares := s.sums(x)
	return squares
}

// Max returns the greatest element of x, NaN where one is NaN, and negative
// infinity of nothing.
func (s *Set) Max(x []float32) float32 { return s.max(x) }

// Stats returns the figures of x in one pass, and takes a second, slower one
// where an element is not finite.
func (s *Set) Stats(x []float32) Stats {
	if len(x) == 0 {
		return Stats{Min: nan, Max: nan}
	}
	sum, squares, zeros, low, high := s.stats(x)
	if finite64(squares) {
		return Stats{N: len(x), Zeros: zeros, Sum: sum, SumSquares: squares, Min: low, Max: high}
	}
	return finiteStats(x)
}

// finiteStats leaves out what is not finite.
func finiteStats(x []float32) Stats {
	st := Stats{N: len(x), Min: nan, Max: nan}
	for _, v := range x {
		if !finite64(float64(v)) {
			st.NonFinite++
			continue
		}
		if v == 0 {
			st.Zeros++
		}
		st.Sum += float64(v)
		st.SumSquares += float64(float64(v) * float64(v))
		if !(st.Min <= v) {
			st.Min = v
		}
		if !(st.Max >= v) {
			st.Max = v
		}
	}
	return st
}

var nan = float32(math.NaN())

func finite64(v float64) bool { return v-v == 0 }

func genericDot(a, b []float32) float64 {
	b = b[:len(a)]
	sum := 0.0
	for i, v := range a {
		sum += float64(float64(v) * float64(b[i]))
	}
	return sum
}

func genericSums(x []float32) (sum, squares float64) {
	for _, v := range x {
		sum += float64(v)
		squares += float64(float64(v) * float64(v))
	}
	return sum, squares
}

func genericMax(x []float32) float32 {
	high := float32(math.Inf(-1))
	for _, v := range x {
		if v > high || v != v {
			high = v
		}
		if high != high {
			break
		}
	}
	return high
}

// genericStats has no word on what is not finite: its squares then are not.
func genericStats(x []float32) (sum, squares float64, zeros int, low, high float32) {
	low, high = x[0], x[0]
	for _, v := range x {
		if v == 0 {
			zeros++
		}
		sum += float64(v)
		squares += float64(float64(v) * float64(v))
		low, high = min(low, v), max(high, v)
	}
	return sum, squares, zeros, low, high
}
