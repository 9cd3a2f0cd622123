package survey

import (
	"math"
	"slices"
)

// A target is the targets of a sample as coordinates: numbers standardized, or
// an indicator of each class that occurs.
type target struct {
	n        int
	width    int
	numbers  []float64 // width of a row; nil of classes
	classes  []int     // of a row; nil of numbers
	shares   []float64 // of the classes
	variance float64   // summed over coordinates; 0 where there is nothing to tell
}

func newTarget(s sample) *target {
	t := &target{n: s.n()}
	switch {
	case s.of.Labels != nil:
		t.label(s)
	case s.outputs > 0:
		t.measure(s)
	}
	return t
}

func (t *target) label(s sample) {
	place := make(map[int32]int)
	for _, row := range s.index {
		c := s.of.Labels[row]
		if _, known := place[c]; !known {
			place[c] = len(place)
			t.shares = append(t.shares, 0)
		}
		t.classes = append(t.classes, place[c])
		t.shares[place[c]] += 1 / float64(t.n)
	}
	t.width = len(t.shares)
	if t.width > 1 {
		t.variance = 1 - t.chance()
	}
}

// chance is how often two rows have one class.
func (t *target) chance() float64 {
	sum := 0.0
	for _, p := range t.shares {
		sum += p * p
	}
	return sum
}

func (t *target) measure(s sample) {
	var columns [][]float64
	for c := 0; c < s.outputs; c += apart(s.outputs, mostColumns) {
		x := make([]float64, t.n)
		for i := range x {
			x[i] = float64(s.numbers(i)[c])
		}
		if z, ok := standardize(x); ok {
			columns = append(columns, z)
		}
	}
	t.numbers, t.width, t.variance = byRow(columns), len(columns), float64(len(columns))
}

// add adds the coordinates of a row to sums.
func (t *target) add(sums []float64, i int) {
	if t.classes != nil {
		sums[t.classes[i]]++
		return
	}
	for c, v := range t.numbers[i*t.width : (i+1)*t.width] {
		sums[c] += v
	}
}

// apart returns the squared distance of two rows.
func (t *target) apart(i, j int) float64 {
	if t.classes != nil {
		if t.classes[i] != t.classes[j] {
			return 2
		}
		return 0
	}
	return distance(t.numbers[i*t.width:(i+1)*t.width], t.numbers[j*t.width:(j+1)*t.width])
}

// order is how alike the targets of successive rows are.
func (t *target) order() float64 {
	if t.variance == 0 {
		return math.NaN()
	}
	pairs := float64(t.n - 1)
	if t.classes != nil {
		same := 0.0
		for i := 1; i < t.n; i++ {
			if t.classes[i] == t.classes[i-1] {
				same++
			}
		}
		return (same/pairs - t.chance()) / (1 - t.chance())
	}
	sum := 0.0
	for i, v := range t.numbers[t.width:] {
		sum += v * t.numbers[i]
	}
	return sum / pairs / t.variance
}

// rank is in how many directions the targets vary.
func (t *target) rank() int {
	if t.classes != nil {
		return t.width - 1
	}
	return rank(correlation(t.numbers, t.width), t.width)
}

// furthest returns how far a number lies from the mean of its output.
func (t *target) furthest() float64 {
	if t.classes != nil || t.width == 0 {
		return math.NaN()
	}
	most := 0.0
	for _, z := range t.numbers {
		most = max(most, math.Abs(z))
	}
	return most
}

// groups are rows put together: the mean coordinates and the size of each group,
// of those that are not empty, in order.
type groups struct {
	means [][]float64
	sizes []float64
}

// group puts rows together; of says which of how many groups each is in.
func (t *target) group(of []int, many int) groups {
	all := groups{make([][]float64, many), make([]float64, many)}
	for i, g := range of {
		if all.means[g] == nil {
			all.means[g] = make([]float64, t.width)
		}
		t.add(all.means[g], i)
		all.sizes[g]++
	}
	all.means = slices.DeleteFunc(all.means, func(m []float64) bool { return m == nil })
	all.sizes = slices.DeleteFunc(all.sizes, func(n float64) bool { return n == 0 })
	for g, m := range all.means {
		for c := range m {
			m[c] /= all.sizes[g]
		}
	}
	return all
}

// explained is the share of the variance of the targets that the means hold.
func (t *target) explained(g groups) float64 {
	between := 0.0
	for i, m := range g.means {
		for c, v := range m {
			if t.classes != nil {
				v -= t.shares[c]
			}
			between += g.sizes[i] * v * v
		}
	}
	return between / (float64(t.n) * t.variance)
}
