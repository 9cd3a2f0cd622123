package prepare

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/nnvet/nnvet/internal/dataset"
)

// A cycle is a part of the calendar that comes again, which two features, the
// sine and the cosine of where it stands, carry without a seam.
type cycle struct {
	name string
	turn func(seconds float64) float64 // where it stands, in [0, 1)
}

const day = 24 * 60 * 60 // seconds, without leap seconds, as in Unix time

var cycles = [...]cycle{
	{"hour", func(s float64) float64 { return phase(s, day) }},
	{"weekday", func(s float64) float64 { return math.Floor(phase(s+4*day, 7*day)*7) / 7 }}, // 1970 began on a Thursday; turns begin on Sunday
	{"month", func(s float64) float64 { return float64(time.Unix(int64(s), 0).UTC().Month()-1) / 12 }},
}

// phase is how far a moment is into its period.
func phase(seconds, period float64) float64 {
	p := seconds/period - math.Floor(seconds/period)
	if p >= 1 { // rounded up, just before a multiple
		return 0
	}
	return p
}

func cycleOf(name string) (cycle, bool) {
	i := slices.IndexFunc(cycles[:], func(c cycle) bool { return c.name == name })
	if i < 0 {
		return cycle{}, false
	}
	return cycles[i], true
}

// dates turns moments into seconds and parts of the calendar, all of them scaled.
type dates struct {
	Seconds *numbers `json:"seconds"`
	Cycles  []string `json:"cycles,omitempty"`
	Parts   *numbers `json:"parts,omitempty"` // scales the sine and the cosine of each cycle; those of scale 0 are no features
}

// fitDates fits to the training rows; the parts are those that vary there.
func fitDates(c *dataset.Column, train []int, how Transform) (*dates, []summary, error) {
	parts := how == calendar
	if parts {
		how = Standardize
	}
	seconds, sums, err := fitNumbers(c, train, how, isConstant)
	if err != nil {
		return nil, nil, err
	}
	d := &dates{Seconds: seconds}
	if parts {
		err = d.fitParts(c, train)
	}
	return d, sums, err
}

// fitParts takes the parts of the calendar that vary over the training rows,
// and standardizes them as any other column: where all moments are of one hour,
// its sine and cosine vary by a few hundredths.
func (d *dates) fitParts(c *dataset.Column, train []int) error {
	for _, cycle := range cycles {
		circle := circleOf(c, train, cycle)
		fitted, _, err := fitNumbers(circle, allRows(len(train)), Standardize, isStill)
		if err != nil {
			return err
		}
		if fitted.Scale[0] == 0 && fitted.Scale[1] == 0 {
			continue
		}
		d.Cycles = append(d.Cycles, cycle.name)
		if d.Parts == nil {
			d.Parts = &numbers{Shape: []int{0}}
		}
		d.Parts.Shape[0] += 2
		d.Parts.Shift = append(d.Parts.Shift, fitted.Shift...)
		d.Parts.Scale = append(d.Parts.Scale, fitted.Scale...)
		d.Parts.Fill = append(d.Parts.Fill, fitted.Fill...)
	}
	return nil
}

// isStill reports a sine or cosine that hardly moves. Below a thousandth, some
// 15 seconds of a day, the seconds themselves tell more.
func isStill(s summary) bool {
	const still = 1e-3
	return isNearConstant(s) || s.std < still
}

// circleOf is a column of the sine and the cosine of some rows, NaN where a
// moment is missing or none, which the writer treats.
func circleOf(c *dataset.Column, rows []int, cycle cycle) *dataset.Column {
	out := &dataset.Column{Kind: dataset.Array, Shape: []int{2}, Values: make([]float32, 0, 2*len(rows))}
	for _, row := range rows {
		sin, cos := math.NaN(), math.NaN()
		if v := c.Numbers[row]; checkMoment(v) == nil {
			sin, cos = cycle.circle(v)
		}
		out.Values = append(out.Values, float32(sin), float32(cos))
	}
	return out
}

// circle is where a moment stands, as a point; NaN for one that is missing.
func (c cycle) circle(seconds float64) (sin, cos float64) {
	if seconds != seconds {
		return seconds, seconds
	}
	return math.Sincos(2 * math.Pi * c.turn(seconds))
}

// checkMoment bounds what the calendar is asked for: 30 million years, or NaN.
func checkMoment(seconds float64) error {
	const most = 1e15
	if math.Abs(seconds) > most {
		return fmt.Errorf("%g seconds since 1970 is no date: leave the row out", seconds)
	}
	return nil
}

func (d *dates) width() int { return len(d.features("")) }

func (d *dates) features(name string) []string {
	out := []string{name}
	for i, c := range d.Cycles {
		for j, part := range [...]string{"sin", "cos"} {
			if d.Parts.Scale[2*i+j] > 0 {
				out = append(out, name+" "+c+" "+part)
			}
		}
	}
	return withMissing(out, name, d.Seconds.Missing)
}

func (d *dates) bind(c *dataset.Column) (writer, error) {
	at := func(row int) float64 { return c.Numbers[row] }
	if isEmpty(c) || c.Kind == dataset.Number && allMissing(c.Numbers) {
		at = func(int) float64 { return math.NaN() }
	} else if c.Kind != dataset.Date {
		return nil, fmt.Errorf("column %s: %s, but dates in training", c.Name, holds(c))
	}
	var turns []cycle
	for _, name := range d.Cycles {
		c, _ := cycleOf(name) // all are known: see check
		turns = append(turns, c)
	}
	return func(row int, dst []float32) error { return d.write(at(row), turns, dst) }, nil
}

func allMissing(values []float64) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return v == v })
}

func (d *dates) write(seconds float64, turns []cycle, dst []float32) error {
	if err := checkMoment(seconds); err != nil {
		return err
	}
	x, err := d.Seconds.scaled(seconds, 0)
	if err != nil {
		return err
	}
	clear(dst)
	dst[0] = x
	missing := seconds != seconds
	if d.Seconds.Missing {
		dst[len(dst)-1] = indicator(missing)
	}
	at := 1
	for i, c := range turns {
		sin, cos := c.circle(seconds)
		for j, v := range [...]float64{sin, cos} {
			if d.Parts.Scale[2*i+j] == 0 {
				continue
			}
			if dst[at], err = d.Parts.scaled(v, 2*i+j); err != nil {
				return err
			}
			at++
		}
	}
	return nil
}

func (d *dates) unfamiliar(c *dataset.Column, rows []int, place func(int) string) string {
	moments := *c
	moments.Kind = dataset.Number
	return d.Seconds.unfamiliar(&moments, rows, place)
}

func (d *dates) check() error {
	if d.Seconds == nil || d.Seconds.Shape != nil || d.Seconds.Tokens > 0 {
		return fmt.Errorf("dates without seconds")
	}
	for _, name := range d.Cycles {
		if _, ok := cycleOf(name); !ok {
			return fmt.Errorf("unknown cycle %.40q", name)
		}
	}
	if err := unique("cycle", d.Cycles); err != nil {
		return err
	}
	if err := d.checkParts(); err != nil {
		return err
	}
	return d.Seconds.check()
}

func (d *dates) checkParts() error {
	switch {
	case d.Parts == nil && len(d.Cycles) == 0:
		return nil
	case d.Parts == nil || !slices.Equal(d.Parts.Shape, []int{2 * len(d.Cycles)}) || d.Parts.Log || d.Parts.Keep || d.Parts.Tokens > 0:
		return fmt.Errorf("parts of the calendar without their scale: train again")
	}
	return d.Parts.check()
}
