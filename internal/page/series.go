package page

import (
	"encoding/json"
	"math"
	"sort"
	"strconv"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/report"
)

// How many points a curve has at most: of a served page more than a wide screen
// has columns, and of a page that carries them about as many as the plot is
// wide (conventions). What falls into one bucket is told by its smallest, mean
// and largest value, so that no spike is lost.
const (
	mostBuckets    = 2000
	carriedBuckets = 800
)

// smooth is the decay of the smoothed line: about the last 50 values. A curve of
// fewer than so many values has none, as it is no noisier than its line would be.
const (
	smooth      = 0.98
	leastSmooth = 100
)

// A timeline is the columns that the script draws.
type timeline struct {
	Last   int64        `json:"last"` // last step of the run that is told
	Curves []curveLines `json:"curves"`
}

// curveLines is one curve. What is not finite is null, and broken says what it
// was and where it began.
type curveLines struct {
	Name     string  `json:"name"`
	Axis     string  `json:"axis"` // curves of one axis share a plot: "loss", "share", "rate"
	Baseline float   `json:"baseline"`
	Steps    []int64 `json:"steps"`
	Mean     []float `json:"mean"`
	Min      []float `json:"min,omitempty"` // absent where every bucket is one value
	Max      []float `json:"max,omitempty"`
	Smooth   []float `json:"smooth,omitempty"`
	Broken   *broken `json:"broken,omitempty"`
}

type broken struct {
	Step int64  `json:"step"`
	What string `json:"what"` // "NaN", "inf"
}

// A float is written in four digits, finer than any screen, and as null where it is not finite.
type float float64

// MarshalJSON writes the number.
func (f float) MarshalJSON() ([]byte, error) {
	v := float64(f)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("null"), nil
	}
	const digits = 4
	return strconv.AppendFloat(nil, v, 'g', digits, 64), nil
}

// Series returns the columns of the timeline past a step as JSON: losses,
// accuracies and learning rates, in at most 2000 buckets each.
func Series(t *nnvet.Trace, since int64) ([]byte, error) {
	if t == nil {
		t = &nnvet.Trace{}
	}
	return json.Marshal(timelineOf(t, since, mostBuckets))
}

func timelineOf(t *nnvet.Trace, since int64, most int) timeline {
	tl := timeline{Last: since, Curves: []curveLines{}}
	add := func(name, axis string, baseline float64, s *nnvet.Series) {
		if s.Len() > 0 {
			last, _ := s.Last()
			tl.Last = max(tl.Last, last)
			tl.Curves = append(tl.Curves, linesOf(name, axis, baseline, s, since, most))
		}
	}
	for _, c := range report.CurvesOf(t) {
		axis := "loss"
		if c.Share {
			axis = "share"
		}
		add(c.Name, axis, c.Baseline, c.Series)
	}
	const mostRates = 3 // groups of an optimizer whose rates are drawn
	n := 0
	for s := range t.All(nnvet.Rate) {
		if n++; n > mostRates {
			break
		}
		name := "learning rate"
		if n > 1 {
			name += " " + strconv.Itoa(n)
		}
		add(name, "rate", math.NaN(), s)
	}
	return tl
}

func linesOf(name, axis string, baseline float64, s *nnvet.Series, since int64, most int) curveLines {
	c := curveLines{Name: name, Axis: axis, Baseline: float(baseline), Steps: []int64{}, Mean: []float{}} // never null: scripts measure them
	for i, v := range s.Values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			c.Broken = &broken{s.Steps[i], report.Num(v)}
			break
		}
	}
	from := sort.Search(len(s.Steps), func(i int) bool { return s.Steps[i] > since })
	line := smoothed(s.Values)
	for _, b := range bucketsOf(len(s.Steps)-from, most) {
		c.add(s, line, from+b[0], from+b[1])
	}
	if len(c.Mean) == len(s.Values)-from { // nothing was binned
		c.Min, c.Max = nil, nil
	}
	if len(s.Values) < leastSmooth || axis != "loss" {
		c.Smooth = nil
	}
	if axis == "rate" {
		c.flat()
	}
	return c
}

// bucketsOf divides n values into at most so many runs of nearly equal length.
func bucketsOf(n, most int) [][2]int {
	k := min(n, most)
	out := make([][2]int, k)
	for i := range out {
		out[i] = [2]int{i * n / k, (i + 1) * n / k}
	}
	return out
}

// add makes a bucket of the values [from, to). One that is not finite makes the
// whole bucket so: that is often the point.
func (c *curveLines) add(s *nnvet.Series, line []float64, from, to int) {
	sum, lo, hi := 0.0, math.Inf(1), math.Inf(-1)
	for _, v := range s.Values[from:to] {
		sum += v / float64(to-from)
		lo, hi = math.Min(lo, v), math.Max(hi, v)
	}
	c.Steps = append(c.Steps, s.Steps[from])
	c.Mean = append(c.Mean, float(sum))
	c.Min, c.Max = append(c.Min, float(lo)), append(c.Max, float(hi))
	c.Smooth = append(c.Smooth, float(line[to-1]))
}

// smoothed returns the mean of the values up to each, the older counting less,
// corrected for its start (Kingma and Ba 2015). It is NaN where a value is, and
// goes on behind it.
func smoothed(values []float64) []float64 {
	out := make([]float64, len(values))
	sum, weight := 0.0, 0.0
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			out[i] = math.NaN()
			continue
		}
		sum, weight = smooth*sum+(1-smooth)*v, smooth*weight+(1-smooth)
		out[i] = sum / weight
	}
	return out
}

// flat leaves of a rate the points between which it is constant.
func (c *curveLines) flat() {
	n := 0
	for i := range c.Steps {
		inner := i > 0 && i+1 < len(c.Steps) && c.Mean[i] == c.Mean[i-1] && c.Mean[i] == c.Mean[i+1]
		if !inner {
			c.Steps[n], c.Mean[n] = c.Steps[i], c.Mean[i]
			n++
		}
	}
	c.Steps, c.Mean, c.Min, c.Max = c.Steps[:n], c.Mean[:n], nil, nil
}
