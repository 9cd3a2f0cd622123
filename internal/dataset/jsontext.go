package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// A jsonText is what is left to read of a line (RFC 8259). NaN and Infinity,
// which are no JSON, are read as Python writes them.
type jsonText struct{ rest []byte }

// A jsonValue is what may stand in a cell.
type jsonValue struct {
	text   []byte // of a string, number, true or false
	quoted bool
	null   bool
	list   bool // of numbers
}

var errNoObject = errors.New("not an object in JSON: each line holds one, {\"name\": value, ...}")

// object reads the one object of a line, and calls member behind each key,
// which is to read the value.
func (t *jsonText) object(member func(key []byte) error) error {
	if !t.take('{') {
		return errNoObject
	}
	if t.take('}') {
		return t.end()
	}
	for {
		t.space()
		key, ok := t.text()
		if !ok || !t.take(':') {
			return t.broken()
		}
		if err := member(key); err != nil {
			return err
		}
		if t.take('}') {
			return t.end()
		}
		if !t.take(',') {
			return t.broken()
		}
	}
}

func (t *jsonText) end() error {
	if t.space(); len(t.rest) > 0 {
		return fmt.Errorf("%q behind the object: each line holds one", clip(t.rest))
	}
	return nil
}

func (t *jsonText) broken() error {
	if len(t.rest) == 0 {
		return errors.New("broken JSON: the line ends inside the object")
	}
	return fmt.Errorf("broken JSON at %q", clip(t.rest))
}

func (t *jsonText) space() { t.rest = bytes.TrimLeft(t.rest, " \t\r") }

// take skips a character, and the space around it.
func (t *jsonText) take(c byte) bool {
	t.space()
	if len(t.rest) == 0 || t.rest[0] != c {
		return false
	}
	t.rest = t.rest[1:]
	t.space()
	return true
}

func (t *jsonText) value(list *[]float32) (jsonValue, error) {
	t.space()
	if len(t.rest) == 0 {
		return jsonValue{}, t.broken()
	}
	switch t.rest[0] {
	case '"':
		text, ok := t.text()
		if !ok {
			return jsonValue{}, t.broken()
		}
		return jsonValue{text: text, quoted: true}, nil
	case '{':
		return jsonValue{}, errors.New("an object inside the object: write its members as columns of their own")
	case '[':
		return jsonValue{list: true}, t.list(list)
	}
	text, ok := t.scalar()
	if !ok {
		return jsonValue{}, t.broken()
	}
	return jsonValue{text: text, null: string(text) == "null" || string(text) == "NaN"}, nil
}

// text reads a string.
func (t *jsonText) text() ([]byte, bool) {
	b := t.rest
	if len(b) == 0 || b[0] != '"' {
		return nil, false
	}
	escaped := false
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			t.rest = b[i+1:]
			if escaped {
				return unescape(b[:i+1])
			}
			return b[1:i], true
		case c == '\\':
			escaped = true
			i++
		case c < ' ':
			return nil, false
		}
	}
	return nil, false
}

func unescape(quoted []byte) ([]byte, bool) {
	var s string
	if err := json.Unmarshal(quoted, &s); err != nil {
		return nil, false
	}
	return []byte(s), true
}

// scalar reads a number or a word.
func (t *jsonText) scalar() ([]byte, bool) {
	n := bytes.IndexAny(t.rest, ",]} \t\r")
	if n < 0 {
		n = len(t.rest)
	}
	s := t.rest[:n]
	switch string(s) {
	case "true", "false", "null", "NaN", "Infinity", "-Infinity":
	default:
		if !jsonNumber(s) {
			return nil, false
		}
	}
	t.rest = t.rest[n:]
	return s, true
}

// list reads an array of numbers.
func (t *jsonText) list(list *[]float32) error {
	*list = (*list)[:0]
	t.take('[')
	if t.take(']') {
		return nil
	}
	for {
		text, ok := t.scalar()
		if !ok {
			return errors.New("a list of something else than numbers: write its members as columns of their own")
		}
		v, ok := parseNumber(text, '.')
		if !ok {
			return fmt.Errorf("%q in a list of numbers", clip(text))
		}
		*list = append(*list, float32(v))
		if t.take(']') {
			return nil
		}
		if !t.take(',') {
			return t.broken()
		}
	}
}

// jsonNumber reports whether b is a number as JSON has it: no +1, 01, .5, 5.
func jsonNumber(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte("-"))
	whole := countDigits(b)
	if whole == 0 || whole > 1 && b[0] == '0' {
		return false
	}
	if b = b[whole:]; len(b) > 0 && b[0] == '.' {
		n := countDigits(b[1:])
		if n == 0 {
			return false
		}
		b = b[1+n:]
	}
	if len(b) > 0 && b[0]|0x20 == 'e' {
		b = b[1:]
		if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
			b = b[1:]
		}
		n := countDigits(b)
		return n > 0 && n == len(b)
	}
	return len(b) == 0
}

func countDigits(b []byte) int {
	n := 0
	for n < len(b) && b[n]-'0' <= 9 {
		n++
	}
	return n
}
