package preprocessing

import (
	"math"
	"strings"

	"github.com/nnvet/nnvet"
)

// A period is the length after which a quantity has come round.
type period struct {
	length float64
	angle  string // of a column, as code has it
	what   string
	stems  []string // that names of such a quantity hold
}

// periods holds those that data comes in. A fraction of a turn, from 0 to 1, is
// left out: every column that was scaled to that range would look like one.
var periods = []period{
	{math.Pi, "2 * %s", "half a turn in radians", []string{"angle", "axis", "orient", "theta"}},
	{2 * math.Pi, "%s", "a turn in radians", []string{"angle", "head", "yaw", "phase", "theta", "phi", "direction", "bearing"}},
	{7, "2 * np.pi * %s / 7", "a week in days", []string{"day", "dow", "week"}},
	{12, "2 * np.pi * %s / 12", "a year in months, or a dial in hours", []string{"month", "hour"}},
	{24, "2 * np.pi * %s / 24", "a day in hours", []string{"hour", "time", "hr"}},
	{31, "2 * np.pi * %s / 31", "a month in days", []string{"day", "date", "dom"}},
	{52, "2 * np.pi * %s / 52", "a year in weeks", []string{"week"}},
	{60, "2 * np.pi * %s / 60", "an hour in minutes", []string{"min", "sec"}},
	{168, "2 * np.pi * %s / 168", "a week in hours", []string{"hour", "week"}},
	{180, "2 * np.pi * %s / 180", "half a turn in degrees", []string{"angle", "axis", "orient", "theta"}},
	{360, "2 * np.pi * %s / 360", "a turn in degrees", []string{"angle", "head", "yaw", "phase", "theta", "hue", "direction", "bearing", "longitude", "lon", "wind"}},
	{365, "2 * np.pi * %s / 365", "a year in days", []string{"day", "doy", "date"}},
	{366, "2 * np.pi * %s / 366", "a year in days", []string{"day", "doy", "date"}},
	{1440, "2 * np.pi * %s / 1440", "a day in minutes", []string{"min", "time"}},
	{86400, "2 * np.pi * %s / 86400", "a day in seconds", []string{"sec", "time"}},
}

// A round is a column that spans a period.
type round struct {
	*nnvet.Feature
	period
	scaled bool // told by the number of its values alone, since its numbers were scaled
	named  bool // its name says so too
}

// roundOf returns the period that the numbers of a column span, if any. It
// starts at 0 (or 1, counted), or lies about 0, and is filled: the standard
// deviation of a uniform column is 0.29 of its range, while the 6.3 deviations
// that a thousand normal numbers span only happen to be a turn.
func roundOf(f *nnvet.Feature, m *nnvet.Moments, rows int, tolerance, filled float64) (round, bool) {
	const perLevel = 5 // rows that make levels countable
	scaled := m == nil || standardized(m)
	var best *period
	for i := range periods {
		q := &periods[i]
		ok := false
		if scaled {
			ok = f.Distinct == int(q.length) && whole(q.length) && rows >= perLevel*f.Distinct
		} else {
			ok = spans(m, q.length, tolerance) && m.Std >= filled*q.length
		}
		if ok && (best == nil || !scaled && math.Abs(span(m)-q.length) < math.Abs(span(m)-best.length)) {
			best = q
		}
	}
	if best == nil {
		return round{}, false
	}
	return round{f, *best, scaled, named(f.Name, best.stems)}, true
}

// span returns the range of a column; from 0 to 23 are 24 hours.
func span(m *nnvet.Moments) float64 {
	if m.Whole {
		return m.Max - m.Min + 1
	}
	return m.Max - m.Min
}

func whole(v float64) bool { return v == math.Trunc(v) }

func spans(m *nnvet.Moments, length, tolerance float64) bool {
	near := func(v, w float64) bool { return math.Abs(v-w) <= tolerance*length }
	starts := near(m.Min, 0) || m.Whole && m.Min == 1 || near(m.Min, -length/2)
	return near(span(m), length) && starts && (whole(length) || !m.Whole)
}

func named(name string, stems []string) bool {
	name = strings.ToLower(name)
	for _, s := range stems {
		if strings.Contains(name, s) {
			return true
		}
	}
	return false
}
