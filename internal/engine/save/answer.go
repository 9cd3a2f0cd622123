package save

import (
	"math"
	"strconv"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/prepare"
)

// An answer is what a row of a network's outputs says to a reader.
type answer struct {
	loss        engine.LossKind
	preparation *prepare.Preparation
	classes     []string // nil for a regression
	outputs     int
}

func (m *Model) answer(outputs int) *answer {
	p := m.About.Preparation
	return &answer{m.Spec.Loss.Kind, p, p.Classes(), outputs}
}

// header returns the names of the fields: the class and its probability, or
// the numbers of a regression.
func (a *answer) header() []string {
	name := "predicted_" + a.preparation.Target()
	switch {
	case a.classes != nil:
		return []string{name, "probability"}
	case a.outputs == 1:
		return []string{name}
	}
	fields := make([]string, a.outputs)
	for i := range fields {
		fields[i] = name + "[" + strconv.Itoa(i) + "]"
	}
	return fields
}

// fields appends what the outputs of a row say to a record: nothing, in every
// field, where an output is NaN or infinite, for which ok is false.
func (a *answer) fields(record []string, out []float32) (_ []string, ok bool) {
	if !allFinite(out) {
		for range a.header() {
			record = append(record, "")
		}
		return record, false
	}
	if a.classes != nil {
		class, probability := a.class(out)
		return append(record, a.classes[class], probability), true
	}
	for _, v := range a.values(out) {
		record = append(record, number(v))
	}
	return record, true
}

// class returns the likeliest class and its probability, which is empty where
// the loss is none that makes outputs probabilities.
func (a *answer) class(out []float32) (class int, probability string) {
	if len(out) == 1 { // the probability, the logit or the value of the second of two
		p, known := a.second(float64(out[0]))
		if p >= 0.5 {
			class = 1
		} else {
			p = 1 - p
		}
		return class, share(p, known)
	}
	for i, v := range out {
		if v > out[class] {
			class = i
		}
	}
	switch a.loss {
	case engine.CrossEntropy:
		sum := 0.0
		for _, v := range out {
			sum += math.Exp(float64(v) - float64(out[class]))
		}
		return class, share(1/sum, true)
	case engine.BCELogits:
		return class, share(sigmoid(float64(out[class])), true)
	}
	return class, share(float64(out[class]), a.probable())
}

// second returns what the only output says of the second of two classes.
func (a *answer) second(out float64) (p float64, known bool) {
	if a.loss == engine.BCELogits {
		return sigmoid(out), true
	}
	return out, a.probable()
}

// probable reports a loss whose outputs are probabilities as they are.
func (a *answer) probable() bool { return a.loss == engine.ProbCE || a.loss == engine.BCE }

// values returns the outputs of a regression in the target's own units.
func (a *answer) values(out []float32) []float64 {
	if a.loss != engine.PoissonLog {
		return a.preparation.Decode(out)
	}
	rates := make([]float32, len(out))
	for i, v := range out {
		rates[i] = float32(math.Exp(float64(v)))
	}
	return a.preparation.Decode(rates)
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func allFinite(out []float32) bool {
	for _, v := range out {
		if v != v || math.IsInf(float64(v), 0) {
			return false
		}
	}
	return true
}

// share writes a probability, of which four digits are more than any network
// is sure of.
func share(p float64, known bool) string {
	if !known {
		return ""
	}
	return strconv.FormatFloat(p, 'f', 4, 64)
}

// number writes a prediction, as exactly as a float32 has it.
func number(v float64) string {
	if size := math.Abs(v); size != 0 && (size < 1e-4 || size >= 1e15) {
		return strconv.FormatFloat(v, 'g', -1, 32)
	}
	return strconv.FormatFloat(v, 'f', -1, 32)
}
