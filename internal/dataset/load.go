package dataset

import (
	"context"
	"fmt"
	"slices"

	"github.com/nnvet/nnvet/internal/plural"
)

// columnBytes is what a column takes besides its values: its place in the
// table, in a batch and in the plan of the reading.
const columnBytes = 1000

// Load reads a whole data set into memory.
func Load(ctx context.Context, pattern string, o Options) (*Table, error) {
	s, err := Open(ctx, pattern, o)
	if err != nil {
		return nil, err
	}
	fixed, perRow := s.footprint()
	if need := fixed + s.rows*perRow; s.exact && need > s.o.MaxBytes {
		return nil, s.tooLarge(pattern, s.rows, need)
	}
	t := &Table{Columns: make([]Column, len(s.fields)), Unread: s.unread}
	for i, f := range s.fields {
		c := &t.Columns[i]
		c.Name, c.Kind, c.Shape = f.Name, f.Kind, f.Shape
		c.grow(min(s.rows, (s.o.MaxBytes-fixed)/perRow), f.width())
	}
	err = s.Scan(ctx, func(b *Batch) error {
		t.Rows += b.Rows
		if fixed+int64(t.Rows)*perRow > s.o.MaxBytes {
			rows := max(s.rows, int64(t.Rows))
			return s.tooLarge(pattern, rows, fixed+rows*perRow)
		}
		for j := range b.Columns {
			t.Columns[j].append(&b.Columns[j])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range t.Columns {
		t.Columns[i].finish()
	}
	t.Detected = s.Detected()
	return t, nil
}

// footprint returns the bytes that the table takes, without rows and for each.
func (s *Source) footprint() (fixed, perRow int64) {
	for i := range s.fields {
		f := &s.fields[i]
		fixed += columnBytes + int64(len(f.Name))
		switch f.Kind {
		case Number, Date:
			perRow += 8
		case Category, Text:
			perRow += 4
		case Array:
			perRow += 4 * int64(f.width())
		}
	}
	return fixed, max(perRow, 1)
}

func (s *Source) tooLarge(pattern string, rows, need int64) error {
	about := ""
	if !s.exact {
		about = "about "
	}
	return fmt.Errorf("%s: %s%s of %s take %s in memory, and %s may be used: read fewer columns or files, or allow more memory",
		pattern, about, plural.Of(rows, "row"), plural.Of(int64(len(s.fields)), "column"), Size(need), Size(s.o.MaxBytes))
}

// grow makes room for a number of rows.
func (c *Column) grow(rows int64, width int) {
	n := int(max(rows, 0))
	switch c.Kind {
	case Number, Date:
		c.Numbers = make([]float64, 0, n)
	case Category, Text:
		c.Codes = make([]int32, 0, n)
	case Array:
		c.Values = make([]float32, 0, n*width)
	}
}

// append adds the rows of a batch.
func (c *Column) append(b *Column) {
	c.Numbers = append(c.Numbers, b.Numbers...)
	c.Codes = append(c.Codes, b.Codes...)
	c.Values = append(c.Values, b.Values...)
	c.Levels, c.Percent = b.Levels, b.Percent
}

// finish makes a column with more texts than are kept a Text: it is no
// category, whatever its first rows looked like.
func (c *Column) finish() {
	if c.Kind == Category && slices.Contains(c.Codes, Beyond) {
		c.Kind = Text
	}
}
