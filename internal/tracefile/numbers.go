package tracefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
)

// number is a JSON number, or one of the strings "nan", "inf" and "-inf".
type number float64

// A Number is what recorders outside set optional figures to.
type Number = number

func (n *number) UnmarshalJSON(b []byte) error {
	v, err := parseFloat(b)
	*n = number(v)
	return err
}

// orNaN returns a number that may be absent.
func orNaN(v *number) float64 {
	if v == nil {
		return math.NaN()
	}
	return float64(*v)
}

// setting is a number, or a boolean in the place of 0 or 1.
type setting float64

func (s *setting) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "true":
		*s = 1
	case "false":
		*s = 0
	default:
		return (*number)(s).UnmarshalJSON(b)
	}
	return nil
}

// floats is an array of numbers. It is parsed as a whole, since the decoder
// would take several times as long to parse one at a time.
type floats []float64

func (f *floats) UnmarshalJSON(b []byte) (err error) {
	*f, err = parseArray(b, parseFloat)
	return err
}

// A gap is a number or null, where there is none.
type gap struct {
	v     float64
	known bool
}

// gaps is an array of numbers of which some are missing.
type gaps []gap

func (g *gaps) UnmarshalJSON(b []byte) (err error) {
	*g, err = parseArray(b, func(b []byte) (gap, error) {
		if string(b) == "null" {
			return gap{}, nil
		}
		v, err := parseFloat(b)
		return gap{v, true}, err
	})
	return err
}

// ints is an array of whole numbers.
type ints []int64

// Counts are what recorders outside make rows of counts of.
type Counts = ints

func (n *ints) UnmarshalJSON(b []byte) (err error) {
	*n, err = parseArray(b, parseInt)
	return err
}

// parseArray parses a JSON array, which the decoder has found to be valid.
// A null is no array: it stays nil.
func parseArray[T any](b []byte, parse func([]byte) (T, error)) ([]T, error) {
	if string(b) == "null" {
		return nil, nil
	}
	if b[0] != '[' {
		return nil, errors.New("not an array")
	}
	b = bytes.TrimSpace(b[1 : len(b)-1])
	if len(b) == 0 {
		return []T{}, nil
	}
	out := make([]T, 0, bytes.Count(b, []byte{','})+1)
	for more := true; more; {
		var element []byte
		element, b, more = bytes.Cut(b, []byte{','})
		v, err := parse(bytes.TrimSpace(element))
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func parseFloat(b []byte) (float64, error) {
	switch string(b) {
	case `"nan"`:
		return math.NaN(), nil
	case `"inf"`:
		return math.Inf(1), nil
	case `"-inf"`:
		return math.Inf(-1), nil
	}
	v, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return 0, fmt.Errorf("%.20q is no number", b)
	}
	return v, nil
}

func parseInt(b []byte) (int64, error) {
	v, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%.20q is no whole number", b)
	}
	return v, nil
}

// Text is a JSON string, or a number taken as it is written.
type Text string

func (t *Text) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, (*string)(t))
	}
	n, err := parseInt(b)
	*t = Text(strconv.FormatInt(n, 10))
	return err
}
