package picture

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// num returns v in about three digits: "0.0123", "79", "3.1e-7", "NaN", "inf".
func num(v float64) string {
	a := math.Abs(v)
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	case v == math.Trunc(v) && a < 1e5:
		return strconv.FormatFloat(v+0, 'f', -1, 64)
	case a < 1e-3 || a >= 1e5:
		mantissa, exp, _ := strings.Cut(strconv.FormatFloat(v, 'e', 1, 64), "e")
		n, _ := strconv.Atoi(exp) // FormatFloat writes digits
		return fmt.Sprintf("%se%d", strings.TrimSuffix(mantissa, ".0"), n)
	case a >= 1000:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// percent returns a share as "9.8 %".
func percent(share float64) string {
	switch a := math.Abs(share); {
	case !(a < 1e6):
		return num(share)
	case share == 0 || a == 1 || a >= 0.1:
		return fmt.Sprintf("%.0f %%", 100*share)
	}
	return fmt.Sprintf("%.1f %%", 100*share)
}

// count returns "1 layer", "2 layers".
func count(n int, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case strings.HasSuffix(what, "ss"):
		return fmt.Sprintf("%d %ses", n, what)
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// px returns a coordinate with at most one decimal place.
func px(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(math.Round(v*10)/10+0, 'f', 1, 64), ".0")
}

// apart returns show, or, where it writes two of the numbers alike, a way to
// write as many decimal places as tell them apart.
func apart(vs []float64, show func(float64) string) func(float64) string {
	for i := 1; i < len(vs); i++ {
		if step := vs[i] - vs[i-1]; show(vs[i]) == show(vs[i-1]) && step > 0 {
			const most = 6
			places := min(most, max(0, int(math.Ceil(-math.Log10(step)-1e-9))))
			return func(v float64) string { return strconv.FormatFloat(v, 'f', places, 64) }
		}
	}
	return show
}
