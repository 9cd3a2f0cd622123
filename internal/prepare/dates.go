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

// dates turns moments into seconds, scaled, and parts of the calendar.
type dates struct {
	Seconds *numbers `json:"seconds"`
	Cycles  []string `json:"cycles,omitempty"`
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
	for _, cycle := range cycles {
		if parts && varies(c, train, cycle) {
			d.Cycles = append(d.Cycles, cycle.name)
		}
	}
	return d, sums, nil
}

func varies(c *dataset.Column, rows []int, cycle cycle) bool {
	first := math.NaN()
	for _, row := range rows {
		v := c.Numbers[row]
		if checkMoment(v) != nil { // or missing, which the writer treats
			continue
		}
		turn := cycle.turn(v)
		if first == first && turn != first {
			return true
		}
		first = turn
	}
	return false
}

// checkMoment bounds what the calendar is asked for: 30 million years, or NaN.
func checkMoment(seconds float64) error {
	const most = 1e15
	if math.Abs(seconds) > most {
		return fmt.Errorf("%g seconds since 1970 is no date: leave the row out", seconds)
	}
	return nil
}

func (d *dates) width() int { return d.Seconds.width() + 2*len(d.Cycles) }

func (d *dates) features(name string) []string {
	out := []string{name}
	for _, c := range d.Cycles {
		out = append(out, name+" "+c+" sin", name+" "+c+" cos")
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
	for i, c := range turns {
		if !missing { // else at the middle of the circle
			sin, cos := math.Sincos(2 * math.Pi * c.turn(seconds))
			dst[1+2*i], dst[2+2*i] = float32(sin), float32(cos)
		}
	}
	return nil
}

func (d *dates) unfamiliar(c *dataset.Column, rows []int) string {
	moments := *c
	moments.Kind = dataset.Number
	return d.Seconds.unfamiliar(&moments, rows)
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
	return d.Seconds.check()
}
