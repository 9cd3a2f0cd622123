package learningrate

import (
	"math"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// A pace is how fast one weight changed: its update ratios, at the steps at
// which they were looked at.
type pace struct {
	param *nnvet.Param
	group *nnvet.Group // nil where the optimizer is not known
	key   nnvet.Key    // of the series that the ratios come from
	rate  float64      // highest learning rate of the group; NaN where unknown
	steps []int64
	ratio []float64 // finite and above zero
	spans []float64 // steps until the next look, so that dense first looks do not count for more
	peak  []bool    // the learning rate was at least half of its highest
}

// The median update ratios of 200 healthy runs: 10^-3.36 to 10^-1.5, and in the
// middle 10^-2.7, which a prescribed learning rate aims at.
const (
	slowest     = 4.4e-4
	healthyPace = 2e-3
	fastest     = 0.032
)

// paces returns the pace of every weight, in the order in which they were
// recorded. Biases and norms (one dimension) are left out: many start at zero,
// where any step is infinitely long. So are weights that never moved. A network
// that has nothing but vectors, such as w*x + b, is judged by those.
func paces(t *nnvet.Trace) []pace {
	var out []pace
	matrices := slices.ContainsFunc(t.Params, func(p nnvet.Param) bool { return len(p.Shape) > 1 })
	for s := range t.All(nnvet.Update) {
		p := t.Param(s.Key.Site)
		if p == nil || matrices && len(p.Shape) < 2 {
			continue
		}
		g := groupOf(t, p.Name)
		c := pace{param: p, group: g, key: s.Key, rate: math.NaN()}
		var rates *nnvet.Series
		if g != nil {
			rates = t.Series(nnvet.Key{Quantity: nnvet.Rate, Site: g.Name})
			c.rate = highest(rates)
		}
		for i, v := range s.Values {
			if !stat.Finite(v) || v <= 0 {
				continue
			}
			c.steps, c.ratio = append(c.steps, s.Steps[i]), append(c.ratio, v)
			span := int64(1)
			if i+1 < len(s.Steps) {
				span = s.Steps[i+1] - s.Steps[i]
			}
			c.spans = append(c.spans, float64(span))
			c.peak = append(c.peak, !(rateAt(rates, s.Steps[i]) < c.rate/2)) // true where unknown
		}
		if len(c.steps) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// median returns the weight's median ratio over the steps from..to, both
// included, at which its learning rate was near its peak. NaN where none were
// looked at.
func (c *pace) median(from, to int64) float64 {
	weights := make([]float64, len(c.ratio))
	for i, s := range c.steps {
		if s >= from && s <= to && c.peak[i] {
			weights[i] = c.spans[i]
		}
	}
	return stat.WeightedMedian(c.ratio, weights)
}

// medians returns the median ratio of every pace over some steps.
func medians(ws []pace, from, to int64) []float64 {
	out := make([]float64, len(ws))
	for i := range ws {
		out[i] = ws[i].median(from, to)
	}
	return out
}

// bornSmall reports whether a weight starts at zero, or at less than a third
// of the smallest usual law, 1/sqrt(3 fan_in). The first steps of such a weight
// are long against it whatever the learning rate.
func (c *pace) bornSmall(t *nnvet.Trace) bool {
	std := t.Series(nnvet.Key{Quantity: nnvet.WeightStd, Site: c.param.Name})
	mean := t.Series(nnvet.Key{Quantity: nnvet.WeightMean, Site: c.param.Name})
	if std.Len() == 0 || mean.Len() == 0 {
		return false
	}
	fanIn := 1.0
	for _, n := range c.param.Shape[1:] {
		fanIn *= float64(n)
	}
	return math.Hypot(std.Values[0], mean.Values[0]) < math.Sqrt(1/(3*fanIn))/3
}

// groupOf returns the optimizer's group that holds a parameter, or nil.
func groupOf(t *nnvet.Trace, param string) *nnvet.Group {
	for i := range t.Optimizers {
		for j := range t.Optimizers[i].Groups {
			g := &t.Optimizers[i].Groups[j]
			if slices.Contains(g.Params, param) {
				return g
			}
		}
	}
	return nil
}

// highest returns the largest value of a series, NaN where there is none.
func highest(s *nnvet.Series) float64 {
	top := math.NaN()
	for i := range s.Len() {
		if v := s.Values[i]; !(v <= top) && stat.Finite(v) {
			top = v
		}
	}
	return top
}

// rateAt returns the learning rate in force at a step: the last one recorded
// up to it, or the first. NaN where none was.
func rateAt(s *nnvet.Series, step int64) float64 {
	if s.Len() == 0 {
		return math.NaN()
	}
	i, _ := slices.BinarySearch(s.Steps, step+1)
	return s.Values[max(i-1, 0)]
}

// enoughSteps is what it takes to judge a pace.
var enoughSteps = nnvet.Limit{Name: "steps", Default: 50, Source: "convention: a shorter run has hardly begun, and its steps are the longest"}
