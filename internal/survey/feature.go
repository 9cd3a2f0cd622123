package survey

import (
	"math"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// told is how many rows must have a value before it may be told: what fewer have
// is somebody's.
const told = 8

func features(d Data, t *table, y *target) []nnvet.Feature {
	var out []nnvet.Feature
	for j, x := range t.columns {
		c := newColumn(x)
		f := c.feature()
		f.Index = t.index[j]
		if len(d.Scale) > 0 {
			f.Scale, f.Shift = t.scale[j], t.shift[j]
		}
		if f.Index < len(d.Names) {
			f.Name = d.Names[f.Index]
		}
		if d.Channels == 0 {
			c.alone(y, t.coded(j, 3, c), &f)
		}
		out = append(out, f)
	}
	return out
}

// A column is a column with its values in order, and how often each occurs.
type column struct {
	x, sorted []float64
	values    []float64 // the different ones, rising
	counts    []int
}

func newColumn(x []float64) *column {
	c := &column{x: x, sorted: slices.Sorted(slices.Values(x))}
	for _, v := range c.sorted {
		if last := len(c.values) - 1; last >= 0 && c.values[last] == v {
			c.counts[last]++
			continue
		}
		c.values, c.counts = append(c.values, v), append(c.counts, 1)
	}
	return c
}

// feature returns what the column tells by itself.
func (c *column) feature() nnvet.Feature {
	nan, n := math.NaN(), float64(len(c.x))
	f := nnvet.Feature{Distinct: len(c.values), Mode: nan, Median: quantile(c.sorted, 0.5), Rising: c.rising(),
		Alone: nan, Rough: nan, Within: nan, Seam: nan}
	most := slices.Index(c.counts, slices.Max(c.counts))
	f.ModeShare = float64(c.counts[most]) / n
	if c.counts[most] >= told {
		f.Mode = c.values[most]
	}
	f.MAD, f.Tail = c.tail(f.Median)
	f.MaxZ, f.Skew = c.shape()
	f.Spike, f.SpikeShare, f.SpikeGap = c.spike()
	return f
}

// quantile is of values in order.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := min(int(at), len(sorted)-1)
	j := min(i+1, len(sorted)-1)
	return sorted[i] + (at-float64(i))*(sorted[j]-sorted[i])
}

// tail returns the median absolute deviation, and what share is far beyond it.
func (c *column) tail(median float64) (mad, share float64) {
	const far = 8 * 1.4826 // the deviation of a normal distribution is 1.4826 of these
	away := make([]float64, len(c.x))
	for i, v := range c.x {
		away[i] = math.Abs(v - median)
	}
	mad = stat.Median(away)
	if mad == 0 {
		return 0, math.NaN()
	}
	for _, v := range away {
		if v > far*mad {
			share++
		}
	}
	return mad, share / float64(len(away))
}

func (c *column) shape() (maxZ, skew float64) {
	z, ok := standardize(c.x)
	if !ok {
		return math.NaN(), math.NaN()
	}
	for _, v := range z {
		maxZ = max(maxZ, math.Abs(v))
		skew += v * v * v
	}
	return maxZ, skew / float64(len(z))
}

func (c *column) rising() float64 {
	const fewest = 8
	up, changes := 0.0, 0.0
	for i := 1; i < len(c.x); i++ {
		switch {
		case c.x[i] > c.x[i-1]:
			up++
			changes++
		case c.x[i] < c.x[i-1]:
			changes++
		}
	}
	if changes < fewest {
		return math.NaN()
	}
	return up / changes
}

// spike looks for a value at either end that occurs more than once, and how far
// it lies from the others.
func (c *column) spike() (value, share, gap float64) {
	value, share, gap = math.NaN(), math.NaN(), math.NaN()
	if len(c.values) < 2 {
		return value, share, gap
	}
	last := len(c.values) - 1
	for _, end := range []struct {
		at, next int
		others   []float64
	}{
		{0, 1, c.sorted[c.counts[0]:]},
		{last, last - 1, c.sorted[:len(c.sorted)-c.counts[last]]},
	} {
		spread := quantile(end.others, 0.75) - quantile(end.others, 0.25)
		if c.counts[end.at] < 2 || len(end.others) < told || spread == 0 {
			continue
		}
		if g := math.Abs(c.values[end.at]-c.values[end.next]) / spread; !(g <= gap) {
			gap, share = g, float64(c.counts[end.at])/float64(len(c.x))
			value = math.NaN()
			if c.counts[end.at] >= told {
				value = c.values[end.at]
			}
		}
	}
	return value, share, gap
}
