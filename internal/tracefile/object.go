package tracefile

import (
	"encoding/json"
	"math"
	"strconv"
)

// An object is the JSON of a record, as far as it is written.
type object []byte

// begin appends a record to b, without its end.
func begin(b []byte, kind string) object {
	b = append(b, `{"k":"`...)
	b = append(b, kind...)
	return append(b, '"')
}

// name begins a field. It is one of ours and needs no escapes.
func (o object) name(name string) object {
	if o[len(o)-1] != '{' {
		o = append(o, ',')
	}
	o = append(o, '"')
	o = append(o, name...)
	return append(o, '"', ':')
}

// open begins an object in this one; end ends the last begun.
func (o object) open(name string) object { return append(o.name(name), '{') }

func (o object) end() object { return append(o, '}') }

func (o object) text(name, v string) object {
	o = o.name(name)
	for i := range len(v) {
		if c := v[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(v) // any string has a JSON
			return append(o, quoted...)
		}
	}
	o = append(o, '"')
	o = append(o, v...)
	return append(o, '"')
}

// texts writes an array of strings.
func (o object) texts(name string, values []string) object {
	quoted, _ := json.Marshal(values) // any strings have a JSON
	return append(o.name(name), quoted...)
}

func (o object) whole(name string, v int64) object {
	return strconv.AppendInt(o.name(name), v, 10)
}

// real writes the shortest digits that read back as v.
func (o object) real(name string, v float64) object {
	o = o.name(name)
	if s := special(v); s != "" {
		return append(o, s...)
	}
	return strconv.AppendFloat(o, v, 'g', -1, 64)
}

// six writes six digits, which is about what a float32 holds.
func (o object) six(name string, v float64) object { return appendSix(o.name(name), v) }

// wholes writes an array, or nothing where it is absent.
func (o object) wholes(name string, values ints) object {
	if values == nil {
		return o
	}
	o = append(o.name(name), '[')
	for i, v := range values {
		if i > 0 {
			o = append(o, ',')
		}
		o = strconv.AppendInt(o, v, 10)
	}
	return append(o, ']')
}

// reals writes an array with six digits, or nothing where it is absent.
func (o object) reals(name string, values floats) object { return sixes(o, name, values) }

func sixes[T float32 | float64](o object, name string, values []T) object {
	if values == nil {
		return o
	}
	o = append(o.name(name), '[')
	for i, v := range values {
		if i > 0 {
			o = append(o, ',')
		}
		o = appendSix(o, float64(v))
	}
	return append(o, ']')
}

// special returns the JSON of a number that is not finite, "" of others.
func special(v float64) string {
	switch {
	case math.IsNaN(v):
		return `"nan"`
	case math.IsInf(v, 1):
		return `"inf"`
	case math.IsInf(v, -1):
		return `"-inf"`
	}
	return ""
}
