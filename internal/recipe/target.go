package recipe

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
)

// A Target is what a network learns in the place of the numbers of a
// regression, and how its predictions become such numbers again.
type Target struct {
	Head    string   `json:"head"` // the loss that compares them
	Rows    int64    `json:"rows"` // training rows that the figures are of
	Columns []Output `json:"columns"`
}

// An Output is what becomes of one number of a target, and of what is predicted
// for it. It is left, standardized, shares a group's scale, or is a logarithm.
type Output struct {
	Column
	Back string `json:"back"` // a prediction p in the target's own units, in words: "p * 77.1 + 155"
}

// Scale returns what a network learns in the place of a target.
func (t *Target) Scale(y []float64) ([]float64, error) {
	return t.each(y, (*Column).apply)
}

// Restore returns a prediction in the target's own units.
func (t *Target) Restore(p []float64) ([]float64, error) {
	return t.each(p, (*Column).restore)
}

func (t *Target) each(v []float64, do func(*Column, float64) float64) ([]float64, error) {
	if len(v) != len(t.Columns) {
		return nil, fmt.Errorf("%d numbers, and the target is of %d", len(v), len(t.Columns))
	}
	out := make([]float64, len(v))
	for i := range v {
		out[i] = do(&t.Columns[i].Column, v[i])
	}
	return out, nil
}

func (c *Column) restore(p float64) float64 {
	switch c.How {
	case Standardize, Shared:
		return p*c.Scale + c.Center
	case Log:
		return math.Expm1(p*c.Scale + c.Center)
	}
	return p
}

// changes reports whether there is anything to do.
func (t *Target) changes() bool {
	return t != nil && slices.ContainsFunc(t.Columns, func(o Output) bool { return o.How != Leave })
}

func (t *Target) uses(how How) bool {
	return t != nil && slices.ContainsFunc(t.Columns, func(o Output) bool { return o.How == how })
}

// unchanged says that and why a target stays what it is.
func (r *Recipe) unchanged() string {
	why := r.NoTarget
	if r.Target != nil {
		why = r.Target.Columns[0].Why
	}
	if why == "" {
		return "Nothing is known of the target."
	}
	return "The target stays as it is: " + oneLine(why) + "."
}

func (t *Target) check() error {
	if len(t.Columns) == 0 {
		return errors.New("no columns")
	}
	for i := range t.Columns {
		o := &t.Columns[i]
		if o.Index != i {
			return fmt.Errorf("entry %d is of output %d", i, o.Index)
		}
		if !slices.Contains([]How{Leave, Standardize, Shared, Log}, o.How) {
			return fmt.Errorf("output %d: %q is not for targets", i, o.How)
		}
		if err := o.Column.check(); err != nil {
			return fmt.Errorf("output %d: %w", i, err)
		}
		if want := plain.back(&o.Column, "p"); o.Back != want {
			return fmt.Errorf("output %d: back is %q, and its figures say %q", i, o.Back, want)
		}
	}
	return nil
}

// regressions are the losses whose targets may be of any scale.
var regressions = []nnvet.LossKind{nnvet.MSE, nnvet.L1, nnvet.SmoothL1, nnvet.Huber}

// targetOf returns the recipe for the numbers that a network learns, or why
// they stay what they are.
func targetOf(t *nnvet.Trace, site string) (*Target, string) {
	h := headOf(t, site)
	if len(t.Heads) == 0 {
		return nil, "no loss was recorded"
	}
	if h == nil {
		return nil, fmt.Sprintf("of %d losses it is not known which one %s is trained on", len(t.Heads), site)
	}
	y := t.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
	switch {
	case !slices.Contains(regressions, h.Loss):
		return nil, h.Name + " compares no numbers that could be of another scale"
	case y == nil || y.All().N == 0:
		return nil, "no finite targets of " + h.Name + " were recorded"
	case y.Layout != "features" && y.Layout != "values":
		return nil, "the targets of " + h.Name + " are images or sequences: give them the scale of the inputs that they are like"
	case len(y.Columns) < y.Of:
		return nil, fmt.Sprintf("%d of the %d outputs of %s were looked at: a recipe takes them all", len(y.Columns), y.Of, h.Name)
	}
	end := ending(h)
	if why := asEnded(end, y.All()); why != "" {
		return nil, why
	}
	b := builder{cols: y.Columns, groups: make(map[int]family)}
	for _, f := range t.Declared.Families(y.Columns) {
		if f.Declared && len(f.Members) == len(y.Columns) {
			b.share(f, declared(t, f.Name)+": its errors are weighed in one unit")
		}
	}
	out := &Target{Head: h.Name, Rows: y.Rows}
	for i := range b.cols {
		c := b.output(i)
		c.fit(end, y.Columns[i].Moments)
		out.Columns = append(out.Columns, Output{c, plain.back(&c, "p")})
	}
	return out, ""
}

// headOf returns the loss that a network is trained on: the one that the rows
// it was fed had their targets in, or the only one there is.
func headOf(t *nnvet.Trace, site string) *nnvet.Head {
	s := t.SurveyOf(site)
	for i := range t.Heads {
		if h := &t.Heads[i]; s != nil && s.Head == h.Name || len(t.Heads) == 1 {
			return h
		}
	}
	return nil
}

// output decides what becomes of a number that is to be predicted.
func (b *builder) output(i int) Column {
	c := b.cols[i]
	out := Column{Index: c.Index, Name: c.Name}
	group, grouped := b.groups[i]
	switch amount := longTailed(c.Moments); {
	case c.N == 0:
		out.How, out.Why = Leave, "no finite number in the training rows"
	case c.Binary():
		out.How, out.Why = Leave, "0 and 1"
	case grouped:
		out.How, out.Center, out.Scale, out.Group, out.Why = Shared, c.Mean, group.scale, group.name, group.why
	case c.Constant() || !(c.Std > 0):
		out.How, out.Center, out.Scale, out.Why = Standardize, c.Mean, 1, "always the same: there is nothing to learn"
	case standard(c.Moments):
		out.How, out.Why = Leave, "mean 0 and standard deviation 1 already"
	case amount && c.Std > 1: // log(1 + y) is y where all is far below 1
		out.lognormal(c.Moments)
		out.Why = fmt.Sprintf("an amount with a long tail (its deviation is %.2g times its mean): its logarithm, by figures as of a lognormal distribution; what comes back is a median, below the mean", c.Std/c.Mean)
	default:
		out.How, out.Center, out.Scale = Standardize, c.Mean, c.Std
		out.Why = "a quantity: by mean and standard deviation" + pulls(c.Moments, amount)
	}
	return out
}

// longTailed reports whether numbers are amounts of which a few are far larger
// than the rest: those that are not 0 deviate by more than their mean, which of a
// gamma distribution is a skew of 2. Where most are 0 no logarithm helps.
func longTailed(m nnvet.Moments) bool {
	const most = 0.5
	left := 1 - float64(m.Zeros)/float64(m.N)
	if !(m.Min >= 0) || left < most {
		return false
	}
	mean := m.Mean / left
	return (m.Mean*m.Mean+m.Std*m.Std)/left > 2*mean*mean
}

// pulls says what to do about a few numbers that own the scale of all.
func pulls(m nnvet.Moments, amount bool) string {
	const outlier = 15 // deviations; the furthest of a million exponentially distributed numbers lies about 14 from their mean
	const huber = "take a loss that outliers pull less at, Huber"
	if amount {
		return "; a long tail is left: take its logarithm in a unit that makes most of it larger than 1, or " + huber
	}
	for _, v := range []float64{m.Max, m.Min} {
		if z := math.Abs(v-m.Mean) / m.Std; z >= outlier && !math.IsInf(z, 0) {
			return fmt.Sprintf("; one is %.3g, %.2g deviations off: look at it, or %s", v, z, huber)
		}
	}
	return ""
}
