package finalactivation

import (
	"math"

	"github.com/nnvet/nnvet"
)

// harm returns what the end of a run says of a pattern that does not always
// cost something: a warning where less was learned than in nearly all healthy
// runs, a note otherwise, with the figure that it goes by, if there is one. The
// check must declare [nnvet.HealthySkill]. Unlike [nnvet.Pass.Harm] it makes no
// error of a run that learned nothing: a head that does not fit its targets slows
// a network, and where nothing was learned something else is the likelier reason.
func harm(p *nnvet.Pass) (nnvet.Severity, []nnvet.Evidence) {
	c, err := p.Trace.Course(nnvet.Train)
	switch {
	case err != nil || p.Trace.Run.Ended == nnvet.Running:
		return nnvet.Note, nil
	case c.Skill() < p.Limit(nnvet.HealthySkill.Name):
		return nnvet.Warning, []nnvet.Evidence{c.Evidence(nnvet.HealthySkill.Name)}
	}
	return nnvet.Note, []nnvet.Evidence{c.Evidence("")}
}

// whole is the span of the run.
func whole(t *nnvet.Trace) nnvet.Span { return nnvet.Span{To: max(t.Run.Steps-1, 0)} }

// lowest returns the smallest finite loss of a head and where it comes from;
// +Inf where none was recorded.
func lowest(t *nnvet.Trace, h *nnvet.Head) (float64, *nnvet.Series) {
	s := t.TrainLoss(h)
	low := math.Inf(1)
	for i := range s.Len() {
		if v := s.Values[i]; v < low && !math.IsInf(v, 0) {
			low = v
		}
	}
	return low, s
}
