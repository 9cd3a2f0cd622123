package learningrate

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// optimizerOf returns the optimizer that holds a group, or nil.
func optimizerOf(t *nnvet.Trace, g *nnvet.Group) *nnvet.Optimizer {
	for i := range t.Optimizers {
		for j := range t.Optimizers[i].Groups {
			if &t.Optimizers[i].Groups[j] == g {
				return &t.Optimizers[i]
			}
		}
	}
	return nil
}

// literal returns the learning rate in the source of an optimizer's call, and
// whether it is known. Of every optimizer of PyTorch it is the second argument.
func literal(t *nnvet.Trace, o *nnvet.Optimizer) (nnvet.Arg, bool) {
	if o == nil {
		return nnvet.Arg{}, false
	}
	call := t.CallAt(o.Source)
	for _, name := range []string{"lr", "1"} {
		if a, ok := call.Arg(name); ok && a.Source.Known() {
			return a, true
		}
	}
	return nnvet.Arg{}, false
}

// place returns where the learning rate of a group stands in the source: the
// argument, else the optimizer's call.
func place(t *nnvet.Trace, g *nnvet.Group) nnvet.Location {
	o := optimizerOf(t, g)
	if a, ok := literal(t, o); ok {
		return a.Source
	}
	if o == nil {
		return nnvet.Location{}
	}
	return o.Source
}

// A rateChange is a prescribed learning rate.
type rateChange struct {
	verb     string // "lower", "raise"
	from, to float64
	settings []nnvet.Setting
	edits    []nnvet.Edit
	written  string // the name that stands in the optimizer's call, "args.lr"; "" for a figure
}

// changeRate prescribes the learning rate of a group, which was highest at
// from, times factor, to one digit. The source is edited only where one
// literal is all that sets it: no schedule starts elsewhere, no group has its own.
func changeRate(t *nnvet.Trace, g *nnvet.Group, from, factor float64) (rateChange, bool) {
	to := stat.Signif(from*factor, 1)
	if g == nil || !stat.Finite(to) || !(to > 0) {
		return rateChange{}, false
	}
	c := rateChange{from: from, to: to, verb: "lower"}
	if to > from {
		c.verb = "raise"
	}
	set := nnvet.Setting{Name: "lr", From: number(from), To: number(to)}
	o := optimizerOf(t, g)
	if len(t.Optimizers) > 1 || len(o.Groups) > 1 {
		set.Site = g.Name
	}
	c.settings = []nnvet.Setting{set}
	built, known := g.Setting("lr")
	a, ok := literal(t, o)
	if ok && !figured(a) { // a name's own value is what is to change, so that its setting still counts
		c.written = a.Text
		return c, true
	}
	if ok && a.Source.Col > 0 && len(o.Groups) == 1 && known && math.Abs(built-from) <= 1e-6*from {
		c.edits = []nnvet.Edit{{At: a.Source, New: number(to)}}
	}
	return c, true
}

// figured reports whether an argument is written as a number.
func figured(a nnvet.Arg) bool {
	_, err := strconv.ParseFloat(strings.ReplaceAll(a.Text, "_", ""), 64)
	return err == nil
}

// action says the change as a person makes it.
func (c rateChange) action() string {
	text := fmt.Sprintf("%s the learning rate from %s to %s", c.verb, number(c.from), number(c.to))
	if c.written != "" {
		text += ", where " + c.written + " is set"
	}
	return text
}

// treatment returns the change as a treatment.
func (c rateChange) treatment() nnvet.Treatment {
	return nnvet.Treatment{
		Action:   c.action(),
		Settings: c.settings,
		Edits:    c.edits,
	}
}

// number writes a rate as people write it in Python: 0.003, 2e-5.
func number(v float64) string {
	if math.IsInf(v, 0) {
		return "infinite"
	}
	s := fmt.Sprintf("%.4g", v)
	s = strings.Replace(s, "e-0", "e-", 1)
	return strings.Replace(s, "e+0", "e", 1)
}

// part writes a ratio as a share of the weights: "0.2 %", "85 %", "120 times".
func part(r float64) string {
	if r >= 10 {
		return number(stat.Signif(r, 2)) + " times"
	}
	return number(stat.Signif(100*r, 2)) + " %"
}

// partOf writes it before what it is a share of: "0.2 % of", "120 times".
func partOf(r float64) string {
	if r >= 10 {
		return part(r)
	}
	return part(r) + " of"
}

// board writes a ratio for the board of pitfalls, in at most 12 characters.
func board(r float64) string {
	switch {
	case r >= 10:
		return number(stat.Signif(r, 1)) + "x/step"
	case r < 1e-4:
		return number(stat.Signif(r, 2)) + "/step"
	}
	return number(stat.Signif(100*r, 2)) + "%/step"
}
