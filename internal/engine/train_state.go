package engine

import (
	"fmt"
	"slices"
)

// A State is a training between two steps. A trainer of the same spec, data
// and kernel set that is given it goes on bit for bit as if it had not
// stopped. All arrays are copies, laid out as [Network.Arena] and the values of
// [Network.Buffers], one after the other. Random numbers are functions of the
// seed and the step, so no generator is part of it.
type State struct {
	Step    int64
	Epoch   int       // completed
	Row     int       // rows of the next epoch that are done
	Loss    float64   // sum over them
	Last    float64   // mean training loss of the last whole epoch; NaN without
	Poor    int       // epochs since the best
	Lost    int       // steps in a row whose loss was not finite
	Val     Scores    // of the last evaluation
	Taken   int64     // steps that the optimizer has taken, which its bias corrections depend on
	M, V    []float32 // its running means of gradients and of their squares; empty where it has none
	Params  []float32
	Buffers []float32

	BestEpoch   int // 0 without
	Best        Scores
	BestParams  []float32 // empty where patience does not ask for them
	BestBuffers []float32
}

// State returns a copy of where the training is. The parameters are the last
// ones, also where the network has got those of the best epoch back.
func (t *Trainer) State() State {
	params := slices.Clone(t.params)
	var buffers []float32
	for _, p := range t.Network.Buffers() {
		buffers = append(buffers, p.Value...)
	}
	s := State{
		Step: t.at.step, Epoch: t.at.epoch, Row: t.at.row, Loss: t.at.loss, Last: t.at.last,
		Poor: t.at.poor, Lost: t.at.lost, Val: t.at.scores,
		Taken: t.optimizer.taken, M: slices.Clone(t.optimizer.m), V: slices.Clone(t.optimizer.v),
		Params: params, Buffers: buffers,
		BestEpoch: t.best.epoch, Best: t.best.scores,
		BestParams: slices.Clone(t.best.params), BestBuffers: slices.Clone(t.best.buffers),
	}
	if t.best.swapped {
		s.Params, s.BestParams = s.BestParams, s.Params
		s.Buffers, s.BestBuffers = s.BestBuffers, s.Buffers
	}
	return s
}

// Restore makes the trainer, and its network, go on from a state. The error
// says what of it does not fit; the trainer then is as it was.
func (t *Trainer) Restore(s State) error {
	running := 0
	for _, p := range t.Network.Buffers() {
		running += len(p.Value)
	}
	for _, a := range []struct {
		name  string
		saved []float32
		want  int
		none  bool // may be empty
	}{
		{"parameters", s.Params, len(t.params), false},
		{"running statistics", s.Buffers, running, false},
		{"running means of gradients", s.M, len(t.optimizer.m), false},
		{"running means of squared gradients", s.V, len(t.optimizer.v), false},
		{"best parameters", s.BestParams, len(t.params), true},
		{"best running statistics", s.BestBuffers, running, true},
	} {
		if len(a.saved) != a.want && !(a.none && len(a.saved) == 0) {
			return fmt.Errorf("state: %d %s where this training has %d: it is of another network or optimizer", len(a.saved), a.name, a.want)
		}
	}
	if s.Step < 0 || s.Epoch < 0 || s.Taken < 0 || s.Row < 0 || s.Row >= t.Train.Rows || s.Row%t.Spec.Batch != 0 {
		return fmt.Errorf("state: row %d of epoch %d after step %d: this training has %d rows in batches of %d", s.Row, s.Epoch, s.Step, t.Train.Rows, t.Spec.Batch)
	}
	copy(t.params, s.Params)
	at := 0
	for _, p := range t.Network.Buffers() {
		at += copy(p.Value, s.Buffers[at:])
	}
	copy(t.optimizer.m, s.M)
	copy(t.optimizer.v, s.V)
	t.optimizer.taken = s.Taken
	t.at = progress{step: s.Step, epoch: s.Epoch, row: s.Row, loss: s.Loss, last: s.Last, poor: s.Poor, lost: s.Lost, scores: s.Val, judged: -1}
	t.best = best{epoch: s.BestEpoch, scores: s.Best, params: append(t.best.params[:0], s.BestParams...), buffers: append(t.best.buffers[:0], s.BestBuffers...)}
	return nil
}
