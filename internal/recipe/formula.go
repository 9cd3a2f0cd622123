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
	log   string // log(1 + x), of x = %s
	exp   string // exp(x) - 1, of x = %s
}

var (
	numpy  = dialect{read: "x[:, %d]", every: "x", clip: "np.clip(%[1]s, -%[2]s, %[2]s)", log: "np.log1p(np.maximum(%s, 0))", exp: "np.expm1(%s)"}
	last   = dialect{read: "x[..., %d]", every: "x", clip: numpy.clip, log: numpy.log}
	golang = dialect{read: "row[%d]", every: "v", clip: "math.Max(-%[2]s, math.Min(%[2]s, %[1]s))", log: "math.Log1p(math.Max(%s, 0))", exp: "math.Expm1(%s)"}
	plain  = dialect{clip: "clip(%[1]s, -%[2]s, %[2]s)", log: "log(1 + %s)", exp: "exp(%s) - 1"}
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

// back writes what a prediction p of a target's output is in its own units.
func (d dialect) back(c *Column, p string) string {
	switch c.How {
	case Standardize, Shared:
		return plus(times(p, c.Scale), c.Center)
	case Log:
		return fmt.Sprintf(d.exp, plus(times(p, c.Scale), c.Center))
	}
	return p
}

func times(x string, scale float64) string {
	if scale == 1 {
		return x
	}
	return x + " * " + number(scale)
}

func plus(x string, center float64) string {
	switch {
	case center == 0:
		return x
	case center < 0:
		return x + " - " + number(-center)
	}
	return x + " + " + number(center)
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

// remark writes a column's name and reason as a comment, whatever the name holds.
func (c *Column) remark(mark string) string {
	text := c.Why
	if c.Name != "" {
		text = c.Name + ": " + text
	}
	if c.How == Drop {
		text = fmt.Sprintf("column %d left out: %s", c.Index, text)
	}
	return comment(mark, text)
}

// comment writes a text as a comment of lines that are not too long: mark
// begins each of them.
func comment(mark, text string) string {
	const width = 100
	var b strings.Builder
	line := mark
	for _, word := range strings.Fields(oneLine(text)) {
		if line != mark && len(line)+1+len(word) > width {
			b.WriteString(line + "\n")
			line = mark
		}
		line += " " + word
	}
	return b.String() + line + "\n"
}

// oneLine returns foreign text as one line that can neither end what it stands
// in nor steer a terminal.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) && r != unicode.ReplacementChar {
			return r
		}
		return ' '
	}, text)
}

// sample says which rows the figures are of.
func (r *Recipe) sample() string {
	if r.Total > r.Rows {
		return fmt.Sprintf("%d of %d training rows", r.Rows, r.Total)
	}
	return fmt.Sprintf("%d training rows", r.Rows)
}
