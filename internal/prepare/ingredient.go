package prepare

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/plural"
)

// A writer puts the features of a row where they belong.
type writer func(row int, dst []float32) error

// An encoder makes features of a column, as it was fitted.
type encoder interface {
	width() int
	features(column string) []string
	bind(*dataset.Column) (writer, error)
	unfamiliar(c *dataset.Column, rows []int, place func(int) string) string // a sentence, or ""
	check() error
}

// An ingredient is a column with its encoder: one of three is set.
type ingredient struct {
	Name       string      `json:"name"`
	Numbers    *numbers    `json:"numbers,omitempty"`
	Categories *categories `json:"categories,omitempty"`
	Dates      *dates      `json:"dates,omitempty"`
}

func (in *ingredient) encoder() encoder {
	switch {
	case in.Numbers != nil:
		return in.Numbers
	case in.Categories != nil:
		return in.Categories
	}
	return in.Dates
}

func (in *ingredient) check() error {
	set := 0
	for _, there := range []bool{in.Numbers != nil, in.Categories != nil, in.Dates != nil} {
		if there {
			set++
		}
	}
	if set != 1 {
		return fmt.Errorf("%d ways to encode it, not 1", set)
	}
	return in.encoder().check()
}

// shape is that of an array, or nil.
func (in *ingredient) shape() []int {
	if in.Numbers == nil {
		return nil
	}
	return in.Numbers.Shape
}

// tokens is the size of the vocabulary, or 0 for what are no tokens.
func (in *ingredient) tokens() int {
	switch {
	case in.Numbers != nil:
		return in.Numbers.Tokens
	case in.Categories != nil && in.Categories.Index:
		return len(in.Categories.Levels) + 1
	}
	return 0
}

// fitInput fits a column to the training rows, or returns nil where it is left
// out. What was decided goes to the notes.
func (p Plan) fitInput(c *dataset.Column, s *Split, n *notes) (*ingredient, error) {
	how, named, err := p.of(c)
	if err != nil {
		return nil, err
	}
	in := &ingredient{Name: c.Name}
	switch {
	case how == Drop:
		n.group("column", c.Name, "left out, as asked")
		return nil, nil
	case c.Kind == dataset.Text && how == "":
		n.group("column", c.Name, whyText(c))
		return nil, nil
	case how == OneHot || how == Index && c.Kind != dataset.Number && c.Kind != dataset.Array || how == None && c.Kind == dataset.Category:
		in.Categories, err = fitLevels(c, s.Train, how, named, n)
		if in.Categories == nil {
			in = nil
		}
	case how == Index:
		in.Numbers, err = fitTokens(c, s.all())
		n.group("column", c.Name, "whole numbers as they are")
	case c.Kind == dataset.Date:
		in, err = fitMoments(c, s.Train, how, named, n)
	default:
		in, err = fitQuantity(c, s.Train, how, named, n)
	}
	if err != nil {
		if _, asked := p.Transforms[c.Name]; asked {
			return nil, about("transform."+c.Name, "", inColumn(c.Name, err))
		}
		return nil, inColumn(c.Name, err)
	}
	return in, nil
}

// whyText says why a column of texts is left out: it may be one of numbers
// with a few slips.
func whyText(c *dataset.Column) string {
	if o := oddOf(c); o.amongNumbers() {
		return fmt.Sprintf("left out as texts: %d of %d values are numbers, but %v is none: correct such values", o.numbers, o.values, o)
	}
	return fmt.Sprintf("left out, since its texts differ in nearly every row (transform: %s or %s would keep them)", OneHot, Index)
}

func fitLevels(c *dataset.Column, train []int, how Transform, named bool, n *notes) (*categories, error) {
	k, all, common := fitCategories(c, train, how != OneHot)
	switch {
	case all > dataset.MaxLevels:
		return nil, fmt.Errorf("over %d different values: take another transform", dataset.MaxLevels)
	case all == 0:
		n.group("column", c.Name, "left out, since missing in every training row")
		return nil, nil
	case !named && float64(common) > (1-rareShare)*float64(len(train)):
		n.group("column", c.Name, "left out, since over 99.5% of the training rows agree")
		return nil, nil
	}
	switch {
	case k.Index:
		n.say("column %s: the number of its level, from 1 to %d, and 0 for none", c.Name, len(k.Levels))
	case k.Other:
		n.say("column %s: the %d most common of %d levels one-hot, the others as one", c.Name, len(k.Levels), all)
	default:
		n.group("column", c.Name, "one-hot")
	}
	if k.Missing {
		n.group("column", c.Name, "missing in some rows, which a 0/1 feature says")
	}
	return k, nil
}

func fitMoments(c *dataset.Column, train []int, how Transform, named bool, n *notes) (*ingredient, error) {
	d, sums, err := fitDates(c, train, how)
	if err != nil || !named && leftOut(c.Name, sums[0], n) {
		return nil, err
	}
	d.Seconds.Missing = n.missing(c.Name, sums[0], how)
	with := ""
	for i, name := range d.Cycles {
		with += [...]string{", with the ", " and the "}[min(i, 1)] + name
	}
	if how == calendar {
		how = Standardize
	}
	n.group("column", c.Name, "seconds "+how.done()+with)
	return &ingredient{Name: c.Name, Dates: d}, nil
}

func fitQuantity(c *dataset.Column, train []int, how Transform, named bool, n *notes) (*ingredient, error) {
	dead := isNearConstant
	if named {
		dead = isConstant
	}
	q, sums, err := fitNumbers(c, train, how, dead)
	if err != nil {
		return nil, err
	}
	if c.Kind == dataset.Array {
		sayArray(c, q, sums, how, n)
		return &ingredient{Name: c.Name, Numbers: q}, nil
	}
	if !named && leftOut(c.Name, sums[0], n) {
		return nil, nil
	}
	q.Missing = n.missing(c.Name, sums[0], how)
	n.group("column", c.Name, how.done())
	return &ingredient{Name: c.Name, Numbers: q}, nil
}

// leftOut says that a column has nothing to tell, if that is so.
func leftOut(name string, s summary, n *notes) bool {
	switch {
	case !isNearConstant(s):
		return false
	case s.n == 0:
		n.group("column", name, "left out, since missing in every training row")
	case s.missing == 0 && s.min == s.max:
		n.group("column", name, "left out, since constant in the training rows")
	default:
		n.group("column", name, "left out, since over 99.5% of the training rows agree")
	}
	return true
}

// missing says what becomes of missing values, and returns whether a feature
// says where they were.
func (n *notes) missing(name string, s summary, how Transform) bool {
	switch {
	case s.missing == 0:
		return false
	case how == None:
		n.group("column", name, "missing in some rows, which stay NaN")
		return false
	}
	n.group("column", name, "missing in some rows, which get the mean and a 0/1 feature that says so")
	return true
}

func sayArray(c *dataset.Column, q *numbers, sums []summary, how Transform, n *notes) {
	by := "feature"
	if len(c.Shape) > 1 {
		by = "channel"
	}
	switch {
	case how == None:
		n.say("column %s: arrays of %v, as they are", c.Name, c.Shape)
		return
	case how == MinMax && len(c.Shape) == 3 && areBytes(sums):
		n.say("column %s: %v bytes divided by 255", c.Name, c.Shape)
	default:
		n.say("column %s: arrays of %v, %s by %s", c.Name, c.Shape, how.done(), by)
	}
	flat, missing := 0, 0
	for i, s := range sums {
		missing += s.missing
		if q.Scale[i] == 0 {
			flat++
		}
	}
	if flat > 0 {
		n.say("column %s: %d of %s hardly vary and become 0", c.Name, flat, plural.Of(len(sums), by))
	}
	if missing > 0 {
		n.say("column %s: %s filled with the mean", c.Name, plural.Of(missing, "missing number"))
	}
}

// extent is the number of elements of a shape; 1 where there is none.
func extent(shape []int) int {
	n := 1
	for _, e := range shape {
		n *= e
	}
	return n
}

// isEmpty reports whether a column of texts holds none: a file in which every
// value of a column is missing does not tell its kind.
func isEmpty(c *dataset.Column) bool {
	return (c.Kind == dataset.Category || c.Kind == dataset.Text) && len(c.Levels) == 0
}

// holds says what a column holds that was taken for something else.
func holds(c *dataset.Column) string {
	switch c.Kind {
	case dataset.Category, dataset.Text:
		for row, code := range c.Codes {
			if code >= 0 {
				return fmt.Sprintf("it holds texts (row %d: %.40q)", row+1, c.Levels[code])
			}
		}
	case dataset.Number:
		for row, v := range c.Numbers {
			if !math.IsNaN(v) {
				return fmt.Sprintf("it holds numbers (row %d: %g)", row+1, v)
			}
		}
	case dataset.Array:
		return fmt.Sprintf("it holds arrays of %v", c.Shape)
	}
	return fmt.Sprintf("it holds a %v", c.Kind)
}
