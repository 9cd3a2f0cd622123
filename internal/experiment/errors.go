package experiment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

// An Error is a fault at a place of the file.
type Error struct {
	At    nnvet.Location
	Says  string
	quote string // the line, with carets
}

// Error returns "file:line:col: fault", and below it the line with carets.
func (e Error) Error() string { return e.At.String() + ": " + e.Says + e.quote }

// Errors are the faults of a file, in its order.
type Errors []Error

// maxShown bounds the faults that are shown: one slip may cause the others.
const maxShown = 10

// Error returns the faults, one below the other.
func (es Errors) Error() string {
	var b strings.Builder
	for i, e := range es {
		if i == maxShown {
			fmt.Fprintf(&b, "\nand %d more", len(es)-maxShown)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.Error())
	}
	return b.String()
}

// err returns the faults as an error: sorted, each once, nil where there are none.
func (es Errors) err() error {
	if len(es) == 0 {
		return nil
	}
	slices.SortStableFunc(es, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.At.Col, b.At.Col))
	})
	return slices.Compact(es)
}
