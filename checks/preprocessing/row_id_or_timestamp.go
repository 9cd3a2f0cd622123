package preprocessing

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed row_id_or_timestamp.md
var rowIDOrTimestampDoc string

// RowIDOrTimestamp finds columns that only count the rows, or the seconds.
var RowIDOrTimestamp = nnvet.Check{
	ID:       "NN0306",
	Name:     "row-id-or-timestamp",
	Pitfall:  nnvet.Preprocessing,
	Doc:      rowIDOrTimestampDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{needSurvey},
	Limits: []nnvet.Limit{
		nnvet.Limit{Name: "unique", Default: 0.95, Source: "convention: nearly every row has a value of its own"},
		nnvet.Limit{Name: "rising", Default: 0.95, Source: "convention: half of the steps of an unordered column rise, within 0.03 of 1500 rows"},
		nnvet.Limit{Name: "dense", Default: 0.5, Source: "convention: whole numbers, each once, that fill half of their range were given out in turn"},
		nnvet.Limit{Name: "gap", Default: 0.2, Source: "convention: twice a major loss of skill, as some is lost on new rows in any run"},
		enoughSteps,
	},
	Explains: []string{"NN0310", "NN0401"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		for i := range p.Trace.Surveys {
			s := &p.Trace.Surveys[i]
			if !counted(s) {
				p.Short(notCounted)
			}
			if varying(s) < 2 {
				continue // what is all that is known of a row is its input
			}
			for j := range s.Columns {
				if c := counterOf(p, s, &s.Columns[j]); c != nil {
					reportCounter(p, s, c)
				}
			}
		}
	},
}

// varying returns how many columns are not constant.
func varying(s *nnvet.Survey) int {
	n := 0
	for i := range s.Columns {
		if s.Columns[i].Distinct > 1 {
			n++
		}
	}
	return n
}

// A counter is a column that numbers the rows.
type counter struct {
	*nnvet.Feature
	time   bool    // it counts the time
	rising float64 // share of the steps that go its way; 0 where its density told
	dense  float64
	sure   float64
}

func counterOf(p *nnvet.Pass, s *nnvet.Survey, f *nnvet.Feature) *counter {
	if !(float64(f.Distinct) > p.Limit("unique")*float64(s.Rows)) {
		return nil
	}
	m := momentsOf(p.Trace, s, f)
	c := &counter{Feature: f, time: epoch(m), sure: 0.6}
	if c.time {
		c.sure = 0.8
	}
	if rising := math.Max(f.Rising, 1-f.Rising); rising > p.Limit("rising") {
		c.rising = rising
		return c
	}
	if m == nil || !m.Whole {
		return nil
	}
	rows := float64(s.Rows)
	if x := p.Trace.ProfileOf(nnvet.Input, nnvet.Train, s.Site); x != nil {
		rows = max(rows, float64(x.Total))
	}
	if c.dense = rows / (m.Max - m.Min + 1); c.dense >= p.Limit("dense") && f.Distinct == s.Rows {
		c.sure = 0.8
		return c
	}
	return nil
}

// epoch reports whether numbers are moments as computers count them: seconds or
// milliseconds since 1970, from 1990 to 2100.
func epoch(m *nnvet.Moments) bool {
	const from, to = 631152000, 4102444800
	return m != nil && (m.Min > from && m.Max < to || m.Min > 1000*from && m.Max < 1000*to)
}

func reportCounter(p *nnvet.Pass, s *nnvet.Survey, c *counter) {
	f := found(p, s)
	f.Brief = "counts rows"
	f.Confidence = c.sure
	what := "numbers the rows"
	if c.time {
		f.Brief, what = "counts time", "is a point in time, as computers count seconds"
	}
	switch {
	case c.rising > 0:
		f.Message = fmt.Sprintf("%s %s: %s of the rows have a value of their own, and %s of the steps from row to row go one way",
			called(c.Feature), what, percent(float64(c.Distinct)/float64(s.Rows)), percent(c.rising))
		f.Evidence = []nnvet.Evidence{{What: "share of the steps that go one way", Saw: c.rising, Limit: "rising"}}
	default:
		f.Message = fmt.Sprintf("%s %s: every row has a whole number of its own, and together they fill %s of their range",
			called(c.Feature), what, percent(math.Min(1, c.dense)))
		f.Evidence = []nnvet.Evidence{{What: "share of its range that is given out", Saw: c.dense, Limit: "dense"}}
	}
	f.Evidence = append(f.Evidence, nnvet.Evidence{What: "different values / rows", Saw: float64(c.Distinct) / float64(s.Rows), Limit: "unique"})
	f.Severity = nnvet.Note
	if g := gap(p.Trace); g > p.Limit("gap") && float64(p.Trace.Run.Steps) >= p.Limit("steps") {
		f.Severity = nnvet.Warning
		f.Message += fmt.Sprintf("; on new rows the network loses %.2f of its skill", g)
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "skill on training rows less that on validation rows", Saw: g, Limit: "gap"})
	} else {
		f.Confidence = min(f.Confidence, 0.5)
	}
	f.Treatments = forget(p.Trace, c)
	p.Report(f)
}

func forget(t *nnvet.Trace, c *counter) []nnvet.Treatment {
	drop := transformed(t, []*nnvet.Feature{c.Feature}, "drop", fmt.Sprintf("leave the column out: x = np.delete(x, %d, axis=1)", c.Index), "it is then left out")
	if !c.time {
		return []nnvet.Treatment{drop}
	}
	unit := 1.0
	if c.Median > 1e11 {
		unit = 1000
	}
	return []nnvet.Treatment{{Action: t.Say(nnvet.Words{
		Program: fmt.Sprintf("say what comes again and how long ago instead: t = x[:, %d] / %g; hour = 2 * np.pi * t / 86400; week = 2 * np.pi * t / 604800; np.sin and np.cos of both, and the time since something that happens in each row", c.Index, unit),
		File:    "write the column as dates and times: their hour, weekday and month are then taken as places on a circle by themselves; and the time since something that happens in each row, if that matters",
	})}, drop}
}
