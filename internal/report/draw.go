package report

import (
	"math"

	"github.com/nnvet/nnvet"
)

var blocks = []rune("▁▂▃▄▅▆▇█")

// spark draws a series over steps 0 to last in n columns. Each shows the
// largest value of its steps, so that no spike disappears; a value that is not
// finite is ✗, and what stays so ·. A column without values repeats the one
// before it; it is blank before the first value and after the last, and
// everywhere where there is only one value.
func spark(s *nnvet.Series, last int64, n int, height func(float64) int) string {
	if s.Len() < 2 {
		return spaces(n)
	}
	out := make([]rune, n)
	state, next := ' ', 0
	end, _ := s.Last()
	for c := range out {
		if next == s.Len() && end < last {
			state = ' '
		}
		top, broken, any := math.Inf(-1), false, false
		for ; next < s.Len() && column(s.Steps[next], last, n) <= c; next++ {
			if v := s.Values[next]; finite(v) {
				top, any = math.Max(top, v), true
			} else {
				broken = true
			}
		}
		switch {
		case broken && !any && (state == '✗' || state == '·'), !broken && !any && state == '✗':
			state = '·'
		case broken:
			state = '✗'
		case any:
			state = blocks[height(top)]
		}
		out[c] = state
	}
	return string(out)
}

func column(step, last int64, n int) int {
	return int(min(max(float64(step)/float64(last+1), 0), 1) * float64(n))
}

// scale returns the height of a block for a value: linear, or logarithmic where
// the values are positive and span more than two decades.
func scale(values []float64) func(float64) int {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if finite(v) {
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	f := func(v float64) float64 { return v }
	if lo > 0 && hi/lo > 100 {
		f = math.Log
	}
	return func(v float64) int {
		return ofShare((f(v) - f(lo)) / (f(hi) - f(lo))) // NaN where all values are equal, or their range overflows
	}
}

// ofShare returns the height of a block for a share of the whole.
func ofShare(share float64) int {
	return int(math.Round(min(max(zeroNaN(share), 0), 1) * float64(len(blocks)-1)))
}

func zeroNaN(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}

// An axis is a line of n columns from lo to hi, logarithmic where both are above zero.
type axis struct {
	lo, hi float64
	n      int
}

// axisAround returns an axis that holds a healthy range, a value, and some room.
func axisAround(lo, hi, v float64, n int) axis {
	a, b := lo, hi
	if finite(v) {
		a, b = math.Min(lo, v), math.Max(hi, v)
	}
	if lo <= 0 {
		return axis{math.Min(a, 0), b, n}
	}
	if a <= 0 { // zero has no place on a logarithmic axis
		a = lo
	}
	from, to := math.Floor(math.Log10(a)-0.5), math.Ceil(math.Log10(b)+0.5)
	return axis{math.Pow(10, max(from, -307)), math.Pow(10, min(to, 308)), n} // both ends stay finite and above zero
}

func (a axis) at(v float64) int {
	lo, hi := a.lo, a.hi
	if lo > 0 {
		lo, hi, v = math.Log10(lo), math.Log10(hi), math.Log10(math.Max(v, 0))
	}
	return int(math.Round(min(max(zeroNaN((v-lo)/(hi-lo)), 0), 1) * float64(a.n-1)))
}

// draw puts ● at v and ┊ at both ends of the healthy range. What is not finite
// is ✗: at the left end for -inf, else at the right.
func (a axis) draw(v, lo, hi float64) string {
	out := make([]rune, a.n)
	for i := range out {
		out[i] = '·'
	}
	out[a.at(lo)], out[a.at(hi)] = '┊', '┊'
	switch {
	case finite(v):
		out[a.at(v)] = '●'
	case math.IsInf(v, -1):
		out[0] = '✗'
	default:
		out[a.n-1] = '✗'
	}
	return string(out)
}
