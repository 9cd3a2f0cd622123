package dataset

import (
	"fmt"
	"math"
	"slices"
)

// missing knows the texts that stand for no value.
type missing struct {
	texts map[string]bool
	// numbers are those of the texts that a person named that are numbers, like
	// -999: they mean the value, however a file writes it.
	numbers []marker
	// met says of the texts that a person named whether they were there. Columns
	// share it.
	met map[string]bool
}

// A marker is a number that stands for no value.
type marker struct {
	value float64
	text  string // as it was named
}

// usual are the texts that pandas, R, SQL and Weka write for no value, and
// what spreadsheets make of them.
var usual = [...]string{"", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-nan", "NAN", "null", "NULL", "Null", "None", "NaT", "?"}

func newMissing(more []string) missing {
	m := missing{texts: make(map[string]bool, len(usual)+len(more)), met: make(map[string]bool, len(more))}
	for _, s := range usual {
		m.texts[s] = true
	}
	for _, s := range more {
		m.texts[s] = true
		m.met[s] = false
		for _, point := range []byte{'.', ','} {
			number, _ := beforePercent([]byte(s))
			if v, ok := parseNumber(number, point); ok && !math.IsNaN(v) {
				m.numbers = append(m.numbers, marker{v, s})
			}
		}
	}
	return m
}

func (m missing) has(text []byte) bool {
	if len(text) > 0 && !m.texts[string(text)] {
		return false
	}
	if len(m.met) > 0 {
		m.meet(string(text))
	}
	return true
}

// hasNumber is has for what may be a number, and for its value, NaN where it is
// none; it costs nothing where none of the texts is one.
func (m missing) hasNumber(text []byte, v float64) bool {
	return len(m.numbers) > 0 && (m.has(text) || m.hasValue(v))
}

// hasValue is has for a number that is not written out.
func (m missing) hasValue(v float64) bool {
	for _, n := range m.numbers {
		if n.value == v {
			m.meet(n.text)
			return true
		}
	}
	return false
}

// blank makes NaN of the numbers that stand for no value.
func (m missing) blank(values []float64) {
	if len(m.numbers) == 0 {
		return
	}
	for i, v := range values {
		if m.hasValue(v) {
			values[i] = math.NaN()
		}
	}
}

func (m missing) meet(text string) {
	if met, named := m.met[text]; named && !met {
		m.met[text] = true
	}
}

// never says which texts of those that a person named stand nowhere, a sentence each.
func (m missing) never() []string {
	var out []string
	for text, met := range m.met {
		if !met {
			out = append(out, fmt.Sprintf("%q, which was to mean a missing value, stands in no column that was read", text))
		}
	}
	slices.Sort(out)
	return out
}
