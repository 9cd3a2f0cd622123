package recipe

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// errTable says which recipes become rows of code in every language.
var errTable = errors.New("the recipe is of images or sequences: only NumPy code is written for those")

// table reports whether rows of numbers come in.
func (r *Recipe) table() bool { return r.Layout == "features" }

// A dialect is how a language writes what a formula needs.
type dialect struct {
	read  string // column %d
	every string // what Every is applied to
	clip  string // of %[1]s at %[2]s
	log   string // of %s
}

var (
	numpy  = dialect{read: "x[:, %d]", every: "x", clip: "np.clip(%[1]s, -%[2]s, %[2]s)", log: "np.log1p(np.maximum(%s, 0))"}
	last   = dialect{read: "x[..., %d]", every: "x", clip: numpy.clip, log: numpy.log}
	golang = dialect{read: "row[%d]", every: "v", clip: "math.Max(-%[2]s, math.Min(%[2]s, %[1]s))", log: "math.Log1p(math.Max(%s, 0))"}
)

// formula writes what becomes of x.
func (d dialect) formula(c *Column, x string) string {
	switch c.How {
	case Standardize, Shared:
		return over(less(x, c.Center), c.Scale)
	case Scale:
		return over(x, c.Scale)
	case Robust:
		return fmt.Sprintf(d.clip, over(less(x, c.Center), c.Scale), number(c.Clip))
	case Log:
		return over(less(fmt.Sprintf(d.log, x), c.Center), c.Scale)
	case Bytes:
		return x + " / " + number(halfByte) + " - 1"
	}
	return x
}

func less(x string, center float64) string {
	switch {
	case center == 0:
		return x
	case center < 0:
		return "(" + x + " + " + number(-center) + ")"
	}
	return "(" + x + " - " + number(center) + ")"
}

func over(x string, scale float64) string {
	if scale != 1 {
		return x + " / " + number(scale)
	}
	if inner, ok := strings.CutPrefix(x, "("); ok {
		return strings.TrimSuffix(inner, ")")
	}
	return x
}

// number writes a figure so that every language reads the same float64.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// remark writes a column's name and reason on one line, whatever the name holds.
func (c *Column) remark() string {
	text := c.Why
	if c.Name != "" {
		text = c.Name + ": " + text
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) && r != unicode.ReplacementChar {
			return r
		}
		return ' '
	}, text)
}
