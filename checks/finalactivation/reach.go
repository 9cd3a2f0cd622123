package finalactivation

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

// A reach is the closed range of values that a head can produce.
type reach struct {
	lo, hi float64
	by     string    // what bounds it, or the last operation where nothing does
	op     *nnvet.Op // the same; nil where it is the loss itself
}

func (r reach) String() string { return fmt.Sprintf("%g..%g", r.lo, r.hi) }

// beyond says where the reach ends: "below 0", "outside -1..1".
func (r reach) beyond() string {
	switch {
	case math.IsInf(r.lo, -1):
		return fmt.Sprintf("above %g", r.hi)
	case math.IsInf(r.hi, 1):
		return fmt.Sprintf("below %g", r.lo)
	}
	return "outside " + r.String()
}

// reachOf returns what a head can produce: the range of the first operation
// from the loss that is not known to leave ranges alone.
func reachOf(t *nnvet.Trace, h *nnvet.Head) reach { return rangeOf(t, first(h)) }

// rangeOf returns the range of an operation, any number where that is nil.
func rangeOf(t *nnvet.Trace, op *nnvet.Op) reach {
	r := reach{lo: math.Inf(-1), hi: math.Inf(1), op: op}
	if r.op == nil {
		return r
	}
	r.by = r.op.Kind
	if r.by == "clamp" {
		r.by = t.Say(nnvet.Words{Program: "clamp", File: "clip"})
	}
	switch r.op.Kind {
	case "sigmoid", "softmax":
		r.lo, r.hi = 0, 1
	case "tanh":
		r.lo, r.hi = -1, 1
	case "relu", "softplus", "exp", "abs":
		r.lo = 0
	case "log_softmax", "log_sigmoid":
		r.hi = 0
	case "clamp":
		r.lo, r.hi = bounds(r.op, r.lo, r.hi)
	case "hardtanh":
		r.lo, r.hi = bounds(r.op, -1, 1)
	}
	return r
}

// bounds returns those of a clamp, with the given ones where it has none.
func bounds(op *nnvet.Op, lo, hi float64) (float64, float64) {
	if op.Lo == 0 && op.Hi == 0 {
		return lo, hi // not recorded: nothing is clamped to a single value
	}
	if !math.IsNaN(op.Lo) {
		lo = op.Lo
	}
	if !math.IsNaN(op.Hi) {
		hi = op.Hi
	}
	return lo, hi
}

// outside returns the share of the targets that cannot be produced. It is
// unknown where some can not, and the trace did not count by those bounds.
func (r reach) outside(y *nnvet.Profile) (share float64, ok bool) {
	c := y.Ranges
	below := map[float64]int64{math.Inf(-1): 0, -1: c.BelowMinus1, 0: c.Below0}
	above := map[float64]int64{math.Inf(1): 0, 0: c.Above0, 1: c.Above1}
	under, okLo := below[r.lo]
	over, okHi := above[r.hi]
	if m := y.All(); m.Min >= r.lo && m.Max <= r.hi {
		return 0, true
	}
	return float64(under+over) / float64(c.N), okLo && okHi
}
