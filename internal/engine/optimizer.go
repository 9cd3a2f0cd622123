package engine

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet/internal/engine/kernel"
)

// An algorithm is a row of the table of optimizers: PyTorch's defaults, and
// how a step is taken. PyTorch's Nesterov momentum is a setting of sgd.
type algorithm struct {
	name     string
	defaults Optimizer
	moments  func(Optimizer) (m, v bool) // which running means it keeps
	step     func(o *optimizer, p, m, v, g []float32, lr float64)
}

var algorithms = []algorithm{
	{"sgd", Optimizer{LR: 1e-3}, func(o Optimizer) (bool, bool) { return o.Momentum != 0, false }, (*optimizer).sgd},
	{"rmsprop", Optimizer{LR: 1e-2, Alpha: 0.99, Eps: 1e-8}, func(Optimizer) (bool, bool) { return false, true }, (*optimizer).rmsprop},
	{"adam", Optimizer{LR: 1e-3, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}, func(Optimizer) (bool, bool) { return true, true }, (*optimizer).adam},
	{"adamw", Optimizer{LR: 1e-3, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 1e-2}, func(Optimizer) (bool, bool) { return true, true }, (*optimizer).adamw},
}

// OptimizerKinds lists the names that Optimizer.Kind may have.
func OptimizerKinds() []string {
	var names []string
	for _, a := range algorithms {
		names = append(names, a.name)
	}
	return names
}

func (o Optimizer) algorithm() (algorithm, error) {
	for _, a := range algorithms {
		if a.name == cmp.Or(o.Kind, "adam") {
			return a, nil
		}
	}
	return algorithm{}, fmt.Errorf("optimizer: there is no %q: use one of %s", o.Kind, strings.Join(OptimizerKinds(), ", "))
}

// Filled returns the optimizer with PyTorch's defaults in the place of zeros;
// the kind without a name is adam. The error says which setting cannot be.
func (o Optimizer) Filled() (Optimizer, error) {
	a, err := o.algorithm()
	if err != nil {
		return o, err
	}
	d := a.defaults
	o.Kind = a.name
	o.LR, o.Decay = cmp.Or(o.LR, d.LR), cmp.Or(o.Decay, d.Decay)
	o.Alpha, o.Eps = cmp.Or(o.Alpha, d.Alpha), cmp.Or(o.Eps, d.Eps)
	o.Beta1, o.Beta2 = cmp.Or(o.Beta1, d.Beta1), cmp.Or(o.Beta2, d.Beta2)
	return o, o.check()
}

func (o Optimizer) check() error {
	for _, s := range []struct {
		name  string
		value float64
		below float64 // excluded
	}{
		{"lr", o.LR, math.Inf(1)}, {"momentum", o.Momentum, math.Inf(1)}, {"dampening", o.Dampening, math.Inf(1)},
		{"decay", o.Decay, math.Inf(1)}, {"eps", o.Eps, math.Inf(1)},
		{"alpha", o.Alpha, 1}, {"beta1", o.Beta1, 1}, {"beta2", o.Beta2, 1},
	} {
		if !(s.value >= 0 && s.value < s.below) {
			return fmt.Errorf("optimizer: %s %v: it must be at least 0 and below %v", s.name, s.value, s.below)
		}
	}
	if o.Nesterov && (o.Momentum == 0 || o.Dampening != 0) {
		return fmt.Errorf("optimizer: nesterov takes a momentum and no dampening: set momentum to 0.9, say, and dampening to 0")
	}
	return nil
}

// An optimizer updates one flat arena of parameters.
type optimizer struct {
	Optimizer // filled
	algorithm algorithm
	set       *kernel.Set
	taken     int64     // steps
	m, v      []float32 // running means of gradients and of their squares; empty where not kept

	correction1, correction2 float64 // of this step: 1 - beta^taken
}

// reset makes the optimizer one that has taken no step over n parameters. It
// keeps the memory that it has.
func (o *optimizer) reset(settings Optimizer, n int, set *kernel.Set) error {
	filled, err := settings.Filled()
	if err != nil {
		return err
	}
	o.Optimizer, o.set, o.taken = filled, set, 0
	if o.algorithm, err = filled.algorithm(); err != nil {
		return err
	}
	m, v := o.algorithm.moments(filled)
	o.m, o.v = zeros(o.m, n, m), zeros(o.v, n, v)
	return nil
}

// zeros returns n zeros in old's memory where it suffices, and nothing where
// they are not wanted.
func zeros(old []float32, n int, wanted bool) []float32 {
	if !wanted {
		return old[:0]
	}
	old = resized(old, n)
	clear(old)
	return old
}

// resized returns n elements, whatever they hold, in old's memory where it suffices.
func resized[T any](old []T, n int) []T {
	if cap(old) < n {
		return make([]T, n)
	}
	return old[:n]
}

// step updates p by its gradients g, which are worthless afterwards.
func (o *optimizer) step(p, g []float32, lr float64) {
	o.taken++
	t := float64(o.taken)
	o.correction1, o.correction2 = 1-math.Pow(o.Beta1, t), 1-math.Pow(o.Beta2, t)
	if o.Decay != 0 && o.Kind != "adamw" {
		o.set.AddScaled(g, p, float32(o.Decay))
	}
	o.algorithm.step(o, p, o.m, o.v, g, lr)
}

func (o *optimizer) sgd(p, m, _, g []float32, lr float64) {
	if o.Momentum == 0 {
		o.set.SGD(p, g, lr)
		return
	}
	dampening := o.Dampening
	if o.taken == 1 { // PyTorch starts the running mean with the whole gradient
		dampening = 0
	}
	o.set.Momentum(p, m, g, lr, o.Momentum, dampening, o.Nesterov)
}

func (o *optimizer) rmsprop(p, _, v, g []float32, lr float64) {
	o.set.RMSProp(p, v, g, lr, o.Alpha, o.Eps)
}

func (o *optimizer) adam(p, m, v, g []float32, lr float64) { o.adaptive(p, m, v, g, lr, 0) }

func (o *optimizer) adamw(p, m, v, g []float32, lr float64) { o.adaptive(p, m, v, g, lr, o.Decay) }

func (o *optimizer) adaptive(p, m, v, g []float32, lr, decay float64) {
	o.set.Adam(p, m, v, g, kernel.AdamStep{
		LR: lr, Beta1: o.Beta1, Beta2: o.Beta2, Eps: o.Eps, Decay: decay,
		Correction1: o.correction1, Correction2: o.correction2,
	})
}
