package save

import (
	"math"
	"strconv"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/prepare"
)

// An Answer turns a row of a network's outputs into what it says to a reader:
// predictions and scores read outputs by it alone.
type Answer struct {
	loss        engine.LossKind
	preparation *prepare.Preparation
	classes     []string // nil for a regression
	outputs     int
}

// NewAnswer reads so many outputs, as a loss and a preparation trained them.
func NewAnswer(loss engine.LossKind, p *prepare.Preparation, outputs int) *Answer {
	return &Answer{loss, p, p.Classes(), outputs}
}

// header returns the names of the fields: the class and, where the loss makes
// outputs probabilities, its own, or the numbers of a regression.
func (a *Answer) header() []string {
	name := "predicted_" + a.preparation.Target()
	switch {
	case a.classes != nil && a.probable():
		return []string{name, "probability"}
	case a.classes != nil || a.outputs == 1:
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
func (a *Answer) fields(record []string, out []float32) (_ []string, ok bool) {
	if !allFinite(out) {
		for range a.header() {
			record = append(record, "")
		}
		return record, false
	}
	if a.classes == nil {
		for _, v := range a.Values(out) {
			record = append(record, number(v))
		}
		return record, true
	}
	class := a.Class(out)
	record = append(record, a.classes[class])
	if a.probable() {
		record = append(record, share(a.probability(out, class)))
	}
	return record, true
}

// Class returns the likeliest class of a row; -1 where an output is NaN or infinite.
func (a *Answer) Class(out []float32) int { return a.loss.Class(out) }

// probable reports a loss that makes outputs, or what they are the logits of,
// probabilities.
func (a *Answer) probable() bool {
	switch a.loss {
	case engine.CrossEntropy, engine.ProbCE, engine.BCELogits, engine.BCE:
		return true
	}
	return false
}

// probability returns that of a class.
func (a *Answer) probability(out []float32, class int) float64 {
	if a.loss == engine.CrossEntropy {
		sum := 0.0
		for _, v := range out {
			sum += math.Exp(float64(v) - float64(out[class]))
		}
		return 1 / sum
	}
	if len(out) > 1 {
		return a.loss.Number(out[class])
	}
	second := a.loss.Number(out[0])
	if class == 0 {
		return 1 - second
	}
	return second
}

// Values returns the outputs of regressions, whole rows, in the target's own units.
func (a *Answer) Values(out []float32) []float64 {
	numbers := make([]float32, len(out))
	for i, v := range out {
		numbers[i] = float32(a.loss.Number(v))
	}
	return a.preparation.Decode(numbers)
}

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
func share(p float64) string { return strconv.FormatFloat(p, 'f', 4, 64) }

// number writes a prediction, as exactly as a float32 has it.
func number(v float64) string {
	if size := math.Abs(v); size != 0 && (size < 1e-4 || size >= 1e15) {
		return strconv.FormatFloat(v, 'g', -1, 32)
	}
	return strconv.FormatFloat(v, 'f', -1, 32)
}
