package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet/internal/plural"
)

// num returns v in about three digits: "0.0123", "79", "4096", "3.1e-7", and
// "NaN", "inf" or "-inf".
func num(v float64) string {
	a := math.Abs(v)
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 0):
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(v, 'g', -1, 64), "+"))
	case v == math.Trunc(v) && a < 1e6: // counts are exact
		return strconv.FormatFloat(v+0, 'f', -1, 64)
	case a >= 999.5 && a < 1e5:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case a < 1e-3 || a >= 1e5:
		return exponent(strconv.FormatFloat(v, 'e', 1, 64))
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// sci returns v as the columns of a table want it: "3.1e-7".
func sci(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return num(v)
	}
	return exponent(strconv.FormatFloat(v, 'e', 1, 64))
}

// exponent shortens "3.0e-07" to "3e-7".
func exponent(s string) string {
	mantissa, exp, _ := strings.Cut(s, "e")
	n, _ := strconv.Atoi(exp)
	return fmt.Sprintf("%se%d", strings.TrimSuffix(mantissa, ".0"), n)
}

// measure returns v with its unit.
func measure(v float64, unit string) string {
	if unit == "" {
		return num(v)
	}
	return num(v) + " " + unit
}

// percent returns a share as "9.8 %".
func percent(share float64) string {
	if math.IsNaN(share) || math.IsInf(share, 0) {
		return num(share)
	}
	return fmt.Sprintf("%.1f %%", 100*share)
}

// count returns "1 error", "2 errors".
func count(n int, what string) string { return plural.Of(n, what) }

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

var nan = math.NaN()
