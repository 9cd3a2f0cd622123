package picture

import (
	"math"

	"github.com/nnvet/nnvet/internal/stat"
)

// A kind is how a scale spaces numbers.
type kind int

const (
	linear  kind = iota
	decades      // logarithmic; what is not above 0 stands at the low end
	twos         // logarithmic, with ticks at powers of two
	signed       // symmetric logarithmic: linear about 0, decades beyond 1
)

// A scale places numbers between 0 and 1. Both ends are finite, and lo < hi.
type scale struct {
	kind   kind
	lo, hi float64
}

// at returns where a number stands: NaN for NaN, and an end for what lies beyond it.
func (s scale) at(v float64) float64 {
	lo, hi := s.warp(s.lo), s.warp(s.hi)
	u := (s.warp(v) - lo) / (hi - lo)
	return math.Min(math.Max(u, 0), 1)
}

func (s scale) warp(v float64) float64 {
	switch s.kind {
	case decades, twos:
		return math.Log10(math.Max(v, 0)) // -Inf of 0
	case signed:
		return math.Copysign(math.Log10(1+math.Abs(v)), v)
	}
	return v / 2 // so that the distance of the largest numbers is finite
}

// extent returns the least and the greatest of the finite numbers, and false
// where there are none.
func extent(lists ...[]float64) (lo, hi float64, ok bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, l := range lists {
		for _, v := range l {
			if stat.Finite(v) {
				lo, hi = math.Min(lo, v), math.Max(hi, v)
			}
		}
	}
	return lo, hi, lo <= hi
}

// positive returns the numbers above 0.
func positive(lists ...[]float64) (out []float64) {
	for _, l := range lists {
		for _, v := range l {
			if v > 0 && stat.Finite(v) {
				out = append(out, v)
			}
		}
	}
	return out
}

// onLine returns a linear scale that holds numbers, with a little room.
func onLine(lists ...[]float64) scale {
	lo, hi, ok := extent(lists...)
	if !ok {
		return scale{linear, 0, 1}
	}
	room := (hi/2 - lo/2) * 0.1
	if room <= math.Abs(hi)*1e-9 {
		room = math.Max(math.Abs(hi)*0.1, math.SmallestNonzeroFloat64*1e10)
		if hi == 0 {
			room = 1
		}
	}
	const most = math.MaxFloat64
	s := scale{linear, math.Max(lo-room, -most), math.Min(hi+room, most)}
	if lo >= 0 && s.lo < 0 {
		s.lo = 0
	}
	return s
}

// inDecades returns a logarithmic scale that holds the numbers above 0, with a
// little room; false where there are none.
func inDecades(lists ...[]float64) (scale, bool) {
	lo, hi, ok := extent(positive(lists...))
	if !ok {
		return scale{decades, 0.1, 10}, false
	}
	const room = 1.3
	lo, hi = math.Max(lo/room, 1e-307), math.Min(hi*room, 1e308)
	if hi/lo < 10 {
		mid := math.Sqrt(lo) * math.Sqrt(hi)
		lo, hi = math.Max(mid/3.2, 1e-307), math.Min(mid*3.2, 1e308)
	}
	return scale{decades, lo, hi}, true
}

// suited returns a logarithmic scale where numbers are above 0 and span more
// than two decades, else a linear one.
func suited(lists ...[]float64) scale {
	lo, hi, ok := extent(lists...)
	if ok && lo > 0 && hi/lo > 100 {
		s, _ := inDecades(lists...)
		return s
	}
	return onLine(lists...)
}

// bothSigns returns a symmetric logarithmic scale, or a linear one where all is
// within 5 of 0.
func bothSigns(lists ...[]float64) scale {
	lo, hi, ok := extent(lists...)
	if !ok || math.Max(math.Abs(lo), math.Abs(hi)) <= 5 {
		return onLine(lists...)
	}
	const most = math.MaxFloat64
	return scale{signed, math.Max(math.Min(lo*1.3, -1), -most), math.Min(math.Max(hi*1.3, 1), most)}
}

// ticks returns at most about n round numbers within the scale.
func (s scale) ticks(n int) []float64 {
	switch s.kind {
	case decades:
		return s.decadeTicks(n)
	case twos:
		return s.twoTicks(n)
	case signed:
		return s.signedTicks(n)
	}
	return s.lineTicks(n)
}

func (s scale) lineTicks(n int) (out []float64) {
	half := s.hi/2 - s.lo/2
	raw := 2 * (half / float64(n))
	tenth := math.Pow(10, math.Floor(math.Log10(raw)))
	step := tenth * 10
	for _, k := range []float64{1, 2, 5} {
		if tenth*k >= raw {
			step = tenth * k
			break
		}
	}
	if !(step > 0) || math.IsInf(step, 0) {
		return []float64{s.lo, s.hi}
	}
	first := math.Ceil(s.lo / step)
	for i := range 4 * n {
		v := (first + float64(i)) * step
		if v > s.hi || len(out) > 0 && v == out[len(out)-1] {
			break
		}
		out = append(out, v)
	}
	return out
}

func (s scale) decadeTicks(n int) (out []float64) {
	const close = 1e-9
	from, to := math.Ceil(math.Log10(s.lo)-close), math.Floor(math.Log10(s.hi)+close)
	if to-from < 1 { // hardly a decade
		tenth := math.Pow(10, math.Floor(math.Log10(s.lo)))
		for _, k := range []float64{1, 2, 5, 10, 20, 50, 100} {
			if v := tenth * k; v >= s.lo && v <= s.hi {
				out = append(out, v)
			}
		}
		return out
	}
	step := math.Max(1, math.Ceil((to-from)/float64(n)))
	for e := from; e <= to; e += step {
		out = append(out, stat.Signif(math.Pow(10, e), 3))
	}
	return out
}

func (s scale) twoTicks(n int) (out []float64) {
	from, to := math.Ceil(math.Log2(s.lo)-1e-9), math.Floor(math.Log2(s.hi)+1e-9)
	step := math.Max(1, math.Ceil((to-from)/float64(n)))
	for e := from; e <= to; e += step {
		out = append(out, math.Pow(2, e))
	}
	return out
}

func (s scale) signedTicks(n int) (out []float64) {
	top := math.Ceil(math.Log10(math.Max(math.Abs(s.lo), math.Abs(s.hi))))
	step := math.Max(1, math.Ceil(2*top/float64(n)))
	var up []float64
	for e := 0.0; e <= top; e += step {
		up = append(up, math.Pow(10, e))
	}
	for i := len(up) - 1; i >= 0; i-- {
		if -up[i] >= s.lo {
			out = append(out, -up[i])
		}
	}
	out = append(out, 0)
	for _, v := range up {
		if v <= s.hi {
			out = append(out, v)
		}
	}
	return out
}
