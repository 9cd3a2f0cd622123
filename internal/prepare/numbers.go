package prepare

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/plural"
)

// numbers scales a column of numbers or of arrays: (v-shift)/scale, with a
// shift and a scale for every channel. Element j of a row belongs to channel j
// modulo the number of channels: a vector has as many as it has elements, an
// image those of its last dimension.
type numbers struct {
	Shape   []int     `json:"shape,omitempty"`  // of an array
	Tokens  int       `json:"tokens,omitempty"` // of whole numbers below it, which are no quantities
	Log     bool      `json:"log,omitempty"`    // log(1+v) comes first
	Shift   []float64 `json:"shift"`
	Scale   []float64 `json:"scale"`             // 0: a constant, which becomes 0
	Fill    []float64 `json:"fill"`              // for what is missing, in the units of Shift
	Keep    bool      `json:"keep,omitempty"`    // what is missing stays NaN
	Percent bool      `json:"percent,omitempty"` // the numbers carried a percent sign
	Missing bool      `json:"missing,omitempty"` // a 0/1 feature says what was missing
}

// fitNumbers fits a transform to the training rows. Channels that are constant
// by the given notion become 0.
func fitNumbers(c *dataset.Column, train []int, how Transform, constant func(summary) bool) (*numbers, []summary, error) {
	n := &numbers{Log: how == Log, Keep: how == None, Percent: c.Percent}
	channels := 1
	if c.Kind == dataset.Array {
		n.Shape = c.Shape
		channels = c.Shape[len(c.Shape)-1]
	}
	if how == None {
		n.Shift, n.Fill, n.Scale = make([]float64, channels), make([]float64, channels), slices.Repeat([]float64{1}, channels)
		return n, []summary{plainSummary(c, train)}, nil
	}
	var sums []summary
	var err error
	if c.Kind == dataset.Array {
		sums, err = summarize(c.Values, extent(c.Shape), channels, train, n.Log)
	} else {
		sums, err = summarize(c.Numbers, 1, 1, train, n.Log)
	}
	if err != nil {
		return nil, nil, err
	}
	bytes := len(c.Shape) == 3 && areBytes(sums)
	for _, s := range sums {
		shift, scale := s.mean, s.std
		switch {
		case s.n == 0:
			shift, scale = 0, 0
		case constant(s):
			scale = 0
		case how == MinMax && bytes:
			shift, scale = 0, 255
		case how == MinMax:
			shift, scale = s.min, s.max-s.min
		}
		n.Shift, n.Scale, n.Fill = append(n.Shift, shift), append(n.Scale, scale), append(n.Fill, orZero(s.mean))
	}
	return n, sums, nil
}

func orZero(v float64) float64 {
	if v != v {
		return 0
	}
	return v
}

// plainSummary has the mean and deviation where they can be had, for a
// sentence; values that go in as they are may be anything.
func plainSummary(c *dataset.Column, train []int) summary {
	s := summary{n: 1, mean: math.NaN(), std: math.NaN(), max: 1} // not constant, as far as is known
	if c.Kind == dataset.Array {
		return s
	}
	if sums, err := summarize(c.Numbers, 1, 1, train, false); err == nil {
		return sums[0]
	}
	s.missing = missingOf(c, train)
	return s
}

// areBytes reports whether all channels of an image hold bytes: whole numbers
// from 0 to 255, and not only zeros and ones.
func areBytes(sums []summary) bool {
	top := 0.0
	for _, s := range sums {
		if !s.whole || s.n > 0 && (s.min < 0 || s.max > 255) {
			return false
		}
		top = max(top, s.max)
	}
	return top > 1
}

// fitTokens takes whole numbers as they are, for an embedding. All rows that
// have a target count: which tokens there are is no statistic of them.
func fitTokens(c *dataset.Column, rows []int) (*numbers, error) {
	n := &numbers{Shift: []float64{0}, Scale: []float64{1}, Fill: []float64{0}, Tokens: 1, Percent: c.Percent}
	if c.Kind == dataset.Array {
		n.Shape = c.Shape
		channels := c.Shape[len(c.Shape)-1]
		n.Shift, n.Fill, n.Scale = make([]float64, channels), make([]float64, channels), slices.Repeat([]float64{1}, channels)
	}
	bound := n.bounded(maxTokens)
	top := 0.0
	for _, row := range rows {
		for j := range n.elements() {
			v := elementOf(c, row, j)
			if _, err := bound.scaled(v, 0); err != nil {
				return nil, atRow(row, err)
			}
			top = max(top, orZero(v))
		}
	}
	n.Tokens = int(top) + 1
	return n, nil
}

// maxTokens is where float32, which carries tokens, stops holding whole numbers.
const maxTokens = 1 << 24

func (n numbers) bounded(tokens int) *numbers {
	n.Tokens = tokens
	return &n
}

func elementOf(c *dataset.Column, row, j int) float64 {
	if c.Kind == dataset.Array {
		return float64(c.Values[row*extent(c.Shape)+j])
	}
	return c.Numbers[row]
}

// elements is how many values a row has.
func (n *numbers) elements() int { return extent(n.Shape) }

func (n *numbers) width() int {
	if n.Missing {
		return n.elements() + 1
	}
	return n.elements()
}

func (n *numbers) features(name string) []string {
	if n.Shape == nil {
		return withMissing([]string{name}, name, n.Missing)
	}
	out := make([]string, n.elements())
	for j := range out {
		out[j] = name + place(j, n.Shape)
	}
	return out
}

// place writes where element j of an array is: "[1,2,0]".
func place(j int, shape []int) string {
	var at string
	for i := len(shape) - 1; i >= 0; i-- {
		at = fmt.Sprintf(",%d", j%shape[i]) + at
		j /= shape[i]
	}
	return "[" + at[1:] + "]"
}

func withMissing(features []string, name string, missing bool) []string {
	if missing {
		return append(features, name+" missing")
	}
	return features
}

func (n *numbers) bind(c *dataset.Column) (writer, error) {
	switch {
	case n.Shape != nil:
		if c.Kind != dataset.Array || !slices.Equal(c.Shape, n.Shape) {
			return nil, fmt.Errorf("column %s: %s, but arrays of %v in training", c.Name, holds(c), n.Shape)
		}
		return func(row int, dst []float32) error { return n.array(c, row, dst) }, nil
	case c.Kind == dataset.Number && c.Percent != n.Percent && missingOf(c, allRows(len(c.Numbers))) < len(c.Numbers):
		return nil, inColumn(c.Name, n.otherSign())
	case c.Kind == dataset.Number:
		return func(row int, dst []float32) error { return n.number(c.Numbers[row], dst) }, nil
	case isEmpty(c):
		return func(_ int, dst []float32) error { return n.number(math.NaN(), dst) }, nil
	}
	return nil, inColumn(c.Name, notNumbers(c))
}

// otherSign reports numbers with a percent sign where training had none, or
// the reverse: whether they are a hundred times what they were is not known.
func (n *numbers) otherSign() error {
	if n.Percent {
		return errors.New("numbers without the percent sign that they had in training: write it, so that it is sure what they mean")
	}
	return errors.New("numbers with a percent sign, which they had not in training: write them as they were")
}

func (n *numbers) number(v float64, dst []float32) error {
	x, err := n.scaled(v, 0)
	if err != nil {
		return err
	}
	dst[0] = x
	if n.Missing {
		dst[1] = indicator(v != v)
	}
	return nil
}

func (n *numbers) array(c *dataset.Column, row int, dst []float32) error {
	elements := len(dst)
	channel := 0
	for j, v := range c.Values[row*elements : (row+1)*elements] {
		x, err := n.scaled(float64(v), channel)
		if err != nil {
			return err
		}
		dst[j] = x
		if channel++; channel == len(n.Shift) {
			channel = 0
		}
	}
	return nil
}

// scaled is what a network sees of a value.
func (n *numbers) scaled(v float64, channel int) (float32, error) {
	missing := v != v
	switch {
	case n.Keep && (missing || math.IsInf(v, 0)):
		return float32(v), nil
	case n.Tokens > 0:
		return n.token(v)
	case n.Keep:
		return plain(v)
	case n.Scale[channel] == 0:
		return 0, nil
	case missing:
		v = n.Fill[channel]
	default:
		var err error
		if v, err = logOf(v, n.Log); err != nil {
			return 0, err
		}
	}
	return plain((v - n.Shift[channel]) / n.Scale[channel])
}

// plain rounds to float32, in which no finite number may become infinite.
func plain(v float64) (float32, error) {
	x := float32(v)
	if math.IsInf(float64(x), 0) {
		return 0, fmt.Errorf("%.3g is too large for single precision: divide the column first, or leave the row out", v)
	}
	return x, nil
}

func (n *numbers) token(v float64) (float32, error) {
	switch {
	case v != v:
		return 0, nil
	case v < 0 || v != math.Trunc(v):
		return 0, fmt.Errorf("%g is no index: it must be a whole number from 0", v)
	case v >= float64(n.Tokens):
		return 0, fmt.Errorf("the index %.0f is not below %d", v, n.Tokens)
	}
	return float32(v), nil
}

func indicator(yes bool) float32 {
	if yes {
		return 1
	}
	return 0
}

// unscaled undoes scaled.
func (n *numbers) unscaled(x float32, channel int) float64 {
	v := float64(float64(x)*n.Scale[channel]) + n.Shift[channel]
	if n.Log {
		return math.Expm1(v)
	}
	return v
}

func (n *numbers) unfamiliar(c *dataset.Column, rows []int, place func(int) string) string {
	if n.Missing || c.Kind != dataset.Number {
		return ""
	}
	missing := missingOf(c, rows)
	if missing == 0 {
		return ""
	}
	as := "taken for the mean of training"
	switch {
	case n.Keep:
		as = "left as NaN"
	case n.Tokens > 0:
		as = "taken for 0"
	}
	first := rows[slices.IndexFunc(rows, func(row int) bool { v := c.Numbers[row]; return v != v })]
	return fmt.Sprintf("column %s: %s, none in training, the first in %s: %s", c.Name, plural.Of(missing, "missing value"), place(first), as)
}

func missingOf(c *dataset.Column, rows []int) int {
	n := 0
	for _, row := range rows {
		if v := c.Numbers[row]; v != v {
			n++
		}
	}
	return n
}

func (n *numbers) check() error {
	if n.Shape != nil && !soundShape(n.Shape) {
		return fmt.Errorf("a shape of %v", n.Shape)
	}
	channels := 1
	if n.Shape != nil {
		channels = n.Shape[len(n.Shape)-1]
	}
	switch {
	case len(n.Shift) != channels || len(n.Scale) != channels || len(n.Fill) != channels:
		return fmt.Errorf("%d, %d and %d figures for %d channels", len(n.Shift), len(n.Scale), len(n.Fill), channels)
	case n.Tokens < 0 || n.Tokens > maxTokens:
		return fmt.Errorf("%d tokens", n.Tokens)
	case n.Missing && (n.Shape != nil || n.Keep || n.Tokens > 0):
		return errors.New("a feature for what is missing where there can be none")
	}
	for _, scale := range n.Scale {
		if scale < 0 {
			return fmt.Errorf("a scale of %g", scale)
		}
	}
	return nil
}

// maxWidth bounds the features of a row.
const maxWidth = 1 << 28

func soundShape(shape []int) bool {
	const maxRank = 8
	n := 1
	for _, e := range shape {
		if e < 1 || e > maxWidth/n {
			return false
		}
		n *= e
	}
	return len(shape) > 0 && len(shape) <= maxRank
}
