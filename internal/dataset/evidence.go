package dataset

import (
	"fmt"
	"hash/maphash"
	"math"
	"math/bits"

	"github.com/nnvet/nnvet/internal/plural"
)

// How a column of texts is judged by the first rows.
const (
	slipShare   = 0.01 // of the values are slips in a column of numbers or dates (convention)
	fewLevels   = 20   // different texts make a category, however few rows there are (convention)
	levelsShare = 0.5  // of the values differ at most in a category (convention)
)

// evidence is what the first rows tell of a column whose values are texts. It
// is small, since a file may have a million columns.
type evidence struct {
	rows, missing int32
	bare, percent tally // numbers without a percent sign, and with one
	groups        groups
	dates         int32
	forms         [dateForms]int32
	others        int32
	oddRow        int64  // of the first text that is no number and no date
	odd           string // that text
	apartRow      int64  // of the first number whose thousands are apart for sure
	apart         string // that number
	spread        uint64 // a bit for each of 64 classes of the numbers
	distinct      map[uint64]struct{}
}

// A tally counts numbers by how they are written.
type tally struct {
	numbers int32 // with a point, or whole
	points  int32 // of these with a point
	commas  int32 // numbers only where a decimal comma is one
}

func (t *tally) add(o tally) {
	t.numbers += o.numbers
	t.points += o.points
	t.commas += o.commas
}

// read returns how many of the values are numbers, and their point.
func (t *tally) read(decimalComma bool) (numbers int32, point byte) {
	if decimalComma && t.commas > 0 && t.points == 0 {
		return t.numbers + t.commas, ','
	}
	return t.numbers, '.'
}

// seed makes the hashes of texts the same in one process; nothing else depends on it.
var seed = maphash.MakeSeed()

// add takes the value of a row.
func (e *evidence) add(row int64, text []byte, missing missing) {
	v, ok := parseNumber(text, '.')
	switch {
	case ok && missing.hasNumber(text, v):
		e.rows++
		e.missing++
		return
	case ok:
		e.rows++
		e.bare.numbers++
		if v != math.Trunc(v) {
			e.bare.points++
		}
		e.groups.add(text, true)
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
	e.groups.add(text, false)
	if e.apart == "" && e.groups[0].sure+e.groups[1].sure > 0 {
		e.apartRow, e.apart = row, clip(text)
	}
	switch {
	case e.addComma(text), e.addPercent(text), e.addDate(text):
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
	e.bare.commas++
	return true
}

func (e *evidence) addPercent(text []byte) bool {
	number, signed := beforePercent(text)
	if !signed {
		return false
	}
	if v, ok := parseNumber(number, '.'); ok {
		e.percent.numbers++
		if v != math.Trunc(v) {
			e.percent.points++
		}
		return true
	}
	_, ok := parseNumber(number, ',')
	if ok {
		e.percent.commas++
	}
	return ok
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
	e.bare.add(o.bare)
	e.percent.add(o.percent)
	e.groups.merge(&o.groups)
	if e.apart == "" {
		e.apartRow, e.apart = o.apartRow, o.apart
	}
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

// A verdict says how the texts of a column are read. What is not for its kind
// is how they would be read as another one, which [Source.Expect] may ask for.
type verdict struct {
	kind    Kind
	texts   bool // of the file, so that the kind was judged
	slips   bool // some values are not of the kind
	point   byte // of numbers
	apart   bool // thousands may be apart, by the mark that is not the point
	percent bool // numbers carry a percent sign
	form    dateForm
	said    string // what somebody may have meant otherwise
}

// judge decides what a column is. A decimal comma is one only where commas do
// not stand between the columns.
func (e *evidence) judge(name string, decimalComma bool) verdict {
	v := verdict{texts: true}
	values := e.rows - e.missing
	numbers, point := e.bare.read(decimalComma)
	if signed, p := e.percent.read(decimalComma); signed > numbers {
		numbers, point, v.percent = signed, p, true
	}
	v.point, v.form = point, e.dateForm()
	mark, apart := e.groups.point(values, decimalComma)
	switch {
	case values == 0:
		v.kind, v.said = Number, fmt.Sprintf("column %s: no value in the first %s, taken for numbers", name, plural.Of(int64(e.rows), "row"))
	case apart:
		v.kind, v.point, v.apart, v.percent, v.said = Number, mark, true, false, sayApart(name, mark)
	case e.butSlips(numbers, values):
		v.kind, v.slips = Number, numbers < values
		if v.percent {
			v.said = fmt.Sprintf("column %s: percentages, read as numbers without their sign", name)
		}
	case e.butSlips(e.dates, values):
		v.kind, v.slips, v.said = Date, e.dates < values, e.sayDate(name, v.form)
	default:
		v.kind = Text
		if e.fewDiffer(values) {
			v.kind = Category
		}
		v.said = e.sayMixed(name, numbers, values, v.kind)
	}
	return v
}

// butSlips reports whether all values but slips are of a kind that so many
// are of. In a short column that is one value, and only where the column would
// be free text otherwise: "0", "1", "2" and "3+" are levels, however few rows
// hold the last one.
func (e *evidence) butSlips(alike, values int32) bool {
	others := float64(values - alike)
	return others <= slipShare*float64(values) ||
		others == 1 && !e.fewDiffer(values)
}

// fewDiffer reports whether so few of the values differ that they are levels.
func (e *evidence) fewDiffer(values int32) bool {
	return e.different() <= max(fewLevels, levelsShare*float64(values))
}

// sayMixed says what kept a column from being one of numbers.
func (e *evidence) sayMixed(name string, numbers, values int32, kind Kind) string {
	bare, _ := e.bare.read(true)
	signed, _ := e.percent.read(true)
	switch {
	case e.odd != "" && numbers > values/2:
		return fmt.Sprintf("column %s: %d of %d values are numbers, but %q in row %d is none: read as %v", name, numbers, values, e.odd, e.oddRow, kind)
	case e.apart != "" && max(e.groups[0].fit, e.groups[1].fit) > values/2:
		return fmt.Sprintf("column %s: %q in row %d has its thousands apart, and not every value is such a number: read as %v; write numbers without the mark", name, e.apart, e.apartRow, kind)
	case signed > 0 && bare+signed > values/2:
		return fmt.Sprintf("column %s: numbers with a percent sign in %d of %d values: read as %v", name, signed, values, kind)
	}
	return ""
}

// dateForm returns the form that the most dates have.
func (e *evidence) dateForm() dateForm {
	best := yearFirst
	for form := range dateForms {
		if e.forms[form] > e.forms[best] {
			best = form
		}
	}
	return best
}

func (e *evidence) sayDate(name string, form dateForm) string {
	switch {
	case form == monthFirst && e.forms[dayFirst] == e.forms[monthFirst]:
		return fmt.Sprintf("column %s: day and month may be swapped, since no day is past 12; dates are read as %v", name, form)
	case form != yearFirst:
		return fmt.Sprintf("column %s: dates are %v", name, form)
	}
	return ""
}

// different estimates the number of different values. Numbers in a column of
// texts are counted by linear counting over 64 classes (Whang 1990), which is
// sure of up to about a hundred.
func (e *evidence) different() float64 {
	n := float64(len(e.distinct))
	empty := 64 - bits.OnesCount64(e.spread)
	if empty == 0 {
		return n + float64(e.bare.numbers)
	}
	return n + min(float64(e.bare.numbers), 64*math.Log(64/float64(empty)))
}

// clip shortens a text for a message.
func clip(text []byte) string {
	const longest = 40
	if len(text) > longest {
		return string(text[:longest]) + "..."
	}
	return string(text)
}
