package results

import (
	_ "embed"
	"fmt"
	"math"
	"slices"

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
		if !(o.Coverage > 0) && !fine(s, p.Limit("fine")) {
			p.Skip("what share of the training rows was looked at is not known, nor whether rows repeat by themselves")
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
func byChance(s *nnvet.Survey, limit float64) float64 {
	if fine(s, limit) {
		return 0
	}
	return float64(s.Repeated + s.Contradicting)
}

// fine reports whether a column, of several, has a value of its own in so large
// a share of the rows that rows which are equal must be the same.
func fine(s *nnvet.Survey, limit float64) bool {
	return len(s.Columns) > 1 && slices.ContainsFunc(s.Columns, func(c nnvet.Feature) bool {
		return float64(c.Distinct) >= limit*float64(s.Rows)
	})
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
	l.share = l.excess / float64(s.Overlap.Rows)
	if c := s.Overlap.Coverage; c > 0 {
		l.share = min(1, l.share/min(1, c))
	}
	return l
}

// mayBeTraining reports whether the rows that were evaluated can be more than the
// validation rows: a program may take the accuracy on its training rows as well.
// All of them, then: so that those evaluated would hold every training row there
// is, or, where their number is not known, every one that was looked at.
func mayBeTraining(p *nnvet.Pass, s *nnvet.Survey, l leak) bool {
	const most = 0.9
	t := p.Trace
	if t.OfFile() {
		return false
	}
	evaluated, trained := t.Predicted(nnvet.Validation, ""), t.Profile(nnvet.Input, nnvet.Train)
	switch {
	case evaluated == nil || trained == nil:
		return true
	case s.Overlap.Coverage > 0:
		return trained.Total == 0 || l.share*float64(evaluated.Rows) >= most*float64(trained.Total)
	}
	looked, rows := float64(s.Rows+s.Repeated), float64(s.Overlap.Rows)
	if rows > float64(evaluated.Rows) || rows < most*float64(evaluated.Rows) { // what was evaluated is not the rows of one evaluation
		return true
	}
	return l.excess+p.Limit("sure")*math.Sqrt(l.excess) >= most*looked
}

func reportOverlap(p *nnvet.Pass, s *nnvet.Survey, l leak) {
	o := s.Overlap
	f := nnvet.Finding{
		Source:     fed(p.Trace, nnvet.Validation),
		Label:      "these rows were trained on",
		Span:       whole(p.Trace),
		Brief:      fmt.Sprintf("%.0f%% shared", 100*l.share),
		Confidence: 0.9,
		Message:    "validation rows were trained on: " + sharedOf(o, l.share),
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
	if mayBeTraining(p, s, l) {
		f.Severity, f.Confidence = nnvet.Note, 0.5
		f.Message += "; or the program takes figures on its training rows as well, which is sound"
	}
	p.Report(f)
}

func sharedOf(o nnvet.Overlap, share float64) string {
	if o.Coverage > 0 {
		return fmt.Sprintf("%d of %d have the inputs of a training row in a sample of %s of those, about %s in all", o.Shared, o.Rows, percent(min(1, o.Coverage)), percent(share))
	}
	return fmt.Sprintf("%d of %d have the inputs of one of the training rows that were looked at, %s at least", o.Shared, o.Rows, percent(share))
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
