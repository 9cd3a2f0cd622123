package engine

import (
	"math"

	"github.com/nnvet/nnvet/internal/stat"
)

// An Observer is told what happens in a training. Each of its functions may be
// nil. What they are given is valid during the call and must not be changed.
type Observer struct {
	Start     func(t *Trainer)      // before the first step of a run
	Wants     func(step int64) bool // before a step: whether to sample it
	Before    func(s *Step)         // in a sampled step, before the update: parameters, activations, and gradients as the optimizer gets them
	Glance    func(s *Step)         // in every other step, likewise, where the layers keep no more than a step needs
	After     func(s *Step)         // after every step
	Predicted func(b *Batch)        // in an evaluation, for each batch of validation rows
	Evaluated func(e *Evaluation)   // after every evaluation on validation rows
	End       func(r *Result)       // after the last step of a run, when the best epoch's parameters are back
}

// A Step is one optimizer step, as an observer sees it.
type Step struct {
	Network *Network
	Number  int64 // steps completed before
	Epoch   int   // epochs completed before
	Rows    int
	X, Y    []float32 // the batch as it was fed, after augmentation
	Labels  []int32
	Out     []float32 // the network's output
	Loss    float64
	LR      float64
	Norm    float64 // of all gradients before clipping; NaN where the step is not sampled and they are not clipped by it
	Sampled bool    // wanted, or the first step whose loss or gradients are not finite

	judgement judgement // what Accuracy is of
}

// A Batch is rows of a split, in its order, with what the network says of them.
type Batch struct {
	From, Rows int // the first of them, and how many
	Out, Y     []float32
	Labels     []int32
}

// Accuracy returns the share of the batch that is right, before the update; NaN
// where the targets are no classes.
func (s *Step) Accuracy() float64 {
	if s.judgement == ofNothing || s.Rows == 0 {
		return math.NaN()
	}
	right := s.judgement.right(s.Network.spec.Loss.Kind, s.Out, s.Y, s.Labels, s.Rows)
	return float64(right) / float64(s.judgement.of(s.Rows, len(s.Out)/s.Rows))
}

// An Origin is where, on the way from the input to the gradients, a number that
// is not finite came up first.
type Origin struct {
	What  string // "input", "parameter", "operation", "target", "loss", "gradient"; "" for nowhere
	Layer int    // index in Network.Layers of the operation; -1 without
	Param int    // index in Network.Params of the parameter or gradient; -1 without
}

// Origin looks for numbers that are not finite. It is for Before, as the
// update spreads them.
func (s *Step) Origin() Origin {
	at := Origin{Layer: -1, Param: -1}
	found := func(what string, x []float32) bool {
		if at.What == "" && !stat.Finite(s.Network.set.SumSquares(x)) {
			at.What = what
			return true
		}
		return false
	}
	found("input", s.X)
	params := s.Network.Params()
	for i, p := range params {
		if found("parameter", p.Value) {
			at.Param = i
		}
	}
	s.Network.Activations(func(layer int, out []float32) {
		if found("operation", out) {
			at.Layer = layer
		}
	})
	found("operation", s.Out)
	found("target", s.Y)
	if at.What == "" && !stat.Finite(s.Loss) {
		at.What = "loss"
	}
	for i := len(params) - 1; i >= 0; i-- { // the way back
		if found("gradient", params[i].Grad) {
			at.Param = i
		}
	}
	return at
}

// An Evaluation is how the network did on the validation rows after an epoch.
type Evaluation struct {
	Step    int64   // steps completed
	Epoch   int     // epochs completed
	Train   float64 // mean loss of the epoch's training batches, each before its update
	Batches int     // of validation rows; 0 where there are none, and then Scores are NaN
	Scores
	Best bool // no earlier loss was as low
}
