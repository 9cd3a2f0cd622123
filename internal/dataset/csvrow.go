package dataset

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/nnvet/nnvet/internal/plural"
)

// csvRows splits a text into rows and fields (RFC 4180, with any delimiter,
// and quotes inside a field that does not begin with one taken as they are).
type csvRows struct {
	*window
	delimiter byte
	names     []string // of the columns, for errors
	sinks     []*sink  // of the columns; nil where one is left out
	row       int64    // rows that were read, without the header
	line      int64    // line in the file of the row that comes next, from 1
	lines     []int64  // where the rows of the batch begin
	scratch   []byte   // a field without its doubled quotes
}

// errShort says that the window ends inside a row.
var errShort = errors.New("the row goes on")

// next reads up to most rows into the sinks, and returns their number.
func (c *csvRows) next(most int) (int, error) {
	n := 0
	c.lines = c.lines[:0]
	for n < most {
		read, err := c.readRow(n)
		if err != nil {
			return n, err
		}
		if !read {
			break
		}
		n++
	}
	return n, nil
}

// readRow reads the row that comes next as row i of the batch, and reports
// whether there was one. Empty lines are no rows.
func (c *csvRows) readRow(i int) (bool, error) {
	for {
		for c.at < len(c.buf) && c.empty() {
			c.line++
		}
		if c.at < len(c.buf) {
			c.row++
			end, lines, err := c.fields(i)
			switch {
			case err == nil:
				c.at = end
				c.lines = append(c.lines, c.line)
				c.line += lines
				return true, nil
			case err != errShort:
				return false, err
			case c.all:
				return false, c.unclosed()
			}
			c.row--
		} else if c.all {
			return false, nil
		}
		if err := c.more(); err != nil {
			return false, fmt.Errorf("row %d (line %d): %w", c.row+1, c.line, err)
		}
	}
}

// empty skips a line with nothing in it.
func (c *csvRows) empty() bool {
	switch b := c.buf[c.at:]; {
	case b[0] == '\n':
		c.at++
	case b[0] == '\r' && len(b) > 1 && b[1] == '\n':
		c.at += 2
	default:
		return false
	}
	return true
}

// fields reads a row into the sinks, and returns where the next one begins and
// the number of line feeds between.
func (c *csvRows) fields(i int) (end int, lines int64, err error) {
	at, last := c.at, len(c.sinks)-1
	for j, s := range c.sinks {
		after := -1
		if s != nil && s.Kind == Number && s.plain {
			if v, n, ok := scanNumber(c.buf[at:]); ok && at+n < len(c.buf) && (c.buf[at+n] == c.delimiter || c.buf[at+n] == '\n') {
				s.numbers[i] = v
				after = at + n
			}
		}
		if after < 0 {
			var text []byte
			text, after, err = c.field(at)
			if err == errShort {
				return 0, 0, err
			}
			if c.buf[at] == '"' || c.buf[at] == ' ' {
				lines += int64(bytes.Count(c.buf[at:after], newline))
			}
			if err == nil && s != nil {
				err = s.put(i, c.row, text)
			}
			if err != nil {
				return 0, 0, fmt.Errorf("row %d (line %d), column %s: %w", c.row, c.line, c.names[j], err)
			}
		}
		if stop := c.buf[after] == '\n'; stop != (j == last) {
			return 0, 0, c.ragged()
		}
		at = after + 1
	}
	return at, lines + 1, nil
}

var newline = []byte{'\n'}

// field returns the text of the field at a place, and where the delimiter or
// line feed behind it stands.
func (c *csvRows) field(at int) (text []byte, end int, err error) {
	b := c.buf
	first := at
	for first < len(b) && b[first] == ' ' {
		first++
	}
	if first < len(b) && b[first] == '"' {
		return c.quoted(first + 1)
	}
	for end = first; end < len(b) && b[end] != c.delimiter && b[end] != '\n'; end++ {
	}
	if end == len(b) {
		return nil, 0, errShort
	}
	last := end
	if b[end] == '\n' && last > first && b[last-1] == '\r' {
		last--
	}
	for last > first && b[last-1] == ' ' {
		last--
	}
	return b[first:last], end, nil
}

// quoted returns the text of a field whose quote opened before a place.
func (c *csvRows) quoted(first int) (text []byte, end int, err error) {
	b, doubled := c.buf, false
	end = first
	for {
		n := bytes.IndexByte(b[end:], '"')
		if n < 0 || end+n+1 >= len(b) {
			return nil, 0, errShort
		}
		end += n
		if b[end+1] != '"' {
			break
		}
		doubled = true
		end += 2
	}
	text = b[first:end]
	if doubled {
		c.scratch = c.scratch[:0]
		for i := 0; i < len(text); i++ {
			c.scratch = append(c.scratch, text[i])
			if text[i] == '"' {
				i++
			}
		}
		text = c.scratch
	}
	for end++; end < len(b) && (b[end] == ' ' || b[end] == '\r'); end++ {
	}
	if end == len(b) {
		return nil, 0, errShort
	}
	if b[end] != c.delimiter && b[end] != '\n' {
		return nil, end, fmt.Errorf("text behind the quote that closes: double the quotes inside of a field")
	}
	return text, end, nil
}

// unclosed returns the error of a quote that is open where the file ends. The
// row is where it opened.
func (c *csvRows) unclosed() error {
	name := "?"
	at := c.at
	for _, n := range c.names {
		name = n
		_, end, err := c.field(at)
		if err != nil {
			break
		}
		at = end + 1
	}
	return fmt.Errorf("row %d (line %d), column %s: a quote opens and is never closed", c.row, c.line, name)
}

// ragged returns the error of a row with more or fewer fields than there are
// columns.
func (c *csvRows) ragged() error {
	n, at := 0, c.at
	for at < len(c.buf) {
		_, end, err := c.field(at)
		if err != nil {
			break
		}
		n++
		if at = end + 1; c.buf[end] == '\n' {
			break
		}
	}
	return fmt.Errorf("row %d (line %d): %s in a table of %s: quote values that hold a %q", c.row, c.line, plural.Of(int64(n), "value"), plural.Of(int64(len(c.names)), "column"), c.delimiter)
}
