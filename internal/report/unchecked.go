package report

import (
	"slices"
	"strings"
)

// unchecked lists what no check judged. Most of it is no part of the run, such
// as what only regressions can have; in the short form those are counted.
func (p *page) unchecked(v *view) {
	if len(v.unchecked()) == 0 && len(v.Result.NotChecked) == 0 {
		return
	}
	p.line(span{bold, "not checked"})
	p.reasons(v)
}

// reasons tells why, reason by reason. The short form tells what decides, what
// more of the same run would show, and what takes experiments.
func (p *page) reasons(v *view) {
	rs, tried, others := v.gaps()
	for _, r := range rs {
		p.wrap(4, span{plain, "  " + r.why + ": "}, span{dim, strings.Join(r.what, ", ")})
	}
	if len(tried) > 0 {
		p.wrap(4, span{plain, "  only experiments can tell: "}, span{dim, strings.Join(tried, ", ")})
	}
	if others > 0 {
		p.wrap(4, span{plain, "  no part of this run, or not recorded: "}, span{dim, count(others, "check") + " (" + v.full() + " tells)"})
	}
}

// gaps returns the reasons to tell, the checks that take experiments, and how
// many others are only counted. The full form tells every reason.
func (v *view) gaps() (told []reason, tried []string, others int) {
	if v.Full {
		return v.reasons(func(skip) bool { return true }), nil, 0
	}
	for _, s := range v.Result.NotChecked {
		switch {
		case s.Check.Experiment != "":
			tried = append(tried, s.Check.Name)
		case !s.Short && !decides(s.Check):
			others++
		}
	}
	const few = 3
	if others <= few {
		return v.reasons(func(s skip) bool { return !s.tried }), tried, 0
	}
	return v.reasons(func(s skip) bool { return s.short || s.decides || s.pitfall }), tried, others
}

// full returns the command that tells every reason.
func (v *view) full() string {
	if v.ID == "" {
		return "--format json"
	}
	return command([]string{"nnvet", "show", v.ID, "--layers"})
}

// A skip is a check that could not judge, or a pitfall that has none.
type skip struct {
	why, what string
	short     bool // more of the same would be enough
	tried     bool // it takes an experiment
	decides   bool // its pitfall is not said to be ok without it
	pitfall   bool
}

// A reason is why some things were not checked.
type reason struct {
	why  string
	what []string
}

// reasons groups the checks that could not judge, and the pitfalls that have
// no check, by why: those of them that are wanted.
func (v *view) reasons(wanted func(skip) bool) []reason {
	var rs []reason
	add := func(s skip) {
		if !wanted(s) {
			return
		}
		i := slices.IndexFunc(rs, func(r reason) bool { return r.why == s.why })
		if i < 0 {
			i = len(rs)
			rs = append(rs, reason{why: s.why})
		}
		rs[i].what = append(rs[i].what, s.what)
	}
	for _, s := range v.Result.NotChecked {
		add(skip{why: s.Reason, what: s.Check.Name, short: s.Short, tried: s.Check.Experiment != "", decides: decides(s.Check)})
	}
	for _, l := range v.lamps {
		if l.state == notChecked && l.reason == noCheckYet {
			add(skip{why: noCheckYet, what: l.pitfall.String(), pitfall: true})
		}
	}
	return rs
}
