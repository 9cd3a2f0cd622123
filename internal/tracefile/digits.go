package tracefile

import (
	"math"
	"strconv"
)

// powers are those of ten from -10 to 20.
var powers = [...]float64{
	1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1,
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10,
	1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
}

// appendSix appends v to six significant digits, the same bytes as
// strconv.AppendFloat(b, v, 'g', 6, 64) in less than half of its time, which is
// most of what a record of tensors takes. What is not finite becomes a string.
func appendSix(b []byte, v float64) []byte {
	if s := special(v); s != "" {
		return append(b, s...)
	}
	n, e, ok := sixDigits(math.Abs(v))
	if !ok {
		return strconv.AppendFloat(b, v, 'g', 6, 64)
	}
	if v < 0 {
		b = append(b, '-')
	}
	d := [6]byte{}
	for i := len(d) - 1; i >= 0; i-- {
		d[i] = '0' + byte(n%10)
		n /= 10
	}
	k := len(d) // without zeros at the end
	for d[k-1] == '0' {
		k--
	}
	switch {
	case e < -4 || e >= len(d):
		b = append(b, d[0])
		if k > 1 {
			b = append(b, '.')
			b = append(b, d[1:k]...)
		}
		return appendExponent(b, e)
	case e < 0:
		b = append(b, "0.000"[:1-e]...)
		return append(b, d[:k]...)
	case k <= e+1:
		return append(b, d[:e+1]...)
	}
	b = append(b, d[:e+1]...)
	b = append(b, '.')
	return append(b, d[e+1:k]...)
}

// sixDigits returns n, of six digits, and e so that v is n*10^(e-5), rounded.
// Not ok: v is very small or large, or so near to half of the last digit that
// the product's error may decide.
func sixDigits(v float64) (n uint32, e int, ok bool) {
	if !(v >= 1e-14 && v < 1e14) {
		return 0, 0, false
	}
	e = (int(math.Float64bits(v)>>52) - 1023) * 1233 >> 12 // log10, rounded down, or one less
	scaled := v * powers[15-e]
	if scaled >= 999999.5 {
		e++
		scaled = v * powers[15-e]
	}
	n = uint32(scaled)
	rest := scaled - float64(n)
	if n < 100000 || math.Abs(rest-0.5) < 1e-6 {
		return 0, 0, false
	}
	if rest > 0.5 {
		n++
	}
	return n, e, true
}

func appendExponent(b []byte, e int) []byte {
	sign := byte('+')
	if e < 0 {
		sign, e = '-', -e
	}
	return append(b, 'e', sign, '0'+byte(e/10), '0'+byte(e%10))
}
