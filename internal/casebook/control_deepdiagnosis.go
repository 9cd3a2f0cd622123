package casebook

import (
	"math"

	"github.com/nnvet/nnvet"
)

// deepDiagnosis judges by the numbers of DeepDiagnosis (Wardat et al. 2022, as
// its callback has them), re-implemented: dead nodes at the end, saturated and
// vanishing tensors, ones that do not change, targets out of the range of the
// output, and then the cause: weights whose variance is off, inputs that are
// not within one, or a rate by the size of updates. Saturation is taken where
// the trace has it, at |z| > 3 of tanh and 6 of sigmoid, where the original
// has 5 for both.
func deepDiagnosis(t *nnvet.Trace) []int {
	const (
		dead, saturated, vanishing = 0.7, 0.5, 1e-7
		loVariance, hiVariance     = 1e-5, 10
		loUpdate, hiUpdate         = 1e-5, 1e-1
	)
	symptom := 0
	note := func(p nnvet.Pitfall) {
		if symptom == 0 {
			symptom = int(p)
		}
	}
	for s := range t.All(nnvet.ActZero) {
		if l := t.Layer(s.Key.Site); l != nil && l.Kind == "ReLU" {
			if _, v := s.Last(); v >= dead {
				note(nnvet.Gradients)
			}
		}
	}
	for s := range t.All(nnvet.Saturated) {
		if most(s.Values) > saturated {
			note(nnvet.Gradients)
		}
	}
	for s := range t.All(nnvet.GradRMS) {
		for _, v := range s.Values {
			if v < vanishing || !finite(v) {
				note(nnvet.Gradients)
			}
		}
	}
	loss := values(t, nnvet.Loss, "", nnvet.Train)
	if unchanged(loss, 5) || unchanged(values(t, nnvet.Loss, "", nnvet.Validation), 5) || unchanged(values(t, nnvet.Accuracy, "", nnvet.Validation), 20) {
		note(nnvet.LearningRate)
	}
	for _, v := range loss {
		if !finite(v) {
			note(nnvet.LearningRate)
		}
	}
	if outOfRange(t) {
		return []int{int(nnvet.FinalActivation)}
	}
	if symptom == 0 {
		return nil
	}
	for _, w := range weights(t) {
		for _, v := range values(t, nnvet.WeightStd, w, "") {
			if v*v < loVariance || v*v > hiVariance {
				return []int{int(nnvet.Initialization)}
			}
		}
	}
	if p := t.Profile(nnvet.Input, nnvet.Train); p != nil {
		for _, c := range p.Columns {
			if c.Min < -1 || c.Max > 1 {
				return []int{int(nnvet.Normalization)}
			}
		}
	}
	for s := range t.All(nnvet.Update) {
		for _, v := range s.Values {
			if v < loUpdate || v > hiUpdate {
				return []int{int(nnvet.LearningRate)}
			}
		}
	}
	return []int{symptom}
}

// unchanged reports whether so many values in a row are the same.
func unchanged(xs []float64, n int) bool {
	same := 1
	for i := 1; i < len(xs); i++ {
		if xs[i] == xs[i-1] {
			same++
		} else {
			same = 1
		}
		if same >= n {
			return true
		}
	}
	return false
}

// outOfRange reports whether targets lie where the output cannot go, or, of an
// output without an activation, whether its first values spread ten times as
// far as the targets.
func outOfRange(t *nnvet.Trace) bool {
	if len(t.Heads) == 0 || len(t.Heads[0].Chain) == 0 {
		return false
	}
	h := t.Heads[0]
	p := t.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
	if p == nil {
		return false
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	if len(p.Classes) > 0 {
		lo, hi = 0, 1
	}
	for _, c := range p.Columns {
		lo, hi = min(lo, c.Min), max(hi, c.Max)
	}
	switch h.Chain[0].Kind {
	case "softmax":
		return false
	case "sigmoid":
		return lo < 0 || hi > 1
	case "tanh":
		return lo < -1 || hi > 1
	case "relu":
		return lo < 0 || h.Loss == nnvet.CrossEntropy
	case "elu":
		return lo < -1
	}
	if h.Loss == nnvet.CrossEntropy || h.Loss == nnvet.BCELogits { // it wants an activation, whatever the loss takes
		return false
	}
	std := values(t, nnvet.PredStd, h.Name, nnvet.Train)
	return len(std) > 0 && 4*std[0] > 10*(hi-lo)
}
