package dataset

import (
	"errors"
	"fmt"
	"math"
)

// A sink takes the values of one column of a file into the batch. While the
// kinds are still open it gathers evidence instead.
type sink struct {
	Field
	verdict verdict
	levels  *levels
	missing missing
	plain   bool // a number with a point is what it says
	// evidence is there only while the kind is open.
	evidence *evidence

	// The arrays of the batch: as many values as it has room for.
	numbers []float64
	codes   []int32
	values  []float32
}

// grow makes room for a batch.
func (s *sink) grow(rows int) {
	switch s.Kind {
	case Number, Date:
		s.numbers = make([]float64, rows)
	case Category, Text:
		s.codes = make([]int32, rows)
	case Array:
		s.values = make([]float32, rows*s.width())
	}
}

// put sets the value of row i of the batch, which is row number in its file,
// from a text.
func (s *sink) put(i int, number int64, text []byte) error {
	switch s.Kind {
	case Number:
		return s.putNumber(i, text)
	case Date:
		return s.putDate(i, text)
	case Category, Text:
		c, err := s.levels.code(text, s.missing)
		s.codes[i] = c
		return err
	case Array:
		return fmt.Errorf("%q where a list of %d numbers stands in the first rows", clip(text), s.width())
	}
	s.evidence.add(number, text, s.missing)
	return nil
}

// putText is put for a text that the file declares to be one.
func (s *sink) putText(i int, number int64, text []byte) error {
	if s.Kind == 0 {
		s.evidence.addText(number, text, s.missing)
		return nil
	}
	return s.put(i, number, text)
}

func (s *sink) putNumber(i int, text []byte) error {
	number, signed := text, true
	if s.verdict.percent {
		number, signed = beforePercent(text)
	}
	parse := parseNumber
	if s.verdict.apart {
		parse = parseApart
	}
	v, ok := parse(number, s.verdict.point)
	marked := ok && s.missing.hasNumber(text, v)
	if !ok || !signed || marked {
		if !marked && !s.missing.has(text) {
			kind := "number"
			if s.verdict.percent {
				kind = "percentage"
			}
			return fmt.Errorf("%q is not a %s, as the others are: correct it, or declare that it means a missing value", clip(text), kind)
		}
		v = math.NaN()
	}
	s.numbers[i] = v
	return nil
}

func (s *sink) putDate(i int, text []byte) error {
	v, ok := parseDate(text, s.verdict.form)
	if !ok {
		if !s.missing.has(text) {
			return fmt.Errorf("%q is not a date in the form %v, as the others are: correct it, or declare that it means a missing value", clip(text), s.verdict.form)
		}
		v = math.NaN()
	}
	s.numbers[i] = v
	return nil
}

// putMissing sets that row i has no value.
func (s *sink) putMissing(i int) {
	switch s.Kind {
	case Number, Date:
		s.numbers[i] = math.NaN()
	case Category, Text:
		s.codes[i] = -1
	case Array:
		w := s.width()
		for k := range w {
			s.values[i*w+k] = float32(math.NaN())
		}
	default:
		s.evidence.rows++
		s.evidence.missing++
	}
}

// putList sets an array.
func (s *sink) putList(i int, list []float32) error {
	switch {
	case s.Kind == 0 && s.Shape == nil && len(list) > 0 && s.evidence.rows == s.evidence.missing:
		s.Shape = []int{len(list)}
		return nil
	case s.Kind != Array && s.Shape == nil:
		return errors.New("a list where other rows have one value")
	case len(list) != s.width():
		return fmt.Errorf("a list of %d numbers, but of %d in the rows before", len(list), s.width())
	}
	if s.Kind == Array {
		copy(s.values[i*len(list):], list)
	}
	return nil
}

// column returns the first rows of the batch.
func (s *sink) column(rows int) Column {
	c := Column{Name: s.Name, Kind: s.Kind, Shape: s.Shape, Percent: s.Kind == Number && s.verdict.percent}
	switch s.Kind {
	case Number, Date:
		c.Numbers = s.numbers[:rows]
	case Category, Text:
		c.Codes, c.Levels = s.codes[:rows], s.levels.names
	case Array:
		c.Values = s.values[:rows*s.width()]
	}
	return c
}
