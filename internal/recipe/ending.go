package recipe

import (
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
)

// ending returns the operation after the last layer that keeps predictions
// within bounds or to a scale, or "".
func ending(h *nnvet.Head) string {
	for _, op := range h.Chain {
		if !slices.Contains([]string{"reshape", "select", "dropout", "linear", "conv"}, op.Kind) {
			return op.Kind
		}
	}
	return ""
}

// A room is where targets do well that are met by an operation with two flat
// ends: off the ends, which it reaches only at infinity.
type room struct{ from, to, lo, hi float64 }

var rooms = map[string]room{
	"tanh":    {-1, 1, -0.9, 0.9},
	"sigmoid": {0, 1, 0.1, 0.9},
}

// asEnded says why targets stay as they are before what a network ends in, or ""
// where they do not: where it ends in nothing, or some lie out of its reach.
func asEnded(op string, all nnvet.Moments) string {
	r, squashes := rooms[op]
	switch {
	case op == "":
		return ""
	case squashes && (math.IsNaN(all.Min) || math.IsNaN(all.Max)):
		return fmt.Sprintf("the network ends in %s, which gives %g..%g: bring them to %g..%g, by the least and the greatest, which were not recorded", op, r.from, r.to, r.lo, r.hi)
	case squashes && all.Min >= r.from && all.Max <= r.to:
		return fmt.Sprintf("the network ends in %s, which gives %g..%g, and they lie within", op, r.from, r.to)
	case squashes:
		return ""
	case op == "relu" || op == "softplus" || op == "exp":
		if all.Min < 0 {
			return ""
		}
		return fmt.Sprintf("the network ends in %s, which gives nothing below 0, where centred ones would lie; to standardize them, take it out first", op)
	case op == "softmax":
		return "the network ends in softmax, whose outputs are shares: they must be shares as well, that add up to 1"
	}
	return fmt.Sprintf("the network ends in %s, and what scale that gives its predictions is not known", op)
}

// fit brings an output within the room before the end of a network, where that
// squashes; or says what must go from the end for it to be met.
func (out *Column) fit(op string, m nnvet.Moments) {
	r, squashes := rooms[op]
	switch {
	case op == "" || m.N == 0 || out.How == Leave && !squashes:
		return
	case !squashes:
		out.Why += fmt.Sprintf("; take out the final %s first, which gives nothing below 0", op)
		return
	case !(m.Max > m.Min):
		return
	}
	*out = Column{
		Index: out.Index, Name: out.Name, How: Standardize,
		Scale: (m.Max - m.Min) / (r.hi - r.lo),
		Why: fmt.Sprintf("the network ends in %s, which gives %g..%g, and targets go from %.4g to %.4g: brought to %g..%g; or take out the final %s, and ask again",
			op, r.from, r.to, m.Min, m.Max, r.lo, r.hi, op),
	}
	out.Center = m.Min - r.lo*out.Scale
}
