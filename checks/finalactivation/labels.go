package finalactivation

import (
	"math"
	"strings"

	"github.com/nnvet/nnvet"
)

// oneOf reports whether every target is one of two numbers, of which both
// occur: 0 and 1, or -1 and 1.
func oneOf(r nnvet.Ranges, low int64) bool {
	return r.N > 0 && low > 0 && r.At1 > 0 && low+r.At1 == r.N
}

// labelsOf reports whether numbers are labels, by what they are.
func labelsOf(y *nnvet.Profile) bool {
	return oneOf(y.Ranges, y.Ranges.At0) || oneOf(y.Ranges, y.Ranges.AtMinus1)
}

// exclusive says what is known of the rows of targets of several columns: that
// each has exactly one 1, or that some do not. It is certain where the sums of
// rows were recorded, and else goes by their mean, which is the sum of the means
// of columns.
func exclusive(y *nnvet.Profile) (always, never bool, sum nnvet.Extent, certain bool) {
	const rounding, off, rows = 1e-4, 0.02, 100
	if len(y.Columns) < 2 || len(y.Columns) != y.Of {
		return false, false, sum, false
	}
	if s := y.RowSums; s != nil {
		one := math.Abs(s.Lo-1) <= rounding && math.Abs(s.Hi-1) <= rounding
		return one && oneOf(y.Ranges, y.Ranges.At0), !one, *s, true
	}
	mean := 0.0
	for _, c := range y.Columns {
		if c.N != y.Columns[0].N {
			return false, false, sum, false
		}
		mean += c.Mean
	}
	sum = nnvet.Extent{Lo: mean, Hi: mean}
	always = math.Abs(mean-1) <= rounding && y.Rows >= rows && len(y.Columns) >= 3 && oneOf(y.Ranges, y.Ranges.At0)
	return always, math.Abs(mean-1) > off, sum, false
}

// lossName is what a loss is called where it is written.
func lossName(t *nnvet.Trace, h *nnvet.Head) string {
	if h.Loss == nnvet.NLL {
		return t.Say(nnvet.Words{Program: h.Name, File: "categorical_cross_entropy"})
	}
	return t.Say(nnvet.Words{Program: h.Name, File: strings.ReplaceAll(string(h.Loss), "-", "_")})
}

// renamed returns the treatment that has another loss, with the edit where its
// name alone stands in an experiment file.
func renamed(t *nnvet.Trace, h *nnvet.Head, action string, to nnvet.LossKind) nnvet.Treatment {
	out := nnvet.Treatment{Action: action, Settings: []nnvet.Setting{{Name: "loss", From: string(h.Loss), To: string(to)}}}
	if len(t.Heads) > 1 {
		out.Settings[0].Site = h.Name
	}
	if !t.OfFile() {
		return out
	}
	if at, ok := t.CallAt(h.Source).Name(); ok {
		out.Edits = []nnvet.Edit{{At: at, New: strings.ReplaceAll(string(to), "-", "_")}}
	}
	return out
}
