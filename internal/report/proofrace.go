package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
)

// A race is what was tried to choose a treatment: the values of one setting in
// their order, so that one sees where the best lies, or alternatives.
type race struct {
	knob string // "" for alternatives
	runs []runner
}

type runner struct {
	nnvet.Raced
	name string  // its value, or what it does
	at   float64 // its value
	won  bool
	most bool // it stayed in the race
}

// races puts what was raced in order. Learning rates that were raced again
// for a treatment, which stands there at its own rate too, are a race of their own.
func races(x *nnvet.Proof) []race {
	all := each(x.Raced)
	if len(all) < 2 {
		return nil
	}
	var first, rates []nnvet.Raced
	for _, r := range all {
		if base := withoutRate(r.Settings); len(base) > 0 && len(base) < len(r.Settings) && slices.ContainsFunc(all, func(o nnvet.Raced) bool { return slices.Equal(o.Settings, base) }) {
			rates = append(rates, r)
		} else {
			first = append(first, r)
		}
	}
	var out []race
	if len(first) > 1 {
		out = append(out, raceOf(first, x.Treatment))
	}
	if len(rates) > 0 {
		out = append(out, ratesOf(rates, first, x.Treatment))
	}
	return out
}

// each returns every action once, as it was scored on the most seeds.
func each(all []nnvet.Raced) []nnvet.Raced {
	var out []nnvet.Raced
	for _, r := range all {
		switch i := slices.IndexFunc(out, func(o nnvet.Raced) bool { return o.Action == r.Action }); {
		case len(r.Scores) == 0:
		case i < 0:
			out = append(out, r)
		case len(r.Scores) > len(out[i].Scores):
			out[i] = r
		}
	}
	return out
}

func withoutRate(settings []nnvet.Setting) []nnvet.Setting {
	return slices.DeleteFunc(slices.Clone(settings), func(s nnvet.Setting) bool { return s.Name == "lr" })
}

// raceOf is a race of values where all set the same thing to a number, and of
// alternatives otherwise.
func raceOf(all []nnvet.Raced, won nnvet.Treatment) race {
	out := race{knob: oneKnob(all)}
	for _, r := range all {
		c := runner{Raced: r, name: r.Action, won: r.Action == won.Action || slices.Equal(r.Settings, withoutRate(won.Settings)) && len(r.Settings) > 0}
		if out.knob != "" {
			c.at, _ = strconv.ParseFloat(r.Settings[0].To, 64) // oneKnob has read it
			c.name = num(c.at)
		}
		out.runs = append(out.runs, c)
	}
	return out.sorted()
}

// ratesOf is the race of learning rates with a treatment. Its own is what the
// others change.
func ratesOf(rates, first []nnvet.Raced, won nnvet.Treatment) race {
	out := race{knob: "learning rate"}
	base := withoutRate(rates[0].Settings)
	rate := func(s []nnvet.Setting) *nnvet.Setting {
		return &s[slices.IndexFunc(s, func(s nnvet.Setting) bool { return s.Name == "lr" })]
	}
	for _, r := range rates {
		to := rate(r.Settings).To
		at, _ := strconv.ParseFloat(to, 64)
		out.runs = append(out.runs, runner{Raced: r, name: to, at: at, won: r.Action == won.Action})
	}
	for _, r := range first {
		if own := rate(rates[0].Settings).From; own != "" && slices.Equal(r.Settings, base) {
			at, _ := strconv.ParseFloat(own, 64)
			out.runs = append(out.runs, runner{Raced: r, name: own, at: at, won: r.Action == won.Action})
		}
	}
	return out.sorted()
}

// oneKnob names what all set to a number, and nothing else; "" where there is
// no such thing.
func oneKnob(all []nnvet.Raced) string {
	for _, r := range all {
		if len(r.Settings) != 1 || r.Settings[0].Name != all[0].Settings[0].Name || r.Settings[0].Site != all[0].Settings[0].Site {
			return ""
		}
		if v, err := strconv.ParseFloat(r.Settings[0].To, 64); err != nil || !finite(v) {
			return ""
		}
	}
	if name := all[0].Settings[0].Name; name != "lr" {
		return name
	}
	return "learning rate"
}

func (r race) sorted() race {
	most := 0
	for _, c := range r.runs {
		most = max(most, len(c.Scores))
	}
	for i := range r.runs {
		r.runs[i].most = len(r.runs[i].Scores) == most
	}
	if r.knob != "" {
		slices.SortStableFunc(r.runs, func(a, b runner) int { return cmp.Compare(a.at, b.at) })
	}
	return r
}

// edge says that the best is the last on its side, so that a better one may lie
// beyond; "" where the best lies between others.
func (r race) edge() string {
	switch n := len(r.runs); {
	case r.knob == "" || n < 3:
		return ""
	case r.runs[0].won:
		return "the best is the smallest that was tried: a smaller one may be better still"
	case r.runs[n-1].won:
		return "the best is the largest that was tried: a larger one may be better still"
	}
	return ""
}

// raced draws the races of a proof.
func (p *page) raced(x *Proof) {
	for _, r := range races(&x.Proof) {
		p.race(r)
	}
}

func (p *page) race(r race) {
	what := r.knob
	if what == "" {
		what = count(len(r.runs), "alternative")
	}
	seeds := 0
	for _, c := range r.runs {
		seeds = max(seeds, len(c.Scores))
	}
	p.fact("raced", span{plain, fmt.Sprintf("%s, score on %s that prove nothing", what, count(seeds, "other seed"))})
	wide, top := 0, 1.0
	for _, c := range r.runs {
		wide, top = max(wide, width(p.show(c.name))), max(top, mean(c.Scores))
	}
	for _, c := range r.runs {
		p.runner(r, c, wide, top)
	}
	if e := r.edge(); e != "" {
		p.fact("", span{plain, e})
	}
}

// bars is the length of the longest bar, in columns.
const bars = 16

// runner draws one value, or alternative, of a race.
func (p *page) runner(r race, c runner, wide int, top float64) {
	v := mean(c.Scores)
	var notes []string
	role := plain
	if c.won {
		notes, role = append(notes, "best"), good
	}
	if !c.most {
		notes = append(notes, "on "+count(len(c.Scores), "seed"))
	}
	if v <= -1 {
		notes = append(notes, "blew up")
	}
	note := strings.Join(notes, ", ")
	if p.style.Linear {
		p.fact(c.name, span{plain, "score " + score(v) + after(", ", note)})
		return
	}
	bar := strings.Repeat("█", max(0, min(bars, int(bars*zeroNaN(v)/top+0.5))))
	if v < 0 {
		bar = "✗"
	}
	drawn := lpad(score(v), 5) + " " + pad(bar, bars)
	head := spaces(proofColumn)
	if r.knob != "" {
		p.line(span{plain, head + pad(p.show(c.name), wide) + " "}, span{role, drawn}, span{plain, after(" ", note)})
		return
	}
	p.wrap(proofColumn+width(drawn)+1, span{plain, head}, span{role, drawn}, span{plain, " " + c.name + after(", ", note)})
}
