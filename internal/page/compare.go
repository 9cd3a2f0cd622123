package page

import (
	"io"

	"github.com/nnvet/nnvet/internal/report"
)

// A comparison is two runs as the page shows them, the earlier one first.
type comparison struct {
	document
	Title  string
	A, B   *view
	Groups []report.Change
	Lamps  []lampPair
	Curves [][3]string
}

// A lampPair is one pitfall in both runs.
type lampPair struct {
	A, B    report.Lamp
	Changed bool
}

// Compare writes a page that holds a run against an earlier one: what was
// fixed, what is new, and both courses over each other.
func Compare(w io.Writer, a, b Input) error {
	c := comparison{document: document{Tab: "nnvet: " + a.Report.ID + " and " + b.Report.ID}}
	var err error
	if c.A, err = see(a); err != nil {
		return err
	}
	if c.B, err = see(b); err != nil {
		return err
	}
	if a.Live == nil {
		c.Policy = policy("'none'", "'none'")
	}
	if t := c.A.Timeline; t != nil { // both drawings have one name
		t.ID = "timeline-before"
	}
	c.Groups = report.Changes(&a.Report.Result, &b.Report.Result)
	c.Title = report.Tally(c.Groups)
	c.Curves = report.Courses(a.Report, b.Report)
	for i, l := range c.A.View.Lamps {
		m := c.B.View.Lamps[i]
		c.Lamps = append(c.Lamps, lampPair{l, m, l.State != m.State})
	}
	return execute(w, "compare", c)
}

// Name returns what a comparison calls the run.
func (v *view) Name() string {
	if id := v.In.Report.ID; id != "" {
		return id
	}
	return "run"
}
