package survey

import (
	"math"

	"github.com/nnvet/nnvet"
)

// alone sets what the column tells about the targets.
func (c *column) alone(y *target, coded bool, f *nnvet.Feature) {
	if y.variance == 0 || len(c.values) < 2 {
		return
	}
	if g := y.group(c.bins(20)); len(g.sizes) > 1 && y.n > len(g.sizes) {
		left := 1 - y.explained(g)
		f.Alone = 1 - left*float64(y.n-1)/float64(y.n-len(g.sizes))
	}
	if coded {
		f.Rough, f.Within = c.levels(y)
	}
	f.Seam = c.seam(y)
}

// bins says which bin of equal count each row is in. Equal values share one.
func (c *column) bins(many int) (of []int, all int) {
	bin := make([]int, len(c.values))
	below := 0
	for v, count := range c.counts {
		bin[v] = many * below / len(c.x)
		below += count
	}
	return c.by(bin), many
}

// by gives each row what its value has.
func (c *column) by(value []int) []int {
	place := make(map[float64]int, len(c.values))
	for i, v := range c.values {
		place[v] = value[i]
	}
	of := make([]int, len(c.x))
	for i, v := range c.x {
		of[i] = place[v]
	}
	return of
}

// coded reports whether column j could be codes: few numbers that are whole, now
// or before they were scaled.
func (t *table) coded(j, fewest int, c *column) bool {
	if len(c.values) < fewest || 5*len(c.values) > len(c.x) {
		return false
	}
	return t.whole(j, c.values) || step(c.values) > 0 // a grid is whole numbers, scaled and shifted
}

// whole reports whether values of column j were whole before they were scaled,
// as far as that is known.
func (t *table) whole(j int, values []float64) bool {
	if t.scale[j] == 0 {
		return false
	}
	near := 0.0
	if t.scale[j] != 1 || t.shift[j] != 0 {
		near = 1e-3 // what rounding to float32 can have left of it
	}
	for _, v := range values {
		v = v*t.scale[j] + t.shift[j]
		if math.Abs(v-math.Round(v)) > near {
			return false
		}
	}
	return true
}

// step returns the spacing of the grid that rising values stand on; 0 where they
// stand on none, are few for its size, or are fewer than 3, which always do.
func step(values []float64) float64 {
	const (
		fewest = 3
		places = 10   // of the grid for one value, at most: any values stand on a grid that is fine enough
		near   = 0.01 // of a step: what rounding to float32 can have left of it
	)
	if len(values) < fewest {
		return 0
	}
	least := math.Inf(1)
	for i := 1; i < len(values); i++ {
		least = min(least, values[i]-values[i-1])
	}
	at := make([]float64, len(values)) // in steps from the first
	for i := 1; i < len(values); i++ {
		at[i] = at[i-1] + math.Round((values[i]-values[i-1])/least)
	}
	last := len(values) - 1
	if at[last] > places*float64(len(values)) {
		return 0
	}
	by := (values[last] - values[0]) / at[last] // better known than a single gap
	for i, v := range values {
		if math.Abs((v-values[0])/by-at[i]) > near {
			return 0
		}
	}
	return by
}

// levels returns how rough the mean target is from value to value, and what
// share of the variance is within values.
func (c *column) levels(y *target) (rough, within float64) {
	const fewest, enough = 3, 5 // values, and rows of one
	value := make([]int, len(c.values))
	for i := range value {
		value[i] = i
	}
	g := y.group(c.by(value), len(value))
	var means [][]float64
	for i, m := range g.means {
		if g.sizes[i] >= enough {
			means = append(means, m)
		}
	}
	rough = math.NaN()
	if len(means) >= fewest {
		rough = roughness(means)
	}
	return rough, 1 - y.explained(g)
}

// roughness is von Neumann's ratio; NaN of means that are all the same.
func roughness(means [][]float64) float64 {
	n, width := float64(len(means)), len(means[0])
	middle := make([]float64, width)
	for _, m := range means {
		for c, v := range m {
			middle[c] += v / n
		}
	}
	steps, variance := 0.0, 0.0
	for i, m := range means {
		variance += distance(m, middle) / n
		if i > 0 {
			steps += distance(m, means[i-1]) / (n - 1)
		}
	}
	return steps / (2 * variance)
}

// seam compares the jump from the end to the beginning with those in between.
func (c *column) seam(y *target) float64 {
	const rows, bins = 250, 5
	if y.n < rows {
		return math.NaN()
	}
	means := y.group(c.bins(50)).means
	if len(means) < bins {
		return math.NaN()
	}
	jumps := 0.0
	for i := 1; i < len(means); i++ {
		jumps += math.Sqrt(distance(means[i], means[i-1]))
	}
	return math.Sqrt(distance(means[len(means)-1], means[0])) / (jumps / float64(len(means)-1))
}
