package kernel

import "math"

// Exp sets dst = exp(src), within 2 units in the last place, down to
// subnormals and up to infinity. Both have one length; dst may be src.
func (s *Set) Exp(dst, src []float32) {
	same("Exp", len(dst), len(src))
	s.exp(dst, src)
}

// Tanh sets dst = tanh(src), within 2 units in the last place. Both have one
// length; dst may be src.
func (s *Set) Tanh(dst, src []float32) {
	same("Tanh", len(dst), len(src))
	s.tanh(dst, src)
}

// Sigmoid sets dst = 1/(1+exp(-src)), within 3 units in the last place. Both
// have one length; dst may be src.
func (s *Set) Sigmoid(dst, src []float32) {
	same("Sigmoid", len(dst), len(src))
	s.sigmoid(dst, src)
}

// Erf sets dst to the error function of src, within 3 units in the last place.
// Both have one length; dst may be src.
func (s *Set) Erf(dst, src []float32) {
	same("Erf", len(dst), len(src))
	s.erf(dst, src)
}

func genericExp(dst, src []float32) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] = float32(exp64(float64(v)))
	}
}

func genericTanh(dst, src []float32) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] = float32(tanh64(float64(v)))
	}
}

func genericSigmoid(dst, src []float32) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] = float32(1 / (1 + exp64(-float64(v))))
	}
}

func genericErf(dst, src []float32) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] = float32(erf64(float64(v)))
	}
}

// The functions below are for arguments that were float32, and exact enough
// for results that will be: about 1e-11. Package math's own differ in the last
// bit between architectures.

// exp64 is 2^n * exp(r) with |r| <= ln(2)/2, by the series of exp. Arguments
// are held within ±500, where float32 and the squares of it have long become 0
// or infinite.
func exp64(x float64) float64 {
	if x != x {
		return x
	}
	x = max(-500, min(500, x))
	n := math.Floor(float64(x*math.Log2E) + 0.5)
	r := x - float64(n*math.Ln2)
	sum := 1./40320 + float64(r*(1./362880))
	sum = 1./5040 + float64(r*sum)
	sum = 1./720 + float64(r*sum)
	sum = 1./120 + float64(r*sum)
	sum = 1./24 + float64(r*sum)
	sum = 1./6 + float64(r*sum)
	sum = 1./2 + float64(r*sum)
	sum = 1 + float64(r*sum)
	sum = 1 + float64(r*sum)
	return sum * math.Float64frombits(uint64(int64(n)+1023)<<52)
}

func tanh64(x float64) float64 {
	if math.Abs(x) < 0.01 { // 1-e would cancel; the next term of the series is below 1e-15 of x
		q := float64(x * x)
		return x * (1 + float64(q*(-1./3+float64(q*(2./15+float64(q*(-17./315)))))))
	}
	e := exp64(-2 * math.Abs(x))
	return math.Copysign((1-e)/(1+e), x)
}

// erf64 is the series of erf(x)*exp(x²) near zero, whose terms are all
// positive, and the continued fraction of its complement further out.
func erf64(x float64) float64 {
	a := math.Abs(x)
	switch {
	case x != x:
		return x
	case a > 6:
		return math.Copysign(1, x)
	case a < 3:
		term, sum := 1.0, 1.0 // of 1 + 2a²/3 + (2a²)²/(3·5) + ...
		for n := 1; term > 1e-17*sum; n++ {
			term = float64(term*float64(2*float64(a*a))) / float64(2*n+1)
			sum += term
		}
		return 2 / math.SqrtPi * x * float64(sum*exp64(-float64(a*a)))
	}
	tail := 0.0
	for n := 40; n > 0; n-- {
		tail = float64(n) / 2 / (a + tail)
	}
	complement := float64(exp64(-float64(a*a))/math.SqrtPi) / (a + tail)
	return math.Copysign(1-complement, x)
}
