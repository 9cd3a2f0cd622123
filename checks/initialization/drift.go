package initialization

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// A point is what a figure was at one hidden stage, at step 0.
type point struct {
	nnvet.Stage
	log float64 // decades
	key nnvet.Key
}

// passage returns the log10 of a quantity at every hidden stage, in order, of
// the stages at which it is finite and above zero.
func passage(t *nnvet.Trace, q nnvet.Quantity, scale func(*nnvet.Stage) float64) []point {
	var out []point
	for _, s := range t.Stages() {
		k := nnvet.Key{Quantity: q, Site: s.Layer.Name}
		if v := first(t, k) * scale(&s); !s.Last && v > 0 && stat.Finite(v) {
			out = append(out, point{s, math.Log10(v), k})
		}
	}
	return out
}

// slope returns the decades by which a passage rises from one stage to the
// next, by least squares.
func slope(ps []point) float64 {
	n := float64(len(ps))
	var sum, dot, squares float64
	for _, p := range ps {
		sum += p.log
	}
	for i, p := range ps {
		x := float64(i) - (n-1)/2
		dot += x * (p.log - sum/n)
		squares += x * x
	}
	return dot / squares
}

// normed reports whether normalizations stand between hidden stages, which
// bring every signal back to its scale.
func normed(ps []point) bool {
	for _, p := range ps {
		if p.Normed {
			return true
		}
	}
	return false
}

// steady returns what to try where a signal drifts: the laws where weights are
// off them, else what keeps the scale whatever the weights.
func steady(t *nnvet.Trace, perLayer float64) []nnvet.Treatment {
	var off []beginning
	for _, b := range beginnings(t) {
		l, _ := suits(t, &b.Stage)
		if r := b.rms / l.std(&b.Stage); !b.Last && far(r*r) > 2 {
			off = append(off, b)
		}
	}
	var out []nnvet.Treatment
	if len(off) > 0 {
		out = append(out, restart(t, off))
	}
	if n := skips(t); n > 0 && perLayer > 0 {
		out = append(out, nnvet.Treatment{
			Action:   fmt.Sprintf("scale each of the %d branches that are added by 1/sqrt(%d) = %s, or start the last layer of each branch at zero", n, n, figure(1/math.Sqrt(float64(n)))),
			Settings: []nnvet.Setting{{Name: "branch scale", From: "1", To: figure(1 / math.Sqrt(float64(n)))}},
		})
	}
	return append(out, nnvet.Treatment{Action: t.Say(nnvet.Words{
		Program: "put a normalization behind every hidden layer: nn.BatchNorm1d(units), or nn.LayerNorm(units) where batches are small",
		File:    "put a normalization behind every hidden layer: batch_norm, or layer_norm where batches are small",
	}), Settings: normalized(t)})
}

// normalized returns the setting that normalizes every hidden layer: over batches
// where they are large enough to tell a deviation.
func normalized(t *nnvet.Trace) []nnvet.Setting {
	const few = 16 // rows
	to := "batch"
	if s := t.Series(nnvet.Key{Quantity: nnvet.BatchRows}); s.Len() > 0 && s.Values[0] < few {
		to = "layer"
	}
	return []nnvet.Setting{{Name: "norm", From: "none", To: to}}
}

// decades writes a drift as a factor: "1/30", "400".
func decades(d float64) string {
	if d < 0 {
		return "1/" + short(math.Pow(10, -d))
	}
	return short(math.Pow(10, d))
}
