package preprocessing

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed contradicting_duplicates.md
var contradictingDuplicatesDoc string

// ContradictingDuplicates finds rows that are the same and have other targets.
var ContradictingDuplicates = nnvet.Check{
	ID:       "NN0313",
	Name:     "contradicting-duplicates",
	Pitfall:  nnvet.Preprocessing,
	Doc:      contradictingDuplicatesDoc,
	Severity: nnvet.Warning,
	Needs:    []nnvet.Need{needSurvey},
	Limits: []nnvet.Limit{
		{Name: "share", Default: 0.05, Source: "convention: each such row spoils one other, so that a tenth of all rows cannot be told"},
		{Name: "distinct", Default: 0.5, Source: "convention: where a column has a value of its own for half of the rows, equal rows are copies and no chance"},
		{Name: "rows", Default: 64, Source: "of fewer rows the survey measures little else"},
		nnvet.HealthySkill, enoughSteps,
	},
	Explains: []string{"NN0205", "NN0214", "NN0315", "NN0201"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		for i := range p.Trace.Surveys {
			s := &p.Trace.Surveys[i]
			switch {
			case s.Head == "":
				p.Skip("no targets were seen beside the inputs of %s", s.Site)
			case float64(s.Rows) < p.Limit("rows"):
				p.Short("%d rows were seen; it takes %g to judge", s.Rows, p.Limit("rows"))
			default:
				share := float64(s.Contradicting) / float64(s.Rows)
				p.Measured("%s", board(share))
				if share > p.Limit("share") {
					reportContradictions(p, s, share)
				}
			}
		}
	},
}

func reportContradictions(p *nnvet.Pass, s *nnvet.Survey, share float64) {
	f := found(p, s)
	f.Brief = board(share) + " clash"
	f.Message = fmt.Sprintf("%s of the rows have the same inputs as an earlier row and another target: whatever the network answers, it is wrong on one of them", percent(share))
	f.Evidence = []nnvet.Evidence{
		{What: "rows with the inputs of an earlier one and another target / rows", Saw: share, Limit: "share"},
		{What: "rows that were seen", Saw: float64(s.Rows), Limit: "rows"},
	}
	f.Severity, f.Confidence = nnvet.Note, 0.5
	c, skill := ended(p.Trace)
	switch {
	case copies(p, s) && classes(p.Trace, s):
		// Rows of many values are equal because they were copied, and no class can
		// be right on both.
		f.Severity, f.Confidence = nnvet.Warning, 0.85
		if skill < p.Limit("skill") {
			f.Severity = nnvet.Error
		}
	case float64(p.Trace.Run.Steps) >= p.Limit("steps") && skill < p.Limit("skill") && !(1-s.Smooth.Ratio > p.Limit("skill")) && !tokens(p.Trace, s):
		f.Severity, f.Confidence = nnvet.Warning, 0.6
	}
	if f.Severity != nnvet.Note && skill < p.Limit("skill") {
		f.Message += "; " + c.Ended()
		f.Evidence = append(f.Evidence, c.Evidence("skill"))
	}
	f.Treatments = []nnvet.Treatment{
		{Action: p.Trace.Say(nnvet.Words{
			Program: "look at them: rows, of = np.unique(x, axis=0, return_inverse=True); clash = [np.unique(y[of == i]) for i in range(len(rows))]; then keep the right one of each, or leave all of them out",
			File:    "look at rows of the data file that agree in every column but the target; keep the right one of each, or leave all of them out",
		})},
		{Action: "see whether a column that tells them apart was dropped, rounded, or replaced by a constant on the way to the network"},
		{Action: "where both are true, as of people who differ, say so in the target: the share of each answer, or the mean, of all rows that are the same"},
	}
	p.Report(f)
}

// copies reports whether some column has so many values that equal rows are no chance.
func copies(p *nnvet.Pass, s *nnvet.Survey) bool {
	for i := range s.Columns {
		if float64(s.Columns[i].Distinct) > p.Limit("distinct")*float64(s.Rows) {
			return true
		}
	}
	return false
}

func classes(t *nnvet.Trace, s *nnvet.Survey) bool {
	y := t.ProfileOf(nnvet.Target, nnvet.Train, s.Head)
	if y == nil {
		return false
	}
	m := y.All()
	return y.ClassCount() > 0 || m.N > 0 && m.Binary()
}

// tokens reports whether inputs are whole numbers that are looked up: what
// follows the same words differs by nature.
func tokens(t *nnvet.Trace, s *nnvet.Survey) bool {
	x := t.ProfileOf(nnvet.Input, nnvet.Train, s.Site)
	return x != nil && (strings.Contains(x.DType, "int") || x.Layout == "tokens" && !math.IsNaN(x.All().Min) && x.All().Whole)
}
