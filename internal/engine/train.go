package engine

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/nnvet/nnvet/internal/stat"
)

// A Reason says why a training stopped.
type Reason string

// The reasons.
const (
	AllEpochs   Reason = "epochs"     // the epochs asked for are done
	AllSteps    Reason = "steps"      // the steps asked for are done
	NoPatience  Reason = "patience"   // the validation loss has not fallen for Spec.Patience epochs
	NotFinite   Reason = "not finite" // the loss was NaN or infinite in the last steps, doomed of them or up to the end
	ToldToStop  Reason = "told to"    // Trainer.Continue said so
	Interrupted Reason = "cancelled"  // the context was
)

// doomed is for how many steps training goes on after the loss was last
// finite, so that a trace shows what the parameters made of it.
const doomed = 10

// A Result is how a training ended.
type Result struct {
	Steps       int64   // optimizer steps completed, before a resume too
	Epochs      int     // completed
	TrainLoss   float64 // mean over the last completed epoch's rows, each before its update; of a part of it where there is none; NaN without a step
	ValLoss     float64 // of the last evaluation; NaN without
	BestValLoss float64 // NaN without
	BestEpoch   int     // counted from 1; 0 without a finite validation loss
	Val         Scores  // of the last evaluation
	Best        Scores  // of the best
	Restored    bool    // the network has the parameters of the best epoch
	Stopped     Reason
	Seconds     float64 // wall time of this run
}

// A Trainer trains one network. It belongs to one goroutine at a time.
type Trainer struct {
	Network    *Network
	Spec       Spec // as used: batch at most the rows there are, optimizer with its defaults
	Train, Val Data
	Observer   *Observer
	// Continue, where not nil, is asked after each epoch's evaluation whether to go on. It may call State.
	Continue func(*Evaluation) bool

	optimizer optimizer
	batches   batcher
	augmenter augmenter
	judgement judgement // of training and validation rows alike
	validator evaluator
	watch     watch

	perEpoch, total int64 // steps
	at              progress
	best            best
	params, grads   []float32
}

// progress is how far a training has got. Its row tells where in an epoch.
type progress struct {
	step   int64
	epoch  int
	row    int
	loss   float64 // sum over the rows of this epoch so far
	last   float64 // mean of the last whole epoch
	poor   int     // epochs since the best
	lost   int     // steps in a row whose loss was not finite
	scores Scores  // of the last evaluation
	judged int64   // the step after which it was
}

// best is what the best epoch left.
type best struct {
	epoch   int
	scores  Scores
	params  []float32 // empty where it is not to be restored
	buffers []float32
	swapped bool // the network has the best parameters, and these are its last ones
}

// Train trains a network as the spec says, from the parameters that it has.
// Where it is cancelled it returns how far it got, and the context's cause.
func Train(ctx context.Context, n *Network, s Spec, train, val Data, o *Observer) (Result, error) {
	t, err := NewTrainer(n, s, train, val)
	if err != nil {
		return Result{}, err
	}
	t.Observer = o
	return t.Run(ctx)
}

// NewTrainer prepares a training, or says what in the spec or the data cannot
// be. A batch larger than the training rows is made as large as they are. val
// may be empty.
func NewTrainer(n *Network, s Spec, train, val Data) (*Trainer, error) {
	t := new(Trainer)
	return t, t.Reset(n, s, train, val)
}

// Reset makes the trainer one that has not begun another training. It keeps
// the memory that it has, and forgets Observer and Continue.
func (t *Trainer) Reset(n *Network, s Spec, train, val Data) error {
	if err := s.checkTraining(train, val); err != nil {
		return err
	}
	s.Batch = min(s.Batch, train.Rows)
	if s.Batch > n.rows {
		return fmt.Errorf("batch %d: the network was made for batches of at most %d rows", s.Batch, n.rows)
	}
	if err := train.check("training data", n); err != nil {
		return err
	}
	if err := val.check("validation data", n); err != nil {
		return err
	}
	t.params, t.grads = n.Arena()
	if err := t.optimizer.reset(s.Optimizer, len(t.params), n.set); err != nil {
		return err
	}
	if err := t.augmenter.reset(s.Augment, s.Input); err != nil {
		return err
	}
	s.Optimizer = t.optimizer.Optimizer
	t.Network, t.Spec, t.Train, t.Val, t.Observer, t.Continue = n, s, train, val, nil, nil
	t.batches.reset(train, s.Input.Size(), n.Outputs().Size(), s.Batch, !s.KeepOrder, len(s.Augment) > 0)
	t.judgement = judge(n.spec.Loss.Kind, n.Outputs().Size(), train, val)
	t.validator.reset(n, val, t.judgement)
	t.watch.reset(n)
	t.perEpoch = int64((train.Rows + s.Batch - 1) / s.Batch)
	t.total = s.Steps
	if t.total == 0 {
		t.total = t.perEpoch * min(int64(s.Epochs), math.MaxInt64/t.perEpoch)
	}
	t.at = progress{last: math.NaN(), scores: noScores(), judged: -1}
	t.best = best{scores: noScores(), params: t.best.params[:0], buffers: t.best.buffers[:0]}
	return nil
}

// Steps returns how many steps an epoch has, and the whole training.
func (t *Trainer) Steps() (perEpoch, total int64) { return t.perEpoch, t.total }

// Step returns how many steps are completed.
func (t *Trainer) Step() int64 { return t.at.step }

// Run trains to the end, or until the context is cancelled, which it looks at
// before every step. Called again, or after Restore, it goes on where it
// stopped; what it computes is the same as in one run.
func (t *Trainer) Run(ctx context.Context) (Result, error) {
	began := time.Now()
	t.unswap()
	o := t.Observer
	if o != nil && o.Start != nil {
		o.Start(t)
	}
	stopped := t.loop(ctx)
	err := t.Network.Err()
	if stopped == Interrupted {
		err = context.Cause(ctx)
	}
	if o != nil {
		t.Network.Watch(false)
	}
	t.swap()
	r := t.result(stopped)
	r.Seconds = time.Since(began).Seconds()
	if o != nil && o.End != nil {
		o.End(&r)
	}
	return r, err
}

func (t *Trainer) loop(ctx context.Context) Reason {
	done := ctx.Done()
	if t.at.row > 0 {
		t.batches.begin(t.Spec.Seed, t.at.epoch)
	}
	for t.at.step < t.total {
		if t.at.lost >= doomed || t.Network.Err() != nil {
			return NotFinite
		}
		if t.at.row == 0 && t.Spec.Patience > 0 && t.at.poor >= t.Spec.Patience {
			return NoPatience
		}
		select {
		case <-done:
			return Interrupted
		default:
		}
		t.step()
		if t.at.row == t.Train.Rows && !t.endEpoch() {
			return ToldToStop
		}
	}
	if t.at.lost > 0 {
		return NotFinite
	}
	if t.Spec.Steps == 0 {
		return AllEpochs
	}
	if t.at.judged != t.at.step && t.Val.Rows > 0 {
		t.evaluate(t.at.loss / float64(max(1, t.at.row)))
	}
	return AllSteps
}

// step takes one optimizer step on the next rows and returns their loss.
func (t *Trainer) step() float64 {
	if t.at.row == 0 {
		t.batches.begin(t.Spec.Seed, t.at.epoch)
	}
	n, o := t.Network, t.Observer
	rows := min(t.Spec.Batch, t.Train.Rows-t.at.row)
	x, y, labels := t.batches.rows(t.at.row, rows)
	if len(t.Spec.Augment) > 0 {
		t.augmenter.apply(t.Spec.Seed, t.at.step, fed{x, y, labels, rows})
	}
	n.Random().Seed(uint64(t.Spec.Seed)^dropping, uint64(t.at.step))
	wanted := o != nil && o.Wants != nil && o.Wants(t.at.step)
	if o != nil {
		n.Watch(wanted)
	}
	out := n.Forward(x, rows, true)
	loss := float64(n.Loss(out, y, labels, rows))
	n.Backward(rows)
	rate := t.optimizer.LR * t.Spec.Schedule.At(t.at.step, t.perEpoch, t.total)
	clip := t.Spec.Clip
	length := math.NaN()
	sampled := o != nil && (t.watch.bad(n, loss) || wanted)
	if sampled || clip.Norm > 0 {
		length = norm(n.set, t.grads)
	}
	clip.apply(n.set, t.grads, length)
	if o != nil {
		t.watch.step = Step{Network: n, Number: t.at.step, Epoch: t.at.epoch, Rows: rows,
			X: x, Y: y, Labels: labels, Out: out, Loss: loss, LR: rate, Norm: length, Sampled: sampled, judgement: t.judgement}
		t.watch.gradients(o)
	}
	t.optimizer.step(t.params, t.grads, rate)
	if o != nil && o.After != nil {
		o.After(&t.watch.step)
	}
	t.advance(rows, loss)
	return loss
}

func (t *Trainer) advance(rows int, loss float64) {
	t.at.step++
	t.at.row += rows
	t.at.loss += loss * float64(rows)
	t.at.lost++
	if stat.Finite(loss) {
		t.at.lost = 0
	}
}

// endEpoch evaluates, and reports whether to go on.
func (t *Trainer) endEpoch() bool {
	t.at.last = t.at.loss / float64(t.Train.Rows)
	t.at.epoch++
	t.at.row, t.at.loss = 0, 0
	e := t.evaluate(t.at.last)
	return t.Continue == nil || t.Continue(&e)
}

// evaluate scores the network on the validation rows, and keeps its parameters
// where they are the best so far.
func (t *Trainer) evaluate(train float64) Evaluation {
	e := Evaluation{Step: t.at.step, Epoch: t.at.epoch, Train: train, Scores: noScores()}
	t.at.judged = t.at.step
	if t.Val.Rows == 0 {
		return e
	}
	t.validator.told = nil
	if o := t.Observer; o != nil {
		t.Network.Watch(false)
		t.validator.told = o.Predicted
	}
	e.Batches = (t.Val.Rows + t.Network.rows - 1) / t.Network.rows
	e.Scores = t.validator.scores(t.Network, t.Network.rows)
	t.at.scores = e.Scores
	t.at.poor++
	if e.Best = stat.Finite(e.Loss) && !(e.Loss >= t.best.scores.Loss); e.Best {
		t.at.poor = 0
		t.keep(e.Scores)
	}
	if o := t.Observer; o != nil && o.Evaluated != nil {
		o.Evaluated(&e)
	}
	return e
}

func (t *Trainer) result(stopped Reason) Result {
	train := t.at.last
	if t.at.epoch == 0 && t.at.row > 0 {
		train = t.at.loss / float64(t.at.row)
	}
	return Result{
		Steps: t.at.step, Epochs: t.at.epoch, TrainLoss: train,
		ValLoss: t.at.scores.Loss, Val: t.at.scores,
		BestValLoss: t.best.scores.Loss, Best: t.best.scores, BestEpoch: t.best.epoch,
		Restored: t.best.swapped, Stopped: stopped,
	}
}
