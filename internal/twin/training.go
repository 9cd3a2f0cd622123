package twin

import (
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/stat"
)

// train gives the spec the loss, the optimizer and the length of the training.
func train(s *engine.Spec, t *nnvet.Trace, rows *Rows) error {
	if err := loss(s, t, rows); err != nil {
		return err
	}
	if err := optimizer(s, t); err != nil {
		return err
	}
	if rows.compared.Reduction != "mean" {
		return fmt.Errorf("the loss is the %s over a batch, and the engine's is the mean", rows.compared.Reduction)
	}
	if b := t.Series(nnvet.Key{Quantity: nnvet.BatchRows}); b.Len() > 0 {
		s.Batch = min(int(stat.Median(b.Values)), rows.Train.Rows)
	}
	if s.Batch < 1 {
		return fmt.Errorf("the batch size was not recorded")
	}
	s.KeepOrder = rows.Ordered
	perEpoch := int64((rows.Train.Rows + s.Batch - 1) / s.Batch)
	s.Steps = t.Run.Steps
	if s.Steps < 1 {
		return fmt.Errorf("it made no step")
	}
	if s.Steps%perEpoch == 0 {
		s.Epochs, s.Steps = int(s.Steps/perEpoch), 0
	}
	if t.Event(nnvet.BestKept) != nil && rows.Val.Rows > 0 {
		s.Patience = int(t.Run.Steps/perEpoch) + 1 // the best weights return, and nothing ends before
	}
	if err := clip(s, t); err != nil {
		return err
	}
	return schedule(s, t, perEpoch)
}

// kinds holds the engine's losses, by the names that the probe has for PyTorch's.
var kinds = map[string]engine.LossKind{
	"cross_entropy": engine.CrossEntropy, "nll_loss": engine.CrossEntropy, "mse_loss": engine.MSE, "l1_loss": engine.MAE,
	"smooth_l1_loss": engine.Huber, "huber_loss": engine.Huber, "binary_cross_entropy": engine.BCE, "binary_cross_entropy_with_logits": engine.BCELogits,
}

func loss(s *engine.Spec, t *nnvet.Trace, rows *Rows) error {
	c := rows.compared
	kind, ok := kinds[c.Loss]
	switch {
	case !ok:
		return fmt.Errorf("the loss %s is none of the engine's", c.Loss)
	case c.Weighted:
		return fmt.Errorf("the loss has weights, which the engine's has not")
	case len(t.Heads) != 1 || !t.Heads[0].Root:
		return fmt.Errorf("backward is called on more than the one loss: on a sum, a multiple, or a penalty beside it")
	case kind.Labels() != (c.Target == "classes"):
		return fmt.Errorf("the loss %s is given %s, which the engine's is not", c.Loss, c.Target)
	case kind.Labels() && len(c.Shape) != 1:
		return fmt.Errorf("the loss compares %v a row, and the engine's one class", c.Shape)
	case !kind.Labels() && fmt.Sprint(c.Shape) != fmt.Sprint(c.Targets):
		return fmt.Errorf("the loss compares predictions of %v with targets of %v a row, which PyTorch stretches over each other", c.Shape, c.Targets)
	case c.Loss == "smooth_l1_loss" && c.Beta != 1:
		return fmt.Errorf("the loss smooth_l1_loss has a beta of %g, and the engine's huber is that of 1", c.Beta)
	}
	s.Loss = engine.Loss{Kind: kind, Smoothing: c.Smooth}
	if kind == engine.Huber {
		s.Loss.Delta = c.Beta
	}
	return nil
}

// optimizers holds the engine's optimizers, by PyTorch's classes.
var optimizers = map[string]string{"SGD": "sgd", "Adam": "adam", "AdamW": "adamw", "RMSprop": "rmsprop"}

func optimizer(s *engine.Spec, t *nnvet.Trace) error {
	if len(t.Optimizers) != 1 || len(t.Optimizers[0].Groups) != 1 {
		return fmt.Errorf("it has %d optimizers, or groups of parameters, and the engine one", len(t.Optimizers))
	}
	o := &t.Optimizers[0]
	kind, ok := optimizers[o.Kind]
	if !ok {
		return fmt.Errorf("the optimizer %s is none of the engine's", o.Kind)
	}
	g := &o.Groups[0]
	for i := range t.Params {
		p := &t.Params[i]
		if p.Unregistered {
			return fmt.Errorf("parameter %s is in no module, and not trained", p.Name)
		}
		if !p.Trainable || !slices.Contains(g.Params, p.Name) {
			return fmt.Errorf("parameter %s is not trained, and the engine trains all", p.Name)
		}
	}
	for _, name := range []string{"amsgrad", "centered", "maximize"} {
		if v, _ := g.Setting(name); v != 0 {
			return fmt.Errorf("the optimizer is set to %s, which the engine's has not", name)
		}
	}
	of := func(name string) float64 { v, _ := g.Setting(name); return v }
	s.Optimizer = engine.Optimizer{Kind: kind, LR: of("lr"), Decay: of("weight_decay")}
	switch kind {
	case "sgd":
		s.Optimizer.Momentum, s.Optimizer.Dampening, s.Optimizer.Nesterov = of("momentum"), of("dampening"), of("nesterov") != 0
	case "rmsprop":
		if of("momentum") != 0 {
			return fmt.Errorf("the optimizer RMSprop has momentum, and the engine's has none")
		}
		s.Optimizer.Alpha, s.Optimizer.Eps = of("alpha"), of("eps")
	default:
		s.Optimizer.Beta1, s.Optimizer.Beta2, s.Optimizer.Eps = of("beta1"), of("beta2"), of("eps")
		if kind == "adamw" && s.Optimizer.Decay == 0 {
			s.Optimizer.Kind = "adam" // the engine's adamw would take its default
		}
	}
	return nil
}

func clip(s *engine.Spec, t *nnvet.Trace) error {
	for c := range t.All(nnvet.ClipMax) {
		if c.Len() == 0 {
			continue
		}
		_, limit := c.Last()
		if !(limit > 0) || slices.Min(c.Values) != slices.Max(c.Values) {
			return fmt.Errorf("gradients are clipped to what changes")
		}
		if t.Series(nnvet.Key{Quantity: nnvet.ClipNorm, Site: c.Key.Site, Split: c.Key.Split}).Len() > 0 {
			s.Clip.Norm = limit
		} else {
			s.Clip.Value = limit
		}
	}
	return nil
}

// strays is how far, as a share of the highest rate, the engine's course of the
// learning rate may lie off the recorded one: an epoch's steps of a cosine over
// 20 epochs lie off by 0.08 at most (convention: a tenth).
const strays = 0.1

// schedule finds the engine's schedule that goes as the learning rate went.
func schedule(s *engine.Spec, t *nnvet.Trace, perEpoch int64) error {
	var rate *nnvet.Series
	for r := range t.All(nnvet.Rate) {
		rate = r
	}
	if rate.Len() == 0 {
		return nil
	}
	top := slices.Max(rate.Values)
	if !(top > 0) || math.IsInf(top, 0) {
		return fmt.Errorf("the learning rate is %g", top)
	}
	s.Optimizer.LR = top
	best := math.Inf(1)
	for _, c := range courses(rate, top, perEpoch, t.Run.Steps) {
		off := 0.0
		for i, at := range rate.Steps {
			off = max(off, math.Abs(c.At(at, perEpoch, t.Run.Steps)-rate.Values[i]/top))
		}
		if off < best-1e-9 {
			best, s.Schedule = off, c
		}
	}
	if best > strays {
		return fmt.Errorf("the learning rate goes as none of the engine's schedules does: the nearest lies off by %.2g of it", best)
	}
	return nil
}

// courses returns schedules that a recorded rate may be of, the plainest first.
func courses(rate *nnvet.Series, top float64, perEpoch, total int64) []engine.Schedule {
	last := rate.Values[len(rate.Values)-1] / top
	out := []engine.Schedule{{}}
	warmups := []int64{0}
	if first := rate.Values[0] / top; first > 0 && first < 0.5 {
		warmups = append(warmups, int64(math.Round(float64(rate.Steps[0]+1)/first)))
	}
	epochs := float64(total) / float64(perEpoch)
	for _, w := range warmups {
		out = append(out, engine.Schedule{Warmup: w}, engine.Schedule{Kind: "cosine", Floor: 0, Warmup: w}, engine.Schedule{Kind: "linear", Floor: 0, Warmup: w})
		if last < 1 {
			out = append(out, engine.Schedule{Kind: "cosine", Floor: last, Warmup: w}, engine.Schedule{Kind: "linear", Floor: last, Warmup: w})
		}
		if last > 0 && last < 1 && epochs > 1 {
			out = append(out, engine.Schedule{Kind: "exponential", Factor: math.Pow(last, 1/math.Max(1, math.Ceil(epochs)-1)), Warmup: w})
		}
	}
	for i := 1; i < rate.Len(); i++ { // the first drop
		if a, b := rate.Values[i-1], rate.Values[i]; b < a && b > 0 {
			epoch := int64(math.Round(float64(rate.Steps[i]) / float64(perEpoch)))
			for _, every := range []int64{epoch - 1, epoch, epoch + 1} {
				if every > 0 {
					out = append(out, engine.Schedule{Kind: "step", Every: every, Factor: b / a})
				}
			}
			break
		}
	}
	return out
}
