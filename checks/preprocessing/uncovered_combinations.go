package preprocessing

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed uncovered_combinations.md
var uncoveredCombinationsDoc string

// UncoveredCombinations finds validation rows unlike any that were trained on.
var UncoveredCombinations = nnvet.Check{
	ID:       "NN0310",
	Name:     "uncovered-combinations",
	Pitfall:  nnvet.Preprocessing,
	Doc:      uncoveredCombinationsDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{needSurvey},
	Limits: []nnvet.Limit{
		{Name: "outside", Default: 0.05, Source: "convention: beyond what chance puts outside, which is taken off"},
		{Name: "new-pairs", Default: 0.05, Source: "convention: beyond what chance makes new, which is taken off"},
		{Name: "coverage", Default: 0.9, Source: "convention: of the training rows; of a smaller part the others may hold the pair"},
		{Name: "rows", Default: 50, Source: "convention: of fewer rows a share of 0.05 is two or three of them"},
		{Name: "gap", Default: 0.2, Source: "convention: twice a major loss of skill, as some is lost on new rows in any run"},
		enoughSteps,
	},
	Explains: []string{"NN0401"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		for i := range p.Trace.Surveys {
			s := &p.Trace.Surveys[i]
			o := s.Overlap
			switch {
			case o.Rows == 0:
				p.Skip("no validation rows were seen beside the training rows")
			case float64(o.Rows) < p.Limit("rows"):
				p.Short("%d validation rows were seen; it takes %g to judge", o.Rows, p.Limit("rows"))
			case math.IsNaN(o.Outside) && math.IsNaN(o.NewPairs):
				p.Skip("the columns' ranges were not compared: it takes 64 rows, and numbers as inputs")
			default:
				judgeCoverage(p, s)
			}
		}
	},
}

func judgeCoverage(p *nnvet.Pass, s *nnvet.Survey) {
	o := s.Overlap
	outside := o.Outside > p.Limit("outside")
	pairs := o.NewPairs > p.Limit("new-pairs") && o.Coverage >= p.Limit("coverage")
	if !outside && !pairs {
		if !math.IsNaN(o.Outside) {
			p.Measured("%s outside", board(o.Outside))
		}
		return
	}
	f := found(p, s)
	f.Confidence = 0.7
	if pairs && !(outside && o.Outside > o.NewPairs) {
		f.Brief = board(o.NewPairs) + " unseen"
		f.Message = fmt.Sprintf("%s of the validation rows have a pair of categories that no training row has", percent(o.NewPairs))
		f.Evidence = []nnvet.Evidence{{What: "share of validation rows with a new pair of categories", Saw: o.NewPairs, Limit: "new-pairs"}}
	} else {
		f.Brief = board(o.Outside) + " outside"
		f.Message = fmt.Sprintf("%s of the validation rows lie outside the range of the training rows in some column", percent(o.Outside))
		f.Evidence = []nnvet.Evidence{{What: "share of validation rows outside the training rows' range", Saw: o.Outside, Limit: "outside"}}
	}
	f.Evidence = append(f.Evidence, nnvet.Evidence{What: "validation rows", Saw: float64(o.Rows), Limit: "rows"})
	f.Severity = nnvet.Note
	if g := gap(p.Trace); g > p.Limit("gap") && float64(p.Trace.Run.Steps) >= p.Limit("steps") {
		f.Severity = nnvet.Warning
		f.Message += fmt.Sprintf("; on them the network loses %.2f of its skill", g)
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "skill on training rows less that on validation rows", Saw: g, Limit: "gap"})
	} else {
		f.Confidence = 0.5
	}
	f.Treatments = covered(p.Trace, pairs)
	p.Report(f)
}

func covered(t *nnvet.Trace, pairs bool) []nnvet.Treatment {
	out := []nnvet.Treatment{
		{Action: "take out of the data what need not vary, so that fewer combinations are left to cover: positions less their origin, times since an event, amounts as shares of a total"},
		{Action: t.Say(nnvet.Words{
			Program: "hold out random rows, shuffled first, where training and validation rows are meant to be alike; else gather or make (augment) rows like the missing ones",
			File:    "hold out random rows, data.split.by: random, where training and validation rows are meant to be alike; else gather rows like the missing ones",
		})},
	}
	if c := t.Entry("split", ""); c != nil {
		if by, ok := c.Arg("by"); ok && by.Text == "order" && by.Source.Known() {
			out[1].Edits = []nnvet.Edit{{At: by.Source, New: "random"}}
		}
	}
	if pairs {
		out = append(out, nnvet.Treatment{Action: "join rare categories into one, so that each pair has rows to learn from"})
	}
	return out
}
