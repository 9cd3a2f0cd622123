package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

const (
	signBit  = 0x80000000
	restBits = 0x7fffffff
)

func (v vectors) curves() {
	one := func(name, doc string, body func(x reg.VecVirtual) reg.VecVirtual) {
		v.each(name, []string{"src"}, doc, func(x []reg.VecVirtual) reg.VecVirtual { return body(x[0]) })
	}
	one("exp", "sets dst = exp(src).", v.exp)
	one("tanh", "sets dst = tanh(src).", v.tanh)
	one("sigmoid", "sets dst = 1/(1+exp(-src)).", v.sigmoid)
	one("erf", "sets dst to the error function of src.", v.erf)
}

// horner returns the polynomial with coefficients c, constant term first.
func (v vectors) horner(x reg.VecVirtual, c []float64) reg.VecVirtual {
	sum := v.load(constant(c[len(c)-1]))
	for i := len(c) - 2; i >= 0; i-- {
		VFMADD213PS(constant(c[i]), x, sum)
	}
	return sum
}

// exp is 2^n * exp(r) with n an integer and |r| <= ln(2)/2. It changes x.
// Arguments past what float32 holds are cut off where the result is 0 or
// infinite already; NaN is the last operand, so that it stays.
func (v vectors) exp(x reg.VecVirtual) reg.VecVirtual {
	low, high := v.load(constant(-105)), v.load(constant(89))
	VMAXPS(x, low, x)
	VMINPS(x, high, x)
	scaled := v.reg()
	VMULPS(constant(math.Log2E), x, scaled)
	n := v.round(scaled)
	// ln(2) in two parts, of which n times the first is exact
	const first = 0x1.62ep-1
	VFNMADD231PS(constant(first), n, x)
	VFNMADD231PS(constant(math.Ln2-first), n, x)
	q := v.horner(x, fit(func(r float64) float64 { // exp(r) = 1 + r + r²q
		if math.Abs(r) < 1e-6 {
			return 0.5
		}
		return (math.Expm1(r) - r) / (r * r)
	}, -math.Ln2/2, math.Ln2/2, 4))
	square := v.reg()
	VMULPS(x, x, square)
	VFMADD213PS(x, square, q)
	VADDPS(constant(1), q, q)
	return v.scale(q, n)
}

func (v vectors) magnitude(x reg.VecVirtual) reg.VecVirtual {
	a := v.reg()
	VANDPS(constantBits(restBits), x, a)
	return a
}

// signed gives a, which is positive, the sign of x.
func (v vectors) signed(a, x reg.VecVirtual) reg.VecVirtual {
	sign := v.reg()
	VANDPS(constantBits(signBit), x, sign)
	VORPS(sign, a, a)
	return a
}

// oddSeries is x + x³q(x²) for small x.
func (v vectors) oddSeries(x reg.VecVirtual, q []float64) reg.VecVirtual {
	square := v.reg()
	VMULPS(x, x, square)
	sum := v.horner(square, q)
	VMULPS(x, square, square)
	VFMADD213PS(x, square, sum)
	return sum
}

// tanh is 1 - 2/(exp(2|x|)+1), or a polynomial where that would cancel.
func (v vectors) tanh(x reg.VecVirtual) reg.VecVirtual {
	const small = 0.625
	near := v.oddSeries(x, fit(func(z float64) float64 {
		x := math.Sqrt(z)
		return (math.Tanh(x)/x - 1) / z
	}, 0, small*small, 5))
	a := v.magnitude(x)
	double := v.reg()
	VADDPS(a, a, double)
	e := v.exp(double)
	VADDPS(constant(1), e, e)
	part, far := v.load(constant(2)), v.load(constant(1))
	VDIVPS(e, part, part)
	VSUBPS(part, far, far)
	return v.choose(v.compare(less, a, constant(small)), near, v.signed(far, x))
}

// sigmoid is 1/(1+e) or e/(1+e) with e = exp(-|x|), so that neither cancels
// nor overflows.
func (v vectors) sigmoid(x reg.VecVirtual) reg.VecVirtual {
	a := v.reg()
	VORPS(constantBits(signBit), x, a)
	e, one := v.exp(a), v.load(constant(1))
	top := v.choose(v.compare(less, x, v.zero()), e, one)
	VADDPS(one, e, e)
	VDIVPS(e, top, top)
	return top
}

// erf is a polynomial near zero, and 1 - exp(-q(|x|)) further out, where q is
// a polynomial too. Past 4 it is 1 in float32.
func (v vectors) erf(x reg.VecVirtual) reg.VecVirtual {
	const (
		small  = 0.92
		large  = 4
		middle = (small + large) / 2
	)
	square := v.reg()
	VMULPS(x, x, square)
	near := v.horner(square, fit(func(z float64) float64 {
		x := math.Sqrt(z)
		return math.Erf(x)/x - 1 // the 1 is added with x, not lost in rounding
	}, 0, small*small, 6))
	VFMADD213PS(x, x, near)

	a, limit := v.magnitude(x), v.load(constant(large))
	close := v.compare(less, a, constant(small))
	VMINPS(a, limit, a)
	VSUBPS(constant(middle), a, a)
	exponent := v.horner(a, fit(func(t float64) float64 { return math.Log(math.Erfc(t + middle)) }, small-middle, large-middle, 8))
	e, far := v.exp(exponent), v.load(constant(1))
	VSUBPS(e, far, far)
	return v.choose(close, near, v.signed(far, x))
}
