package prepare

import (
	"errors"
	"fmt"

	"github.com/nnvet/nnvet/internal/dataset"
)

// about says which setting an error is about, and which column that it names.
func about(key, name string, err error) error {
	if err == nil {
		return nil
	}
	return &dataset.SettingError{Key: key, Name: name, Err: err}
}

// A RowError is a value that cannot be prepared. Who reads a file in batches
// may add the rows before the batch to Row.
type RowError struct {
	Row    int // from 1
	Column string
	Err    error
}

func (e *RowError) Error() string {
	return fmt.Sprintf("row %d, column %s: %v", e.Row, e.Column, e.Err)
}

// Unwrap returns what is wrong with the value.
func (e *RowError) Unwrap() error { return e.Err }

// atRow says in which row, from 0, something is wrong. The column is for
// inColumn to add.
func atRow(row int, err error) error { return &RowError{Row: row + 1, Err: err} }

// inColumn says in which column something is wrong.
func inColumn(name string, err error) error {
	if at := (*RowError)(nil); errors.As(err, &at) {
		at.Column = name
		return at
	}
	return fmt.Errorf("column %s: %w", name, err)
}
