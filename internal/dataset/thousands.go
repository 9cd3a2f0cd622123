package dataset

import (
	"bytes"
	"fmt"
)

// points are the marks before the fraction of a number; each of them separates
// thousands where the other one is the point.
var points = [2]byte{'.', ','}

// groups counts what a column would be with thousands apart by either mark, by
// the index of the point in points.
type groups [2]struct {
	fit  int32 // numbers then
	with int32 // of these with a mark between thousands
	sure int32 // of these no number in any other way: 1,379.91 or 1,234,567, but not 1,379
}

// add takes a value, which is a plain number with a point or not.
func (g *groups) add(text []byte, plain bool) {
	for i, point := range points {
		switch {
		case plain && (point == '.' || bytes.IndexByte(text, '.') < 0):
			g[i].fit++
		case isGrouped(text, point):
			g[i].fit++
			g[i].with++
			if _, comma := parseNumber(text, ','); !plain && !comma {
				g[i].sure++
			}
		case !plain:
			if _, ok := parseNumber(text, point); ok {
				g[i].fit++
			}
		}
	}
}

func (g *groups) merge(o *groups) {
	for i := range g {
		g[i].fit += o[i].fit
		g[i].with += o[i].with
		g[i].sure += o[i].sure
	}
}

// point returns the point of a column in which thousands are apart, if every
// value fits. A comma that may as well be a decimal one is that where it can be.
func (g *groups) point(values int32, decimalComma bool) (point byte, apart bool) {
	for i, point := range points {
		c := g[i]
		if c.fit == values && (c.sure > 0 || c.with > 0 && point == '.' && !decimalComma) {
			return point, true
		}
	}
	return 0, false
}

// between is the mark of thousands where the point is another.
func between(point byte) byte {
	if point == '.' {
		return ','
	}
	return '.'
}

// isGrouped reports whether a text is a number whose thousands are apart:
// "-1,234,567.8", but not "0,123" and "12,34".
func isGrouped(b []byte, point byte) bool {
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		b = b[1:]
	}
	whole, fraction, _ := bytes.Cut(b, []byte{point})
	parts := bytes.Split(whole, []byte{between(point)})
	if len(parts) < 2 || len(parts[0]) == 0 || len(parts[0]) > 3 || parts[0][0] == '0' || !areDigits(fraction) {
		return false
	}
	for i, part := range parts {
		if !areDigits(part) || i > 0 && len(part) != 3 {
			return false
		}
	}
	return true
}

func areDigits(b []byte) bool {
	return bytes.IndexFunc(b, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// parseApart is parseNumber for numbers of which some have their thousands apart.
func parseApart(b []byte, point byte) (float64, bool) {
	if isGrouped(b, point) {
		b = bytes.ReplaceAll(b, []byte{between(point)}, nil)
	}
	return parseNumber(b, point)
}

// sayApart says how numbers are read whose thousands are apart.
func sayApart(name string, point byte) string {
	return fmt.Sprintf("column %s: numbers with a %q between thousands", name, between(point))
}
