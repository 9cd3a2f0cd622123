package prepare

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/plural"
)

// Bounds on classes.
const (
	maxClasses = 10_000
	// likelyLabels is how many different whole numbers are still taken for
	// labels, and labelRows how many rows each must have (convention).
	likelyLabels, labelRows = 20, 3
)

// A goal is what the target of a table asks for.
type goal struct {
	task    Task
	column  *dataset.Column
	rows    []int // that have a target
	missing int
	levels  []level // of a classification: the classes
	coder   coder   // of a classification
	said    string
}

// goal looks at the target in every row of the table.
func (p Plan) goal(t *dataset.Table) (*goal, error) {
	if err := p.against(t); err != nil {
		return nil, err
	}
	g := &goal{column: t.Column(p.Target)}
	if err := g.usable(t.Rows); err != nil {
		return nil, inTarget(p.Target, err)
	}
	if err := g.decide(p.Amounts.reads(p.Task, g.column.Kind == dataset.Number)); err != nil {
		key := "target"
		if p.Task != "" {
			key = "task"
		}
		return nil, about(key, "", inTarget(p.Target, err))
	}
	if err := p.Amounts.check(g); err != nil {
		return nil, about("target", "", inTarget(p.Target, err))
	}
	return g, nil
}

// usable collects the rows that have a target.
func (g *goal) usable(rows int) error {
	for row := range rows {
		bad, err := badTarget(g.column, row)
		if err != nil {
			return atRow(row, err)
		}
		if !bad {
			g.rows = append(g.rows, row)
		}
	}
	g.missing = rows - len(g.rows)
	switch {
	case rows == 0:
		return errors.New("the table has no rows")
	case len(g.rows) == 0:
		return errors.New("it is missing in every row")
	}
	return nil
}

// inTarget says that it is the target in which something is wrong, where no
// row and column say so.
func inTarget(name string, err error) error {
	if at := (*RowError)(nil); errors.As(err, &at) {
		return inColumn(name, err)
	}
	return fmt.Errorf("target %s: %w", name, err)
}

// badTarget reports whether a row has no target.
func badTarget(c *dataset.Column, row int) (missing bool, err error) {
	switch c.Kind {
	case dataset.Category, dataset.Text:
		if c.Codes[row] == dataset.Beyond {
			return false, errors.New("there are more different texts than are kept: take another target")
		}
		return c.Codes[row] < 0, nil
	case dataset.Array:
		n := extent(c.Shape)
		for _, v := range c.Values[row*n : (row+1)*n] {
			if math.IsInf(float64(v), 0) {
				return false, infinite(float64(v))
			}
			missing = missing || v != v
		}
		return missing, nil
	}
	v := c.Numbers[row]
	if math.IsInf(v, 0) {
		return false, infinite(v)
	}
	return v != v, nil
}

func infinite(v float64) error {
	return fmt.Errorf("%g is no finite number: mark it missing or leave the row out", v)
}

// decide settles the task, and the classes of a classification.
func (g *goal) decide(asked Task) error {
	c := g.column
	if c.Kind != dataset.Array && c.Kind != dataset.Date {
		g.levels, _ = levelsOf(c, g.rows, maxClasses)
		if len(g.levels) == 1 {
			return fmt.Errorf("it is %s in every row: there is nothing to learn", g.levels[0].name)
		}
	}
	labels := c.Kind == dataset.Number && likeLabels(g.levels)
	switch {
	case c.Kind == dataset.Category || c.Kind == dataset.Text:
		if asked == Regression {
			if o := oddOf(c); o.amongNumbers() {
				return o.inTarget()
			}
			return fmt.Errorf("it holds texts, as in row %d (%q): say task: classification", g.levels[0].first+1, g.levels[0].name)
		}
		if o := oddOf(c); asked == "" && o.amongNumbers() && !likeLevels(g.levels) {
			return o.inTarget()
		}
		g.task = Classification
	case c.Kind == dataset.Number && (asked == Classification || asked == "" && labels):
		g.task = Classification
	case asked == Classification && c.Kind == dataset.Array:
		return fmt.Errorf("a %v has no classes: say task: regression", c.Kind)
	case c.Kind == dataset.Date:
		return errors.New("dates are no quantities to predict: write a column of numbers instead, such as the days since the first of them")
	default:
		if asked == "" && c.Kind == dataset.Number && fewWhole(g.levels) {
			g.said = "; if its numbers are labels, write task: classification in an experiment file"
		}
		g.task, g.levels = Regression, nil
		return nil
	}
	g.said = fmt.Sprintf("%d classes", len(g.levels))
	if labels && asked == "" {
		g.said += "; if they are quantities, write task: regression in an experiment file"
	}
	return g.classes()
}

// classes checks that rows share the classes.
func (g *goal) classes() error {
	n := len(g.levels)
	if n > maxClasses || n > likelyLabels && n > len(g.rows)/2 {
		remedy := "take another target"
		if o := oddOf(g.column); g.column.Kind == dataset.Number {
			remedy = "say task: regression"
		} else if o.row >= 0 {
			remedy = fmt.Sprintf("%v is no number: write quantities without signs and units, or take another target", o)
		}
		over := ""
		if n > maxClasses {
			n, over = maxClasses, "over "
		}
		return fmt.Errorf("%s%d different values in %s are too many for classes: %s", over, n, plural.Of(len(g.rows), "row"), remedy)
	}
	g.coder, _ = newCoder(g.column, levelNames(g.levels)) // numbers and texts have levels
	return nil
}

// likeLabels reports whether numbers look like labels: 0 and 1, however rare
// one is, two numbers in several rows, or 0, 1, 2, ... or 1, 2, 3, ... without
// a gap, each in several rows.
func likeLabels(ls []level) bool {
	if len(ls) == 2 {
		return ls[0].number == 0 && ls[1].number == 1 || ls[0].rows+ls[1].rows >= 2*labelRows
	}
	if len(ls) > likelyLabels || len(ls) < 2 || ls[0].number != 0 && ls[0].number != 1 {
		return false
	}
	for i, l := range ls {
		if l.number != ls[0].number+float64(i) || l.rows < labelRows {
			return false
		}
	}
	return true
}

// fewWhole reports whether numbers may be labels, though they look like quantities.
func fewWhole(ls []level) bool {
	return len(ls) <= likelyLabels && !slices.ContainsFunc(ls, func(l level) bool { return l.number != math.Trunc(l.number) })
}

// inTarget reports a text among the numbers of a target.
func (o odd) inTarget() error {
	return atRow(o.row, fmt.Errorf("%.40q is not a number, as %d of %d values are: correct it, or declare that it means a missing value", o.text, o.numbers, o.values))
}

// likeLevels reports whether the numbers among texts may be names of classes,
// as beside "3+": few, and whole.
func likeLevels(ls []level) bool {
	if len(ls) > likelyLabels {
		return false
	}
	for _, l := range ls {
		if v, err := strconv.ParseFloat(l.name, 64); err == nil && v != math.Trunc(v) {
			return false
		}
	}
	return true
}

// A target is a goal as it is kept with a network.
type target struct {
	Name    string   `json:"name"`
	Classes []string `json:"classes,omitempty"` // of a classification
	Numbers *numbers `json:"numbers,omitempty"` // of a regression
}

// fitTarget fits the scale of a regression's target to the training rows.
func (p Plan) fitTarget(g *goal, train []int, n *notes) (target, error) {
	t := target{Name: p.Target}
	if g.task == Classification {
		if how, named := p.Transforms[p.Target]; named && how != None {
			return t, fmt.Errorf("target %s: %s is not for classes: they are numbered in order", p.Target, how)
		}
		t.Classes = levelNames(g.levels)
		n.say("target %s: %s", p.Target, g.said)
		return t, nil
	}
	how, err := p.Amounts.transform(p.Target, p.Transforms[p.Target])
	if err != nil {
		return t, about("transform."+p.Target, "", err)
	}
	if !slices.Contains(targetTransforms[:], how) {
		return t, fmt.Errorf("target %s: %s is not for a target: it can take %s", p.Target, how, list(targetTransforms[:]))
	}
	fitted, sums, err := fitNumbers(g.column, train, how, isConstant)
	if err != nil {
		return t, inTarget(p.Target, err)
	}
	if !slices.ContainsFunc(sums, func(s summary) bool { return !isConstant(s) }) {
		return t, fmt.Errorf("target %s: it is %g in every training row: there is nothing to learn", p.Target, sums[0].mean)
	}
	t.Numbers = fitted
	done := how.done()
	if p.Amounts != "" {
		done += ", since the loss takes " + string(p.Amounts)
	}
	if g.column.Kind != dataset.Array {
		n.say("target %s: regression, %s (mean %.4g, standard deviation %.4g)%s", p.Target, done, sums[0].mean, sums[0].std, g.said)
	} else {
		n.say("target %s: regression of %d numbers, %s", p.Target, extent(g.column.Shape), done)
	}
	return t, nil
}

// done is a transform as something that has happened.
func (t Transform) done() string {
	switch t {
	case MinMax:
		return "scaled to 0..1"
	case Log:
		return "log(1+x), then standardized"
	case None:
		return "as it is"
	}
	return "standardized"
}
