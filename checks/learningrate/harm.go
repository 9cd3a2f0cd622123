package learningrate

import "github.com/nnvet/nnvet"

// harm returns what the end of a run says of a fault that does not always cost
// something: an error where nothing was learned, a warning where less was than
// in nearly all healthy runs, a note otherwise, with the figure that it goes by.
// The check must declare [nnvet.HealthySkill] and [nnvet.NoSkill].
func harm(p *nnvet.Pass, c nnvet.Course) (nnvet.Severity, nnvet.Evidence) {
	switch skill := c.Skill(); {
	case skill <= p.Limit(nnvet.NoSkill.Name):
		return nnvet.Error, c.Evidence(nnvet.NoSkill.Name)
	case skill < p.Limit(nnvet.HealthySkill.Name):
		return nnvet.Warning, c.Evidence(nnvet.HealthySkill.Name)
	}
	return nnvet.Note, c.Evidence("")
}
