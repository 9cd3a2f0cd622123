package record

import (
	"math"

	"github.com/nnvet/nnvet/internal/engine"
)

// classLoss returns the loss of one row of probabilities, of which the outputs
// are shares. Label smoothing is left out, here and elsewhere, as it costs all
// rows alike.
func classLoss(out []float32, label int32) float64 {
	sum := 0.0
	for _, v := range out {
		sum += float64(v)
	}
	return -math.Log(inside(float64(out[label]) / sum))
}

// meanLoss returns the loss of one row of numbers, the mean over its outputs.
func meanLoss(loss engine.Loss, out, y []float32) float64 {
	total := 0.0
	for i, v := range out {
		total += elementLoss(loss, float64(v), float64(y[i]))
	}
	return total / float64(len(out))
}

func elementLoss(loss engine.Loss, out, y float64) float64 {
	switch d := math.Abs(out - y); loss.Kind {
	case engine.MAE:
		return d
	case engine.Huber:
		delta := loss.Delta
		if delta == 0 {
			delta = 1
		}
		if d > delta {
			return delta * (d - delta/2)
		}
		return d * d / 2
	case engine.Poisson:
		return out - y*math.Log(out+1e-8)
	case engine.PoissonLog:
		return math.Exp(out) - y*out
	case engine.BCELogits:
		return math.Max(out, 0) - out*y + math.Log1p(math.Exp(-math.Abs(out)))
	case engine.BCE:
		p := inside(out)
		return -y*math.Log(p) - (1-y)*math.Log(1-p)
	default: // mean squares
		return d * d
	}
}

// inside holds a probability where its logarithm is finite, as the losses do.
func inside(p float64) float64 { return math.Min(math.Max(p, 1e-7), 1-1e-7) }

// logSum returns the logarithm of the sum of exponentials.
func logSum(z []float32) float64 {
	most := math.Inf(-1)
	for _, v := range z {
		most = math.Max(most, float64(v))
	}
	sum := 0.0
	for _, v := range z {
		sum += math.Exp(float64(v) - most)
	}
	return most + math.Log(sum)
}
