package nnvet

import (
	"fmt"
	"strconv"
	"strings"
)

// A Location is a place in the user's source. Lines and columns count from 1,
// columns in bytes; EndCol is one past the last byte. A zero Line means that
// the place is unknown; a zero Col, that only the line is known.
type Location struct {
	File            string
	Line, Col       int
	EndLine, EndCol int
}

// Known reports whether the location names a line.
func (l Location) Known() bool { return l.File != "" && l.Line > 0 }

// String returns "file:line:col", shortened to what is known.
func (l Location) String() string {
	switch {
	case !l.Known():
		return l.File
	case l.Col == 0:
		return fmt.Sprintf("%s:%d", l.File, l.Line)
	}
	return fmt.Sprintf("%s:%d:%d", l.File, l.Line, l.Col)
}

// ParseLocation reads "file:line" or "file:line:col:endline:endcol", the form
// that traces use. The file may itself hold colons. What does not parse gives
// the zero Location.
func ParseLocation(s string) Location {
	fields := strings.Split(s, ":")
	var nums []int // trailing numbers, last first
	for len(fields) > 1 && len(nums) < 4 {
		n, err := strconv.Atoi(fields[len(fields)-1])
		if err != nil || n < 0 {
			break
		}
		nums = append(nums, n)
		fields = fields[:len(fields)-1]
	}
	switch file := strings.Join(fields, ":"); len(nums) {
	case 4:
		return Location{file, nums[3], nums[2], nums[1], nums[0]}
	case 1:
		return Location{File: file, Line: nums[0]}
	}
	return Location{}
}

// A Call is a call in the user's source that matters to a diagnosis: the
// construction of a layer or an optimizer, a loss, a clip.
type Call struct {
	Func   string   // the name after the last dot: "SGD", "softmax"
	In     string   // the enclosing function: "Net.forward"; "" at the top of a file
	Source Location // the whole call expression
	Args   []Arg
	// Cut is what to delete so that nothing of the call stays, as for a layer
	// in the list of an experiment file; not known where it holds something up.
	Cut Location
}

// An Arg is one argument of a [Call].
type Arg struct {
	Name   string // keyword, or the position counted from 0: "lr", "1"
	Text   string // a literal number, name or attribute as written; "" for anything else
	Source Location
}

// Name returns where the name stands of a call that is nothing but its name,
// so that another may take its place.
func (c *Call) Name() (at Location, ok bool) {
	if c == nil {
		return Location{}, false
	}
	at = c.Source
	return at, at.Col > 0 && at.Line == at.EndLine && at.EndCol-at.Col == len(c.Func)
}

// Arg returns the argument of that keyword or position.
func (c *Call) Arg(name string) (Arg, bool) {
	if c != nil {
		for _, a := range c.Args {
			if a.Name == name {
				return a, true
			}
		}
	}
	return Arg{}, false
}
