package preprocessing

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// The limits that harm is judged by.
var (
	enoughSteps = nnvet.Limit{Name: "steps", Default: 100, Source: "convention: fewer steps may be a trial whether the script runs at all"}
	lostSkill   = nnvet.Limit{Name: "lost", Default: 0.05, Source: "convention: 0.02 is the smallest effect worth claiming, and what could have been reached is known to about 0.03"}
	still       = nnvet.Limit{Name: "still", Default: 0.05, Source: "convention: a loss that falls by a twentieth of a constant's in the last tenth of the run is on its way"}
	unlearned   = nnvet.Limit{Name: "unlearned", Default: 0.1, Source: "convention: a major loss of skill. Half of the healthy runs of the casebook's part to learn from miss as much on validation rows: it is room for harm, and no proof of it"}
	related     = nnvet.Limit{Name: "related", Default: 0.05, Source: "convention: the usual level of a test; inputs that pass it tell something of the targets"}
)

// withHarm adds the limits that harm is judged by.
func withHarm(own ...nnvet.Limit) []nnvet.Limit {
	return append(own, lostSkill, enoughSteps, still, related)
}

// A harm is what a run learned, beside what its data would have allowed.
type harm struct {
	course  nnvet.Course // where it learned most
	skill   float64
	ceiling ceiling
	unknown string // why it is not known; "" where it is
}

// A ceiling is a skill that the data would allow, and what shows it: "hour alone gives".
type ceiling struct {
	skill float64
	how   string
}

// harmTo returns what a run lost of a skill that something in its data allows,
// or of what the nearest neighbours tell. Where neither is known nothing counts
// as lost: a task that holds little to learn ends at a low skill too.
// Skill is taken on the split where it is higher: dropout lowers it on training
// rows, and rows learned by heart on the others, and neither is the fault of a
// representation.
func harmTo(p *nnvet.Pass, s *nnvet.Survey, allowed ceiling) harm {
	h := harm{skill: math.Inf(-1)}
	for _, split := range []string{nnvet.Train, nnvet.Validation} {
		if c, known := courseOf(p.Trace, split); known && (h.course.Series == nil || c.Skill() > h.skill) {
			h.course, h.skill = c, c.Skill()
		}
	}
	switch {
	case h.course.Series == nil:
		h.unknown = "the trace has no loss of which a constant's is known"
	case float64(p.Trace.Run.Steps) < p.Limit("steps") && stat.Finite(h.skill):
		h.unknown = fmt.Sprintf("the run has %d steps", p.Trace.Run.Steps)
	case h.course.Late() > p.Limit("still"):
		h.unknown = "the loss still falls at the end"
	case s.Smooth.P > p.Limit("related"):
		h.unknown = "the inputs tell nothing of the targets"
	}
	h.ceiling.skill = math.Inf(-1)
	if allowed.skill -= slack(p.Trace, s); allowed.skill > h.ceiling.skill {
		h.ceiling = allowed
	}
	if near := neighbours(s); near > h.ceiling.skill && numbers(p.Trace, s) {
		h.ceiling = ceiling{near, "nearest neighbours give"}
	}
	return h
}

// neighbours returns the skill that nearest neighbours show at the least: two
// standard errors less than they measure. Of n differences between neighbours of
// normal noise, of which more than half count twice as two rows are each other's
// nearest, the mean square is known to about 2 / sqrt(n) of itself.
func neighbours(s *nnvet.Survey) float64 {
	return 1 - s.Smooth.Ratio*(1+4/math.Sqrt(float64(s.Rows)))
}

// slack is what shares of variance flatter beside skill: of classes, a model
// that is right of 90 % and says so explains 0.64 of the variance of two equal
// classes, and 0.53 of their entropy.
func slack(t *nnvet.Trace, s *nnvet.Survey) float64 {
	if numbers(t, s) {
		return 0
	}
	return 0.1
}

// numbers reports whether the targets of a survey are numbers under a squared error.
func numbers(t *nnvet.Trace, s *nnvet.Survey) bool {
	for i := range t.Heads {
		if t.Heads[i].Name == s.Head {
			return t.Heads[i].Loss == nnvet.MSE
		}
	}
	return false
}

// lost returns the skill that is missing; 0 where that is not known, or where
// the loss is no longer finite: no representation does that.
func (h harm) lost() float64 {
	if h.unknown != "" || !stat.Finite(h.skill) {
		return 0
	}
	return math.Max(0, h.ceiling.skill-h.skill)
}

// costs says that a pattern costs a share of the targets' variance that was
// measured in the data: so much skill more could have been had, up to all.
func (h *harm) costs(share float64, how string) {
	if could := math.Min(1, h.skill+share); could > h.ceiling.skill {
		h.ceiling = ceiling{could, how}
	}
}

// severity grades what is lost, up to the given worst.
func (h harm) severity(p *nnvet.Pass, worst nnvet.Severity) nnvet.Severity {
	const major = 0.1 // of skill
	switch l := h.lost(); {
	case l < p.Limit("lost"):
		return nnvet.Note
	case l < major:
		return nnvet.Warning
	default:
		return worst
	}
}

// add writes the harm into a finding, whose message says the pattern so far.
func (h harm) add(p *nnvet.Pass, f *nnvet.Finding, worst nnvet.Severity) {
	f.Severity = h.severity(p, worst)
	if f.Severity == nnvet.Note {
		f.Confidence = min(f.Confidence, 0.5)
		return
	}
	f.Message += fmt.Sprintf("; the network ends at skill %.2f, where %s %.2f", h.skill, h.ceiling.how, h.ceiling.skill)
	f.Evidence = append(f.Evidence,
		nnvet.Evidence{What: "skill at the end (1 - loss / constant's loss)", Saw: h.skill, Key: h.course.Key},
		nnvet.Evidence{What: "skill that is missing", Saw: h.lost(), Limit: "lost"})
}

// courseOf returns the course of a split, and whether skill is known there: the
// loss of a constant is.
func courseOf(t *nnvet.Trace, split string) (c nnvet.Course, known bool) {
	c, err := t.Course(split)
	return c, err == nil && c.Scale.How != ""
}

// skillOf returns the skill of a course, -Inf where it is not known.
func skillOf(c nnvet.Course, known bool) float64 {
	if !known {
		return math.Inf(-1)
	}
	return c.Skill()
}

// gap returns how much more skill the run ends with on training rows than on
// validation rows; NaN where that is not known.
func gap(t *nnvet.Trace) float64 {
	train, trained := courseOf(t, nnvet.Train)
	val, validated := courseOf(t, nnvet.Validation)
	if !trained || !validated {
		return math.NaN()
	}
	return train.Skill() - math.Max(val.Skill(), -1)
}
