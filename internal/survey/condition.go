package survey

import (
	"math"

	"github.com/nnvet/nnvet/internal/stat"
)

// ridge keeps a condition number finite where columns repeat each other: of the
// mean variance.
const ridge = 1e-6

// hold is the share of the variance from which on a direction counts.
const hold = 1e-4

// conditions returns the condition numbers of the covariance and of the
// correlation, and the rank; NaN and 0 where all columns are constant.
func conditions(t *table) (covariance, corr float64, directions int) {
	var stds []float64
	for _, x := range t.columns {
		if _, std := moments(x); std > 0 {
			stds = append(stds, std)
		}
	}
	z, d := t.standardized(), len(stds)
	if d == 0 {
		return math.NaN(), math.NaN(), 0
	}
	r := correlation(z.x, d)
	scaled := make([]float64, d*d)
	for i := range d {
		for j := range d {
			scaled[i*d+j] = r[i*d+j] * stds[i] * stds[j]
		}
	}
	return condition(scaled, d), condition(r, d), rank(r, d)
}

// correlation returns the mean products of rows of standardized numbers.
func correlation(x []float64, width int) []float64 {
	if width == 0 {
		return nil
	}
	n := len(x) / width
	out := make([]float64, width*width)
	for i := range n {
		row := x[i*width : (i+1)*width]
		for a, v := range row {
			sums := out[a*width : a*width+a+1]
			for b := range sums {
				sums[b] += v * row[b]
			}
		}
	}
	for a := range width {
		for b := range a + 1 {
			v := out[a*width+b] / float64(n)
			out[a*width+b], out[b*width+a] = v, v
		}
	}
	return out
}

func condition(a []float64, n int) float64 {
	mean := 0.0
	for i := range n {
		mean += a[i*n+i] / float64(n)
	}
	values := stat.Eigenvalues(a, n)
	// What rounding makes of a zero may be negative.
	low, high := max(0, values[0])+ridge*mean, values[n-1]+ridge*mean
	return high / low
}

func rank(correlation []float64, n int) int {
	count := 0
	for _, v := range stat.Eigenvalues(correlation, n) {
		if v > hold*float64(n) {
			count++
		}
	}
	return count
}
