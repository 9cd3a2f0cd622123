package subject

import (
	"math"

	"github.com/nnvet/nnvet/internal/engine"
)

// outputBias returns the bias with which an output layer that nnvet adds gives
// the class shares of the training rows, or nil where there are no classes: a
// rare class would else have to be unlearned first.
func (e *Experiment) outputBias() []float64 {
	if e.facts.Classes == 0 {
		return nil
	}
	shares := e.shares()
	switch e.Plan.Spec.Loss.Kind {
	case engine.CrossEntropy, engine.ProbCE:
		for i, p := range shares {
			shares[i] = math.Log(p)
		}
	case engine.BCELogits, engine.BCE:
		if e.outputs() == 1 {
			shares = shares[1:] // of the second class
		}
		for i, p := range shares {
			shares[i] = math.Log(p / (1 - p))
		}
	default:
		return nil
	}
	return shares
}

// shares returns the share of each class among the training rows. Every class
// counts once more than it was seen, so that none is impossible.
func (e *Experiment) shares() []float64 {
	shares := make([]float64, e.facts.Classes)
	one := 1 / float64(e.train.Rows+len(shares))
	for i := range shares {
		shares[i] = one
	}
	for i := range e.train.Rows {
		shares[e.class(e.train, i)] += one
	}
	return shares
}
