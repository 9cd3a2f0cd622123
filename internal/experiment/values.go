package experiment

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Bounds of a number. The zero bounds allow every finite one. To the engine 0
// means a setting's default, so where that is another one 0 is out of bounds.
type bounds struct {
	says   string
	schema object
	ok     func(float64) bool
}

var (
	positive    = bounds{"above 0", object{"exclusiveMinimum": 0}, func(v float64) bool { return v > 0 }}
	nonNegative = bounds{"at least 0", object{"minimum": 0}, func(v float64) bool { return v >= 0 }}
	atLeast1    = bounds{"at least 1", object{"minimum": 1}, func(v float64) bool { return v >= 1 }}
	share       = bounds{"from 0 to 1", object{"minimum": 0, "maximum": 1}, func(v float64) bool { return v >= 0 && v <= 1 }}
	shareAbove0 = bounds{"above 0 and at most 1", object{"exclusiveMinimum": 0, "maximum": 1}, func(v float64) bool { return v > 0 && v <= 1 }}
	partAbove0  = bounds{"above 0 and below 1", object{"exclusiveMinimum": 0, "exclusiveMaximum": 1}, func(v float64) bool { return v > 0 && v < 1 }}
	notZero     = bounds{"another number than 0", object{"not": object{"const": 0}}, func(v float64) bool { return v != 0 }}
	part        = bounds{"at least 0 and below 1", object{"minimum": 0, "exclusiveMaximum": 1}, func(v float64) bool { return v >= 0 && v < 1 }}
)

// set reads a value into a setting.
func (r *reader) set(s setting, v *value) {
	if v.form == nothing {
		r.fault(v.at, "%s has no value: give it one, or leave the key out", s.name)
		return
	}
	if s.auto && v.is("auto") {
		return // as when the key is left out
	}
	switch to := s.to.(type) {
	case *float64:
		if n, ok := r.number(s, v); ok {
			*to = n
		}
	case *int:
		if n, ok := r.whole(s, v); ok {
			*to = int(n)
		}
	case *int64:
		if n, ok := r.whole(s, v); ok {
			*to = n
		}
	case *bool:
		if v.is("true") || v.is("false") {
			*to = v.text == "true"
		} else {
			r.fault(v.at, "%s must be true or false, not %s", s.name, v)
		}
	case *string:
		if t, ok := r.word(s, v); ok {
			*to = t
		}
	case *[]string:
		items := r.list(s, v)
		s.name = strings.TrimSuffix(s.name, "s") // of one of them
		for _, item := range items {
			if t, ok := r.word(s, item); ok {
				*to = append(*to, t)
				r.mention(t, item.at)
			}
		}
	case *[2]int:
		r.pair(s, v, to)
	case taker:
		to.take(r, s, v)
	}
}

// is reports whether a value is that word, written plainly.
func (v *value) is(word string) bool { return v.form == scalar && !v.quoted && v.text == word }

// String returns a value as messages show it.
func (v *value) String() string {
	if v.form != scalar {
		return v.form.String()
	}
	const longest = 40
	if len(v.text) > longest {
		return fmt.Sprintf("%.*q...", longest, v.text)
	}
	return strconv.Quote(v.text)
}

// number reads a finite number within the bounds. YAML's .inf and .nan, hex
// digits and underscores are none.
func (r *reader) number(s setting, v *value) (float64, bool) {
	n, err := strconv.ParseFloat(v.text, 64)
	plain := v.form == scalar && !v.quoted && strings.Trim(v.text, "0123456789+-.eE") == ""
	switch {
	case !plain || err != nil || math.IsInf(n, 0):
		auto := ""
		if s.auto {
			auto = ", or auto"
		}
		r.fault(v.at, "%s must be a number%s, not %s", s.name, auto, v)
		return 0, false
	case s.bounds.ok != nil && !s.bounds.ok(n):
		r.fault(v.at, "%s must be %s, not %s", s.name, s.bounds.says, v.text)
		return 0, false
	}
	return n, true
}

// whole reads a whole number that a float64 holds exactly.
func (r *reader) whole(s setting, v *value) (int64, bool) {
	const most = 1 << 53
	n, ok := r.number(s, v)
	if ok && (n != math.Trunc(n) || math.Abs(n) > most) {
		r.fault(v.at, "%s must be a whole number, not %s", s.name, v.text)
		ok = false
	}
	return int64(n), ok
}

// word reads a text, one of the options where there are some.
func (r *reader) word(s setting, v *value) (string, bool) {
	switch {
	case v.form != scalar:
		r.fault(v.at, "%s must be a text, not %v", s.name, v.form)
		return "", false
	case v.text == "":
		r.fault(v.at, "%s is empty", s.name)
		return "", false
	case s.options != nil && !slices.Contains(s.options, v.text):
		r.fault(v.at, "unknown %s %s%s", s.name, v, meant(v.text, s.options))
		return "", false
	}
	return v.text, true
}

// list returns the items of a list; a single value is a list of one.
func (r *reader) list(s setting, v *value) []*value {
	switch v.form {
	case list:
		return v.items
	case scalar:
		return []*value{v}
	}
	r.fault(v.at, "%s must be a list, not %v", s.name, v.form)
	return nil
}

// pair reads [height, width], or one number for both.
func (r *reader) pair(s setting, v *value, to *[2]int) {
	items := r.list(s, v)
	if len(items) == 0 || len(items) > 2 {
		if v.form == list {
			r.fault(v.at, "%s must be one number or two, [height, width], not %d", s.name, len(items))
		}
		return
	}
	for i := range to {
		if n, ok := r.whole(s, items[min(i, len(items)-1)]); ok {
			to[i] = int(min(n, math.MaxInt32))
		} else if len(items) == 1 {
			return
		}
	}
}
