package learningrate

import "github.com/nnvet/nnvet"

// harm grades by how the run ended, with the figure that it goes by. A note
// crosses no limit.
func harm(p *nnvet.Pass, c nnvet.Course) (nnvet.Severity, nnvet.Evidence) {
	severity := p.Harm(c.Skill())
	limit := map[nnvet.Severity]string{nnvet.Error: nnvet.NoSkill.Name, nnvet.Warning: nnvet.HealthySkill.Name}[severity]
	return severity, c.Evidence(limit)
}
