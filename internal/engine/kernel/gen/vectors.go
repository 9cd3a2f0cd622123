package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// vectors is one width of vectors: its name, and how many float32 a vector
// has. What differs between the widths is in this file.
type vectors struct {
	name  string
	lanes int
}

func (v vectors) wide() bool { return v.lanes == 16 }

func (v vectors) bytes() int { return 4 * v.lanes }

// function begins a function. Parameters are read by base, length and spread.
func (v vectors) function(name, signature, doc string) {
	TEXT(name+v.name, NOSPLIT, "func"+signature)
	Doc(name + v.name + " " + doc)
	Pragma("noescape")
}

func end() {
	VZEROUPPER()
	RET()
}

func base(param string) reg.GPVirtual {
	r := GP64()
	Load(Param(param).Base(), r)
	return r
}

func length(param string) reg.GPVirtual {
	r := GP64()
	Load(Param(param).Len(), r)
	return r
}

func scalar(param string) reg.GPVirtual {
	r := GP64()
	Load(Param(param), r)
	return r
}

func address(param string) Mem {
	c, err := Param(param).Resolve()
	if err != nil {
		panic(err)
	}
	return c.Addr
}

// at is element i of the array at base, and off bytes on.
func at(base, i reg.Register, off int) Mem {
	return Mem{Base: base, Index: i, Scale: 4, Disp: off}
}

func (v vectors) reg() reg.VecVirtual {
	if v.wide() {
		return ZMM()
	}
	return YMM()
}

// half is the lower half of r.
func (v vectors) half(r reg.VecVirtual) reg.Register {
	if v.wide() {
		return r.AsY()
	}
	return r.AsX()
}

func (v vectors) zero() reg.VecVirtual {
	r := v.reg()
	VXORPS(r, r, r)
	return r
}

// spread sets all lanes to a float32 parameter.
func (v vectors) spread(param string) reg.VecVirtual {
	r := v.reg()
	VBROADCASTSS(address(param), r)
	return r
}

func (v vectors) load(m Op) reg.VecVirtual {
	r := v.reg()
	VMOVUPS(m, r)
	return r
}

// constants that have been written: the same value in every lane, in memory.
var constants = map[uint32]Mem{}

func constant(f float64) Mem { return constantBits(math.Float32bits(float32(f))) }

func constantBits(b uint32) Mem {
	if m, ok := constants[b]; ok {
		return m
	}
	m := GLOBL(fmt.Sprintf("all_%08x", b), RODATA|NOPTR)
	for i := range 16 {
		DATA(4*i, U32(b))
	}
	constants[b] = m
	return m
}

// edge is the mask of the first lanes of a vector; the rest is neither read
// nor written, and reads as zero.
type edge struct {
	k reg.OpmaskVirtual // AVX-512
	y reg.VecVirtual    // AVX2: all bits of a lane, or none
}

var window *Mem // of eight lanes that are set and eight that are not

// first returns the mask of the first n lanes, for 0 <= n <= lanes. lanes may
// be those of float64, of which a vector has half as many.
func (v vectors) first(n reg.Register) edge {
	if v.wide() {
		bits, e := GP64(), edge{k: K()}
		MOVQ(I32(-1), bits)
		BZHIQ(n, bits, bits)
		KMOVW(bits.As32(), e.k)
		return e
	}
	if window == nil {
		m := GLOBL("window", RODATA|NOPTR)
		for i := range 16 {
			set := uint32(math.MaxUint32)
			if i >= 8 {
				set = 0
			}
			DATA(4*i, U32(set))
		}
		window = &m
	}
	start, back := GP64(), GP64()
	LEAQ(window.Offset(32), start)
	MOVQ(n, back)
	NEGQ(back)
	return edge{y: v.load(at(start, back, 0))}
}

func (v vectors) loadEdge(m Op, e edge) reg.VecVirtual {
	r := v.reg()
	if v.wide() {
		VMOVUPS_Z(m, e.k, r)
	} else {
		VMASKMOVPS(m, e.y, r)
	}
	return r
}

func (v vectors) storeEdge(x reg.VecVirtual, m Op, e edge) {
	if v.wide() {
		VMOVUPS(x, e.k, m)
	} else {
		VMASKMOVPS(x, e.y, m)
	}
}

// Predicates of compare, none of which signals.
const (
	equal     = U8(0x00)
	unordered = U8(0x03)
	less      = U8(0x11)
	aboveNaN  = U8(0x16) // greater, or one is NaN
)

// compare returns where x stands so to y. The result is an edge that need not
// be at one.
func (v vectors) compare(p U8, x reg.VecVirtual, y Op) edge {
	if v.wide() {
		e := edge{k: K()}
		VCMPPS(p, y, x, e.k)
		return e
	}
	e := edge{y: v.reg()}
	VCMPPS(p, y, x, e.y)
	return e
}

// choose returns x where e is set, else y.
func (v vectors) choose(e edge, x, y reg.VecVirtual) reg.VecVirtual {
	r := v.reg()
	if v.wide() {
		VBLENDMPS(x, y, e.k, r)
	} else {
		VBLENDVPS(e.y, x, y, r)
	}
	return r
}

// keep returns x where e is set, else zero.
func (v vectors) keep(e edge, x reg.VecVirtual) reg.VecVirtual {
	r := v.reg()
	if v.wide() {
		VMOVAPS_Z(x, e.k, r)
	} else {
		VANDPS(x, e.y, r)
	}
	return r
}

// round returns x to the nearest integer.
func (v vectors) round(x reg.VecVirtual) reg.VecVirtual {
	r := v.reg()
	if v.wide() {
		VRNDSCALEPS(U8(0x08), x, r)
	} else {
		VROUNDPS(U8(0x08), x, r)
	}
	return r
}

// scale returns x * 2^n for an integer n, rounded once where it is subnormal.
func (v vectors) scale(x, n reg.VecVirtual) reg.VecVirtual {
	r := v.reg()
	if v.wide() {
		VSCALEFPS(n, x, r)
		return r
	}
	// 2^n itself may be out of range: multiply by two halves of it
	whole, first, second := v.reg(), v.reg(), v.reg()
	VCVTPS2DQ(n, whole)
	VPSRAD(U8(1), whole, first)
	VPSUBD(first, whole, second)
	for _, power := range []reg.VecVirtual{first, second} {
		VPADDD(constantBits(127), power, power)
		VPSLLD(U8(23), power, power)
	}
	VMULPS(first, x, r)
	VMULPS(second, r, r)
	return r
}

// across folds the lanes of x, of float32 or of float64, into the lowest, in
// an order that is always the same.
func (v vectors) across(x reg.VecVirtual, double bool, fold func(a, b, to Op)) reg.VecVirtual {
	other := v.reg()
	if v.wide() {
		VEXTRACTF64X4(U8(1), x, other.AsY())
		fold(other.AsY(), x.AsY(), x.AsY())
	}
	VEXTRACTF128(U8(1), x.AsY(), other.AsX())
	fold(other.AsX(), x.AsX(), x.AsX())
	VPERMILPD(U8(1), x.AsX(), other.AsX())
	fold(other.AsX(), x.AsX(), x.AsX())
	if !double {
		VPERMILPS(U8(1), x.AsX(), other.AsX())
		fold(other.AsX(), x.AsX(), x.AsX())
	}
	return x
}

// walk emits body for whole vectors of n elements, then once more for the
// rest. i counts elements. n stays as it is.
func (v vectors) walk(label string, n reg.Register, body func(i reg.Register, s span)) {
	i, last := GP64(), GP64()
	XORQ(i, i)
	MOVQ(n, last)
	SUBQ(Imm(uint64(v.lanes)), last)
	JL(LabelRef(label + "_edge"))
	Label(label + "_whole")
	body(i, span{v: v})
	ADDQ(Imm(uint64(v.lanes)), i)
	CMPQ(i, last)
	JLE(LabelRef(label + "_whole"))
	Label(label + "_edge")
	rest := GP64()
	MOVQ(n, rest)
	SUBQ(i, rest)
	JLE(LabelRef(label + "_done"))
	e := v.first(rest)
	body(i, span{v, &e})
	Label(label + "_done")
}

// A span is a whole vector, or the elements that an edge leaves of one.
type span struct {
	v    vectors
	edge *edge
}

func (s span) load(m Op) reg.VecVirtual {
	if s.edge == nil {
		return s.v.load(m)
	}
	return s.v.loadEdge(m, *s.edge)
}

func (s span) store(x reg.VecVirtual, m Op) {
	if s.edge == nil {
		VMOVUPS(x, m)
	} else {
		s.v.storeEdge(x, m, *s.edge)
	}
}
