package engine

import (
	"cmp"
	"math"
	"slices"
)

// ConstantLoss returns the loss of the constant that fits the targets best: what
// a network that ignores its input can reach, and 1 minus the ratio to it is
// skill. It is NaN of no rows. width is the number of outputs of a row.
func ConstantLoss(l Loss, d Data, width int) float64 {
	if d.Rows == 0 || width == 0 {
		return math.NaN()
	}
	if l.Kind.Labels() {
		return labelEntropy(l, d.Labels, width)
	}
	total, column := 0.0, make([]float64, d.Rows)
	for c := range width {
		for i := range column {
			column[i] = float64(d.Y[i*width+c])
		}
		total += columnLoss(l, column)
	}
	return total / float64(width)
}

// columnLoss returns the mean loss of the best constant for one output.
func columnLoss(l Loss, y []float64) float64 {
	mean := 0.0
	for _, v := range y {
		mean += v / float64(len(y))
	}
	switch l.Kind {
	case MAE:
		slices.Sort(y)
		return meanOf(y, func(v float64) float64 { return math.Abs(v - y[len(y)/2]) })
	case Huber:
		delta := cmp.Or(l.Delta, 1)
		at := huberCentre(y, delta)
		return meanOf(y, func(v float64) float64 { return huberLoss(v-at, delta) })
	case Poisson, PoissonLog:
		return mean - xlogx(mean)
	case BCE, BCELogits:
		return -xlogx(mean) - xlogx(1-mean)
	}
	return meanOf(y, func(v float64) float64 { return (v - mean) * (v - mean) })
}

func meanOf(y []float64, f func(float64) float64) float64 {
	sum := 0.0
	for _, v := range y {
		sum += f(v)
	}
	return sum / float64(len(y))
}

func huberLoss(d, delta float64) float64 {
	if d = math.Abs(d); d > delta {
		return delta * (d - delta/2)
	}
	return d * d / 2
}

// huberCentre returns the constant whose Huber loss is least, where the pulls
// of the targets, each bounded by delta, even out. They rise, so halving the
// range finds it.
func huberCentre(y []float64, delta float64) float64 {
	lo, hi := slices.Min(y), slices.Max(y)
	for range 100 {
		mid := lo + (hi-lo)/2
		pull := 0.0
		for _, v := range y {
			pull += min(max(mid-v, -delta), delta)
		}
		if pull > 0 {
			hi = mid
		} else {
			lo = mid
		}
	}
	return lo + (hi-lo)/2
}

// labelEntropy returns the entropy of the classes, after label smoothing.
func labelEntropy(l Loss, labels []int32, classes int) float64 {
	counts := make([]float64, classes)
	for _, c := range labels {
		counts[c]++
	}
	entropy := 0.0
	for _, n := range counts {
		share := n / float64(len(labels))
		if l.Kind == CrossEntropy {
			share = (1-l.Smoothing)*share + l.Smoothing/float64(classes)
		}
		entropy -= xlogx(share)
	}
	return entropy
}

// xlogx is 0 at 0.
func xlogx(x float64) float64 {
	if x == 0 {
		return 0
	}
	return x * math.Log(x)
}
