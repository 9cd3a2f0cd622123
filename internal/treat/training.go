package treat

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
)

// number reads what a setting is set to, within bounds.
func number(s nnvet.Setting, least, most float64) (float64, error) {
	v, err := strconv.ParseFloat(s.To, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no number", s.To)
	}
	if !(v >= least && v <= most) {
		return 0, fmt.Errorf("it must be from %g to %g", least, most)
	}
	return v, nil
}

func whole(s nnvet.Setting, least int) (int, error) {
	v, err := number(s, float64(least), 1<<40)
	if err == nil && v != math.Trunc(v) {
		err = fmt.Errorf("%s is no whole number", s.To)
	}
	return int(v), err
}

// tiny stands for the least number above 0.
const tiny = math.SmallestNonzeroFloat64

func (s *Subject) rate(set nnvet.Setting) (err error) {
	s.Spec.Optimizer.LR, err = number(set, tiny, math.MaxFloat64)
	return err
}

// schedule sets the course of the rate behind the warm-up. A factor a step is
// one to the power of the steps an epoch has, as the engine's falls by epochs.
func (s *Subject) schedule(set nnvet.Setting) error {
	sched := engine.Schedule{Warmup: s.Spec.Schedule.Warmup, Source: s.Spec.Schedule.Source}
	switch set.To {
	case "none", "constant":
	case "cosine", "linear":
		sched.Kind = set.To
	default:
		f, err := number(set, tiny, 1)
		if err != nil {
			return fmt.Errorf("%w; or none, or cosine", err)
		}
		batch := max(1, min(s.Spec.Batch, s.Train.Rows))
		sched.Kind, sched.Factor = "exponential", math.Pow(f, float64((s.Train.Rows+batch-1)/batch))
	}
	s.Spec.Schedule = sched
	return nil
}

func (s *Subject) warmup(set nnvet.Setting) error {
	steps, err := whole(set, 0)
	s.Spec.Schedule.Warmup = int64(steps)
	return err
}

func (s *Subject) clip(set nnvet.Setting) error {
	s.Spec.Clip = engine.Clip{Source: s.Spec.Clip.Source}
	if set.To == "none" {
		return nil
	}
	var err error
	s.Spec.Clip.Norm, err = number(set, tiny, math.MaxFloat64)
	return err
}

// optimizer changes the kind. The rate of one is wrong for another by orders of
// magnitude, so it becomes the new one's usual, unless it is of the same family
// or is set beside.
func (s *Subject) optimizer(set nnvet.Setting) error {
	old := s.Spec.Optimizer
	next := engine.Optimizer{Kind: set.To, Decay: old.Decay, Source: old.Source}
	switch set.To {
	case "sgd", "momentum":
		next.Kind, next.LR = "sgd", 0.01
		if set.To == "momentum" {
			next.Momentum = 0.9
		}
		if old.Kind == "sgd" {
			next.LR = old.LR
		}
	case "adam", "adamw", "rmsprop":
		next.LR = 0.001
		if adaptive(old.Kind) {
			next.LR = old.LR
		}
	default:
		return fmt.Errorf("it is none of sgd, momentum, adam, adamw, rmsprop")
	}
	s.Spec.Optimizer = next
	return nil
}

func adaptive(kind string) bool {
	return slices.Contains([]string{"", "adam", "adamw", "rmsprop"}, kind)
}

func (s *Subject) momentum(set nnvet.Setting) (err error) {
	o := &s.Spec.Optimizer
	switch o.Kind {
	case "sgd":
		if o.Momentum, err = number(set, 0, 1); o.Momentum == 0 {
			o.Nesterov = false
		}
		return err
	case "rmsprop":
		return fmt.Errorf("the engine's rmsprop has none")
	}
	return s.beta1(set)
}

func (s *Subject) beta1(set nnvet.Setting) error { return s.beta(set, &s.Spec.Optimizer.Beta1) }
func (s *Subject) beta2(set nnvet.Setting) error { return s.beta(set, &s.Spec.Optimizer.Beta2) }

func (s *Subject) beta(set nnvet.Setting, to *float64) (err error) {
	if k := s.Spec.Optimizer.Kind; k != "" && k != "adam" && k != "adamw" {
		return fmt.Errorf("the optimizer is %s, which has none", k)
	}
	*to, err = number(set, tiny, 1)
	return err
}

func (s *Subject) eps(set nnvet.Setting) (err error) {
	if s.Spec.Optimizer.Kind == "sgd" {
		return fmt.Errorf("the optimizer is sgd, which has none")
	}
	s.Spec.Optimizer.Eps, err = number(set, tiny, math.MaxFloat64)
	return err
}

// decay sets the weight decay. AdamW's 0 would mean its default: without decay
// it is Adam.
func (s *Subject) decay(set nnvet.Setting) (err error) {
	o := &s.Spec.Optimizer
	if o.Decay, err = number(set, 0, math.MaxFloat64); o.Decay == 0 && o.Kind == "adamw" {
		o.Kind = "adam"
	}
	return err
}

func (s *Subject) batch(set nnvet.Setting) error {
	rows, err := whole(set, 1)
	s.Spec.Batch = min(rows, max(1, s.Train.Rows))
	return err
}

func (s *Subject) epochs(set nnvet.Setting) (err error) {
	s.Spec.Epochs, err = whole(set, 1)
	s.Spec.Steps = 0
	return err
}

func (s *Subject) shuffle(set nnvet.Setting) error {
	on, err := strconv.ParseBool(set.To)
	if err != nil {
		return fmt.Errorf("it is true or false")
	}
	s.Spec.KeepOrder = !on
	return nil
}

// earlyStopping waits for a tenth of the epochs, and for 10 at least: by
// convention.
func (s *Subject) earlyStopping(set nnvet.Setting) error {
	const least = 10
	switch {
	case set.To == "none" || set.To == "off":
		s.Spec.Patience = 0
	case set.To != "on":
		return fmt.Errorf("it is on or none")
	case s.Val.Rows == 0:
		return fmt.Errorf("there are no validation rows to judge by")
	default:
		s.Spec.Patience = max(least, s.Spec.Epochs/10)
	}
	return nil
}

func (s *Subject) inputNoise(set nnvet.Setting) error {
	std, err := number(set, 0, math.MaxFloat64)
	if err != nil {
		return err
	}
	if std > 0 && s.embeds() {
		return fmt.Errorf("the inputs are numbers of things that are looked up")
	}
	s.Spec.Augment = slices.DeleteFunc(s.Spec.Augment, func(a engine.Augment) bool { return a.Kind == "noise" })
	if std > 0 {
		s.Spec.Augment = append(s.Spec.Augment, engine.Augment{Kind: "noise", Amount: std})
	}
	return nil
}

// outputBias sets what the last biases start at.
func (s *Subject) outputBias(set nnvet.Setting) error {
	var out []float64
	for field := range strings.SplitSeq(set.To, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(field), 64)
		if err != nil {
			return fmt.Errorf("%q is no number", field)
		}
		out = append(out, v)
	}
	s.Spec.OutputBias = out
	return nil
}
