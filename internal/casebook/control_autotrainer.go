package casebook

import (
	"math"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

// The problems of AutoTrainer's rules.
const (
	abnormalData = "abnormal data"
	unsuited     = "an ending that does not suit the loss"
	vanishing    = "vanishing gradients"
	exploding    = "exploding gradients"
	dying        = "dying ReLUs"
	unstable     = "unstable training"
	slow         = "slow convergence"
)

// autoTrainer returns the pitfall that a problem of its rules stands for.
func autoTrainer(t *nnvet.Trace) []int {
	problem, _ := autoTrainerProblem(t)
	switch problem {
	case "":
		return nil
	case abnormalData:
		return []int{int(nnvet.Normalization)}
	case unsuited:
		return []int{int(nnvet.FinalActivation)}
	case vanishing:
		return []int{int(nnvet.Depth)}
	case dying:
		return []int{int(nnvet.Gradients)}
	}
	return []int{int(nnvet.LearningRate)} // it clips or lowers the rate
}

// autoTrainerProblem judges by the numbers of AutoTrainer's rules (Zhang et al. 2021,
// as its monitor has them), re-implemented: gradients of the first weights over
// those of the last, zero gradients, the course of the accuracy, losses out of
// bounds, large activations, and the pairing of output and loss. Where a run
// has no accuracy, R2 of the validation loss stands in for it. It names one
// problem, by the priority that it gives them, and for an ending the one that it
// wants.
func autoTrainerProblem(t *nnvet.Trace) (problem, end string) {
	const (
		vanish, tiny, explode, dead = 1e-3, 1e-4, 70, 0.7
		swing, swings, gain, good   = 0.03, 0.2, 0.01, 0.6
		lossLimit, largest          = 1000, 10
	)
	train := values(t, nnvet.Accuracy, "", nnvet.Train)
	val := values(t, nnvet.Accuracy, "", nnvet.Validation)
	if len(val) == 0 {
		val = explainedByEpoch(t)
	}
	bad := false
	for _, v := range values(t, nnvet.Loss, "", nnvet.Train) {
		bad = bad || !(v < lossLimit)
	}
	if abnormal(t, largest) {
		return abnormalData, ""
	}
	if end := pairing(t); end != "" {
		return unsuited, end
	}
	converged := max(most(train), most(val)) >= good
	crawls := !converged && rise(train) < gain && rise(val) < gain
	if !converged || crawls || bad {
		first, last := gradients(t)
		for i := range first {
			ratio := first[i] / last[i]
			switch {
			case ratio < vanish && first[i] < tiny:
				return vanishing, ""
			case ratio > explode || bad && !finite(first[i]):
				return exploding, ""
			}
		}
		if zeroShare(t) >= dead {
			return dying, ""
		}
	}
	switch {
	case swingsOf(val, swing) >= swings*float64(len(val)) && len(val) > 4:
		return unstable, ""
	case bad:
		return exploding, ""
	case crawls:
		return slow, ""
	}
	return "", ""
}

func finite(v float64) bool { return v-v == 0 }

func values(t *nnvet.Trace, q nnvet.Quantity, site, split string) []float64 {
	if s := t.Series(nnvet.Key{Quantity: q, Site: site, Split: split}); s != nil {
		return s.Values
	}
	return nil
}

// explainedByEpoch returns 1 - loss / constant's of each evaluation.
func explainedByEpoch(t *nnvet.Trace) []float64 {
	c, err := t.Course(nnvet.Validation)
	if err != nil {
		return nil
	}
	var out []float64
	for _, v := range c.Values {
		out = append(out, c.Scale.Skill(v))
	}
	return out
}

func most(xs []float64) float64 {
	m := math.Inf(-1)
	for _, x := range xs {
		m = max(m, x)
	}
	return m
}

// rise returns the greatest gain from one value to the next.
func rise(xs []float64) float64 {
	m := 0.0
	for i := 1; i < len(xs); i++ {
		m = max(m, xs[i]-xs[i-1])
	}
	return m
}

// swingsOf counts the local maxima that are followed by a minimum so far below.
func swingsOf(xs []float64, swing float64) float64 {
	n := 0.0
	for i := 1; i+1 < len(xs); i++ {
		if xs[i] >= xs[i-1] && xs[i] > xs[i+1] {
			low := i + 1
			for low+1 < len(xs) && xs[low+1] <= xs[low] {
				low++
			}
			if xs[i]-xs[low] >= swing {
				n++
			}
		}
	}
	return n
}

// weights returns the parameters of two dimensions or more, in order.
func weights(t *nnvet.Trace) []string {
	var out []string
	for _, p := range t.Params {
		if len(p.Shape) > 1 {
			out = append(out, p.Name)
		}
	}
	return out
}

// gradients returns the gradient norms of the first and the last weights.
func gradients(t *nnvet.Trace) (first, last []float64) {
	w := weights(t)
	if len(w) == 0 {
		return nil, nil
	}
	first = values(t, nnvet.GradNorm, w[0], "")
	last = values(t, nnvet.GradNorm, w[len(w)-1], "")
	n := min(len(first), len(last))
	return first[:n], last[:n]
}

// zeroShare returns the largest share of zero gradient entries over all layers.
func zeroShare(t *nnvet.Trace) float64 {
	sums := make(map[int]float64)
	n := 0
	for _, w := range weights(t) {
		n++
		for i, v := range values(t, nnvet.GradZero, w, "") {
			sums[i] += v
		}
	}
	m := 0.0
	for _, v := range sums {
		m = max(m, v/float64(n))
	}
	return m
}

// abnormal reports whether the mean output of a layer other than the last is
// as large as that.
func abnormal(t *nnvet.Trace, limit float64) bool {
	last := ""
	for _, l := range t.Layers {
		if l.Leaf {
			last = l.Name
		}
	}
	for s := range t.All(nnvet.ActMean) {
		if s.Key.Site != last && slices.ContainsFunc(s.Values, func(v float64) bool { return math.Abs(v) >= limit }) {
			return true
		}
	}
	return false
}

// pairing returns the ending that suits the loss, where the network has another,
// or "": probabilities for classes and for yes or no, nothing for amounts.
func pairing(t *nnvet.Trace) string {
	if len(t.Heads) == 0 {
		return ""
	}
	h := t.Heads[0]
	end := ""
	for _, op := range h.Chain {
		if op.Kind == "softmax" || op.Kind == "sigmoid" || op.Kind == "relu" || op.Kind == "tanh" {
			end = op.Kind
			break
		}
	}
	units := 0
	if len(h.Shape) > 1 {
		units = h.Shape[len(h.Shape)-1]
	}
	ok, want := true, "none"
	switch h.Loss {
	case nnvet.MSE, nnvet.L1, nnvet.Huber, nnvet.SmoothL1:
		ok = end == ""
	case nnvet.BCE:
		ok, want = end == "sigmoid" && units <= 2, "sigmoid"
	case nnvet.BCELogits:
		ok = end == "" && units <= 2
	case nnvet.NLL:
		ok, want = end == "softmax", "softmax"
	case nnvet.CrossEntropy:
		ok = end == ""
	}
	if ok || strings.Contains(string(h.Loss), "poisson") {
		return ""
	}
	return want
}
