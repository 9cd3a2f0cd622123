package casebook

import "github.com/nnvet/nnvet/internal/engine"

// A Kind says what the values of a column are, and so how they should be fed.
type Kind int

// The kinds of columns.
const (
	Number Kind = iota // a quantity in some unit
	Flag               // 0 or 1
	Cycle              // comes round after Period: an hour, a month
	Code               // one of Levels names, as 0, 1, ...
	Pixel              // 0 to 255
)

// A Column is one column of a table, in the units of whoever measured it.
type Column struct {
	Name   string
	Kind   Kind
	Period float64
	Levels int
	Values []float64
}

// A Goal says what a target is.
type Goal int

// The goals.
const (
	Amount    Goal = iota // one number or several
	Class                 // one of Classes, two for yes or no
	Labels                // several yes or no
	Direction             // an angle, in degrees
)

// A Table is a data set. Its first Train rows are trained on, the others are
// for validation.
type Table struct {
	Columns []Column
	Shape   engine.Shape // of the images that the columns are pixels of; nil without
	Goal    Goal
	Targets []Column // numbers, degrees, zeros and ones, or one column of classes
	Classes int
	Train   int
	Rows    int
}

// cut returns the rows of a table from one to another as a part of it.
func (t *Table) cut(from, to int) *Table {
	c := *t
	part := func(columns []Column) []Column {
		out := append([]Column(nil), columns...)
		for i := range out {
			out[i].Values = out[i].Values[from:to]
		}
		return out
	}
	c.Columns, c.Targets, c.Rows = part(t.Columns), part(t.Targets), to-from
	return &c
}
