package nnvet

import "math"

// Predictions is what a network said beside what was true, summed up over the
// rows of one evaluation, or of the training batches of a while. Numbers are in
// the units that the loss compares; or, where the recorder knows how a person's
// targets were transformed, as of an experiment file, in that person's.
type Predictions struct {
	Head  string // the loss that compared them
	Split string // Train or Validation
	Step  int64  // optimizer steps completed
	Rows  int64
	// Decoded says that numbers are in a person's units, where the loss may compare
	// others, so they are not those of the target's profile.
	Decoded bool

	Outputs []Pair    // of numbers: one an output, at most 64
	Joint   *Joint    // of numbers: all outputs together; nil where none
	Matrix  [][]int64 // of classes: rows by true class, then by the one predicted; nil past 64 classes
	Bins    []Bin     // of classes and probabilities: calibration, by rising confidence

	TopShare float64 // share of the summed loss that the costliest hundredth of rows holds; NaN of fewer than 100 rows
	// Rows by their index in the order of the evaluation, at most 8 each: those
	// that cost least, those in the middle, those that cost most.
	Best, Median, Worst []int64
}

// A Pair is one output against its truth.
type Pair struct {
	Output     int
	N          int64
	Truth      float64 // mean
	TruthStd   float64
	Guess      float64 // mean
	GuessStd   float64
	Covariance float64
	MAE        float64 // mean absolute error
}

// R2 returns the share of the truth's variance that the predictions explain
// as they are; it can be negative.
func (p Pair) R2() float64 {
	bias := p.Guess - p.Truth
	mse := bias*bias + p.GuessStd*p.GuessStd + p.TruthStd*p.TruthStd - 2*p.Covariance
	return 1 - mse/(p.TruthStd*p.TruthStd)
}

// Affine returns the share that they would explain after the best scale and
// shift: the squared correlation.
func (p Pair) Affine() float64 {
	r := p.Covariance / (p.GuessStd * p.TruthStd)
	return r * r
}

// Slope returns that of the truth over the prediction: 1 where predictions are
// calibrated.
func (p Pair) Slope() float64 { return p.Covariance / (p.GuessStd * p.GuessStd) }

// A Joint is a histogram of truth and prediction over the same bins.
type Joint struct {
	Edges  []float64 // of the bins, one more than there are, rising
	Counts [][]int64 // by the bin of the truth, then by that of the prediction; what lies outside counts in the outer bins
}

// A Bin is rows of similar confidence.
type Bin struct {
	N          int64
	Confidence float64 // mean of the largest probability, or of the probability of one
	Right      float64 // share of rows on which the class is right, or that are one
}

// Predicted returns the last predictions on a split, of the head where it is
// not "", or nil.
func (t *Trace) Predicted(split, head string) *Predictions {
	var last *Predictions
	for i := range t.Predictions {
		if p := &t.Predictions[i]; p.Split == split && (head == "" || p.Head == head) {
			last = p
		}
	}
	return last
}

// Accuracy returns the share of rows whose class is right, NaN without classes.
func (p *Predictions) Accuracy() float64 {
	right, all := int64(0), int64(0)
	for i, row := range p.Matrix {
		for j, n := range row {
			all += n
			if i == j {
				right += n
			}
		}
	}
	if all == 0 {
		return math.NaN()
	}
	return float64(right) / float64(all)
}
