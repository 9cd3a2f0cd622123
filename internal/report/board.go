package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

// A state is what became of a pitfall.
type state int

const (
	notChecked state = iota
	partly           // nothing found, but a check that decides could not judge
	clear
	symptomOnly
	warned
	failed
)

// states says how each state looks on the board and is named in JSON.
var states = [...]struct {
	key, glyph, word string
	role             role
}{
	notChecked:  {"not_checked", "-", "not checked", dim},
	partly:      {"part", "-", "part", plain},
	clear:       {"ok", "✓", "ok", good},
	symptomOnly: {"symptom", "~", "symptom", warn},
	warned:      {"warning", "!", "warning", warn},
	failed:      {"error", "✗", "error", bad},
}

// A lamp is the place of one pitfall on the board.
type lamp struct {
	pitfall nnvet.Pitfall
	state   state
	brief   string          // a figure, or "of 1, 6" for a symptom
	of      []nnvet.Pitfall // the causes of a symptom
	reason  string          // why it was not checked
	missing []nnvet.Skip    // what could not judge, though it decides
}

const noCheckYet = "no check yet"

func lampOf(p nnvet.Pitfall, res nnvet.Result) lamp {
	l := lamp{pitfall: p}
	for _, f := range res.Findings {
		if f.Check.Pitfall == p {
			l.find(f, res.Findings)
		}
	}
	for _, c := range res.Clear {
		if c.Check.Pitfall == p && l.state <= clear {
			l.state = clear
			if l.brief == "" {
				l.brief = c.Brief
			}
		}
	}
	if l.missing = missingOf(p, res); l.state == clear && len(l.missing) > 0 {
		l.state = partly
	}
	if l.state == notChecked {
		l.reason = unjudged(p, res)
	}
	if l.state == symptomOnly {
		var of []string
		for _, q := range l.of {
			of = append(of, fmt.Sprint(int(q)))
		}
		l.brief = "of " + strings.Join(of, ", ")
	}
	return l
}

// find lights the lamp for a finding, where it is worse than what shines.
func (l *lamp) find(f nnvet.Finding, all []nnvet.Finding) {
	s := clear // a note says that the check ran
	switch {
	case f.Severity == nnvet.Note:
	case len(f.Because) > 0:
		s = symptomOnly
		for _, id := range f.Because {
			i := slices.IndexFunc(all, func(o nnvet.Finding) bool { return o.Check.ID == id })
			if i >= 0 && !slices.Contains(l.of, all[i].Check.Pitfall) {
				l.of = append(l.of, all[i].Check.Pitfall)
			}
		}
	case f.Severity == nnvet.Error:
		s = failed
	default:
		s = warned
	}
	if s > l.state {
		l.state, l.brief = s, f.Brief
	}
}

// unjudged says why no check judged a pitfall.
func unjudged(p nnvet.Pitfall, res nnvet.Result) string {
	var reasons []string
	add := func(r string) {
		if !slices.Contains(reasons, r) {
			reasons = append(reasons, r)
		}
	}
	for _, g := range res.Ignored {
		if g.Finding.Check.Pitfall == p {
			add("ignored: " + g.Reason)
		}
	}
	for _, s := range res.NotChecked {
		if s.Check.Pitfall == p {
			add(s.Reason)
		}
	}
	if len(reasons) == 0 {
		return noCheckYet
	}
	return strings.Join(reasons, "; ")
}

// board shows all pitfalls at fixed places, so that the eye learns them: in
// two columns where there is room.
func (p *page) board(lamps []lamp) {
	if p.style.Linear {
		for _, l := range lamps {
			p.line(span{plain, fmt.Sprintf("pitfall %d, %v: ", l.pitfall, l.pitfall)}, span{states[l.state].role, l.word() + after(", ", l.brief)})
		}
		return
	}
	rows := (len(lamps) + 1) / 2
	left, right := p.column(lamps[:rows]), p.column(lamps[rows:])
	if room(left)+room(right) > p.width { // a number has a space before it
		for _, l := range p.column(lamps) {
			p.line(l...)
		}
		return
	}
	at := max(room(left), min(p.width/2, p.width-room(right)))
	for i, l := range left {
		if i < len(right) {
			l = append(l, span{plain, spaces(at - room([][]span{l}))})
			l = append(l, right[i]...)
		}
		p.line(l...)
	}
}

// partly says what "part" on the board means in this run.
func (p *page) partly(v *view) {
	if parts := v.partly(); len(parts) > 0 {
		p.wrap(2, span{plain, " in part: " + strings.Join(parts, ", ")})
	}
}

// column lays out lamps under each other.
func (p *page) column(lamps []lamp) [][]span {
	name := 0
	for _, l := range lamps {
		name = max(name, width(l.pitfall.String()))
	}
	var rows [][]span
	for _, l := range lamps {
		st := states[l.state]
		rows = append(rows, []span{
			{plain, fmt.Sprintf(" %2d %s ", l.pitfall, pad(l.pitfall.String(), name))},
			{st.role, p.show(st.glyph + " " + l.word())},
			{plain, p.show(spaces(max(1, 8-width(l.word()))) + l.brief)},
		})
	}
	return rows
}

func (l lamp) word() string {
	if l.state == notChecked && l.reason == noCheckYet {
		return noCheckYet
	}
	return states[l.state].word
}

// room returns the columns that the widest of the lines takes.
func room(lines [][]span) int {
	most := 0
	for _, l := range lines {
		n := 0
		for _, s := range l {
			n += width(s.text)
		}
		most = max(most, n)
	}
	return most
}
