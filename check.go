package nnvet

import (
	"fmt"
	"slices"
	"strings"
)

// A Check looks for one fault. It is data plus one pure function: it reads no
// files, keeps no state, and cannot fail; it finds, clears, or says why it
// cannot judge.
type Check struct {
	ID       string // "NN0601": pitfall 6, rule 1; never reused
	Name     string // the fault, kebab-case, readable after "allow": "lr-too-high"
	Pitfall  Pitfall
	Doc      string   // the check's page, Markdown; its first line is "# name: title"
	Severity Severity // what a finding costs, unless Run says otherwise
	Needs    []Need   // without any of these the check is not run, and the report says so
	Limits   []Limit  // every threshold that Run uses
	Explains []string // IDs of the checks whose findings this one's can account for
	// Symptom marks what is never the root: any error that stands before it in
	// the table, and is no symptom itself, accounts for its findings too.
	Symptom bool
	// Presumed marks a pattern that is often harmless, and is held against a run
	// only because the run went badly. Where something that is a fault in every
	// run is found as well, and this check cannot account for that, it is a note:
	// once the other is mended, the next run tells.
	Presumed bool
	AtEnd    bool // judges whole runs only, so it is left out while training goes on
	// Experiment says what must be trained before the fault can be told, where
	// no single run can tell: "the same network trained on inputs permuted
	// between rows". Run then judges the trace's [Experiment] of this check, and is
	// not called without one.
	Experiment string
	Run        func(*Pass)
}

// A Limit is a threshold: where it stands, and why there.
type Limit struct {
	Name    string
	Default float64
	Source  string // a paper, a measurement, or "convention"
	// Sound is the farthest that sound runs were measured at, where the limit stands
	// by that; 0 where it does not. It must leave room for sound runs that nobody
	// measured: the limit is half as much again, or two thirds. What that costs in
	// faulty runs is missed.
	Sound float64
}

// A Need is a part of a trace without which a check cannot judge.
type Need struct {
	What string // reads after "the trace has no"
	Has  func(*Trace) bool
}

// NeedSeries asks for any series of a quantity and split.
func NeedSeries(q Quantity, split string) Need {
	what := Key{Quantity: q, Split: split}.String()
	return Need{what, func(t *Trace) bool {
		for s := range t.All(q) {
			if s.Key.Split == split && s.Len() > 0 {
				return true
			}
		}
		return false
	}}
}

// NeedProfile asks for a profile of the training split.
func NeedProfile(r Role) Need {
	return Need{string(r) + " statistics", func(t *Trace) bool { return t.Profile(r, Train) != nil }}
}

// What else a check can need.
var (
	NeedHead      = Need{"loss function that nnvet recognizes", func(t *Trace) bool { return len(t.Heads) > 0 }}
	NeedParams    = Need{"parameters", func(t *Trace) bool { return len(t.Params) > 0 }}
	NeedOptimizer = Need{"optimizer", func(t *Trace) bool { return len(t.Optimizers) > 0 }}
)

// Title returns the title from the first line of the check's page.
func (c *Check) Title() string {
	line, _, _ := strings.Cut(c.Doc, "\n")
	_, title, _ := strings.Cut(line, ": ")
	return title
}

// A Pass is one run of one check over one trace.
type Pass struct {
	Check *Check
	Trace *Trace

	limits   map[string]float64
	severity map[string]Severity
	findings []Finding
	skip     string
	short    bool
	brief    string
}

// Limit returns the threshold in force. It panics where the check declares
// none of that name: a slip in the check, which every test of it would show.
func (p *Pass) Limit(name string) float64 {
	for _, l := range p.Check.Limits {
		if l.Name == name {
			if v, ok := p.limits[p.Check.ID+"."+name]; ok {
				return v
			}
			return l.Default
		}
	}
	panic(fmt.Sprintf("nnvet: check %s declares no limit %q", p.Check.Name, name))
}

// Report adds a finding. It panics where the finding has no evidence.
func (p *Pass) Report(f Finding) {
	if len(f.Evidence) == 0 {
		panic(fmt.Sprintf("nnvet: check %s reports without evidence", p.Check.Name))
	}
	f.Check = p.Check
	if f.Severity == 0 {
		f.Severity = p.Check.Severity
	}
	if s, ok := p.severity[p.Check.ID]; ok {
		f.Severity = s
	}
	if f.Confidence == 0 {
		f.Confidence = 1
	}
	for i := range f.Evidence {
		if e := &f.Evidence[i]; e.Limit != "" {
			e.At = p.Limit(e.Limit)
		}
	}
	p.findings = append(p.findings, f)
}

// Skip says why the trace, though it has what the check needs, is not enough
// to judge. It does not count where the check also reports.
func (p *Pass) Skip(format string, args ...any) { p.skip = fmt.Sprintf(format, args...) }

// Short says the same where more would be enough: more steps, or more rows.
func (p *Pass) Short(format string, args ...any) {
	p.Skip(format, args...)
	p.short = true
}

// Measured gives the board of pitfalls a figure to show beside "ok", of at
// most 12 characters: "std 1.0".
func (p *Pass) Measured(format string, args ...any) { p.brief = fmt.Sprintf(format, args...) }

// Validate reports the first thing wrong with a table of checks.
func Validate(checks []*Check) error {
	byID := make(map[string]*Check)
	names := make(map[string]bool)
	for _, c := range checks {
		switch {
		case byID[c.ID] != nil:
			return fmt.Errorf("two checks have the id %s", c.ID)
		case names[c.Name]:
			return fmt.Errorf("two checks are named %s", c.Name)
		case len(c.ID) != 6 || !strings.HasPrefix(c.ID, fmt.Sprintf("NN%02d", int(c.Pitfall))):
			return fmt.Errorf("check %s: id %s is not NN, two digits of pitfall %d, two digits", c.Name, c.ID, c.Pitfall)
		case !strings.HasPrefix(c.Doc, "# "+c.Name+": "):
			return fmt.Errorf("check %s: its page must begin %q", c.Name, "# "+c.Name+": ")
		case c.Severity < Note || c.Severity > Error:
			return fmt.Errorf("check %s has no severity", c.Name)
		case c.Run == nil:
			return fmt.Errorf("check %s has no Run", c.Name)
		case len(c.Needs) == 0 && c.Experiment == "":
			return fmt.Errorf("check %s needs nothing", c.Name)
		}
		for _, l := range c.Limits {
			if l.Source == "" {
				return fmt.Errorf("check %s: limit %s has no source", c.Name, l.Name)
			}
		}
		byID[c.ID], names[c.Name] = c, true
	}
	for i, c := range checks {
		for _, id := range c.Explains {
			switch j := slices.IndexFunc(checks, func(o *Check) bool { return o.ID == id }); {
			case j < 0:
				return fmt.Errorf("check %s explains %s, which is no check", c.Name, id)
			case j <= i:
				return fmt.Errorf("check %s explains %s, which stands before it in the table", c.Name, id)
			}
		}
	}
	return nil
}
