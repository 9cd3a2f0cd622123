package prepare

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/nnvet/nnvet/internal/dataset"
)

// What a coder gives besides places in its list.
const (
	noValue = -1 // the value is missing
	unknown = -2 // it is not in the list
)

// A coder finds the values of a column in a list of names. Texts are
// themselves; numbers are named as [numberName] writes them, so that levels
// which one file holds as texts and another as numbers are the same.
type coder struct {
	column  *dataset.Column
	places  []int32           // by code, for texts
	numbers map[float64]int32 // for numbers
}

// newCoder returns false for a column that has no levels: arrays and dates.
func newCoder(c *dataset.Column, names []string) (coder, bool) {
	k := coder{column: c}
	switch c.Kind {
	case dataset.Category, dataset.Text:
		place := make(map[string]int32, len(names))
		for i, name := range names {
			place[name] = int32(i)
		}
		k.places = make([]int32, len(c.Levels))
		for code, level := range c.Levels {
			k.places[code] = unknown
			if i, ok := place[level]; ok {
				k.places[code] = i
			}
		}
	case dataset.Number:
		k.numbers = make(map[float64]int32, len(names))
		for i, name := range names {
			if v, err := strconv.ParseFloat(name, 64); err == nil && numberName(v) == name {
				k.numbers[v] = int32(i)
			}
		}
	default:
		return coder{}, false
	}
	return k, true
}

func (k coder) at(row int) int32 {
	if k.column.Kind == dataset.Number {
		v := k.column.Numbers[row]
		if v != v {
			return noValue
		}
		if i, ok := k.numbers[v]; ok {
			return i
		}
		return unknown
	}
	switch code := k.column.Codes[row]; {
	case code == noValue:
		return noValue
	case code < 0 || int(code) >= len(k.places):
		return unknown // Beyond
	default:
		return k.places[code]
	}
}

// numberName writes a number so that it can be read back.
func numberName(v float64) string {
	return strconv.FormatFloat(v+0, 'g', -1, 64) // -0+0 is 0
}

// A level is a value that rows share.
type level struct {
	name   string
	number float64
	rows   int
	first  int // row
}

// levelsOf counts the values of a column in some rows: numbers in ascending
// order, texts in the order of their bytes. Arrays and dates have none. The
// search ends where there are more than most, since memory does.
func levelsOf(c *dataset.Column, rows []int, most int) (found []level, missing int) {
	switch c.Kind {
	case dataset.Category, dataset.Text:
		return textLevels(c, rows)
	case dataset.Number:
		return numberLevels(c, rows, most)
	}
	return nil, 0
}

func textLevels(c *dataset.Column, rows []int) (found []level, missing int) {
	counts, first := make([]int, len(c.Levels)), make([]int, len(c.Levels))
	for _, row := range rows {
		switch code := c.Codes[row]; {
		case code == noValue:
			missing++
		case code >= 0 && int(code) < len(counts):
			if counts[code] == 0 {
				first[code] = row
			}
			counts[code]++
		}
	}
	for code, n := range counts {
		if n > 0 {
			found = append(found, level{name: c.Levels[code], rows: n, first: first[code]})
		}
	}
	slices.SortStableFunc(found, func(a, b level) int { return cmp.Compare(a.name, b.name) })
	return merged(found), missing
}

func numberLevels(c *dataset.Column, rows []int, most int) (found []level, missing int) {
	place := make(map[float64]int)
	for _, row := range rows {
		v := c.Numbers[row]
		if v != v {
			missing++
			continue
		}
		i, ok := place[v]
		if !ok && len(found) > most {
			break
		}
		if !ok {
			i = len(found)
			place[v] = i
			found = append(found, level{name: numberName(v), number: v + 0, first: row})
		}
		found[i].rows++
	}
	slices.SortFunc(found, func(a, b level) int { return cmp.Compare(a.number, b.number) })
	return found, missing
}

// merged joins levels of one name, which two spellings in a file can come to.
func merged(sorted []level) []level {
	out := sorted[:0]
	for _, l := range sorted {
		if n := len(out); n > 0 && out[n-1].name == l.name {
			out[n-1].rows += l.rows
			out[n-1].first = min(out[n-1].first, l.first)
			continue
		}
		out = append(out, l)
	}
	return out
}

func levelNames(ls []level) []string {
	out := make([]string, len(ls))
	for i, l := range ls {
		out[i] = l.name
	}
	return out
}
