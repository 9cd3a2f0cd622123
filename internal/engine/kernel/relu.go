package kernel

// ReLU sets dst = src where src is not negative, else 0; NaN stays NaN. Both
// have one length; dst may be src.
func (s *Set) ReLU(dst, src []float32) {
	same("ReLU", len(dst), len(src))
	s.relu(dst, src)
}

// ReLUGrad sets dx = 0 where y, the output of ReLU, is 0 or less, else dx = dy
// (so a NaN in y lets dy through, as in PyTorch). All have one length; dx may
// be dy or y.
func (s *Set) ReLUGrad(dx, dy, y []float32) {
	same("ReLUGrad", len(dx), len(dy), len(y))
	s.reluGrad(dx, dy, y)
}

func genericReLU(dst, src []float32) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] = positive(v)
	}
}

func genericReLUGrad(dx, dy, y []float32) {
	dy, y = dy[:len(dx)], y[:len(dx)]
	for i := range dx {
		dx[i] = gate(dy[i], y[i])
	}
}

// positive returns v, or 0 where it is negative; the built-in max keeps NaN and
// needs no branch that random signs would mislead.
func positive(v float32) float32 { return max(v, 0) }

func gate(dy, y float32) float32 {
	if y <= 0 {
		return 0
	}
	return dy
}
