package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A dialect is how a CSV file is written.
type dialect struct {
	delimiter byte
	header    bool
	names     []string
	said      []string
}

// delimiters in the order in which they win where several would do: a comma
// may stand inside of numbers.
var delimiters = []byte{'\t', ';', '|', ','}

// sniffRows are the rows that tell a dialect.
const sniffRows = 50

// sniff looks at the head of a text.
func sniff(w *window, o *Options) (dialect, error) {
	head, err := w.head()
	if err != nil {
		return dialect{}, err
	}
	if len(bytes.TrimSpace(head)) == 0 {
		return dialect{}, errors.New("the file is empty")
	}
	if bytes.IndexByte(head, '\n') == len(head)-1 && bytes.Count(head, []byte{'\r'}) > 1 {
		return dialect{}, errors.New("lines that end with a carriage return alone: convert the line ends, tr '\\r' '\\n'")
	}
	var d dialect
	if !utf8.Valid(whole(head)) {
		d.said = append(d.said, "texts that are not UTF-8 are read as windows-1252")
	}
	rows := d.chooseDelimiter(w, o)
	if len(rows) == 0 {
		return dialect{}, errors.New("row 1 (line 1): a quote opens and is never closed")
	}
	d.chooseHeader(rows, o)
	return d, nil
}

// head reads until there are a few rows, or one that is wide.
func (w *window) head() ([]byte, error) {
	const enough = 64 << 10
	for !w.all && (len(w.buf) < enough || bytes.Count(w.buf, newline) < 2) {
		if err := w.more(); err != nil {
			return nil, fmt.Errorf("row 1 (line 1): %w", err)
		}
	}
	return w.buf, nil
}

// whole cuts a text before the last character, which may go on.
func whole(head []byte) []byte {
	for i := range min(utf8.UTFMax, len(head)) {
		if utf8.RuneStart(head[len(head)-1-i]) {
			return head[:len(head)-1-i]
		}
	}
	return head
}

// chooseDelimiter takes the delimiter that splits the most rows into as many
// fields as the first one, and returns the first rows.
func (d *dialect) chooseDelimiter(w *window, o *Options) [][]string {
	candidates := delimiters
	if o.Format == "tsv" {
		candidates = []byte{'\t'}
	}
	var best [][]string
	var score float64
	for _, c := range candidates {
		rows := firstRows(w, c)
		if s := alike(rows); s > score {
			d.delimiter, best, score = c, rows, s
		}
	}
	switch {
	case score == 0 && o.Format == "tsv":
		d.delimiter = '\t'
		return firstRows(w, '\t')
	case score == 0: // one column
		d.delimiter = ','
		return firstRows(w, ',')
	case d.delimiter == '\t':
		d.said = append(d.said, "delimiter tab")
	case d.delimiter != ',':
		d.said = append(d.said, fmt.Sprintf("delimiter %c", d.delimiter))
	}
	return best
}

// alike returns the share of rows that have as many fields as the first one;
// 0 where that is one field.
func alike(rows [][]string) float64 {
	if len(rows) == 0 || len(rows[0]) < 2 {
		return 0
	}
	n := 0
	for _, r := range rows {
		if len(r) == len(rows[0]) {
			n++
		}
	}
	return float64(n) / float64(len(rows))
}

// firstRows splits the first rows of the window.
func firstRows(w *window, delimiter byte) [][]string {
	c := csvRows{window: &window{buf: w.buf, all: true}, delimiter: delimiter}
	var rows [][]string
	cells := 0
	for len(rows) < sniffRows && cells < probeCells {
		for c.at < len(c.buf) && c.empty() {
		}
		fields, ok := c.split()
		if !ok {
			break
		}
		rows = append(rows, fields)
		cells += len(fields)
	}
	return rows
}

// split returns the fields of the next row, if it is whole.
func (c *csvRows) split() (fields []string, ok bool) {
	for c.at < len(c.buf) {
		text, end, err := c.field(c.at)
		if err == errShort {
			return nil, false
		}
		if err != nil { // text behind a quote: another delimiter may be right
			return []string{""}, c.skipLine()
		}
		fields = append(fields, string(text))
		c.at = end + 1
		if c.buf[end] == '\n' {
			return fields, true
		}
	}
	return nil, false
}

func (c *csvRows) skipLine() bool {
	n := bytes.IndexByte(c.buf[c.at:], '\n')
	c.at += n + 1
	return n >= 0
}

// chooseHeader decides whether the first row names the columns: when it holds
// texts only, of which none stands below itself again, or the columns that
// were asked for, or a text over a column of numbers.
func (d *dialect) chooseHeader(rows [][]string, o *Options) {
	first := rows[0]
	d.header = namesAll(first, rows[1:]) || slices.ContainsFunc(first, func(s string) bool { return s != "" && o.asked(s) }) ||
		namesNumbers(first, rows[1:], newMissing(o.Missing))
	d.names = make([]string, len(first))
	unnamed := false
	for i, name := range first {
		switch {
		case d.header && name != "":
			d.names[i] = valid(name)
		default:
			d.names[i] = fmt.Sprintf("column %d", i+1)
			unnamed = unnamed || d.header
		}
	}
	switch {
	case !d.header:
		d.said = append(d.said, "no header: columns are called column 1, column 2, ...")
	case unnamed:
		d.said = append(d.said, "columns without a name are called by their number")
	}
}

func namesAll(first []string, below [][]string) bool {
	named := false
	for i, s := range first {
		if isNumber(s) || isDate(s) {
			return false
		}
		named = named || s != ""
		for _, row := range below {
			if i < len(row) && row[i] == s && s != "" {
				return false
			}
		}
	}
	return named
}

// namesNumbers reports whether a text stands over a column of numbers, in a row
// of which all else may be names: texts, and whole numbers such as years, all
// different.
func namesNumbers(first []string, below [][]string, missing missing) bool {
	seen := make(map[string]bool, len(first))
	over := false
	for i, s := range first {
		text := !isNumber(s) && !isDate(s)
		if missing.has([]byte(s)) || seen[s] || !text && !isDigits(s) {
			return false
		}
		seen[s] = true
		over = over || text && areNumbers(below, i, missing)
	}
	return over
}

// areNumbers reports whether a column holds numbers in at least two rows, and
// nothing else.
func areNumbers(rows [][]string, column int, missing missing) bool {
	n := 0
	for _, row := range rows {
		switch {
		case column >= len(row) || missing.has([]byte(row[column])):
		case !isNumber(row[column]):
			return false
		default:
			n++
		}
	}
	return n >= 2
}

func isDigits(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

func isNumber(s string) bool {
	number, _ := beforePercent([]byte(s))
	_, dot := parseNumber(number, '.')
	_, comma := parseNumber(number, ',')
	return dot || comma
}

func isDate(s string) bool {
	for form := range dateForms {
		if _, ok := parseDate([]byte(s), form); ok {
			return true
		}
	}
	return false
}

func valid(name string) string {
	if !utf8.ValidString(name) {
		return fromWestern([]byte(name))
	}
	return name
}
