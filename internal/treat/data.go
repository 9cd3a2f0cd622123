package treat

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/stat"
)

// inputs scales columns by figures of the training rows, in both splits.
func (s *Subject) inputs(set nnvet.Setting) error {
	if s.embeds() {
		return fmt.Errorf("the inputs are numbers of things that are looked up")
	}
	chosen, err := s.columns(set.Site)
	if err != nil {
		return err
	}
	var change func(values []float64) func(float64) float64
	switch by, divides := strings.CutPrefix(set.To, "/"); {
	case divides:
		f, err := strconv.ParseFloat(by, 64)
		if err != nil || !(f > 0) {
			return fmt.Errorf("%q is nothing to divide by", by)
		}
		change = func([]float64) func(float64) float64 { return func(v float64) float64 { return v / f } }
	case set.To == "standardize":
		change = s.standardize
	case set.To == "log":
		change = func(values []float64) func(float64) float64 {
			bent := make([]float64, len(values))
			for i, v := range values {
				bent[i] = bend(v)
			}
			then := s.standardize(bent)
			return func(v float64) float64 { return then(bend(v)) }
		}
	case set.To == "robust":
		change = s.robust
	case set.To == "maxabs":
		change = byLargest
	case set.To == "drop":
		return s.drop(chosen)
	case set.To == "onehot":
		return s.spelled(chosen, spread)
	case is(set.To, "circle"):
		return s.spelled(chosen, turned(figureOf(set.To)))
	case is(set.To, "missing"):
		return s.spelled(chosen, s.filled(figureOf(set.To)))
	case set.To == "none":
		return s.unscaled(chosen)
	default:
		return fmt.Errorf("it is none of standardize, robust, maxabs, none, log, drop, onehot, circle 24, missing -999, /255")
	}
	width := s.Spec.Input.Last()
	train, val := slices.Clone(s.Train.X), slices.Clone(s.Val.X)
	for _, c := range chosen {
		f := change(strided(train, c, width))
		for _, x := range [][]float32{train, val} {
			for i := c; i < len(x); i += width {
				x[i] = float32(f(float64(x[i])))
			}
		}
	}
	s.Train.X, s.Val.X = train, val
	return nil
}

// is reports whether a value is a word, or that word and a figure: "circle 24".
func is(to, word string) bool { return to == word || strings.HasPrefix(to, word+" ") }

func figureOf(to string) string {
	_, figure, _ := strings.Cut(to, " ")
	return figure
}

// unscaled gives columns that hardly vary the scale 1. What others were before
// they were scaled, numbers that were fed do not tell.
func (s *Subject) unscaled(columns []int) error {
	width := s.Spec.Input.Last()
	for _, c := range columns {
		if _, share := commonest(strided(s.Train.X, c, width)); share <= mostlyOne {
			return fmt.Errorf("what column %d was before it was scaled is not known", c)
		}
	}
	for _, c := range columns {
		if err := s.inputs(nnvet.Setting{Name: "inputs", Site: strconv.Itoa(c), To: "standardize"}); err != nil {
			return err
		}
	}
	return nil
}

// bend is a logarithm that takes what is negative too.
func bend(v float64) float64 { return math.Copysign(math.Log1p(math.Abs(v)), v) }

// Of a column that hardly varies, as internal/recipe has it.
const (
	mostlyOne = 0.995 // share of one value past which a column hardly varies
	cut       = 8     // where its rare values are cut
)

// standardize returns the change that gives values mean 0 and standard deviation
// 1. A column that hardly varies is centred and keeps its unit, but for rare
// values that are far out: its own deviation, or an epsilon, would make those huge.
func (s *Subject) standardize(values []float64) func(float64) float64 {
	finite := slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return !stat.Finite(v) })
	mean, std := stat.Mean(finite), stat.SD(finite)
	if len(s.Spec.Input) == 1 {
		if mode, share := commonest(finite); share > mostlyOne {
			return func(v float64) float64 { return min(max(v-mode, -cut), cut) }
		}
	}
	if !(std > 1e-6*math.Abs(mean)) { // constant, but for the last digits of a float32
		return func(v float64) float64 { return v - mean }
	}
	return func(v float64) float64 { return (v - mean) / std }
}

// commonest returns the value that occurs most, and its share.
func commonest(values []float64) (mode, share float64) {
	sorted := slices.Sorted(slices.Values(values))
	best := 0
	for from := 0; from < len(sorted); {
		to := from
		for to < len(sorted) && sorted[to] == sorted[from] {
			to++
		}
		if to-from > best {
			best, mode = to-from, sorted[from]
		}
		from = to
	}
	return mode, float64(best) / float64(max(1, len(sorted)))
}

func strided(x []float32, from, step int) []float64 {
	out := make([]float64, 0, len(x)/step+1)
	for i := from; i < len(x); i += step {
		out = append(out, float64(x[i]))
	}
	return out
}

// columns returns the numbers of the columns that a site names; all for "".
func (s *Subject) columns(site string) ([]int, error) {
	width := s.Spec.Input.Last()
	if site == "" {
		var all []int
		for c := range width {
			all = append(all, c)
		}
		return all, nil
	}
	if c := slices.Index(s.Names, site); c >= 0 {
		return []int{c}, nil
	}
	c, err := strconv.Atoi(strings.TrimPrefix(site, "column "))
	if err != nil || c < 0 || c >= width {
		return nil, fmt.Errorf("there is no column %s", site)
	}
	return []int{c}, nil
}

// drop takes columns out.
func (s *Subject) drop(columns []int) error {
	width := s.Spec.Input.Last()
	if len(s.Spec.Input) != 1 || len(columns) >= width {
		return fmt.Errorf("inputs of %v cannot do without it", s.Spec.Input)
	}
	rest := func(x []float32) []float32 {
		var out []float32
		for i, v := range x {
			if !slices.Contains(columns, i%width) {
				out = append(out, v)
			}
		}
		return out
	}
	s.Train.X, s.Val.X = rest(s.Train.X), rest(s.Val.X)
	s.Spec.Input = engine.Shape{width - len(columns)}
	var left []string
	for i, n := range s.Names {
		if !slices.Contains(columns, i) {
			left = append(left, n)
		}
	}
	s.Names = left
	return nil
}

// targets standardizes targets by the training rows, where the loss sees nothing
// but differences, so that it is the same task; or it writes labels of two
// values as 0 and 1.
func (s *Subject) targets(set nnvet.Setting) error {
	if set.To == "0/1" {
		return s.zeroOne()
	}
	k := s.Spec.Loss.Kind
	if k != engine.MSE && k != engine.MAE && k != engine.Huber {
		return fmt.Errorf("the loss is %s, which is not of differences", k)
	}
	if set.To != "standardize" {
		return fmt.Errorf("it can be standardize or 0/1")
	}
	width := len(s.Train.Y) / max(1, s.Train.Rows)
	chosen := make([]int, 0, width)
	for c := range width {
		if set.Site == "" || set.Site == strconv.Itoa(c) {
			chosen = append(chosen, c)
		}
	}
	if len(chosen) == 0 {
		return fmt.Errorf("there is no target %s", set.Site)
	}
	train, val := slices.Clone(s.Train.Y), slices.Clone(s.Val.Y)
	for _, c := range chosen {
		values := strided(train, c, width)
		mean, std := stat.Mean(values), stat.SD(values)
		if !(std > 0) || !stat.Finite(std) {
			return fmt.Errorf("target %d has no standard deviation to divide by", c)
		}
		for _, y := range [][]float32{train, val} {
			for i := c; i < len(y); i += width {
				y[i] = float32((float64(y[i]) - mean) / std)
			}
		}
	}
	s.Train.Y, s.Val.Y = train, val
	return nil
}

// zeroOne writes two values of targets as 0 and 1, whatever they were.
func (s *Subject) zeroOne() error {
	two := levels(strided(s.Train.Y, 0, 1))
	if len(two) != 2 {
		return fmt.Errorf("the targets have %d values, and not 2", len(two))
	}
	for _, y := range []*[]float32{&s.Train.Y, &s.Val.Y} {
		changed := make([]float32, len(*y))
		for i, v := range *y {
			switch float64(v) {
			case two[0]:
			case two[1]:
				changed[i] = 1
			default:
				return fmt.Errorf("%g is a target of validation rows alone", v)
			}
		}
		*y = changed
	}
	return nil
}
