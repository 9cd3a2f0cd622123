// Package stat has the small statistics that checks and proofs share. Its
// functions are pure, change no argument, and say what they do with NaN.
package stat

import (
	"math"
	"slices"
	"sort"
	"strconv"
)

// Finite reports whether v is neither NaN nor infinite.
func Finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// FirstBad returns the index of the first value that is not finite, or -1.
func FirstBad(xs []float64) int {
	return slices.IndexFunc(xs, func(v float64) bool { return !Finite(v) })
}

// Mean returns the mean, which is NaN where there are no values, and not
// finite where one of them is not.
func Mean(xs []float64) float64 {
	sum := 0.0
	for _, v := range xs {
		sum += v
	}
	return sum / float64(len(xs))
}

// Scatter returns the standard deviation of values about their trend, from the
// differences of neighbours (von Neumann): over a step of a smooth curve they
// are sqrt(2) times as wide as its noise. It is NaN of fewer than two values.
func Scatter(xs []float64) float64 {
	if len(xs) < 2 {
		return math.NaN()
	}
	sum := 0.0
	for i := 1; i < len(xs); i++ {
		d := xs[i] - xs[i-1]
		sum += d * d
	}
	return math.Sqrt(sum / float64(2*(len(xs)-1)))
}

// Median returns the median of the values that are not NaN: the mean of the
// two in the middle where their number is even, NaN where there are none.
func Median(xs []float64) float64 { return Quantile(xs, 0.5) }

// Quantile returns the value below which the share q of the values lies, by
// linear interpolation between neighbours (Hyndman and Fan's type 7). NaNs are
// left out; without any other value it is NaN.
func Quantile(xs []float64, q float64) float64 {
	s := slices.DeleteFunc(slices.Clone(xs), math.IsNaN)
	if len(s) == 0 {
		return math.NaN()
	}
	slices.Sort(s)
	at := q * float64(len(s)-1)
	i := int(at)
	frac := at - float64(i)
	if frac == 0 || s[i] == s[i+1] || math.IsInf(s[i], -1) { // inf - inf is NaN
		return s[i]
	}
	return s[i] + frac*(s[i+1]-s[i])
}

// WeightedMedian returns the least value that, with those below it, has half
// of the weight. Values that are NaN or without weight are left out; without
// any other value it is NaN.
func WeightedMedian(xs, weights []float64) float64 {
	var order []int
	total := 0.0
	for i, v := range xs {
		if !math.IsNaN(v) && weights[i] > 0 {
			order = append(order, i)
			total += weights[i]
		}
	}
	sort.Slice(order, func(a, b int) bool { return xs[order[a]] < xs[order[b]] })
	below := 0.0
	for _, i := range order {
		if below += weights[i]; below >= total/2 {
			return xs[i]
		}
	}
	return math.NaN()
}

// EMA returns the exponential moving average with the given decay, corrected
// for its start at zero. From the first value that is not finite on, nor is it.
func EMA(xs []float64, decay float64) []float64 {
	out := make([]float64, len(xs))
	sum, weight := 0.0, 0.0
	for i, v := range xs {
		sum, weight = decay*sum+(1-decay)*v, decay*weight+1-decay
		out[i] = sum / weight
	}
	return out
}

// Between returns the values at steps from and up to, but not at, to. Steps increase.
func Between(steps []int64, xs []float64, from, to int64) []float64 {
	i, _ := slices.BinarySearch(steps, from)
	j, _ := slices.BinarySearch(steps, max(from, to))
	return xs[i:j]
}

// Signif rounds to n significant digits. Zero, NaN and infinities stay.
func Signif(v float64, n int) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', n-1, 64), 64)
	if err != nil { // rounded up past the largest number
		return v
	}
	return r
}

// SD returns the standard deviation of a sample, over n-1: NaN where there are
// fewer than two values, and where one is not finite.
func SD(xs []float64) float64 {
	if len(xs) < 2 {
		return math.NaN()
	}
	mean, sum := Mean(xs), 0.0
	for _, v := range xs {
		sum += (v - mean) * (v - mean)
	}
	return math.Sqrt(sum / float64(len(xs)-1))
}
