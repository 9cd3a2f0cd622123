package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

// each writes a function that sets dst from the elements of its sources.
func (v vectors) each(name string, sources []string, doc string, body func(x []reg.VecVirtual) reg.VecVirtual) {
	params := "dst"
	for _, s := range sources {
		params += ", " + s
	}
	v.function(name, fmt.Sprintf("(%s []float32)", params), doc)
	dst, n := base("dst"), length("dst")
	var from []reg.GPVirtual
	for _, s := range sources {
		from = append(from, base(s))
	}
	v.walk("each", n, func(i reg.Register, s span) {
		var x []reg.VecVirtual
		for _, b := range from {
			x = append(x, s.load(at(b, i, 0)))
		}
		s.store(body(x), at(dst, i, 0))
	})
	end()
}

func (v vectors) elementwise() {
	v.each("add", []string{"a", "b"}, "sets dst = a + b.", func(x []reg.VecVirtual) reg.VecVirtual {
		VADDPS(x[1], x[0], x[0])
		return x[0]
	})
	v.each("sub", []string{"a", "b"}, "sets dst = a - b.", func(x []reg.VecVirtual) reg.VecVirtual {
		VSUBPS(x[1], x[0], x[0])
		return x[0]
	})
	v.each("mul", []string{"a", "b"}, "sets dst = a * b.", func(x []reg.VecVirtual) reg.VecVirtual {
		VMULPS(x[1], x[0], x[0])
		return x[0]
	})
	v.each("relu", []string{"src"}, "sets dst = max(src, 0); NaN stays.", func(x []reg.VecVirtual) reg.VecVirtual {
		return v.positive(x[0])
	})
	v.each("reluGrad", []string{"dy", "y"}, "sets dst = dy unless y <= 0, else 0.", func(x []reg.VecVirtual) reg.VecVirtual {
		return v.keep(v.compare(aboveNaN, x[1], v.zero()), x[0])
	})
	v.scaled()
}

// positive returns max(x, 0). The processor returns the last operand where one
// is NaN, so x must be the last.
func (v vectors) positive(x reg.VecVirtual) reg.VecVirtual {
	VMAXPS(x, v.zero(), x)
	return x
}

func (v vectors) scaled() {
	v.function("scale", "(dst, src []float32, k float32)", "sets dst = k * src.")
	dst, n, src, k := base("dst"), length("dst"), base("src"), v.spread("k")
	v.walk("scale", n, func(i reg.Register, s span) {
		x := s.load(at(src, i, 0))
		VMULPS(k, x, x)
		s.store(x, at(dst, i, 0))
	})
	end()

	v.function("addScaled", "(dst, src []float32, k float32)", "sets dst = dst + k * src, fused.")
	dst, n, src, k = base("dst"), length("dst"), base("src"), v.spread("k")
	v.walk("add", n, func(i reg.Register, s span) {
		x, y := s.load(at(src, i, 0)), s.load(at(dst, i, 0))
		VFMADD231PS(k, x, y)
		s.store(y, at(dst, i, 0))
	})
	end()
}
