package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func (v vectors) reductions() {
	v.dot()
	v.sums()
	v.max()
	v.stats()
}

// doubles returns the lower and the upper half of the elements at m, as float64.
func (v vectors) doubles(m Mem, s span) [2]reg.VecVirtual {
	low, high := v.reg(), v.reg()
	if s.edge == nil {
		VCVTPS2PD(m, low)
		VCVTPS2PD(m.Offset(v.bytes()/2), high)
		return [2]reg.VecVirtual{low, high}
	}
	x, upper := s.load(m), v.reg()
	VCVTPS2PD(v.half(x), low)
	if v.wide() {
		VEXTRACTF64X4(U8(1), x, upper.AsY())
	} else {
		VEXTRACTF128(U8(1), x, upper.AsX())
	}
	VCVTPS2PD(v.half(upper), high)
	return [2]reg.VecVirtual{low, high}
}

// total adds up the lanes of two vectors of float64 and returns the sum.
func (v vectors) total(acc [2]reg.VecVirtual, name string) {
	VADDPD(acc[1], acc[0], acc[0])
	sum := v.across(acc[0], true, func(a, b, to Op) { VADDPD(a, b, to) })
	VMOVSD(sum.AsX(), result(name))
}

func result(name string) Mem {
	c, err := Return(name).Resolve()
	if err != nil {
		panic(err)
	}
	return c.Addr
}

func (v vectors) dot() {
	v.function("dot", "(a, b []float32) (sum float64)", "returns the sum of a * b.")
	a, n, b := base("a"), length("a"), base("b")
	acc := [2]reg.VecVirtual{v.zero(), v.zero()}
	v.walk("dot", n, func(i reg.Register, s span) {
		x, y := v.doubles(at(a, i, 0), s), v.doubles(at(b, i, 0), s)
		for h := range acc {
			VFMADD231PD(x[h], y[h], acc[h])
		}
	})
	v.total(acc, "sum")
	end()
}

func (v vectors) sums() {
	v.function("sums", "(x []float32) (sum, squares float64)", "returns the sum of x and of its squares.")
	x, n := base("x"), length("x")
	sum, squares := [2]reg.VecVirtual{v.zero(), v.zero()}, [2]reg.VecVirtual{v.zero(), v.zero()}
	v.walk("sums", n, func(i reg.Register, s span) { v.moments(v.doubles(at(x, i, 0), s), sum, squares) })
	v.total(sum, "sum")
	v.total(squares, "squares")
	end()
}

func (v vectors) moments(x, sum, squares [2]reg.VecVirtual) {
	for h := range x {
		VADDPD(x[h], sum[h], sum[h])
		VFMADD231PD(x[h], x[h], squares[h])
	}
}

func (v vectors) max() {
	v.function("max", "(x []float32) (high float32)", "returns the greatest element of x, NaN if one is.")
	x, n := base("x"), length("x")
	high, low := v.load(constantBits(0xff800000)), v.load(constantBits(0xff800000))
	bad := v.zero()
	v.walk("max", n, func(i reg.Register, s span) {
		y := s.load(at(x, i, 0))
		if s.edge != nil {
			y = v.choose(*s.edge, y, low)
		}
		VMAXPS(y, high, high)
		VORPS(v.keep(v.compare(unordered, y, y), y), bad, bad)
	})
	// bad is NaN in some lane or 0 in all
	bad = v.across(bad, false, func(a, b, to Op) { VADDPS(a, b, to) })
	high = v.across(high, false, func(a, b, to Op) { VMAXPS(a, b, to) })
	VADDSS(bad.AsX(), high.AsX(), high.AsX())
	VMOVSS(high.AsX(), result("high"))
	end()
}

// stats says nothing on what is not finite but that squares then is not.
func (v vectors) stats() {
	v.function("stats", "(x []float32) (sum, squares float64, zeros int, low, high float32)", "returns the figures of x, which is not empty.")
	x, n := base("x"), length("x")
	sum, squares := [2]reg.VecVirtual{v.zero(), v.zero()}, [2]reg.VecVirtual{v.zero(), v.zero()}
	low, high := v.reg(), v.reg()
	VBROADCASTSS(Mem{Base: x}, low)
	VMOVAPS(low, high)
	zeros, none := GP64(), v.zero()
	XORQ(zeros, zeros)
	v.walk("stats", n, func(i reg.Register, s span) {
		v.moments(v.doubles(at(x, i, 0), s), sum, squares)
		y := s.load(at(x, i, 0))
		count := v.count(v.compare(equal, y, none))
		ADDQ(count, zeros)
		if s.edge != nil {
			y = v.choose(*s.edge, y, low) // no candidate for the greatest either: low is an element
			v.uncount(zeros, *s.edge)
		}
		VMINPS(y, low, low)
		VMAXPS(y, high, high)
	})
	v.total(sum, "sum")
	v.total(squares, "squares")
	Store(zeros, Return("zeros"))
	low = v.across(low, false, func(a, b, to Op) { VMINPS(a, b, to) })
	high = v.across(high, false, func(a, b, to Op) { VMAXPS(a, b, to) })
	VMOVSS(low.AsX(), result("low"))
	VMOVSS(high.AsX(), result("high"))
	end()
}

// count returns of how many lanes e consists.
func (v vectors) count(e edge) reg.GPVirtual {
	n := GP64()
	if v.wide() {
		KMOVW(e.k, n.As32())
	} else {
		VMOVMSKPS(e.y, n.As32())
	}
	POPCNTQ(n, n)
	return n
}

// uncount takes off zeros the lanes outside of e, which were read as zero.
func (v vectors) uncount(zeros reg.Register, e edge) {
	SUBQ(Imm(uint64(v.lanes)), zeros)
	ADDQ(v.count(e), zeros)
}
