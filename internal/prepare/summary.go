package prepare

import (
	"fmt"
	"math"
)

// A summary holds the figures of a column, or of one element or channel of an
// array, over the training rows. All are of the values that are not missing.
type summary struct {
	n, missing int
	mean, std  float64 // of the population, as scikit-learn's StandardScaler
	min, max   float64
	whole      bool

	// The most common value, where it is more than half: what Boyer and Moore's
	// vote (1991) elects, and how many rows hold it.
	common  float64
	votes   int
	holders int
}

// rareShare is the share of other values at and below which a column counts
// as constant (a near-constant feature: mode share above 99.5 %).
const rareShare = 0.005

// isConstant reports a column whose values all agree, or agree in nine digits.
func isConstant(s summary) bool {
	return s.n == 0 || s.min == s.max || s.std <= 1e-9*math.Abs(s.mean)
}

// isNearConstant reports a column in which hardly a row differs from the others.
func isNearConstant(s summary) bool {
	all := float64(s.n + s.missing)
	return isConstant(s) || float64(s.holders) > (1-rareShare)*all || float64(s.missing) > (1-rareShare)*all
}

// summarize returns the figures of each channel of values that come extent to
// a row. Element j of a row belongs to channel j modulo the number of channels.
// It is an error if a value is infinite, or with log, negative.
func summarize[T float32 | float64](values []T, extent, channels int, rows []int, log bool) ([]summary, error) {
	sums := make([]summary, channels)
	for i := range sums {
		sums[i] = summary{min: math.Inf(1), max: math.Inf(-1), whole: true}
	}
	err := eachValue(values, extent, channels, rows, log, func(channel int, x float64) { sums[channel].add(x) })
	if err != nil {
		return nil, err
	}
	for i := range sums {
		sums[i].mean /= float64(max(sums[i].n, 1))
	}
	_ = eachValue(values, extent, channels, rows, log, func(channel int, x float64) { sums[channel].deviate(x) }) // it went well before
	for i := range sums {
		s := &sums[i]
		s.std = math.Sqrt(s.std / float64(max(s.n, 1)))
		if s.n > 0 && (math.IsInf(s.mean, 0) || math.IsInf(s.std, 0) || math.IsInf(s.max-s.min, 0)) {
			return nil, fmt.Errorf("its values, up to %.3g, are too large to scale: divide them first", math.Max(s.max, -s.min))
		}
	}
	return sums, nil
}

// eachValue visits the values of some rows, or their log(1+x), with the channel
// of each.
func eachValue[T float32 | float64](values []T, extent, channels int, rows []int, log bool, visit func(channel int, x float64)) error {
	for _, row := range rows {
		channel := 0
		for _, v := range values[row*extent : (row+1)*extent] {
			x, err := logOf(float64(v), log)
			if err != nil {
				return atRow(row, err)
			}
			visit(channel, x)
			if channel++; channel == channels {
				channel = 0
			}
		}
	}
	return nil
}

// logOf is the value that figures are taken of.
func logOf(v float64, log bool) (float64, error) {
	switch {
	case math.IsInf(v, 0):
		return 0, infinite(v)
	case !log:
		return v, nil
	case v < 0:
		return 0, fmt.Errorf("%g is negative: log is for numbers from 0, so take another transform", v)
	}
	return math.Log1p(v), nil
}

// add is the first pass: the mean is still the sum.
func (s *summary) add(x float64) {
	if x != x {
		s.missing++
		return
	}
	s.n++
	s.mean += x
	s.min, s.max = min(s.min, x), max(s.max, x)
	s.whole = s.whole && x == math.Trunc(x)
	switch {
	case s.votes == 0:
		s.common, s.votes = x, 1
	case x == s.common:
		s.votes++
	default:
		s.votes--
	}
}

// deviate is the second pass, after the mean: the standard deviation is still
// the sum of squares. The conversion keeps machines from fusing the two steps.
func (s *summary) deviate(x float64) {
	if x != x {
		return
	}
	d := x - s.mean
	s.std += float64(d * d)
	if x == s.common {
		s.holders++
	}
}
