package dataset

import "fmt"

// A Kind says what the values of a column are.
type Kind int

// The kinds of columns.
const (
	Number   Kind = iota + 1 // numbers; NaN where a value is missing
	Category                 // one of a few texts
	Text                     // texts that differ in nearly every row: names, sentences
	Date                     // a moment, in seconds since 1970 (UTC); NaN where it is missing
	Array                    // as many numbers in every row: a vector, an image
)

// String returns "number", "category", "text", "date" or "array".
func (k Kind) String() string {
	if k < Number || k > Array {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return [...]string{"number", "category", "text", "date", "array"}[k-1]
}

// A Column is one column of a table.
type Column struct {
	Name string
	Kind Kind

	// Numbers holds a value a row, for Number and Date.
	Numbers []float64
	Percent bool // a percent sign stood behind each number
	// Codes holds an index into Levels for every row, for Category and Text; -1 where a value is missing.
	Codes  []int32
	Levels []string
	// Values holds the rows of an Array, one after the other, each of Shape (rows of an image: height, width, channels).
	Values []float32
	Shape  []int
}

// A Table is a data set in memory.
type Table struct {
	Columns []Column
	Unread  []string // columns of the files that were not asked for
	Rows    int
	// Detected says, a sentence each, what was taken for granted about the
	// files: "delimiter ;", "decimal comma", "encoding windows-1252".
	Detected []string
}

// Column returns the column of that name, or nil.
func (t *Table) Column(name string) *Column {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	return nil
}
