package page

import (
	"fmt"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/report/picture"
)

// A passed pitfall is one of which checks ran and found nothing.
type passed struct {
	ID      string
	Lamp    report.Lamp
	Checks  []passedCheck
	Picture *figure
}

type passedCheck struct {
	ID, Name, Title, Brief string
	Limits                 []string
}

func passedOf(v *report.View, r *report.Report, t *nnvet.Trace) []passed {
	var out []passed
	for _, l := range v.Lamps {
		p := passed{ID: fmt.Sprintf("passed-%d", l.Pitfall), Lamp: l}
		for _, c := range r.Result.Clear {
			if c.Check.Pitfall == l.Pitfall {
				p.Checks = append(p.Checks, passedCheck{c.Check.ID, c.Check.Name, c.Check.Title(), c.Brief, limits(r, c.Check)})
			}
		}
		if len(p.Checks) == 0 {
			continue
		}
		// What has findings shows its pictures with them, and results have a section.
		if (l.State == "ok" || l.State == "part") && l.Pitfall != nnvet.Results {
			if fs := figures(p.ID, picture.Looks(t, &r.Result, l.Pitfall)); len(fs) > 0 {
				p.Picture = &fs[0]
			}
		}
		out = append(out, p)
	}
	return out
}

func limits(r *report.Report, c *nnvet.Check) []string {
	var out []string
	for _, l := range c.Limits {
		out = append(out, l.Name+" "+report.Num(r.Limit(c, l)))
	}
	return out
}

// A fact is a line of what the report rests on.
type fact struct{ Name, Text string }

func provenance(r *report.Report, t *nnvet.Trace) []fact {
	var out []fact
	add := func(name, text string) {
		if text != "" {
			out = append(out, fact{name, report.Clean(text)})
		}
	}
	run := t.Run
	add("run", r.ID)
	add("kept in", r.Dir)
	add("nnvet", r.Version)
	if run.Nnvet != r.Version {
		add("recorded by", run.Nnvet)
	}
	add("framework", run.Framework+" "+run.FrameworkVersion)
	add("language", run.Language)
	add("device", run.Device)
	add("program", run.Script)
	if run.World > 1 {
		add("processes", fmt.Sprint(run.World))
	}
	add("seed", map[bool]string{true: "set before training", false: "not set before training, so the next run differs"}[run.Seeded])
	add("deterministic mode", map[bool]string{true: "on", false: "off"}[run.Deterministic])
	add("layers, parameters, series", fmt.Sprintf("%d, %d, %d", len(t.Layers), len(t.Params), t.Len()))
	for _, o := range t.Optimizers {
		add("optimizer", o.Kind)
	}
	for _, f := range t.Modified {
		add("changed since the run", f)
	}
	return out
}

// A limit is a threshold as it was in force.
type limit struct {
	Check, Name string
	Value       float64
}

// Limits lists the thresholds of all checks that ran or found.
func (v *view) Limits() []limit {
	var out []limit
	var seen []*nnvet.Check
	add := func(c *nnvet.Check) {
		if slices.Contains(seen, c) {
			return
		}
		seen = append(seen, c)
		for _, l := range c.Limits {
			out = append(out, limit{c.ID + " " + c.Name, l.Name, v.In.Report.Limit(c, l)})
		}
	}
	for _, f := range v.In.Report.Result.Findings {
		add(f.Check)
	}
	for _, c := range v.In.Report.Result.Clear {
		add(c.Check)
	}
	return out
}
