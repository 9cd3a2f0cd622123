package recipe

import (
	"fmt"
	"math"
)

// A Recipe is what becomes of every column of a network's inputs.
type Recipe struct {
	Layout string `json:"layout"`          // what a column is: "features", "channels", "tokens" or "values", as of a profile
	Of     int    `json:"of"`              // columns that come in
	Site   string `json:"site,omitempty"`  // the network that is fed
	Rows   int64  `json:"rows"`            // training rows that the figures are of
	Total  int64  `json:"total,omitempty"` // training rows that there are; 0 where unknown
	// Every holds for all columns alike; Columns is empty then, and has one entry
	// a column otherwise, in their order.
	Every   *Column  `json:"every,omitempty"`
	Columns []Column `json:"columns,omitempty"`
	// Target is what becomes of the numbers that a regression learns. It is nil
	// where they stay what they are, for the reason that NoTarget gives.
	Target   *Target `json:"target,omitempty"`
	NoTarget string  `json:"no_target,omitempty"`
}

// A Column is what becomes of one column: (x - Center) / Scale, by its How
// after a logarithm, or cut at both ends.
type Column struct {
	Index  int     `json:"index"`
	Name   string  `json:"name,omitempty"`
	How    How     `json:"how"`
	Center float64 `json:"center,omitempty"` // of what was centred: a mean, a median
	Scale  float64 `json:"scale,omitempty"`  // what is divided by; never 0 where How divides
	Clip   float64 `json:"clip,omitempty"`   // of Robust: where both ends are cut, after scaling
	Group  string  `json:"group,omitempty"`  // of Shared: the columns that have the Scale in common
	Why    string  `json:"why"`
}

// A How is a kind of treatment.
type How string

// The treatments.
const (
	Leave       How = "leave"       // as it is
	Drop        How = "drop"        // left out
	Standardize How = "standardize" // by mean and standard deviation
	Scale       How = "scale"       // divided, and not centred
	Robust      How = "robust"      // by median and a spread that tails do not move, cut at Clip
	Log         How = "log"         // log(1 + x) first, of x below 0 that of 0; then by mean and standard deviation
	Shared      How = "shared"      // by its own mean and the standard deviation of its group
	Bytes       How = "bytes"       // x / 127.5 - 1
)

// halfByte brings 0..255 to -1..1, by (x - halfByte) / halfByte.
const halfByte = 127.5

// Apply returns what a row becomes. It has as many numbers as the recipe has
// columns; the result has fewer where some are dropped. NaN stays NaN.
func (r *Recipe) Apply(row []float64) ([]float64, error) {
	if len(row) != r.Of {
		return nil, fmt.Errorf("a row of %d numbers, and the recipe is of %d columns", len(row), r.Of)
	}
	out := make([]float64, 0, len(row))
	if r.Every != nil {
		for _, v := range row {
			out = append(out, r.Every.apply(v))
		}
		return out, nil
	}
	for i := range r.Columns {
		if c := &r.Columns[i]; c.How != Drop {
			out = append(out, c.apply(row[c.Index]))
		}
	}
	return out, nil
}

func (c *Column) apply(v float64) float64 {
	switch c.How {
	case Standardize, Shared:
		return (v - c.Center) / c.Scale
	case Scale:
		return v / c.Scale
	case Robust:
		return math.Max(-c.Clip, math.Min(c.Clip, (v-c.Center)/c.Scale))
	case Log:
		return (math.Log1p(math.Max(v, 0)) - c.Center) / c.Scale
	case Bytes:
		return v/halfByte - 1
	}
	return v
}
