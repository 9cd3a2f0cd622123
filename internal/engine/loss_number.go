package engine

import "github.com/nnvet/nnvet/internal/engine/kernel"

// each makes a loss on arrays from one on a number, which returns the loss and
// its derivative by the output.
func each(one func(out, target float64) (loss, slope float64)) func(grad, out, targets []float32) float64 {
	return func(grad, out, targets []float32) float64 {
		sum := 0.0
		for i, v := range out {
			loss, slope := one(float64(v), float64(targets[i]))
			sum += loss
			grad[i] = float32(slope)
		}
		return sum
	}
}

func absolute(out, target float64) (float64, float64) {
	d := out - target
	switch {
	case d > 0:
		return d, 1
	case d < 0:
		return -d, -1
	}
	return d, d // 0, or NaN
}

func huber(d, delta float64) (float64, float64) {
	switch {
	case d > delta:
		return float64(delta * (d - delta/2)), delta
	case d < -delta:
		return float64(delta * (-d - delta/2)), -delta
	}
	return float64(d * d / 2), d
}

// poisson is the negative log-likelihood of a count but for a constant; the
// small number, PyTorch's, is for rates of 0.
func poisson(rate, count float64) (float64, float64) {
	rate1 := rate + 1e-8
	return rate - float64(count*log(rate1)), 1 - count/rate1
}

// poissonLog is poisson by the logarithm of the rate.
func poissonLog(s *kernel.Set, grad, out, counts []float32) float64 {
	s.Exp(grad, out)
	sum := s.Sum(grad) - s.Dot(out, counts)
	s.Sub(grad, grad, counts)
	return sum
}

// binaryLogits is softplus(z) - target*z.
func binaryLogits(s *kernel.Set, grad, out, targets []float32) float64 {
	s.Sigmoid(grad, out)
	sum := -s.Dot(out, targets)
	for i, z := range out {
		sum += softplus(float64(z), float64(grad[i]))
	}
	s.Sub(grad, grad, targets)
	return sum
}

// clipped is how far probabilities are kept from 0 and 1 before their logarithm
// is taken: Keras's backend.epsilon().
const clipped = 1e-7

// clip holds a probability within the bounds, which are float32 numbers as in
// Keras, and reports whether it was inside: beyond them the gradient is 0, at
// them it is not, as TensorFlow's clip_by_value has it.
func clip(p float64) (float64, bool) {
	lo, hi := float64(float32(clipped)), float64(float32(1-clipped))
	return min(max(p, lo), hi), lo <= p && p <= hi
}

func binaryEntropy(p, target float64) (float64, float64) {
	q, inside := clip(p)
	loss := -float64(target*log(q)) - float64((1-target)*log(1-q))
	if !inside {
		return loss, 0
	}
	return loss, (q - target) / float64(q*(1-q))
}
