package dataset

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
	"unsafe"
)

// pow10 holds the powers of ten that a float64 holds exactly.
var pow10 = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// tens holds the powers of ten that a uint64 holds.
var tens = [...]uint64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19}

// scanNumber reads the plain decimal number that b begins with, and returns
// where it ends. It is not ok, which says nothing, where it cannot be sure of
// the last bit: then parseNumber has to look at the whole field.
func scanNumber(b []byte) (v float64, end int, ok bool) {
	i := 0
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		i = 1
	}
	first := i
	mantissa, i := scanDigits(b, i, 0)
	digits, fraction := i-first, 0
	if i < len(b) && b[i] == '.' {
		first = i + 1
		mantissa, i = scanDigits(b, first, mantissa)
		fraction = i - first
		digits += fraction
	}
	if digits == 0 || digits >= len(tens) {
		return 0, 0, false
	}
	exponent := -fraction
	if i < len(b) && b[i]|0x20 == 'e' {
		e, after := scanExponent(b[i+1:])
		if after == 0 {
			return 0, 0, false
		}
		exponent += e
		i += 1 + after
	}
	if v, ok = scaled(mantissa, exponent); negative {
		v = -v
	}
	return v, i, ok
}

// scanDigits appends the digits from i on to a number, and returns where they
// end. The number is of no use where it has more than 19 digits.
func scanDigits(b []byte, i int, n uint64) (uint64, int) {
	for i+8 <= len(b) {
		// Eight characters at a time, as the bytes of a word: those before the
		// first that is no digit are moved to its top, with zeros before them,
		// and added up in pairs, fours and eights.
		word := binary.LittleEndian.Uint64(b[i:]) ^ 0x3030303030303030
		others := (word + 0x7676767676767676 | word) & 0x8080808080808080 // right up to the first one
		count := bits.TrailingZeros64(others) / 8
		word <<= 64 - 8*count
		word = word * (1 + 10<<8) >> 8 & 0x00ff00ff00ff00ff
		word = word * (1 + 100<<16) >> 16 & 0x0000ffff0000ffff
		word = word * (1 + 10000<<32) >> 32
		n = n*tens[count] + word
		i += count
		if count < 8 {
			return n, i
		}
	}
	for i < len(b) && b[i]-'0' <= 9 {
		n = n*10 + uint64(b[i]-'0')
		i++
	}
	return n, i
}

// scaled returns mantissa times ten to the exponent, rounded once to the
// nearest float64; not ok where that takes more than a word.
func scaled(mantissa uint64, exponent int) (float64, bool) {
	const exact = 1 << 53 // up to here, and up to 10^22, a float64 holds an integer (Clinger 1990)
	switch {
	case mantissa <= exact && exponent <= 0 && exponent >= -22:
		return float64(mantissa) / pow10[-exponent], true
	case mantissa <= exact && exponent > 0 && exponent <= 22:
		return float64(mantissa) * pow10[exponent], true
	case exponent > 0 || exponent <= -len(tens):
		return 0, false
	}
	// Divide with 63 bits or more in the quotient. Its last bit stands in for
	// all that follow, far below the bit that decides on rounding.
	divisor := tens[-exponent]
	up, down := bits.LeadingZeros64(mantissa), bits.LeadingZeros64(divisor)
	m := mantissa << up
	q, rest := bits.Div64(m>>1, m<<63, divisor<<down)
	if rest != 0 {
		q |= 1
	}
	return float64(q) * math.Float64frombits(uint64(1023-63+down-up)<<52), true
}

// scanExponent reads what follows the e of a number; it ends at 0 where that
// is no exponent, or a huge one.
func scanExponent(b []byte) (e, end int) {
	i, negative := 0, false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		negative = b[0] == '-'
		i = 1
	}
	first := i
	for i < len(b) && b[i]-'0' <= 9 {
		e = e*10 + int(b[i]-'0')
		i++
	}
	if i == first || i-first > 4 {
		return 0, 0
	}
	if negative {
		e = -e
	}
	return e, i
}

// parseNumber returns the value of a decimal number whose point is a '.' or a
// ','. Unlike strconv.ParseFloat it takes no 1_000, 0x1p4 and nan, and nothing
// beyond the range of a float64; "inf" is infinite.
func parseNumber(b []byte, point byte) (float64, bool) {
	if point == '.' {
		if v, end, ok := scanNumber(b); ok && end == len(b) {
			return v, true
		}
	}
	if len(b) == 0 || len(b) > 1<<10 {
		return 0, false
	}
	if !decimal(b, point) {
		return infinity(b)
	}
	if point != '.' {
		b = bytes.Replace(b, []byte{point}, []byte{'.'}, 1)
	}
	v, err := strconv.ParseFloat(unsafe.String(&b[0], len(b)), 64) // which keeps nothing of the text but in its errors
	return v, err == nil
}

// beforePercent returns what stands before a percent sign at the end.
func beforePercent(b []byte) (number []byte, signed bool) {
	number, signed = bytes.CutSuffix(b, []byte{'%'})
	return bytes.TrimRight(number, " "), signed
}

// decimal reports whether b is digits with at most one point, a sign before
// and an exponent behind.
func decimal(b []byte, point byte) bool {
	if b[0] == '-' || b[0] == '+' {
		b = b[1:]
	}
	digits, points := 0, 0
	for i, c := range b {
		switch {
		case c-'0' <= 9:
			digits++
		case c == point && points == 0:
			points++
		case c|0x20 == 'e' && digits > 0:
			_, end := scanExponent(b[i+1:])
			return end > 0 && end == len(b)-i-1
		default:
			return false
		}
	}
	return digits > 0
}

func infinity(b []byte) (float64, bool) {
	sign := 1
	if b[0] == '-' || b[0] == '+' {
		if b[0] == '-' {
			sign = -1
		}
		b = b[1:]
	}
	if len(b) <= 8 && (bytes.EqualFold(b, []byte("inf")) || bytes.EqualFold(b, []byte("infinity"))) {
		return math.Inf(sign), true
	}
	return 0, false
}
