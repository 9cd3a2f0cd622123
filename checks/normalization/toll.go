package normalization

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// What harm is judged by, in every check of a pattern that can be harmless.
var harmLimits = []nnvet.Limit{nnvet.HealthySkill, nnvet.NoSkill, wasted}

var wasted = nnvet.Limit{Name: "wasted", Default: 0.1, Source: "convention: a tenth of the training is more than a warm-up takes"}

// A toll is what a run shows of harm, whatever it came from.
type toll struct {
	severity nnvet.Severity // Note where nothing shows
	says     string         // to follow a message, "" where nothing shows
	evidence []nnvet.Evidence
	unsure   bool // no more than a low skill shows, which a task that holds little to learn has too
}

// tollOf looks at the training loss: whether it stayed finite, came below the
// best constant, and soon. Where no loss tells, nothing shows.
func tollOf(p *nnvet.Pass) toll {
	c, err := p.Trace.Course(nnvet.Train)
	if err != nil {
		return toll{severity: nnvet.Note}
	}
	if severity, e := p.HarmOf(c); severity > nnvet.Note {
		return toll{severity, "; " + c.Ended(), []nnvet.Evidence{e}, stat.FirstBad(c.Values) < 0}
	}
	if a, ok := late(c); ok && a.share >= p.Limit("wasted") {
		return toll{
			nnvet.Warning,
			fmt.Sprintf("; %d of %d steps passed before the loss was below that of %s", a.steps, c.Steps[c.Len()-1]+1, c.Scale.How),
			[]nnvet.Evidence{{What: "share of steps above the constant's loss", Saw: a.share, Key: c.Key, Limit: "wasted"}},
			false,
		}
	}
	return toll{severity: nnvet.Note}
}

// late tells how the loss came down to that of the best constant, where that
// is known and enough losses are.
func late(c nnvet.Course) (approach, bool) {
	const enough = 50 // a tenth of fewer is lost in the noise of single batches
	if c.Scale.How == "" || c.Len() < enough {
		return approach{}, false
	}
	return approachTo(c.Series, c.Scale.Loss*(1-nnvet.NoSkill.Default)), true
}

// judge puts what the run shows on a finding about a pattern. Without harm it
// is a note.
func (t toll) judge(f *nnvet.Finding) {
	f.Severity = t.severity
	f.Message += t.says
	f.Evidence = append(f.Evidence, t.evidence...)
}

// atMost returns the severity that a fault can have had in a run that ended
// well: the skill that was lost is at most what is missing to 1. It is for what
// is a fault in every run, and asks how much that can have cost; [nnvet.Pass.Harm]
// is for patterns, and asks whether anything shows that they did harm.
func atMost(t *nnvet.Trace) nnvet.Severity {
	lost := math.Inf(-1)
	for _, split := range []string{nnvet.Train, nnvet.Validation} {
		c, err := t.Course(split)
		switch {
		case err == nil && c.Scale.How != "" && stat.FirstBad(c.Values) < 0:
			lost = math.Max(lost, 1-c.Skill())
		case err == nil || split == nnvet.Train: // not known
			return nnvet.Error
		}
		if a, ok := late(c); err == nil && ok && a.share >= wasted.Default {
			return nnvet.Error
		}
	}
	const small, some = 0.02, 0.1 // skill lost
	switch {
	case t.Run.Ended == nnvet.Running || !(lost < some):
		return nnvet.Error
	case lost < small:
		return nnvet.Note
	}
	return nnvet.Warning
}
