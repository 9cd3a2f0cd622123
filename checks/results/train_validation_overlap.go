package results

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed train_validation_overlap.md
var overlapDoc string

// Overlap finds validation rows that were trained on.
var Overlap = nnvet.Check{
	ID:       "NN0207",
	Name:     "train-validation-overlap",
	Pitfall:  nnvet.Results,
	Doc:      overlapDoc,
	Severity: nnvet.Warning,
	Needs:    []nnvet.Need{needOverlap},
	Limits: []nnvet.Limit{
		{Name: "share", Default: 0.02, Source: "the smallest effect worth claiming: rows learned by heart raise the skill by at most their share"},
		{Name: "most", Default: 0.5, Source: "convention: a validation set of which half was trained on measures training"},
		{Name: "trace", Default: 0.005, Source: "convention: half a percent of equal rows is more than rounding makes of measured data"},
		{Name: "fine", Default: 0.5, Source: "convention: where half of the rows have a value of their own in one column, equal rows are no chance"},
		{Name: "sure", Default: 3, Source: "convention: standard deviations above the repeats that the training rows have among themselves"},
	},
	AtEnd: true,
	Run: func(p *nnvet.Pass) {
		s := overlapping(p.Trace)
		o := s.Overlap
		if !(o.Coverage > 0) {
			p.Skip("what share of the training rows was looked at is not known")
			return
		}
		repeats := byChance(s, p.Limit("fine"))
		met := rowsMet(p.Trace, s)
		if repeats > 0 && met == 0 {
			p.Skip("rows repeat by themselves, and among how many training rows is not known")
			return
		}
		l := leakOf(s, repeats, met)
		if l.excess <= p.Limit("sure")*math.Sqrt(l.natural+1) || l.share <= p.Limit("trace") {
			p.Measured("%d of %d", o.Shared, o.Rows)
			return
		}
		reportOverlap(p, s, l)
	},
}

// A leak is how many validation rows were trained on.
type leak struct {
	natural float64 // shared rows that are expected among the rows looked at, since values repeat
	excess  float64 // shared rows beyond those
	share   float64 // of all validation rows, had all training rows been looked at
}

// byChance returns how many rows of the sample equal an earlier one by chance:
// none where a column is fine, since rows are equal there only if they are the same.
// Of a single column nothing else tells that two rows are: its values may lie on a grid.
func byChance(s *nnvet.Survey, fine float64) float64 {
	for _, c := range s.Columns {
		if len(s.Columns) > 1 && float64(c.Distinct) >= fine*float64(s.Rows) {
			return 0
		}
	}
	return float64(s.Repeated + s.Contradicting)
}

// fullSample is the rows of a survey at which it stops gathering.
const fullSample = 1500

// rowsMet returns how many training rows the validation rows were compared
// with: those of the sample or more; 0 where that is not known.
func rowsMet(t *nnvet.Trace, s *nnvet.Survey) float64 {
	sample := float64(s.Rows + s.Repeated)
	if x := t.Profile(nnvet.Input, nnvet.Train); x != nil && x.Total > 0 {
		return max(sample, min(1, s.Overlap.Coverage)*float64(x.Total))
	}
	if sample < fullSample {
		return sample
	}
	return 0
}

// leakOf compares validation rows that have a twin among the training rows met
// with rows of the sample that have one. A sample that grows meets ever more
// repeats: its last row meets twice as many as its mean one, and so does a row
// from outside; and as many times more as there are more rows to meet.
func leakOf(s *nnvet.Survey, repeats, met float64) leak {
	var natural float64
	if sample := float64(s.Rows + s.Repeated); repeats > 0 {
		natural = min(1, 2*repeats/sample*met/sample) * float64(s.Overlap.Rows)
	}
	l := leak{natural: natural, excess: max(0, float64(s.Overlap.Shared)-natural)}
	l.share = min(1, l.excess/float64(s.Overlap.Rows)/min(1, s.Overlap.Coverage))
	return l
}

// mayBeTraining reports whether the rows that were evaluated can be more than the
// validation rows: a program may take the accuracy on its training rows as well.
func mayBeTraining(t *nnvet.Trace, share float64) bool {
	if t.OfFile() {
		return false
	}
	evaluated, trained := t.Predicted(nnvet.Validation, ""), t.Profile(nnvet.Input, nnvet.Train)
	if evaluated == nil || trained == nil || trained.Total == 0 {
		return true
	}
	return share*float64(evaluated.Rows) >= 0.9*float64(trained.Total)
}

func reportOverlap(p *nnvet.Pass, s *nnvet.Survey, l leak) {
	o := s.Overlap
	f := nnvet.Finding{
		Source:     fed(p.Trace, nnvet.Validation),
		Label:      "these rows were trained on",
		Span:       whole(p.Trace),
		Brief:      fmt.Sprintf("%.0f%% shared", 100*l.share),
		Confidence: 0.9,
		Message: fmt.Sprintf("validation rows were trained on: %d of %d have the inputs of a training row in a sample of %s of those, about %s in all",
			o.Shared, o.Rows, percent(min(1, o.Coverage)), percent(l.share)),
		Evidence: []nnvet.Evidence{
			{What: "validation rows with a training row's inputs", Saw: float64(o.Shared), Unit: "rows"},
			{What: "of them, as many as repeat among training rows", Saw: l.natural, Unit: "rows"},
			{What: "share of validation rows that were trained on", Saw: l.share, Limit: "share"},
		},
		Treatments: []nnvet.Treatment{{Action: p.Trace.Say(dedupe)}, {Action: p.Trace.Say(byGroup)}},
	}
	switch {
	case l.share > p.Limit("most"):
		f.Severity = nnvet.Error
	case l.share <= p.Limit("share"):
		f.Severity = nnvet.Note
	}
	if mayBeTraining(p.Trace, l.share) {
		f.Severity, f.Confidence = nnvet.Note, 0.5
		f.Message += "; or the program takes figures on its training rows as well, which is sound"
	}
	p.Report(f)
}

// What to do about rows in both splits.
var (
	dedupe = nnvet.Words{
		Program: "drop repeated rows before the split, split once by shuffled indices, and assert that no index is in both parts",
		File:    "drop repeated rows from the file: nnvet splits what it is given, and twins land on either side",
	}
	byGroup = nnvet.Words{
		Program: "where rows belong together (one person, one day, one film), split by that: GroupShuffleSplit, not train_test_split",
		File:    "where rows belong together (one person, one day), keep them on one side: data.split.by: {group: the column that says so}",
	}
)
