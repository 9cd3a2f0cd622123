package prepare

import (
	"fmt"
	"strconv"

	"github.com/nnvet/nnvet/internal/dataset"
)

// An odd is what kept a column of texts from being one of numbers.
type odd struct {
	row             int // from 0, of the first text that is no number; -1 where there is none
	text            string
	numbers, values int // how many of the values are numbers
}

// oddOf looks for the first text that is no number.
func oddOf(c *dataset.Column) odd {
	o := odd{row: -1}
	if c.Kind != dataset.Category && c.Kind != dataset.Text {
		return o
	}
	number := make([]bool, len(c.Levels))
	for code, level := range c.Levels {
		_, err := strconv.ParseFloat(level, 64)
		number[code] = err == nil
	}
	for row, code := range c.Codes {
		switch {
		case code == noValue:
			continue
		case code >= 0 && number[code]:
			o.numbers++
		case code >= 0 && o.row < 0:
			o.row, o.text = row, c.Levels[code]
		}
		o.values++
	}
	return o
}

// amongNumbers reports whether the texts stand in a column of numbers by the
// most of its values.
func (o odd) amongNumbers() bool { return o.row >= 0 && o.numbers > o.values/2 }

// String says which text it is.
func (o odd) String() string { return fmt.Sprintf("%.40q in row %d", o.text, o.row+1) }

// notNumbers reports a column that held numbers in training, by its first
// value that is none.
func notNumbers(c *dataset.Column) error {
	if o := oddOf(c); o.row >= 0 {
		return atRow(o.row, fmt.Errorf("%.40q is not a number, and the column held numbers in training: correct it, or leave it empty", o.text))
	}
	return fmt.Errorf("%s, but numbers in training", holds(c))
}
