package survey

import (
	"math"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// nearest returns the nearest other row of each, the first of several; nil
// where the rows have no columns.
func nearest(r rows) []int {
	if r.width == 0 || r.n < 2 {
		return nil
	}
	near := make([]int, r.n)
	least := make([]float64, r.n)
	for i := range least {
		least[i] = math.Inf(1)
	}
	// Row by row, so that to each row the others come in their order.
	for i := range r.n {
		a := r.row(i)
		for j := i + 1; j < r.n; j++ {
			d := distance(a, r.row(j))
			if d < least[i] {
				least[i], near[i] = d, j
			}
			if d < least[j] {
				least[j], near[j] = d, i
			}
		}
	}
	return near
}

// permutations is how many random pairings a ratio is held against: the fewest
// that let the smallest of them be one in a hundred.
const permutations = 99

func smoothness(t *target, near []int) nnvet.Smoothness {
	s := nnvet.Smoothness{Ratio: math.NaN(), P: math.NaN()}
	if near == nil || t.variance == 0 {
		return s
	}
	order := make([]int, t.n)
	for i := range order {
		order[i] = i
	}
	ratio := func() float64 {
		sum := 0.0
		for i, j := range near {
			sum += t.apart(order[i], order[j])
		}
		return sum / (2 * t.variance * float64(t.n))
	}
	s.Ratio, s.Permutations = ratio(), permutations
	r, asSmall := seed, 1
	for range permutations {
		r.shuffle(order)
		if ratio() <= s.Ratio {
			asSmall++
		}
	}
	s.P = float64(asSmall) / (permutations + 1)
	return s
}

// periods are those that people measure in: half and full turns in radians and
// degrees, days of a week, months, hours, weeks, minutes, days of a year.
var periods = [...]float64{math.Pi, 2 * math.Pi, 7, 12, 24, 52, 60, 180, 360, 365.25}

// wraps looks at outputs whose range is about a period.
func wraps(d Data, s sample, near []int) []nnvet.Wrap {
	const most = 8
	if near == nil {
		return nil
	}
	var out []nnvet.Wrap
	for c := range min(s.outputs, most) {
		unit := 1.0
		if c < len(d.Units) {
			unit = d.Units[c]
		}
		y := make([]float64, s.n())
		for i := range y {
			y[i] = float64(s.numbers(i)[c]) * unit
		}
		for _, p := range lengths(y) {
			if w := wrap(y, p, near); !math.IsNaN(w.Ratio) {
				w.Output = c
				out = append(out, w)
			}
		}
	}
	return out
}

// lengths returns after what numbers may come round: the periods that they
// about fill, and what they fill themselves.
func lengths(y []float64) []float64 {
	var out []float64
	own := extent(y)
	reach := slices.Max(y) - slices.Min(y)
	for _, p := range periods {
		if reach >= 0.8*p && reach <= 1.03*p {
			out = append(out, p)
			if math.Abs(own-p) <= 0.03*p {
				own = 0 // that period it is
			}
		}
	}
	if own > 0 {
		out = append(out, own)
	}
	return out
}

// extent returns the range of numbers that fill it evenly enough to be places on
// a circle, and one step more where they stand on a grid: from 0 to 23 are 24
// hours. It is 0 where they pile up at its ends, as what was cut off does, or
// thin out towards them, as sums do.
func extent(y []float64) float64 {
	const (
		parts       = 10
		least, most = 0.02, 0.25 // of the numbers, in a part
	)
	lo, hi := slices.Min(y), slices.Max(y)
	if hi == lo {
		return 0
	}
	counts := make([]float64, parts)
	for _, v := range y {
		counts[min(int(parts*(v-lo)/(hi-lo)), parts-1)]++
	}
	if n := float64(len(y)); slices.Min(counts)/n < least || slices.Max(counts)/n > most {
		return 0
	}
	return hi - lo + step(newColumn(y).values)
}

// wrap compares a target with its angle's sine and cosine. The ratio is NaN
// where neither differs between neighbours.
func wrap(y []float64, period float64, near []int) nnvet.Wrap {
	sine, cosine := make([]float64, len(y)), make([]float64, len(y))
	for i, v := range y {
		sine[i], cosine[i] = math.Sincos(2 * math.Pi * v / period)
	}
	_, ofY := moments(y)
	_, ofSine := moments(sine)
	_, ofCosine := moments(cosine)
	scale := (ofSine*ofSine + ofCosine*ofCosine) / (ofY * ofY)
	var seam, rest pairs
	for i, j := range near {
		before := scale * square(y[i]-y[j])
		after := square(sine[i]-sine[j]) + square(cosine[i]-cosine[j])
		if math.Abs(y[i]-y[j]) > period/2 {
			seam.add(before, after)
		} else {
			rest.add(before, after)
		}
	}
	before, after := seam.sums()
	b, a := rest.sums()
	return nnvet.Wrap{Period: period, Ratio: (before + b) / (after + a), Low: low(seam, rest)}
}

func square(v float64) float64 { return v * v }

// pairs are squared differences of rows and their neighbours, before and after.
type pairs struct{ before, after []float64 }

func (p *pairs) add(before, after float64) {
	p.before, p.after = append(p.before, before), append(p.after, after)
}

func (p *pairs) sums() (before, after float64) {
	for i, v := range p.before {
		before, after = before+v, after+p.after[i]
	}
	return before, after
}

// drawn returns the sums over as many pairs drawn with replacement.
func (p *pairs) drawn(r *random) (before, after float64) {
	for range p.before {
		i := r.below(len(p.before))
		before, after = before+p.before[i], after+p.after[i]
	}
	return before, after
}

// low returns the lower end of the 95 % interval of a ratio of sums over rows.
// How many rows happen to stand at the seam is no matter of whether there is
// one, so that their number is held, unless it is so small that they may be slips.
func low(seam, rest pairs) float64 {
	const (
		times  = 199
		fewest = 8
	)
	if len(seam.before) < fewest {
		rest.before, rest.after = append(rest.before, seam.before...), append(rest.after, seam.after...)
		seam = pairs{}
	}
	r := seed
	ratios := make([]float64, times)
	for k := range ratios {
		before, after := seam.drawn(&r)
		b, a := rest.drawn(&r)
		ratios[k] = (before + b) / (after + a)
	}
	return stat.Quantile(ratios, 0.025)
}
