package kernel

// Add sets dst = a + b. All have one length; dst may be a or b.
func (s *Set) Add(dst, a, b []float32) {
	same("Add", len(dst), len(a), len(b))
	s.add(dst, a, b)
}

// Sub sets dst = a - b. All have one length; dst may be a or b.
func (s *Set) Sub(dst, a, b []float32) {
	same("Sub", len(dst), len(a), len(b))
	s.sub(dst, a, b)
}

// Mul sets dst = a * b, element by element. All have one length; dst may be a
// or b.
func (s *Set) Mul(dst, a, b []float32) {
	same("Mul", len(dst), len(a), len(b))
	s.mul(dst, a, b)
}

// Scale sets dst = k * src. Both have one length; dst may be src.
func (s *Set) Scale(dst, src []float32, k float32) {
	same("Scale", len(dst), len(src))
	s.scale(dst, src, k)
}

// AddScaled sets dst = dst + k * src. Both have one length; dst may be src.
func (s *Set) AddScaled(dst, src []float32, k float32) {
	same("AddScaled", len(dst), len(src))
	s.addScaled(dst, src, k)
}

func genericAdd(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] + b[i]
	}
}

func genericSub(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] - b[i]
	}
}

func genericMul(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] * b[i]
	}
}

func genericScale(dst, src []float32, k float32) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = src[i] * k
	}
}

func genericAddScaled(dst, src []float32, k float32) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] += float32(k * src[i])
	}
}
