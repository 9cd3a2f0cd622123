package prepare

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/plural"
)

// How the rows are divided.
const (
	ByRandom = "random" // by chance, with every class in proportion
	ByOrder  = "order"  // the last rows are for the test, those before them for validation
	ByGroup  = "group"  // rows of one group stay together
)

// groupKey is where an experiment file names the column of the groups.
const groupKey = "split.by.column"

// A SplitPlan says how rows are divided into training, validation and test.
type SplitPlan struct {
	Val, Test float64 // shares of the rows; 0 for none
	Seed      int64
	By        string // "" for ByGroup where Group is named, else ByRandom
	Group     string // column of the groups
}

// A Split holds the rows of each part, from 0 and ascending. Rows without a
// target are in none.
type Split struct {
	Train, Val, Test []int
	Said             []string
}

func (s SplitPlan) by() string {
	switch {
	case s.By != "":
		return s.By
	case s.Group != "":
		return ByGroup
	}
	return ByRandom
}

func (s SplitPlan) check() error {
	ways := []string{ByRandom, ByOrder, ByGroup}
	switch {
	case !slices.Contains(ways, s.by()):
		return fmt.Errorf("split: by %q is none of %s", s.By, among(ways))
	case !(s.Val >= 0 && s.Val < 1): // not for NaN either
		return fmt.Errorf("split: val %g is no share of the rows: it must be at least 0 and below 1", s.Val)
	case !(s.Test >= 0 && s.Test < 1):
		return fmt.Errorf("split: test %g is no share of the rows: it must be at least 0 and below 1", s.Test)
	case s.Val+s.Test >= 1:
		return fmt.Errorf("split: val %g and test %g leave no rows for training: lower them", s.Val, s.Test)
	case s.by() == ByGroup && s.Group == "":
		return fmt.Errorf("split: by %s needs the column of the groups", ByGroup)
	case s.by() != ByGroup && s.Group != "":
		return fmt.Errorf("split: by %s has no use for the groups of %s: say by %s", s.By, s.Group, ByGroup)
	}
	return nil
}

// parts returns how many parts must not be empty.
func (s SplitPlan) parts() int {
	n := 1
	if s.Val > 0 {
		n++
	}
	if s.Test > 0 {
		n++
	}
	return n
}

// Divide divides the rows of a table. The same seed gives the same rows on
// every machine.
func (p Plan) Divide(t *dataset.Table) (*Split, error) {
	g, err := p.goal(t)
	if err != nil {
		return nil, err
	}
	if n := p.Split.parts(); len(g.rows) < n {
		return nil, about("split", "", fmt.Errorf("split: %s with a target cannot be divided into %d parts: add rows, or hold none out", plural.Of(len(g.rows), "row"), n))
	}
	s, how := &Split{}, ""
	switch p.Split.by() {
	case ByOrder:
		s.inOrder(g.rows, p.Split)
		how = "in the order of the rows"
	case ByGroup:
		n, err := s.byGroup(t.Column(p.Split.Group), g.rows, p.Split)
		if err != nil {
			return nil, about(groupKey, "", err)
		}
		how = fmt.Sprintf("by the %d groups of %s, seed %d", n, p.Split.Group, p.Split.Seed)
	default:
		s.random(g, p.Split)
		how = fmt.Sprintf("by chance, seed %d", p.Split.Seed)
		if g.task == Classification {
			how = fmt.Sprintf("by chance with the classes of %s in proportion, seed %d", p.Target, p.Split.Seed)
		}
	}
	s.sort()
	if g.missing > 0 {
		s.say("target %s: %s without it %s left out", p.Target, plural.Of(g.missing, "row"), isAre(g.missing))
	}
	s.say("%d training, %d validation and %d test rows, %s", len(s.Train), len(s.Val), len(s.Test), how)
	s.copies(append(p.inputs(t), g.column))
	return s, nil
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func (s *Split) say(format string, args ...any) {
	s.Said = append(s.Said, fmt.Sprintf(format, args...))
}

func (s *Split) all() []int { return slices.Concat(s.Train, s.Val, s.Test) }

func (s *Split) sort() {
	slices.Sort(s.Train)
	slices.Sort(s.Val)
	slices.Sort(s.Test)
}

// inOrder cuts the rows in two places.
func (s *Split) inOrder(rows []int, plan SplitPlan) {
	var q quota
	val, test := q.of(len(rows), plan)
	sizes := []int{len(rows) - val - test, val, test}
	for i, wanted := range []bool{true, plan.Val > 0, plan.Test > 0} {
		if wanted && sizes[i] == 0 {
			sizes[largest(sizes)]--
			sizes[i]++
		}
	}
	s.Train = slices.Clone(rows[:sizes[0]])
	s.Val = slices.Clone(rows[sizes[0] : sizes[0]+sizes[1]])
	s.Test = slices.Clone(rows[sizes[0]+sizes[1]:])
}

func largest(sizes []int) int { return slices.Index(sizes, slices.Max(sizes)) }

// random gives every class its share in every part; a regression has one class.
func (s *Split) random(g *goal, plan SplitPlan) {
	classes := make([][]int, max(len(g.levels), 1))
	for _, row := range g.rows {
		class := 0
		if g.task == Classification {
			class = int(g.coder.at(row))
		}
		classes[class] = append(classes[class], row)
	}
	var q quota
	chance := newChance(plan.Seed)
	for _, rows := range classes {
		chance.shuffle(rows)
		val, test := q.of(len(rows), plan)
		s.Val = append(s.Val, rows[:val]...)
		s.Test = append(s.Test, rows[val:val+test]...)
		s.Train = append(s.Train, rows[val+test:]...)
	}
	s.fill(plan)
}

// fill gives a part that was asked for at least one row, where rounding left
// it none.
func (s *Split) fill(plan SplitPlan) {
	parts := []*[]int{&s.Train, &s.Val, &s.Test}
	for i, wanted := range []bool{true, plan.Val > 0, plan.Test > 0} {
		if !wanted || len(*parts[i]) > 0 {
			continue
		}
		from := parts[largest([]int{len(s.Train), len(s.Val), len(s.Test)})]
		last := len(*from) - 1
		*parts[i] = append(*parts[i], (*from)[last])
		*from = (*from)[:last]
	}
}

// A quota shares out rows class by class. What rounding gives or takes in one
// class is made good in the next.
type quota struct{ val, test float64 }

// of returns how many of n rows are held out. At least one is left for training.
func (q *quota) of(n int, plan SplitPlan) (val, test int) {
	val = owed(&q.val, n, plan.Val)
	test = owed(&q.test, n, plan.Test)
	for n > 0 && val+test >= n {
		if val >= test {
			val--
			q.val++
		} else {
			test--
			q.test++
		}
	}
	return val, test
}

func owed(rest *float64, n int, share float64) int {
	due := float64(float64(n)*share) + *rest // rounded in between, so that no machine fuses the two
	whole := max(math.Round(due), 0)
	*rest = due - whole
	return int(whole)
}

// byGroup deals the groups out in random order, each to the part that lacks
// the most rows, and returns how many there are. Rows without a group are one.
func (s *Split) byGroup(c *dataset.Column, rows []int, plan SplitPlan) (int, error) {
	groups, err := groupsOf(c, rows)
	if err != nil {
		return 0, err
	}
	if len(groups) < plan.parts() {
		return 0, fmt.Errorf("split: the %s of column %s cannot be divided into %d parts: divide by %s", plural.Of(len(groups), "group"), c.Name, plan.parts(), ByRandom)
	}
	newChance(plan.Seed).shuffleGroups(groups)
	n := float64(len(rows))
	parts := []struct {
		rows *[]int
		want float64
	}{
		{&s.Train, n - float64(n*plan.Val) - float64(n*plan.Test)}, {&s.Val, float64(n * plan.Val)}, {&s.Test, float64(n * plan.Test)},
	}
	for i, group := range groups {
		empty := 0
		for _, p := range parts {
			if p.want > 0 && len(*p.rows) == 0 {
				empty++
			}
		}
		to, most := 0, math.Inf(-1)
		for j, p := range parts {
			lack := p.want - float64(len(*p.rows))
			mustFill := empty == len(groups)-i // the groups left are just enough
			if p.want > 0 && lack > most && (!mustFill || len(*p.rows) == 0) {
				to, most = j, lack
			}
		}
		*parts[to].rows = append(*parts[to].rows, group...)
	}
	return len(groups), nil
}

func groupsOf(c *dataset.Column, rows []int) ([][]int, error) {
	var key func(row int) float64
	switch c.Kind {
	case dataset.Number, dataset.Date:
		key = func(row int) float64 { return c.Numbers[row] }
	case dataset.Category, dataset.Text:
		key = func(row int) float64 { return float64(c.Codes[row]) }
	default:
		return nil, fmt.Errorf("split: column %s holds arrays, which are no groups", c.Name)
	}
	place := make(map[float64]int)
	var groups [][]int
	for _, row := range rows {
		k := key(row)
		if k == dataset.Beyond && c.Kind == dataset.Text {
			return nil, fmt.Errorf("split: %w", inColumn(c.Name, atRow(row, errors.New("there are more different texts than are kept: group by another column"))))
		}
		if k != k {
			k = math.Inf(1) // NaN is no key
		}
		i, ok := place[k]
		if !ok {
			i = len(groups)
			place[k] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], row)
	}
	return groups, nil
}

// chance is a source of random numbers that is the same on every machine and
// in every release of Go.
type chance struct{ pcg *rand.PCG }

func newChance(seed int64) chance {
	const stream = 0x73706c6974 // "split"
	return chance{rand.NewPCG(uint64(seed), stream)}
}

// below returns a number in [0, n). It favours some by at most n in 2^64.
func (c chance) below(n int) int {
	high, _ := bits.Mul64(c.pcg.Uint64(), uint64(n))
	return int(high)
}

func (c chance) shuffle(rows []int) {
	for i := len(rows) - 1; i > 0; i-- {
		j := c.below(i + 1)
		rows[i], rows[j] = rows[j], rows[i]
	}
}

func (c chance) shuffleGroups(groups [][]int) {
	for i := len(groups) - 1; i > 0; i-- {
		j := c.below(i + 1)
		groups[i], groups[j] = groups[j], groups[i]
	}
}
