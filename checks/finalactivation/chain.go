package finalactivation

import (
	"slices"
	"strconv"
	"unicode"

	"github.com/nnvet/nnvet"
)

// keeps holds the operations that pass values on without changing their range.
var keeps = []string{"reshape", "select", "dropout"}

// first returns the first operation from the loss that changes values, other
// than those named, or nil where the chain holds none.
func first(h *nnvet.Head, except ...string) *nnvet.Op {
	for i := range h.Chain {
		if op := &h.Chain[i]; !slices.Contains(keeps, op.Kind) && !slices.Contains(except, op.Kind) {
			return op
		}
	}
	return nil
}

// place returns where an operation stands in the source: where it was called,
// where its layer was made, or else where the loss is.
func place(t *nnvet.Trace, h *nnvet.Head, op *nnvet.Op) nnvet.Location {
	if op.Source.Known() {
		return op.Source
	}
	if l := layer(t, op); l != nil && l.Source.Known() {
		return l.Source
	}
	return h.Source
}

// layer returns the layer that ran an operation, or nil.
func layer(t *nnvet.Trace, op *nnvet.Op) *nnvet.Layer {
	if op.Layer == "" { // the name of the whole network
		return nil
	}
	return t.Layer(op.Layer)
}

// drop returns the edits that take an activation out of the network. An
// experiment file has it in a list, out of which it is cut. In a program, of
// the functional form only the first argument stays, and of the module form
// the class becomes Identity, which takes any arguments. It returns none where
// the text of the source is not certain, or the activation has no class.
func drop(t *nnvet.Trace, op *nnvet.Op, function, class string) []nnvet.Edit {
	if t.OfFile() {
		return cut(t, op)
	}
	if class == "" {
		return nil
	}
	places := []nnvet.Location{op.Source}
	if l := layer(t, op); l != nil {
		places = append(places, l.Source)
	}
	for _, at := range places {
		switch c := callOn(t, at, function, class); {
		case c == nil:
		case c.Func == function:
			if a, ok := operand(c); ok {
				return unwrap(c.Source, a.Source)
			}
		case c.Func == class:
			return identity(c)
		}
	}
	return nil
}

// cut returns the edit that takes a layer out of an experiment file.
func cut(t *nnvet.Trace, op *nnvet.Op) []nnvet.Edit {
	if c := t.CallAt(op.Source); c != nil && c.Cut.Known() {
		return []nnvet.Edit{{At: c.Cut}}
	}
	return nil
}

// operand returns the first argument of a functional activation.
// z.softmax(d) is recorded like softmax(z), so that a softmax must also say
// its dimension, as a number, before its first argument is taken for what it
// works on; and of the others, which may be methods without arguments, that
// argument must be a name.
func operand(c *nnvet.Call) (nnvet.Arg, bool) {
	if len(c.Args) == 0 || c.Source.Col == 0 || c.Source.Line != c.Source.EndLine {
		return nnvet.Arg{}, false
	}
	first := c.Args[0]
	ok := first.Name == "0" || first.Name == "input"
	if c.Func == "softmax" {
		dim, _ := c.Arg("dim")
		_, err := strconv.Atoi(dim.Text)
		return first, ok && err == nil && dim != first
	}
	return first, ok && first.Text != "" && (first.Text[0] == '_' || unicode.IsLetter(rune(first.Text[0])))
}

// unwrap returns the edits that leave only a part of an expression.
func unwrap(whole, part nnvet.Location) []nnvet.Edit {
	before, after := whole, whole
	before.EndLine, before.EndCol = part.Line, part.Col
	after.Line, after.Col = part.EndLine, part.EndCol
	return []nnvet.Edit{{At: before}, {At: after}}
}

// callOn returns the only call of one of those names at a location, or on its
// line where nothing is recorded at the location itself.
func callOn(t *nnvet.Trace, at nnvet.Location, names ...string) *nnvet.Call {
	if !at.Known() {
		return nil
	}
	if c := t.CallAt(at); c != nil && slices.Contains(names, c.Func) {
		return c
	}
	var on *nnvet.Call
	for i := range t.Calls {
		c := &t.Calls[i]
		if c.Source.File != at.File || c.Source.Line != at.Line || !slices.Contains(names, c.Func) {
			continue
		}
		if on != nil {
			return nil
		}
		on = c
	}
	return on
}

// identity returns the edit that renames the class of a call such as
// nn.Softmax(dim=1). A trace holds no source text, so the place of the name is
// worked out from the arguments; where that does not come out even with one of
// the usual prefixes, there is no edit.
func identity(c *nnvet.Call) []nnvet.Edit {
	at := c.Source
	if at.Col == 0 || at.Line != at.EndLine {
		return nil
	}
	for _, prefix := range []string{"nn.", "torch.nn."} {
		name := nnvet.Location{File: at.File, Line: at.Line, Col: at.Col + len(prefix), EndLine: at.Line}
		name.EndCol = name.Col + len(c.Func)
		if end, ok := argsEnd(c, name.EndCol+len("(")); ok && end+len(")") == at.EndCol {
			return []nnvet.Edit{{At: name, New: "Identity"}}
		}
	}
	return nil
}

// argsEnd returns the column past the arguments of a call, if they are written
// in the usual way from col on: f(2, dim=1).
func argsEnd(c *nnvet.Call, col int) (end int, ok bool) {
	for i, a := range c.Args {
		if i > 0 {
			col += len(", ")
		}
		byName := col + len(a.Name) + len("=")
		if a.Source.Line != c.Source.Line || a.Source.Col != col && a.Source.Col != byName {
			return 0, false
		}
		col = a.Source.EndCol
	}
	return col, true
}
