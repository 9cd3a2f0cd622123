package recipe

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet"
)

// Of returns the recipe for what a run fed its network in training. The site
// names the network where a run has several; "" stands for the one that was
// fed most rows. The error says why there is no recipe.
func Of(t *nnvet.Trace, site string) (*Recipe, error) {
	x := t.Profile(nnvet.Input, nnvet.Train)
	if site != "" {
		x = t.ProfileOf(nnvet.Input, nnvet.Train, site)
	}
	switch {
	case x == nil:
		return nil, errors.New("the trace has no statistics of training inputs")
	case len(x.Columns) == 0 || x.All().N == 0:
		return nil, fmt.Errorf("the inputs of %s hold no finite number", x.Site)
	}
	r := &Recipe{Layout: x.Layout, Of: x.Of, Site: x.Site, Rows: x.Rows, Total: x.Total}
	r.Target, r.NoTarget = targetOf(t, x.Site)
	if r.Every = alike(x); r.Every != nil {
		return r, nil
	}
	switch {
	case strings.Contains(x.DType, "int"):
		return nil, fmt.Errorf("the inputs of %s are whole numbers (%s), which a network looks up and does not scale", x.Site, x.DType)
	case len(x.Columns) < x.Of:
		return nil, fmt.Errorf("%d of the %d columns of %s were looked at: a recipe takes them all", len(x.Columns), x.Of, x.Site)
	}
	b := builder{cols: t.Named(x), survey: t.SurveyOf(x.Site), groups: make(map[int]family)}
	b.gather(t, x)
	if x.Layout == "values" { // numbers without columns
		c := b.column(0)
		r.Every = &c
		return r, r.check()
	}
	for i := range b.cols {
		r.Columns = append(r.Columns, b.column(i))
	}
	return r, r.check()
}

// alike returns the treatment that holds for every column, as of pixels, or nil.
func alike(x *nnvet.Profile) *Column {
	const many = 8 // columns of a table that hold bytes are pixels then
	all := x.All()
	flat := laidFlat(x)
	images := x.Layout == "channels" || flat
	switch {
	case (images || len(x.Columns) >= many) && all.Whole && all.Min >= 0 && all.Min < 5 && all.Max > 250 && all.Max <= 255:
		return &Column{How: Bytes, Center: halfByte, Scale: halfByte, Why: "bytes: whole numbers from 0 to 255"}
	case images && all.Min >= -1 && all.Max <= 1:
		return &Column{How: Leave, Why: fmt.Sprintf("images within %g..%g, which networks take as they are", whole(all.Min), whole(all.Max))}
	case flat:
		return &Column{How: Standardize, Center: all.Mean, Scale: all.Std,
			Why: "pixels laid flat: one mean and one deviation for all, since a pixel that hardly varies is meant to count for little"}
	}
	return nil
}

// laidFlat reports whether the columns of a table are pixels, some of which vary
// so much less than others that a scale of their own would make them loud.
func laidFlat(x *nnvet.Profile) bool {
	const apart = 10
	least, most := math.Inf(1), 0.0
	var cols []nnvet.Column
	for _, c := range x.Columns {
		if c.Std > 0 && !c.Binary() {
			cols = append(cols, c)
			least, most = math.Min(least, c.Std), math.Max(most, c.Std)
		}
	}
	return x.Layout == "features" && most >= apart*least && nnvet.Pixels(cols)
}

// whole returns the end of the usual range that a number lies in.
func whole(v float64) float64 {
	if v < 0 {
		return -1
	}
	return math.Ceil(v)
}

// A builder decides column by column.
type builder struct {
	cols   []nnvet.Column
	survey *nnvet.Survey // nil where there is none
	groups map[int]family
}

// A family is a group of columns with the scale that they share.
type family struct {
	name  string
	scale float64
	why   string
}

// gather finds the groups: those that were declared, those that names tell,
// and the channels of an image. Columns that share a unit and nothing else
// are scaled each by itself.
func (b *builder) gather(t *nnvet.Trace, x *nnvet.Profile) {
	if x.Layout == "channels" && len(b.cols) > 1 {
		b.share(nnvet.Family{Name: "channels", Members: upTo(len(b.cols))}, "channels of one image")
		return
	}
	for _, f := range t.Declared.Families(b.cols) {
		switch {
		case f.Declared:
			b.share(f, declared(t, f.Name)+": sizes relative to each other mean something")
		case !f.Unit:
			b.share(f, fmt.Sprintf("group %s by its names: columns of one thing share a scale", f.Name))
		}
	}
}

// share gives a group the root of the mean of its variances.
func (b *builder) share(f nnvet.Family, why string) {
	variance, n := 0.0, 0.0
	for _, i := range f.Members {
		if c := b.cols[i]; c.N > 0 && !c.Binary() {
			variance, n = variance+c.Std*c.Std, n+1
		}
	}
	g := family{f.Name, math.Sqrt(variance / n), why}
	if n < 2 || !(g.scale > 0) {
		return
	}
	for _, i := range f.Members {
		if !b.cols[i].Binary() {
			b.groups[i] = g
		}
	}
}

// declared says which group it is that a person declared, and of what unit.
func declared(t *nnvet.Trace, name string) string {
	for _, g := range t.Declared.Groups {
		if g.Name == name && g.Unit != "" {
			name += " (" + g.Unit + ")"
			break
		}
	}
	return "declared as group " + name
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
