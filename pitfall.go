package nnvet

import "fmt"

// A Pitfall is one of the eleven classic ways in which a network fails. Every
// check belongs to one.
type Pitfall int

// The eleven pitfalls, in the order in which nnvet teaches them.
const (
	Normalization Pitfall = iota + 1
	Results
	Preprocessing
	Regularization
	BatchSize
	LearningRate
	FinalActivation
	Gradients
	Initialization
	Depth
	HiddenUnits
)

// Pitfalls lists all eleven, in order.
var Pitfalls = []Pitfall{
	Normalization, Results, Preprocessing, Regularization, BatchSize, LearningRate,
	FinalActivation, Gradients, Initialization, Depth, HiddenUnits,
}

var pitfallNames = [...]string{
	"", "normalization", "results", "preprocessing", "regularization", "batch size", "learning rate",
	"final activation", "gradients", "weight init", "depth", "hidden units",
}

// String returns the pitfall's name as reports print it: "learning rate".
func (p Pitfall) String() string {
	if p < Normalization || p > HiddenUnits {
		return fmt.Sprintf("Pitfall(%d)", int(p))
	}
	return pitfallNames[p]
}
