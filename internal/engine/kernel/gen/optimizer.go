package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

// The steps below are those of the generic set with multiplications and
// additions fused.
func (v vectors) optimizers() {
	v.momentum("momentum", "moves p by what v has become.", func(m, g, _ reg.VecVirtual) reg.VecVirtual { return m })
	v.momentum("nesterov", "moves p by what v will become if g stays.", func(m, g, keep reg.VecVirtual) reg.VecVirtual {
		VFMADD231PS(keep, m, g)
		return g
	})
	v.rmsProp()
	v.adam()
}

func (v vectors) momentum(name, doc string, direction func(m, g, keep reg.VecVirtual) reg.VecVirtual) {
	v.function(name, "(p, v, g []float32, lr, momentum, fresh float32)", doc)
	p, n, m, g := base("p"), length("p"), base("v"), base("g")
	lr, keep, fresh := v.spread("lr"), v.spread("momentum"), v.spread("fresh")
	v.walk("step", n, func(i reg.Register, s span) {
		mi, gi, pi := s.load(at(m, i, 0)), s.load(at(g, i, 0)), s.load(at(p, i, 0))
		VMULPS(keep, mi, mi)
		VFMADD231PS(fresh, gi, mi)
		s.store(mi, at(m, i, 0))
		VFNMADD231PS(direction(mi, gi, keep), lr, pi)
		s.store(pi, at(p, i, 0))
	})
	end()
}

func (v vectors) rmsProp() {
	v.function("rmsProp", "(p, v, g []float32, lr, alpha, fresh, eps float32)", "takes one step of RMSProp.")
	p, n, sq, g := base("p"), length("p"), base("v"), base("g")
	lr, alpha, fresh, eps := v.spread("lr"), v.spread("alpha"), v.spread("fresh"), v.spread("eps")
	v.walk("step", n, func(i reg.Register, s span) {
		vi, gi, pi := s.load(at(sq, i, 0)), s.load(at(g, i, 0)), s.load(at(p, i, 0))
		v.secondMoment(vi, gi, alpha, fresh)
		s.store(vi, at(sq, i, 0))
		VSQRTPS(vi, vi)
		VADDPS(eps, vi, vi)
		VMULPS(lr, gi, gi)
		VDIVPS(vi, gi, gi)
		VSUBPS(gi, pi, pi)
		s.store(pi, at(p, i, 0))
	})
	end()
}

func (v vectors) adam() {
	v.function("adam", "(p, m, v, g []float32, beta1, fresh1, beta2, fresh2, step, root, eps, keep float32)", "takes one step of Adam.")
	p, n, mean, sq, g := base("p"), length("p"), base("m"), base("v"), base("g")
	beta1, fresh1, beta2, fresh2 := v.spread("beta1"), v.spread("fresh1"), v.spread("beta2"), v.spread("fresh2")
	step, root, eps, keep := v.spread("step"), v.spread("root"), v.spread("eps"), v.spread("keep")
	v.walk("step", n, func(i reg.Register, s span) {
		mi, vi, gi := s.load(at(mean, i, 0)), s.load(at(sq, i, 0)), s.load(at(g, i, 0))
		VMULPS(beta1, mi, mi)
		VFMADD231PS(fresh1, gi, mi)
		s.store(mi, at(mean, i, 0))
		v.secondMoment(vi, gi, beta2, fresh2)
		s.store(vi, at(sq, i, 0))
		VSQRTPS(vi, vi)
		VFMADD213PS(eps, root, vi)
		VMULPS(step, mi, mi)
		VDIVPS(vi, mi, mi)
		pi := s.load(at(p, i, 0))
		VFMSUB213PS(mi, keep, pi)
		s.store(pi, at(p, i, 0))
	})
	end()
}

// secondMoment sets vi = beta*vi + fresh*gi².
func (v vectors) secondMoment(vi, gi, beta, fresh reg.VecVirtual) {
	square := v.reg()
	VMULPS(gi, gi, square)
	VMULPS(beta, vi, vi)
	VFMADD231PS(fresh, square, vi)
}
