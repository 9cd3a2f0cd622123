package dataset

import "fmt"

// A Field describes a column.
type Field struct {
	Name  string
	Kind  Kind
	Shape []int // of an Array's row
}

// width returns the numbers in a row of an Array.
func (f *Field) width() int {
	n := 1
	for _, extent := range f.Shape {
		n *= extent
	}
	return n
}

// A Batch holds a few thousand rows that follow each other in one file. It is
// reused: copy what you keep.
type Batch struct {
	File    string
	First   int64 // the row of File that the first row is, from 1
	Rows    int
	Lines   []int64  // where each row begins in File, from 1; nil where a file has no lines
	Columns []Column // as Source.Columns says; Levels grow from batch to batch
}

// Place says where a row of the batch, from 0, is in its file.
func (b *Batch) Place(row int) string {
	if row >= len(b.Lines) {
		return fmt.Sprintf("row %d", b.First+int64(row))
	}
	return fmt.Sprintf("row %d (line %d)", b.First+int64(row), b.Lines[row])
}

const (
	batchRows  = 4096
	batchCells = 1 << 20 // 8 MB of float64
)

// rowsPerBatch returns how many rows a batch holds, so that a wide table takes
// no more memory than a narrow one.
func rowsPerBatch(fields []Field) int {
	cells := 0
	for i := range fields {
		cells += max(fields[i].width(), 1)
	}
	return min(max(batchCells/max(cells, 1), 1), batchRows)
}
