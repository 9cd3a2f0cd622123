package survey

import (
	"math"

	"github.com/nnvet/nnvet/internal/stat"
)

// brightness returns the share of the variance of the colours of pixels that
// lies along one line; NaN where there are no three channels.
func brightness(d Data, s sample) float64 {
	const most = 1 << 18 // pixels
	if d.Channels != 3 {
		return math.NaN()
	}
	var channels [3][]float64
	pixels := s.columns / 3
	step := apart(s.n()*pixels, most)
	for at := 0; at < s.n()*pixels; at += step {
		in := s.inputs(at / pixels)
		for c := range channels {
			channels[c] = append(channels[c], float64(in[at%pixels*3+c]))
		}
	}
	var covariance [9]float64
	for a := range 3 {
		meanA, _ := moments(channels[a])
		for b := range a + 1 {
			meanB, _ := moments(channels[b])
			for i, v := range channels[a] {
				covariance[a*3+b] += (v - meanA) * (channels[b][i] - meanB)
			}
			covariance[b*3+a] = covariance[a*3+b]
		}
	}
	values := stat.Eigenvalues(covariance[:], 3)
	return values[2] / sum(values)
}

func sum(x []float64) float64 {
	total := 0.0
	for _, v := range x {
		total += v
	}
	return total
}
