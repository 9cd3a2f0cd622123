package results

import (
	"github.com/nnvet/nnvet"
)

// Needs of the checks that look at a sample of rows.
var (
	needSmooth = nnvet.Need{What: "survey of rows beside their targets", Has: func(t *nnvet.Trace) bool {
		return surveyed(t, func(s *nnvet.Survey) bool { return s.Smooth.Permutations > 0 }) != nil
	}}
	needOverlap = nnvet.Need{What: "survey of training rows beside validation rows", Has: func(t *nnvet.Trace) bool { return overlapping(t) != nil }}
)

// surveyed returns the survey of the most rows that has what is asked for, or nil.
func surveyed(t *nnvet.Trace, ok func(*nnvet.Survey) bool) *nnvet.Survey {
	var best *nnvet.Survey
	for i := range t.Surveys {
		if s := &t.Surveys[i]; ok(s) && (best == nil || s.Rows > best.Rows) {
			best = s
		}
	}
	return best
}

func overlapping(t *nnvet.Trace) *nnvet.Survey {
	return surveyed(t, func(s *nnvet.Survey) bool { return s.Overlap.Rows > 0 && s.Rows > 0 })
}

// whole is the span of a finding about data, which holds from the first step on.
func whole(t *nnvet.Trace) nnvet.Span { return nnvet.Span{To: max(t.Run.Steps-1, 0)} }

// fed returns where the program feeds the network, or an experiment file says
// how rows are divided.
func fed(t *nnvet.Trace, split string) nnvet.Location {
	if c := t.Entry("split", ""); c != nil {
		return c.Source
	}
	if p := t.Profile(nnvet.Input, split); p != nil {
		return p.Source
	}
	return nnvet.Location{}
}
