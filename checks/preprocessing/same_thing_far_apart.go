package preprocessing

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed same_thing_far_apart.md
var sameThingFarApartDoc string

// SameThingFarApart finds inputs that do tell the targets, while rows that are
// near each other have targets that are not.
var SameThingFarApart = nnvet.Check{
	ID:       "NN0315",
	Name:     "same-thing-far-apart",
	Pitfall:  nnvet.Preprocessing,
	Doc:      sameThingFarApartDoc,
	Severity: nnvet.Note, // targets that are half noise look the same
	Presumed: true,
	Needs:    []nnvet.Need{needSurvey},
	Limits: []nnvet.Limit{
		{Name: "ratio", Default: 0.5, Source: "measured on smooth targets: 0.004 of 2 columns, 0.06 of 5, 0.18 of 10; 1 where inputs tell nothing"},
		{Name: "directions", Default: 10, Source: "measured: of 20 columns and more a smooth target gives 0.38 and more, as all rows are far from each other"},
		related, nnvet.HealthySkill, enoughSteps, still,
	},
	AtEnd: true,
	Run: func(p *nnvet.Pass) {
		for i := range p.Trace.Surveys {
			s := &p.Trace.Surveys[i]
			switch {
			case s.Smooth.Permutations == 0 || math.IsNaN(s.Smooth.Ratio) || math.IsNaN(s.Smooth.P):
				p.Skip("no neighbours were compared: it takes 64 rows, numbers as inputs, and targets")
			case s.Smooth.P > p.Limit("related"):
				p.Skip("the inputs tell nothing of the targets that neighbours could share: p is %.2g", s.Smooth.P)
			case s.InputRank == 0 || float64(s.InputRank) > p.Limit("directions"):
				p.Skip("the inputs vary in %d directions, where neighbours are too far for this to be told", s.InputRank)
			default:
				p.Measured("ratio %s", short(s.Smooth.Ratio))
				if s.Smooth.Ratio > p.Limit("ratio") {
					reportFarApart(p, s)
				}
			}
		}
	},
}

func reportFarApart(p *nnvet.Pass, s *nnvet.Survey) {
	c, skill := ended(p.Trace)
	if math.IsNaN(skill) {
		return
	}
	late := float64(p.Trace.Run.Steps) < p.Limit("steps") || c.Late() > p.Limit("still")
	if late || math.IsInf(skill, 0) || skill >= p.Limit("skill") {
		return // the network finds what neighbours do not show, or may yet
	}
	f := found(p, s)
	f.Confidence = 0.4
	f.Brief = "ratio " + short(s.Smooth.Ratio)
	f.Message = fmt.Sprintf("the inputs tell something of the targets, yet the targets of nearest neighbours differ by %.2f of what any two differ by; %s",
		s.Smooth.Ratio, c.Ended())
	f.Evidence = []nnvet.Evidence{
		{What: "difference of neighbours' targets / of any two", Saw: s.Smooth.Ratio, Limit: "ratio"},
		{What: "share of random pairings that are as smooth", Saw: s.Smooth.P, Limit: "related"},
		{What: "directions in which the inputs vary", Saw: float64(s.InputRank), Limit: "directions"},
		c.Evidence("skill"),
	}
	f.Treatments = []nnvet.Treatment{
		{Action: "look for what makes two rows alike, and give that its own numbers: sine and cosine of what comes round, a column for each code, distances and differences in place of absolute places, logarithms of amounts that act by their ratio"},
		{Action: p.Trace.Say(nnvet.Words{
			Program: "print a few pairs of nearest neighbours with their targets, and see which column makes strangers of twins: i = ((x[:, None] - x) ** 2).sum(-1).argsort(1)[:, 1]",
			File:    "leave columns out one at a time, data.exclude, and see without which the validation loss falls: those that only tell rows apart hide the others",
		})},
	}
	p.Report(f)
}
