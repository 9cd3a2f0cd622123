package gradients

import (
	"fmt"
	"strings"

	"github.com/nnvet/nnvet"
)

// noFall is when a loss no longer moves.
var noFall = nnvet.Limit{Name: "flat", Default: 0.02, Source: "the smallest effect worth claiming"}

// noProgress reports whether training came nowhere and moves no more. A loss
// that is not finite, or known at too few steps to see it fall, counts as none.
func noProgress(p *nnvet.Pass, c nnvet.Course) bool {
	return c.Skill() < p.Limit("skill") && !(c.Fell() >= p.Limit("flat"))
}

// list joins names as in a sentence, at most three of them.
func list(names []string) string {
	switch n := len(names); {
	case n == 0:
		return ""
	case n == 1:
		return names[0]
	case n <= 3:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	default:
		return fmt.Sprintf("%s, %s and %d more", names[0], names[1], n-2)
	}
}

// layers names layers as in a sentence: "layer fc1", "layers 0, 2 and 4".
func layers(names []string) string {
	if len(names) == 1 {
		return "layer " + names[0]
	}
	return "layers " + list(names)
}

// sourceOf returns where a layer, or the owner of a loose tensor, was made, or
// nothing.
func sourceOf(t *nnvet.Trace, site string) nnvet.Location {
	if l := t.Layer(site); l != nil {
		return l.Source
	}
	if q := t.Param(site); q != nil {
		return q.Source
	}
	return nnvet.Location{}
}

// lowerRate returns a treatment that lowers the learning rate to a tenth; it
// says to what where the run has one.
func lowerRate(t *nnvet.Trace) nnvet.Treatment {
	if len(t.Optimizers) == 1 && len(t.Optimizers[0].Groups) == 1 {
		if lr, ok := t.Optimizers[0].Groups[0].Setting("lr"); ok && lr > 0 {
			from, to := fmt.Sprintf("%.4g", lr), fmt.Sprintf("%.4g", lr/10)
			return nnvet.Treatment{
				Action:   fmt.Sprintf("lower the learning rate from %s to %s", from, to),
				Settings: []nnvet.Setting{{Name: "lr", From: from, To: to}},
			}
		}
	}
	return nnvet.Treatment{Action: "lower the learning rate to a tenth"}
}
