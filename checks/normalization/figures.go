package normalization

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// figure writes v to three digits, without an exponent while it is of a usual
// size: 0.0476, 78.6, 21000.
func figure(v float64) string {
	if a := math.Abs(v); a >= 1e-4 && a < 1e7 {
		return fmt.Sprint(stat.Signif(v, 3))
	}
	return fmt.Sprintf("%.3g", v)
}

// center writes a mean to a hundredth of its std, so that it can be taken off
// without moving the rest: 1995.2 beside 11.
func center(m nnvet.Moments) string {
	if !(m.Std > 0) || math.Abs(m.Mean) >= 1e15 || m.Std < 1e-15 {
		return figure(m.Mean)
	}
	digits := max(0, 2-int(math.Floor(math.Log10(m.Std))))
	s := strconv.FormatFloat(m.Mean, 'f', digits, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

// standardized writes how to bring x to mean 0 and std 1: "(x - 33.3) / 78.6".
func standardized(x string, m nnvet.Moments) string {
	switch c := center(m); {
	case math.Abs(m.Mean) < m.Std/100:
		return fmt.Sprintf("%s / %s", x, figure(m.Std))
	case c[0] == '-':
		return fmt.Sprintf("(%s + %s) / %s", x, c[1:], figure(m.Std))
	default:
		return fmt.Sprintf("(%s - %s) / %s", x, c, figure(m.Std))
	}
}

// short writes a figure in at most seven characters, for the board: 0.12, 1.0,
// 79, 2600, -2e+06.
func short(v float64) string {
	two := stat.Signif(v, 2)
	switch a := math.Abs(two); {
	case a >= 10 && a < 1e5:
		return fmt.Sprintf("%.0f", two)
	case a >= 1 && a < 10:
		return fmt.Sprintf("%.1f", two)
	case a >= 1e-3 && a < 1 || a == 0:
		return fmt.Sprintf("%.2g", two)
	}
	return fmt.Sprintf("%.1g", v)
}

// brief names the figure of m that is further off: "mean 2000", "std 79".
func brief(m nnvet.Moments) string {
	if math.Abs(m.Mean) > m.Std {
		return "mean " + short(m.Mean)
	}
	return "std " + short(m.Std)
}
