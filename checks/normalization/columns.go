package normalization

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
)

// sparse is the limit past which zeros make a column one that is not meant to
// be standardized.
var sparse = nnvet.Limit{Name: "sparse", Default: 0.9, Source: "convention: a column that is zero nine times of ten is a flag or a count"}

// eachInput calls judge with every input that training fed.
func eachInput(p *nnvet.Pass, judge func(*nnvet.Pass, *nnvet.Profile)) {
	for i := range p.Trace.Profiles {
		if x := &p.Trace.Profiles[i]; x.Role == nnvet.Input && x.Split == nnvet.Train {
			judge(p, x)
		}
	}
}

// quantities returns the columns of an input that standardizing is meant for,
// with their names. Where there are none it tells the pass why.
func quantities(p *nnvet.Pass, x *nnvet.Profile) []nnvet.Column {
	if strings.Contains(x.DType, "int") || x.DType == "bool" {
		p.Skip("the inputs of %s are whole numbers (%s): the network looks them up or converts them", x.Site, x.DType)
		return nil
	}
	cols := dense(p.Trace.Named(x), p.Limit("sparse"))
	if len(cols) == 0 {
		if x.All().N == 0 {
			p.Skip("no finite input was seen")
		} else {
			p.Measured("binary")
		}
	}
	return cols
}

// label names a column: "column bmi", or "column 3"; or a group in one.
func label(c nnvet.Column) string {
	if c.Index < 0 {
		return "group " + c.Name
	}
	if c.Name != "" {
		return "column " + c.Name
	}
	return fmt.Sprintf("column %d", c.Index)
}

// labelOf names a column beside how many there are: "column bmi", or
// "column 3 of 10".
func labelOf(c nnvet.Column, x *nnvet.Profile) string {
	if c.Name != "" || c.Index < 0 {
		return label(c)
	}
	return fmt.Sprintf("column %d of %d", c.Index, x.Of)
}

// labels names columns, three of them where there are more.
func labels(cols []nnvet.Column) string {
	const most = 3
	words := make([]string, 0, most)
	for _, c := range cols[:min(len(cols), most)] {
		word := c.Name
		if word == "" {
			word = strconv.Itoa(c.Index)
		}
		words = append(words, word)
	}
	out := strings.Join(words, ", ")
	if more := len(cols) - most; more > 0 {
		out += fmt.Sprintf(" and %d more", more)
	}
	if len(cols) == 1 {
		return "column " + out
	}
	return "columns " + out
}

// slice writes how a program reads a column: "x[:, 3]", of sequences "x[..., 3]".
func slice(x *nnvet.Profile, c nnvet.Column) string {
	if x.Layout == "tokens" {
		return fmt.Sprintf("x[..., %d]", c.Index)
	}
	return fmt.Sprintf("x[:, %d]", c.Index)
}

// finite reports whether all numbers are.
func finite(vs ...float64) bool {
	for _, v := range vs {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
