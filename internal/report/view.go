package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

// A view is a report put in the order in which every format shows it.
type view struct {
	*Report
	trace  *nnvet.Trace // never nil
	groups []group
	lamps  []lamp // one for each pitfall

	errors, warnings, notes int // causes
	symptoms                int
	hidden                  int // notes that are not shown
	checked                 int // pitfalls that a check judged, if only in part
}

// A group is a cause and the findings that it explains.
type group struct {
	cause    nnvet.Finding
	symptoms []nnvet.Finding
}

func look(r *Report) *view {
	v := &view{Report: r, trace: r.Trace}
	if v.trace == nil {
		v.trace = &nnvet.Trace{}
	}
	for _, f := range r.Result.Findings {
		v.add(f)
	}
	for _, p := range nnvet.Pitfalls {
		l := lampOf(p, r.Result)
		if l.state != notChecked {
			v.checked++
		}
		v.lamps = append(v.lamps, l)
	}
	return v
}

func (v *view) add(f nnvet.Finding) {
	switch {
	case f.Severity == nnvet.Note && !v.Notes:
		v.hidden++
		return
	case len(f.Because) > 0 && len(v.groups) > 0:
		v.symptoms++
		g := &v.groups[len(v.groups)-1]
		g.symptoms = append(g.symptoms, f)
		return
	}
	v.groups = append(v.groups, group{cause: f})
	switch f.Severity {
	case nnvet.Error:
		v.errors++
	case nnvet.Warning:
		v.warnings++
	default:
		v.notes++
	}
}

// The verdicts: what the worst finding is, clear where the checks that ran
// found nothing, and none where no check could judge.
const (
	verdictError   = "error"
	verdictWarning = "warning"
	verdictClear   = "clear"
	verdictNone    = "none"
)

func (v *view) verdict() string {
	switch {
	case v.errors > 0:
		return verdictError
	case v.warnings > 0:
		return verdictWarning
	case v.checked == 0:
		return verdictNone
	}
	return verdictClear
}

// found reports whether there is something to show blocks of.
func (v *view) found() bool { return len(v.groups) > 0 }

// counts returns "2 errors, 1 warning, 1 symptom", as far as there are any.
func (v *view) counts() tally {
	return tally{{v.errors, "error", bad}, {v.warnings, "warning", warn}, {v.notes, "note", bold}, {v.symptoms, "symptom", plain}}
}

// rivals names the causes between which the figures do not decide, as "A
// (train.py:17) or B"; "" where the first stands out.
func (v *view) rivals() string {
	var names []string
	var of []*nnvet.Check
	for _, f := range v.Result.Undecided() {
		if !slices.Contains(of, f.Check) {
			of, names = append(of, f.Check), append(names, f.Check.Name+line(f.Source))
		}
	}
	if len(names) == 1 { // a guess
		names = append(names, "something else")
	}
	return strings.Join(names, " or ")
}

// lead returns the cause that the first line names: the first that is proven,
// else the first of the worst that is not refuted.
func (v *view) lead() nnvet.Finding {
	worst, lead := v.groups[0].cause.Severity, -1
	for i, g := range v.groups {
		switch x := g.cause.Proof; {
		case x.Helps() && g.cause.Severity > nnvet.Note:
			return g.cause
		case lead < 0 && !x.Fails() && g.cause.Severity == worst:
			lead = i
		}
	}
	return v.groups[max(lead, 0)].cause
}

// others returns "1 more error, 1 warning": the causes that the first line does
// not name. Those that it names are of one severity.
func (v *view) others() string {
	named := max(1, len(v.Result.Undecided()))
	switch lead := v.lead().Severity; {
	case lead == nnvet.Error:
		return tally{{v.errors - named, "more error", bad}, {v.warnings, "warning", warn}}.String()
	case v.errors > 0:
		return tally{{v.errors, "error", bad}, {v.warnings - named, "more warning", warn}}.String()
	}
	return tally{{v.warnings - named, "more warning", warn}}.String()
}

type tally []struct {
	n    int
	what string
	role role
}

// spans returns the counts that are not zero, separated by commas.
func (t tally) spans() []span {
	var spans []span
	for _, c := range t {
		if c.n > 0 {
			if len(spans) > 0 {
				spans = append(spans, span{plain, ", "})
			}
			spans = append(spans, span{c.role, count(c.n, c.what)})
		}
	}
	return spans
}

func (t tally) String() string {
	s := ""
	for _, p := range t.spans() {
		s += p.text
	}
	return s
}

// coverage returns "6 of 11 pitfalls checked, 2 more in part". Those in part
// lack a check without which they are not said to be ok, so they do not count.
func (v *view) coverage() string {
	n := len(v.partly())
	s := fmt.Sprintf("%d of %d pitfalls checked", v.checked-n, len(v.lamps))
	if n > 0 {
		s += fmt.Sprintf(", %d more in part", n)
	}
	return s
}

// unchecked returns the pitfalls that no check judged.
func (v *view) unchecked() []string {
	var names []string
	for _, l := range v.lamps {
		if l.state == notChecked {
			names = append(names, l.pitfall.String())
		}
	}
	return names
}

// ending says in words how the program failed, or "" where it did not.
func (v *view) ending() string {
	s := ""
	switch code := v.ExitCode; {
	case code > 128 && code < 128+65:
		s = fmt.Sprintf("ended by signal %d", code-128)
	case code != 0:
		s = fmt.Sprintf("exit code %d", code)
	}
	if e := v.trace.Run.Exception; e != "" {
		if s == "" {
			return e
		}
		s += ", " + e
	}
	return s
}

// noVerdict says why nothing could be judged.
func (v *view) noVerdict() string {
	if e := v.trace.Event(nnvet.ProbeDisabled); e != nil {
		return "the recorder gave up: " + e.Text
	}
	if v.trace.Run.Steps == 0 {
		return "no training step was seen"
	}
	return fmt.Sprintf("no check could judge the %s that were seen", count(int(v.trace.Run.Steps), "step"))
}

// modified reports whether a source file has changed since the run.
func (v *view) modified(file string) bool { return slices.Contains(v.trace.Modified, file) }

// source returns the lines of a file, or nil where they must not or cannot be quoted.
func (v *view) source(file string) []string {
	if v.Source == nil || file == "" || v.modified(file) {
		return nil
	}
	lines, err := v.Source(file)
	if err != nil {
		return nil
	}
	return lines
}
