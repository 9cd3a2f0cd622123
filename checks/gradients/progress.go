package gradients

import (
	"fmt"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// Progress is how far training came, and whether it still goes on.
type progress struct {
	key   nnvet.Key
	skill float64 // at the end, against the best constant or, where that is not known, the first loss
	fell  float64 // by how much of a constant's loss the loss fell from the third quarter to the last
	says  string  // how the loss ended, in words
}

// The limits that harm is judged by.
var (
	healthySkill = nnvet.Limit{Name: "skill", Default: 0.32, Source: "measured on small MLPs: 95 of 100 healthy runs ended above it"}
	noFall       = nnvet.Limit{Name: "flat", Default: 0.02, Source: "the smallest effect worth claiming"}
)

// progressOf returns the progress of a run. The error says what is missing.
func progressOf(t *nnvet.Trace) (progress, error) {
	s := t.Series(nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Train})
	var b nnvet.Baseline
	if h, err := t.MainHead(); err == nil {
		if b, err = t.Baseline(h, nnvet.Train); err == nil {
			s = t.TrainLoss(h)
		}
	}
	if s.Len() == 0 {
		return progress{}, fmt.Errorf("no training loss was recorded")
	}
	if b.How == "" {
		b = nnvet.Baseline{Loss: s.Values[0]}
	}
	if !(b.Loss > 0) || !stat.Finite(b.Loss) {
		return progress{}, fmt.Errorf("the first loss is %.3g, which gives no scale to judge by", b.Loss)
	}
	end := part(s, 0.9, 1)
	says := fmt.Sprintf("the loss goes from %.3g to %.3g", b.Loss, end)
	if b.How != "" {
		says = fmt.Sprintf("the loss ends at %.3g, where %s gives %.3g", end, b.How, b.Loss)
	}
	fell := (part(s, 0.5, 0.75) - part(s, 0.75, 1)) / b.Loss
	return progress{s.Key, b.Skill(end), fell, says}, nil
}

// none reports whether training came nowhere and moves no more. A loss that is
// not finite, or known at too few steps to see it fall, counts as no progress.
func (g progress) none(p *nnvet.Pass) bool {
	return g.skill < p.Limit("skill") && !(g.fell >= p.Limit("flat"))
}

// part returns the mean of a series from one share of its steps to another;
// its last value where none falls in there.
func part(s *nnvet.Series, from, to float64) float64 {
	first, n := s.Steps[0], float64(s.Steps[s.Len()-1]+1-s.Steps[0])
	xs := stat.Between(s.Steps, s.Values, first+int64(from*n), first+int64(to*n))
	if len(xs) == 0 {
		xs = s.Values[s.Len()-1:]
	}
	return stat.Mean(xs)
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
