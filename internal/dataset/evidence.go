package dataset

import (
	"fmt"
	"hash/maphash"
	"math"
	"math/bits"
)

// How a column of texts is judged by the first rows.
const (
	mostly      = 0.99 // of the values are numbers or dates, so that the others are slips (convention)
	fewLevels   = 20   // different texts make a category, however few rows there are (convention)
	levelsShare = 0.5  // of the values differ at most in a category (convention)
)

// evidence is what the first rows tell of a column whose values are texts. It
// is small, since a file may have a million columns.
type evidence struct {
	rows, missing int32
	numbers       int32 // with a point, or whole
	points        int32 // of these with a point
	commas        int32 // numbers only where a decimal comma is one
	dates         int32
	forms         [dateForms]int32
	others        int32
	oddRow        int64  // of the first text that is no number and no date
	odd           string // that text
	spread        uint64 // a bit for each of 64 classes of the numbers
	distinct      map[uint64]struct{}
}

// seed makes the hashes of texts the same in one process; nothing else depends on it.
var seed = maphash.MakeSeed()

// add takes the value of a row.
func (e *evidence) add(row int64, text []byte, missing missing) {
	if v, ok := parseNumber(text, '.'); ok && !missing.hasNumber(text) {
		e.rows++
		e.numbers++
		if v != math.Trunc(v) {
			e.points++
		}
		e.spread |= 1 << (math.Float64bits(v) * 0x9e3779b97f4a7c15 >> 58)
		return
	}
	e.addText(row, text, missing)
}

// addText takes a value that its file declares to be a text: "01234" is no
// number then.
func (e *evidence) addText(row int64, text []byte, missing missing) {
	e.rows++
	if missing.has(text) {
		e.missing++
		return
	}
	switch {
	case e.addComma(text), e.addDate(text):
	default:
		e.others++
		if e.odd == "" {
			e.oddRow, e.odd = row, clip(text)
		}
	}
	if e.distinct == nil {
		e.distinct = make(map[uint64]struct{})
	}
	e.distinct[maphash.Bytes(seed, text)] = struct{}{}
}

func (e *evidence) addComma(text []byte) bool {
	if _, ok := parseNumber(text, ','); !ok {
		return false
	}
	e.commas++
	return true
}

func (e *evidence) addDate(text []byte) bool {
	found := false
	for form := range dateForms {
		if _, ok := parseDate(text, form); ok {
			e.forms[form]++
			found = true
		}
	}
	if found {
		e.dates++
	}
	return found
}

// merge adds what the rows of another file tell.
func (e *evidence) merge(o *evidence) {
	e.rows += o.rows
	e.missing += o.missing
	e.numbers += o.numbers
	e.points += o.points
	e.commas += o.commas
	e.dates += o.dates
	e.others += o.others
	e.spread |= o.spread
	for i := range e.forms {
		e.forms[i] += o.forms[i]
	}
	if e.odd == "" {
		e.oddRow, e.odd = o.oddRow, o.odd
	}
	for h := range o.distinct {
		if e.distinct == nil {
			e.distinct = make(map[uint64]struct{})
		}
		e.distinct[h] = struct{}{}
	}
}

// A verdict says how the texts of a column are read.
type verdict struct {
	kind  Kind
	point byte // of numbers
	form  dateForm
	said  string // what somebody may have meant otherwise
}

// judge decides what a column is. A decimal comma is one only where commas do
// not stand between the columns.
func (e *evidence) judge(name string, decimalComma bool) verdict {
	values := float64(e.rows - e.missing)
	numbers, point := e.numbers, byte('.')
	if decimalComma && e.commas > 0 && e.points == 0 {
		numbers, point = numbers+e.commas, ','
	}
	switch {
	case values == 0:
		return verdict{kind: Number, point: '.', said: fmt.Sprintf("column %s: no value in the first %d rows, taken for numbers", name, e.rows)}
	case float64(numbers) >= mostly*values:
		return verdict{kind: Number, point: point}
	case float64(e.dates) >= mostly*values:
		return e.judgeDate(name)
	}
	v := verdict{kind: Category}
	if different := e.different(); different > max(fewLevels, levelsShare*values) {
		v.kind = Text
	}
	if e.odd != "" && float64(numbers) > values/2 {
		v.said = fmt.Sprintf("column %s: %d of %.0f values are numbers, but %q in row %d is none: read as %v", name, numbers, values, e.odd, e.oddRow, v.kind)
	}
	return v
}

func (e *evidence) judgeDate(name string) verdict {
	v := verdict{kind: Date}
	for form := range dateForms {
		if e.forms[form] > e.forms[v.form] {
			v.form = form
		}
	}
	if v.form == monthFirst && e.forms[dayFirst] == e.forms[monthFirst] {
		v.said = fmt.Sprintf("column %s: day and month may be swapped, since no day is past 12; dates are read as %v", name, v.form)
	} else if v.form != yearFirst {
		v.said = fmt.Sprintf("column %s: dates are %v", name, v.form)
	}
	return v
}

// different estimates the number of different values. Numbers in a column of
// texts are counted by linear counting over 64 classes (Whang 1990), which is
// sure of up to about a hundred.
func (e *evidence) different() float64 {
	n := float64(len(e.distinct))
	empty := 64 - bits.OnesCount64(e.spread)
	if empty == 0 {
		return n + float64(e.numbers)
	}
	return n + min(float64(e.numbers), 64*math.Log(64/float64(empty)))
}

// clip shortens a text for a message.
func clip(text []byte) string {
	const longest = 40
	if len(text) > longest {
		return string(text[:longest]) + "..."
	}
	return string(text)
}
