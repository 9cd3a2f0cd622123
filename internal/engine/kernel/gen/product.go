package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// sumsInTile is how many vectors of C a tile has room for: of 32 registers with
// AVX-512 and of 16 with AVX2, B and the elements of A need the others.
func (v vectors) sumsInTile() int {
	if v.wide() {
		return 24
	}
	return 12
}

// products writes the tiles: rows × 1 or 2 vectors of C, held in registers
// while the sum over k runs. B is read in place, and one element of A at a
// time is spread over a vector.
func (v vectors) products() {
	for wide := 1; wide <= 2; wide++ {
		for rows := 1; rows <= min(12, v.sumsInTile()/wide); rows++ {
			v.tile(rows, wide, false)
			v.tile(rows, wide, true) // masks take time with either width
		}
	}
}

func (v vectors) tile(rows, wide int, edged bool) {
	kind := "whole"
	if edged {
		kind = "edge"
	}
	v.function(fmt.Sprintf("%s%dx%d", kind, rows, wide),
		"(k int, a *float32, rowStep, colStep int, b *float32, bStep int, c *float32, cStep, width, blocks int, ahead uintptr, acc, far bool)",
		fmt.Sprintf("computes blocks of %d rows of C.", rows))
	t := &tile{v: v, rows: rows, wide: wide, sums: make([]reg.VecVirtual, rows*wide),
		a: scalar("a"), rowStep: scalar("rowStep"), colStep: scalar("colStep"), bStep: scalar("bStep"),
		c: scalar("c"), cStep: scalar("cStep")}
	if edged {
		width := scalar("width")
		SUBQ(Imm(uint64((wide-1)*v.lanes)), width)
		e := v.first(width)
		t.edge = &e
	}
	for i := range t.sums {
		t.sums[i] = v.reg()
	}
	Label("block")
	t.start()
	t.sum()
	t.store()
	t.next()
	end()
}

type tile struct {
	v                   vectors
	rows, wide          int
	edge                *edge // of the last vector of a row
	sums                []reg.VecVirtual
	a, rowStep, colStep reg.GPVirtual
	bStep, c, cStep     reg.GPVirtual
}

func (t *tile) span(vector int) span {
	if vector == t.wide-1 {
		return span{t.v, t.edge}
	}
	return span{v: t.v}
}

// start sets the sums to C where acc is true, else to zero. Where C is far, it
// is then asked for, so that it is there when the sums are.
func (t *tile) start() {
	CMPB(address("acc"), Imm(0))
	JE(LabelRef("zero"))
	t.overC(func(sum reg.VecVirtual, m Mem, s span) {
		if s.edge == nil {
			VMOVUPS(m, sum)
		} else if t.v.wide() {
			VMOVUPS_Z(m, s.edge.k, sum)
		} else {
			VMASKMOVPS(m, s.edge.y, sum)
		}
	})
	JMP(LabelRef("sum"))
	Label("zero")
	for _, s := range t.sums {
		VXORPS(s, s, s)
	}
	CMPB(address("far"), Imm(0))
	JE(LabelRef("sum"))
	t.overC(func(_ reg.VecVirtual, m Mem, _ span) { PREFETCHT0(m) })
}

func (t *tile) store() {
	t.overC(func(sum reg.VecVirtual, m Mem, s span) { s.store(sum, m) })
}

func (t *tile) overC(do func(sum reg.VecVirtual, m Mem, s span)) {
	row := GP64()
	MOVQ(t.c, row)
	for i := range t.rows {
		for j := range t.wide {
			do(t.sums[i*t.wide+j], Mem{Base: row, Disp: j * t.v.bytes()}, t.span(j))
		}
		if i < t.rows-1 {
			ADDQ(t.cStep, row)
		}
	}
}

// sum goes over k. Rows of A are reached from every third one by index. What
// lies ahead is fetched as fast as A is used up.
func (t *tile) sum() {
	Label("sum")
	left, b, ahead := scalar("k"), scalar("b"), scalar("ahead")
	var bases []reg.GPVirtual
	for i := 0; i < t.rows; i += 3 {
		r := GP64()
		if i == 0 {
			MOVQ(t.a, r)
		} else {
			LEAQ(Mem{Base: bases[len(bases)-1], Index: t.rowStep, Scale: 2}, r)
			ADDQ(t.rowStep, r)
		}
		bases = append(bases, r)
	}
	Label("next")
	PREFETCHT1(Mem{Base: ahead})
	ADDQ(Imm(uint64(4*t.rows)), ahead)
	var of []reg.VecVirtual
	for j := range t.wide {
		of = append(of, t.span(j).load(Mem{Base: b, Disp: j * t.v.bytes()}))
	}
	for i := range t.rows {
		m, spread := Mem{Base: bases[i/3]}, t.v.reg()
		if i%3 > 0 {
			m.Index, m.Scale = t.rowStep, uint8(i%3)
		}
		VBROADCASTSS(m, spread)
		for j := range t.wide {
			VFMADD231PS(spread, of[j], t.sums[i*t.wide+j])
		}
	}
	for _, r := range bases {
		ADDQ(t.colStep, r)
	}
	ADDQ(t.bStep, b)
	DECQ(left)
	JNZ(LabelRef("next"))
	MOVQ(ahead, address("ahead"))
}

// next goes on to the next block of rows.
func (t *tile) next() {
	for range t.rows {
		ADDQ(t.rowStep, t.a)
		ADDQ(t.cStep, t.c)
	}
	blocks := GP64()
	MOVQ(address("blocks"), blocks)
	DECQ(blocks)
	MOVQ(blocks, address("blocks"))
	JNZ(LabelRef("block"))
}

// transpose writes the function that turns eight rows into eight columns, a
// block of eight by eight at a time. Both widths use it.
func transpose() {
	v := vectors{"AVX2", 8}
	v.function("transpose8", "(blocks int, src *float32, srcStep int, dst *float32, dstStep int)",
		"sets 8*blocks rows of dst, 8 wide, to the columns of 8 rows of src.")
	blocks, src, srcStep, dst, dstStep := scalar("blocks"), scalar("src"), scalar("srcStep"), scalar("dst"), scalar("dstStep")
	Label("block")
	row, x := GP64(), make([]reg.VecVirtual, 8)
	MOVQ(src, row)
	for i := range x {
		x[i] = v.load(Mem{Base: row})
		ADDQ(srcStep, row)
	}
	x = zip(x, 1, func(a, b, to reg.VecVirtual) { VUNPCKLPS(b, a, to) }, func(a, b, to reg.VecVirtual) { VUNPCKHPS(b, a, to) })
	x = zip(x, 2, func(a, b, to reg.VecVirtual) { VUNPCKLPD(b, a, to) }, func(a, b, to reg.VecVirtual) { VUNPCKHPD(b, a, to) })
	x = zip(x, 4, func(a, b, to reg.VecVirtual) { VPERM2F128(U8(0x20), b, a, to) }, func(a, b, to reg.VecVirtual) { VPERM2F128(U8(0x31), b, a, to) })
	for _, column := range []int{0, 2, 1, 3, 4, 6, 5, 7} {
		VMOVUPS(x[column], Mem{Base: dst})
		ADDQ(dstStep, dst)
	}
	ADDQ(Imm(32), src)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	end()
}

// zip replaces each pair of vectors that stand apart by what low and high make
// of them.
func zip(x []reg.VecVirtual, apart int, low, high func(a, b, to reg.VecVirtual)) []reg.VecVirtual {
	y := make([]reg.VecVirtual, len(x))
	for i := range x {
		if i&apart != 0 {
			continue
		}
		y[i], y[i+apart] = YMM(), YMM()
		low(x[i], x[i+apart], y[i])
		high(x[i], x[i+apart], y[i+apart])
	}
	return y
}

// peak writes the loops that tell how fast a core multiplies and adds: sums in
// registers, nothing else. Twelve hide the latency of any processor.
func peak() {
	for _, v := range []vectors{{"AVX2", 8}, {"AVX512", 16}} {
		v.function("peak", "(n int)", "does n times 12 fused multiply-adds of a vector, for benchmarks.")
		n := scalar("n")
		x := v.zero()
		sums := make([]reg.VecVirtual, 12)
		for i := range sums {
			sums[i] = v.zero()
		}
		Label("loop")
		for _, s := range sums {
			VFMADD231PS(x, x, s)
		}
		DECQ(n)
		JNZ(LabelRef("loop"))
		end()
	}
}
