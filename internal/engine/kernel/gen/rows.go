package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func (v vectors) rows() {
	v.bias("addBias", "adds bias to the rows of x.", func(x reg.VecVirtual) reg.VecVirtual { return x })
	v.bias("addBiasReLU", "adds bias to the rows of x and sets what is negative to 0; NaN stays.", v.positive)

	v.function("columnSums", "(x, sums []float32)", "adds the columns of x to sums.")
	x, n, sums, cols := base("x"), length("x"), base("sums"), length("sums")
	v.columns(x, n, sums, cols, func(s span, row, j reg.Register, off int) reg.VecVirtual {
		return s.load(at(row, j, off))
	})

	v.function("reluGradBias", "(dy, y, db []float32)", "sets dy to 0 where y <= 0, and adds its columns to db.")
	dy, n, y, db, cols := base("dy"), length("dy"), base("y"), base("db"), length("db")
	SUBQ(dy, y) // from here on the way from dy to y
	v.columns(dy, n, db, cols, func(s span, row, j reg.Register, off int) reg.VecVirtual {
		other := GP64()
		LEAQ(Mem{Base: row, Index: y, Scale: 1}, other)
		g := v.keep(v.compare(aboveNaN, s.load(at(other, j, off)), v.zero()), s.load(at(row, j, off)))
		s.store(g, at(row, j, off))
		return g
	})
}

func (v vectors) bias(name, doc string, body func(x reg.VecVirtual) reg.VecVirtual) {
	v.function(name, "(x, bias []float32)", doc)
	x, n, bias, cols := base("x"), length("x"), base("bias"), length("bias")
	TESTQ(n, n)
	JZ(LabelRef("done"))
	stop := GP64()
	LEAQ(at(x, n, 0), stop)
	Label("row")
	v.walk("col", cols, func(j reg.Register, s span) {
		sum, b := s.load(at(x, j, 0)), s.load(at(bias, j, 0))
		VADDPS(b, sum, sum)
		s.store(body(sum), at(x, j, 0))
	})
	LEAQ(at(x, cols, 0), x)
	CMPQ(x, stop)
	JLT(LabelRef("row"))
	Label("done")
	end()
}

// columns adds what element returns, down the rows, to sums: four vectors side
// by side as long as there are so many columns, then one, then what is left.
func (v vectors) columns(x, n, sums, cols reg.Register, element func(s span, row, j reg.Register, off int) reg.VecVirtual) {
	j, stop, step, left := GP64(), GP64(), GP64(), GP64()
	XORQ(j, j)
	TESTQ(n, n)
	JZ(LabelRef("done"))
	LEAQ(at(x, n, 0), stop)
	MOVQ(cols, step)
	SHLQ(U8(2), step)
	down := func(label string, abreast int, s span) {
		var sum []reg.VecVirtual
		for range abreast {
			sum = append(sum, v.zero())
		}
		row := GP64()
		MOVQ(x, row)
		Label(label)
		for i, acc := range sum {
			VADDPS(element(s, row, j, i*v.bytes()), acc, acc)
		}
		ADDQ(step, row)
		CMPQ(row, stop)
		JLT(LabelRef(label))
		for i, acc := range sum {
			VADDPS(s.load(at(sums, j, i*v.bytes())), acc, acc)
			s.store(acc, at(sums, j, i*v.bytes()))
		}
	}
	MOVQ(cols, left)
	Label("four")
	SUBQ(Imm(uint64(4*v.lanes)), left)
	JL(LabelRef("fewer"))
	down("four_rows", 4, span{v: v})
	ADDQ(Imm(uint64(4*v.lanes)), j)
	JMP(LabelRef("four"))
	Label("fewer")
	ADDQ(Imm(uint64(4*v.lanes)), left)
	Label("one")
	SUBQ(Imm(uint64(v.lanes)), left)
	JL(LabelRef("edge"))
	down("one_rows", 1, span{v: v})
	ADDQ(Imm(uint64(v.lanes)), j)
	JMP(LabelRef("one"))
	Label("edge")
	ADDQ(Imm(uint64(v.lanes)), left)
	JZ(LabelRef("done"))
	e := v.first(left)
	down("edge_rows", 1, span{v, &e})
	Label("done")
	end()
}

func (v vectors) softmax() {
	v.function("softmaxRows", "(dst, src []float32, cols int)", "sets the rows of dst to the softmax of those of src.")
	dst, n, src, cols := base("dst"), length("dst"), base("src"), scalar("cols")
	TESTQ(n, n)
	JZ(LabelRef("done"))
	stop := GP64()
	LEAQ(at(src, n, 0), stop)
	Label("row")

	high := v.reg()
	VBROADCASTSS(Mem{Base: src}, high)
	v.walk("max", cols, func(j reg.Register, s span) {
		x := s.load(at(src, j, 0))
		if s.edge != nil {
			x = v.choose(*s.edge, x, high)
		}
		VMAXPS(x, high, high) // loses NaN, which the sum then finds
	})
	high = v.across(high, false, func(a, b, to Op) { VMAXPS(a, b, to) })
	VBROADCASTSS(high.AsX(), high)

	sum := v.zero()
	v.walk("exp", cols, func(j reg.Register, s span) {
		x := s.load(at(src, j, 0))
		VSUBPS(high, x, x)
		e := v.exp(x)
		s.store(e, at(dst, j, 0))
		if s.edge != nil {
			e = v.keep(*s.edge, e)
		}
		VADDPS(e, sum, sum)
	})
	sum = v.across(sum, false, func(a, b, to Op) { VADDPS(a, b, to) })
	VBROADCASTSS(sum.AsX(), sum)

	v.walk("div", cols, func(j reg.Register, s span) {
		e := s.load(at(dst, j, 0))
		VDIVPS(sum, e, e)
		s.store(e, at(dst, j, 0))
	})
	LEAQ(at(src, cols, 0), src)
	LEAQ(at(dst, cols, 0), dst)
	CMPQ(src, stop)
	JLT(LabelRef("row"))
	Label("done")
	end()
}
