package kernel

// SoftmaxRows sets each row of dst to exp(src) over the sum of exp(src). The
// greatest element of a row is taken off first, so nothing overflows; a row
// with NaN, with +Inf, or with nothing but -Inf becomes NaN. Both are rows ×
// cols; dst may be src.
func (s *Set) SoftmaxRows(dst, src []float32, cols int) {
	rows("SoftmaxRows", len(src), cols)
	same("SoftmaxRows", len(dst), len(src))
	s.softmaxRows(dst, src, cols)
}

func genericSoftmaxRows(dst, src []float32, cols int) {
	for ; len(src) > 0; dst, src = dst[cols:], src[cols:] {
		softmax(dst[:cols], src[:cols])
	}
}

func softmax(dst, src []float32) {
	high, sum := genericMax(src), float32(0)
	for i, v := range src {
		dst[i] = float32(exp64(float64(v - high)))
		sum += dst[i]
	}
	for i := range dst {
		dst[i] /= sum
	}
}
