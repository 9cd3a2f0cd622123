package preprocessing

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed cyclic_feature.md
var cyclicFeatureDoc string

// CyclicFeature finds hours, weekdays and angles whose last value lies far from
// the first, though they are neighbours.
var CyclicFeature = nnvet.Check{
	ID:       "NN0301",
	Name:     "cyclic-feature",
	Pitfall:  nnvet.Preprocessing,
	Doc:      cyclicFeatureDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{needSurvey},
	Limits: withHarm(
		nnvet.Limit{Name: "period", Default: 0.03, Source: "convention: a few hundred rows come within a hundredth of both ends"},
		nnvet.Limit{Name: "filled", Default: 0.2, Source: "a uniform column has a standard deviation of 0.29 of its range, a thousand normal numbers 0.16"},
		nnvet.Limit{Name: "seam", Default: 3, Source: "the steepest jump between bins of a sine is 1.57 times the mean one, and as much again for noise; a straight line over 50 bins jumps 49 times"},
		nnvet.Limit{Name: "alone", Default: 0.05, Source: "convention: a column that tells less of the target is not worth a representation of its own"},
		nnvet.Limit{Name: "nominal", Default: 0.7, Source: "measured: von Neumann's ratio was 1.12 of random codes and 0.009 of ordered ones; codes are another fault"},
	),
	AtEnd: true,
	Run: func(p *nnvet.Pass) {
		judged := false
		for i := range p.Trace.Surveys {
			s := &p.Trace.Surveys[i]
			rounds, any := roundsOf(p, s)
			judged = judged || any
			if len(rounds) > 0 {
				reportRounds(p, s, rounds)
			}
		}
		if !judged {
			p.Skip("no column was measured at its ends: it takes 250 rows, numbers as inputs, and targets")
		}
	},
}

// roundsOf returns the cyclic columns of a survey, the one that tells most of
// the target first, and whether any column could be judged.
func roundsOf(p *nnvet.Pass, s *nnvet.Survey) (rounds []round, judged bool) {
	for i := range s.Columns {
		f := &s.Columns[i]
		judged = judged || f.Seam >= 0
		if !(f.Seam >= 0 && f.Seam <= p.Limit("seam") && f.Alone >= p.Limit("alone")) || f.Rough > p.Limit("nominal") {
			continue
		}
		if r, ok := roundOf(f, momentsOf(p.Trace, s, f), s.Rows, p.Limit("period"), p.Limit("filled")); ok {
			rounds = append(rounds, r)
		}
	}
	slices.SortStableFunc(rounds, func(a, b round) int { return cmp.Compare(b.Alone, a.Alone) })
	return rounds, judged
}

func reportRounds(p *nnvet.Pass, s *nnvet.Survey, rounds []round) {
	first := rounds[0]
	f := found(p, s)
	f.Brief = "period " + figure(first.length)
	f.Confidence = 0.7
	if first.named {
		f.Confidence = 0.8
	} else if first.scaled {
		f.Confidence = 0.5
	}
	spans := fmt.Sprintf("%s spans %s (%s)", called(first.Feature), figure(first.length), first.what)
	if first.scaled {
		spans = fmt.Sprintf("%s has %d values, as has %s", called(first.Feature), first.Distinct, first.what)
	}
	f.Message = spans + ", and the targets at its two ends agree, but its numbers there are the furthest apart"
	if len(rounds) > 1 {
		f.Message += "; so is it with " + calledAll(features(rounds[1:]))
	}
	f.Evidence = []nnvet.Evidence{
		{What: "jump of the target from the last values to the first, over the mean jump", Saw: first.Seam, Limit: "seam"},
		{What: "share of the target that the column tells", Saw: first.Alone, Limit: "alone"},
	}
	h := harmTo(p, s, ceiling{first.Alone, called(first.Feature) + " alone gives"})
	h.add(p, &f, nnvet.Warning)
	f.Treatments = turned(p.Trace, rounds)
	p.Report(f)
}

func features(rounds []round) []*nnvet.Feature {
	var out []*nnvet.Feature
	for _, r := range rounds {
		out = append(out, r.Feature)
	}
	return out
}

// turned returns how to give a column that comes round a place on a circle.
func turned(t *nnvet.Trace, rounds []round) []nnvet.Treatment {
	const (
		few        = 3
		mostSpread = 50 // as many as an experiment spreads over columns
	)
	var code, formulas []string
	var spread []*nnvet.Feature
	var places []nnvet.Setting
	for i, r := range rounds {
		if i < few {
			code = append(code, fmt.Sprintf("a = "+r.angle+"; x = np.column_stack([x, np.sin(a), np.cos(a)])", fmt.Sprintf("x[:, %d]", r.Index)))
			formulas = append(formulas, fmt.Sprintf("sin and cos of 2 pi %s / %s", entry(r.Feature), figure(r.length)))
		}
		if places = append(places, inputs(r.Feature, "circle "+strconv.FormatFloat(r.length, 'g', -1, 64))); r.scaled {
			places[i].To = "circle" // by the order of its values, as its numbers no longer are the period's
		}
		if r.Distinct > 0 && r.Distinct <= mostSpread {
			spread = append(spread, r.Feature)
		}
	}
	program := fmt.Sprintf("give the network the sine and the cosine instead, before anything is scaled: %s; and in the end x = np.delete(x, %s, axis=1)",
		strings.Join(code, "; "), indices(features(rounds)))
	circle := nnvet.Treatment{Settings: places, Action: t.Say(nnvet.Words{
		Program: program,
		File: "write two columns into the data in place of each: " + strings.Join(formulas, "; ") +
			"; a column of dates and times needs nothing, as its hour, weekday and month are taken so by themselves",
	})}
	if len(spread) == 0 {
		return []nnvet.Treatment{circle}
	}
	onehot := transformed(t, spread, "onehot", fmt.Sprintf("or spread its few values over columns of 0 and 1: np.eye(%d)[x[:, %d].astype(int)], for values that count from 0",
		spread[0].Distinct, spread[0].Index), "its few values are then spread over columns of 0 and 1")
	if t.OfFile() { // which can say it at once
		return []nnvet.Treatment{onehot, circle}
	}
	return []nnvet.Treatment{circle, onehot}
}
