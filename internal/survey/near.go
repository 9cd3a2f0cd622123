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
		extent := slices.Max(y) - slices.Min(y)
		for _, p := range periods {
			if extent >= 0.8*p && extent <= 1.03*p {
				if w := wrap(y, p, near); !math.IsNaN(w.Ratio) {
					w.Output = c
					out = append(out, w)
				}
			}
		}
	}
	return out
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
	before, after := make([]float64, len(y)), make([]float64, len(y))
	for i, j := range near {
		before[i] = scale * square(y[i]-y[j])
		after[i] = square(sine[i]-sine[j]) + square(cosine[i]-cosine[j])
	}
	w := nnvet.Wrap{Period: period, Ratio: sum(before) / sum(after)}
	w.Low = bootstrap(before, after)
	return w
}

func square(v float64) float64 { return v * v }

func sum(x []float64) float64 {
	total := 0.0
	for _, v := range x {
		total += v
	}
	return total
}

// bootstrap returns the lower end of the 95 % interval of a ratio of sums over
// rows.
func bootstrap(above, below []float64) float64 {
	const times = 199
	r := seed
	ratios := make([]float64, times)
	for k := range ratios {
		a, b := 0.0, 0.0
		for range above {
			i := r.below(len(above))
			a, b = a+above[i], b+below[i]
		}
		ratios[k] = a / b
	}
	return stat.Quantile(ratios, 0.025)
}
