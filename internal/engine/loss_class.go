package engine

import "github.com/nnvet/nnvet/internal/engine/kernel"

// crossEntropy is that of the softmax p of logits z with the class, of which
// smoothing spreads a share over all classes alike.
func crossEntropy(s *kernel.Set, p, z []float32, label int, smoothing float64) float64 {
	s.SoftmaxRows(p, z, len(z))
	loss := surprise(s, p, z, label)
	if smoothing > 0 { // the mean over classes differs from the loss by the logits alone
		mean := loss + float64(z[label]) - s.Sum(z)/float64(len(z))
		loss = float64((1-smoothing)*loss) + float64(smoothing*mean)
		share := float32(smoothing / float64(len(z)))
		for j := range p {
			p[j] -= share
		}
	}
	p[label] -= float32(1 - smoothing)
	return loss
}

// surprise is -log(p[label]). Where that has lost its digits it is taken from
// the greatest element: as exp(0) is 1, log(sum(exp(z-max(z)))) is
// -log(max(p)).
func surprise(s *kernel.Set, p, z []float32, label int) float64 {
	const digits = 1e-30 // above float32's subnormals
	if p[label] > digits {
		return -log(float64(p[label]))
	}
	return float64(s.Max(z)) - float64(z[label]) - log(float64(s.Max(p)))
}

// probabilityCrossEntropy is Keras's: the outputs of a row are divided by their
// sum, then clipped.
func probabilityCrossEntropy(s *kernel.Set, grad, out []float32, label int) float64 {
	sum := s.Sum(out)
	share := float64(out[label]) / sum
	q, inside := clip(share)
	clear(grad)
	if inside { // d(-log(out/sum)) is 1/sum for all, less 1/out for the class
		fill(grad, float32(1/sum))
		grad[label] -= float32(1 / (q * sum))
	}
	return -log(q)
}
