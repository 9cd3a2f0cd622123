package prove

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/subject"
	"github.com/nnvet/nnvet/internal/treat"
)

// An Alterable is a subject whose training can be changed in memory, its data
// included, as an experiment file's can and a command's cannot.
type Alterable interface {
	Subject
	Alter(ctx context.Context, base Variant, a Alteration) (Variant, error)
	// FindsRate reports whether trainings of a variant find their learning rate
	// themselves.
	FindsRate(ctx context.Context, v Variant) bool
	// Slopes compares a variant's gradients with differences of its loss.
	Slopes(ctx context.Context, v Variant) ([]subject.Slope, error)
}

// An Alteration is what an experiment or a sweep changes of a training. Unlike
// a treatment it may change the data, and nothing of it is ever written.
type Alteration struct {
	settings []nnvet.Setting
	data     dataChange
	// sameUpdates keeps the number of steps where a setting changes the batch.
	sameUpdates bool
}

// A dataChange is what is done to the rows.
type dataChange struct {
	how   string  // one of those below; "" for nothing
	share float64 // of some
	rows  int     // of alone
	steps int64   // of alone
}

const (
	inputsPermuted = "inputs permuted between rows" // of training; validation rows stay
	labelsPermuted = "labels permuted between rows" // and no validation, so that training ends when it would
	someRows       = "a part of the training rows"
	alone          = "a few rows alone, without regularization"
)

// String names an alteration.
func (a Alteration) String() string {
	var parts []string
	for _, s := range a.settings {
		parts = append(parts, strings.TrimSpace(s.Name+" "+s.Site)+"="+s.To)
	}
	if a.sameUpdates {
		parts = append(parts, "at as many updates")
	}
	switch a.data.how {
	case "":
	case someRows:
		parts = append(parts, fmt.Sprintf("%g of the rows", a.data.share))
	case alone:
		parts = append(parts, fmt.Sprintf("%d rows alone for %d steps", a.data.rows, a.data.steps))
	default:
		parts = append(parts, a.data.how)
	}
	return strings.Join(parts, ", ")
}

// altered is an experiment file's training, changed in memory.
type altered struct {
	base Variant // edited, or nil
	Alteration
}

// Key tells what was changed of what.
func (a altered) Key() string { return "altered " + key(a.base) + ": " + a.String() }

// errOfFile is why a script cannot be altered in all that an experiment file can.
var errOfFile = errors.New("it takes the data in hand, and is done for experiment files only")

// alter returns a variant of the subject with an alteration. A script can have
// those that are settings, by an edit or at run time.
func (p *Prover) alter(ctx context.Context, base Variant, t *nnvet.Trace, a Alteration) (Variant, error) {
	if e, ok := p.subject.(Alterable); ok {
		return e.Alter(ctx, base, a)
	}
	if a.data.how != "" || a.sameUpdates || len(a.settings) == 0 {
		return nil, errOfFile
	}
	return p.subject.With(ctx, base, t, nnvet.Treatment{Action: a.String(), Settings: a.settings})
}

// Alter returns the variant, where the training can be changed so.
func (e *Experiment) Alter(ctx context.Context, base Variant, a Alteration) (Variant, error) {
	if b, ok := base.(altered); ok {
		a, base = b.Alteration.Then(a), b.base
	}
	v := altered{base, a}
	x, err := e.prepare(ctx, e.of(base))
	if err != nil {
		return nil, err
	}
	_, err = v.of(x)
	return v, err
}

// of returns a prepared experiment with the alteration.
func (a altered) of(x *subject.Experiment) (*subject.Experiment, error) { return x.Changed(a.Apply) }

// Set returns the alteration that sets knobs alone.
func Set(settings ...nnvet.Setting) Alteration { return Alteration{settings: settings} }

// Then returns both alterations in one. Rows are changed once: by the later one.
func (a Alteration) Then(b Alteration) Alteration {
	b.settings = append(slices.Clone(a.settings), b.settings...)
	if b.data.how == "" {
		b.data = a.data
	}
	b.sameUpdates = b.sameUpdates || a.sameUpdates
	return b
}

// Apply changes a training. What is drawn for it follows the training's seed.
func (a Alteration) Apply(s *treat.Subject) error {
	updates := updates(s)
	if err := a.data.change(s); err != nil {
		return err
	}
	if len(a.settings) > 0 {
		if err := treat.Apply(s, nil, a.settings); err != nil {
			return err
		}
	}
	if a.sameUpdates {
		s.Spec.Steps, s.Spec.Epochs, s.Spec.Patience = updates, 0, 0
	}
	return nil
}

// updates is how many steps a training takes at most.
func updates(s *treat.Subject) int64 {
	if s.Spec.Steps > 0 {
		return s.Spec.Steps
	}
	batch := max(1, s.Spec.Batch)
	return int64(s.Spec.Epochs) * int64((s.Train.Rows+batch-1)/batch)
}

// change changes the data. What is drawn for it follows the training's seed.
func (c dataChange) change(s *treat.Subject) error {
	const forData = 0x6a09e667 // apart from what else is drawn from the seed
	r := rand.New(rand.NewPCG(uint64(s.Spec.Seed), forData))
	switch c.how {
	case inputsPermuted:
		s.Train = take(s, r.Perm(s.Train.Rows), onlyInputs)
	case labelsPermuted:
		s.Train = take(s, r.Perm(s.Train.Rows), onlyTargets)
		s.Val, s.Spec.Patience = engine.Data{}, 0
	case someRows:
		n := max(1, int(c.share*float64(s.Train.Rows)+0.5))
		s.Train = take(s, r.Perm(s.Train.Rows)[:n], wholeRows)
	case alone:
		s.Train = take(s, c.choose(s, r), wholeRows)
		s.Val, s.Spec.Augment, s.Spec.Optimizer.Decay = engine.Data{}, nil, 0
		s.Spec.Patience, s.Spec.Epochs, s.Spec.Steps, s.Spec.Batch = 0, 0, c.steps, s.Train.Rows
		s.Spec.Schedule = engine.Schedule{}
		_ = treat.Apply(s, nil, []nnvet.Setting{{Name: "dropout", To: "0"}}) // an error says that there is none
	}
	return nil
}

// choose returns the rows to learn by heart: of every class in turn, so that no
// constant answers them.
func (c dataChange) choose(s *treat.Subject, r *rand.Rand) []int {
	all := r.Perm(s.Train.Rows)
	if s.Train.Labels != nil {
		seen := make(map[int32]int)
		turn := make([]int, len(all))
		for _, row := range all {
			l := s.Train.Labels[row]
			turn[row] = seen[l]
			seen[l]++
		}
		slices.SortStableFunc(all, func(a, b int) int { return turn[a] - turn[b] })
	}
	return all[:min(c.rows, len(all))]
}

// What of a row is taken from another one.
const (
	wholeRows = iota
	onlyInputs
	onlyTargets
)

// take returns training data of rows in another order, or with inputs or targets
// alone in that order.
func take(s *treat.Subject, order []int, what int) engine.Data {
	d := engine.Data{Rows: len(order), X: s.Train.X, Y: s.Train.Y, Labels: s.Train.Labels}
	if what != onlyTargets {
		d.X = rowsOf(s.Train.X, s.Train.Rows, order)
	}
	if what != onlyInputs {
		d.Y, d.Labels = rowsOf(s.Train.Y, s.Train.Rows, order), rowsOf(s.Train.Labels, s.Train.Rows, order)
	}
	return d
}

func rowsOf[T any](x []T, rows int, order []int) []T {
	if len(x) == 0 || rows == 0 {
		return nil
	}
	width := len(x) / rows
	out := make([]T, 0, len(order)*width)
	for _, row := range order {
		out = append(out, x[row*width:(row+1)*width]...)
	}
	return out
}

// FindsRate reports whether the file leaves the learning rate open.
func (e *Experiment) FindsRate(ctx context.Context, v Variant) bool {
	x, err := e.prepare(ctx, e.of(v))
	if err != nil {
		return false
	}
	if a, ok := v.(altered); ok {
		if x, err = a.of(x); err != nil {
			return false
		}
	}
	return x.Plan.RangeTest
}
