package nnvet

import (
	"cmp"
	"fmt"
)

// A Role says what a profile is of.
type Role string

// The roles of profiled data.
const (
	Input  Role = "input"  // what the network was fed
	Target Role = "target" // what a loss compared with
)

// A Profile summarizes data as it reached the network or a loss: all batches
// that were looked at, merged.
type Profile struct {
	Role  Role
	Split string // Train or Validation
	Site  string // the network's class for inputs, the head for targets
	DType string // as the framework names it: "float32"
	// Layout says what a column is: one of "features" (second dimension of a
	// table), "channels" (of an image), "tokens" (last dimension of a
	// sequence), "values" (no feature dimension).
	Layout  string
	Shape   []int    // of one batch
	Source  Location // of the call that fed the network, for inputs
	Of      int      // columns in all; Columns may be a sample of them
	Rows    int64    // rows looked at
	Total   int64    // rows of the whole set that batches are drawn from; 0 where unknown
	Columns []Column
	Classes []int64 // rows of each class, for targets that are class indices
	Ranges  Ranges  // of targets that are numbers
	// RowSums is the range of the sums over the columns of a row, of targets of
	// several columns; nil where it was not recorded. Where both ends are 1, every
	// row is one of the columns.
	RowSums *Extent
}

// An Extent is a range, both ends included.
type Extent struct{ Lo, Hi float64 }

// String returns "lo..hi", and "none" of nil.
func (e *Extent) String() string {
	if e == nil {
		return "none"
	}
	return fmt.Sprintf("%g..%g", e.Lo, e.Hi)
}

// A Column is one feature, channel or output.
type Column struct {
	Index int
	Name  string // "" where the recorder knows none
	Moments
}

// Ranges counts targets by the ranges that final activations can reach.
type Ranges struct {
	N           int64
	BelowMinus1 int64 // < -1
	Below0      int64 // < 0
	Above0      int64 // > 0
	Above1      int64 // > 1
	AtMinus1    int64 // exactly -1
	At0         int64
	At1         int64
}

// Merge returns the counts of both.
func (r Ranges) Merge(o Ranges) Ranges {
	return Ranges{
		r.N + o.N, r.BelowMinus1 + o.BelowMinus1, r.Below0 + o.Below0, r.Above0 + o.Above0,
		r.Above1 + o.Above1, r.AtMinus1 + o.AtMinus1, r.At0 + o.At0, r.At1 + o.At1,
	}
}

// Union returns the smallest range that holds both; nil holds nothing.
func (e *Extent) Union(o *Extent) *Extent {
	if e == nil || o == nil {
		return cmp.Or(e, o)
	}
	return &Extent{min(e.Lo, o.Lo), max(e.Hi, o.Hi)}
}

// All returns the moments of all columns together.
func (p *Profile) All() Moments {
	var m Moments
	for _, c := range p.Columns {
		m = m.Merge(c.Moments)
	}
	return m
}

// ClassCount returns the number of rows that have a class.
func (p *Profile) ClassCount() int64 {
	var n int64
	for _, c := range p.Classes {
		n += c
	}
	return n
}
