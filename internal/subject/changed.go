package subject

import (
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/treat"
)

// open stands for a learning rate that is still to be found, so that a change can
// be tried on a training of its kind.
const open = 1e-30

// Changed returns the experiment as a change leaves its training and its data,
// for trials: nothing of it is written anywhere. It shares what is not changed.
// A learning rate that the file leaves open is still found, for the changed
// training, unless the change sets one.
func (e *Experiment) Changed(change func(*treat.Subject) error) (*Experiment, error) {
	s := &treat.Subject{Spec: e.Plan.Spec, Train: e.train, Val: e.val}
	if e.Plan.RangeTest {
		s.Spec.Optimizer.LR = open
	}
	if err := change(s); err != nil {
		return nil, err
	}
	if s.Spec.Optimizer.LR == open {
		s.Spec.Optimizer.LR = 0
	}
	s.Spec.Batch = max(1, min(s.Spec.Batch, s.Train.Rows))
	plan, changed := *e.Plan, *e
	plan.Spec, plan.RangeTest = s.Spec, e.Plan.RangeTest && s.Spec.Optimizer.LR == 0
	changed.Plan, changed.train, changed.val = &plan, s.Train, s.Val
	return &changed, nil
}

// A Slope is how the gradient of one parameter compares with the loss.
type Slope struct {
	Param  string
	Steps  []float64 // along the gradient, in units of 1 + the largest weight
	Errors []float64 // relative, of each
}

// slopeSteps are from what rounding in single precision spares to what hardly
// meets a kink.
var slopeSteps = []float64{1e-1, 3e-2, 1e-2, 3e-3, 1e-3}

// mostSloped bounds the rows that gradients are compared on.
const mostSloped = 64

// Slopes compares the gradients of the experiment; see [SlopesOf].
func (e *Experiment) Slopes() ([]Slope, error) { return SlopesOf(e.Plan.Spec, e.train) }

// SlopesOf compares the gradient of every parameter at the start of training with
// the loss a small step to either side along it, on a first batch, without
// dropout. Parameters whose gradient is too small to be seen in the loss in
// single precision are left out.
func SlopesOf(s engine.Spec, train engine.Data) ([]Slope, error) {
	s.Layers = quiet(s.Layers)
	rows := min(train.Rows, mostSloped)
	n, err := engine.New(s, rows)
	if err != nil {
		return nil, err
	}
	loss := func() float64 {
		return float64(n.Loss(n.Forward(train.X, rows, true), train.Y, train.Labels, rows))
	}
	at := loss()
	n.Backward(rows)
	if err := n.Err(); err != nil || math.IsNaN(at) || math.IsInf(at, 0) {
		return nil, fmt.Errorf("the first loss is %v: mend that first", at)
	}
	var out []Slope
	_, grads := n.Arena()
	grads = slices.Clone(grads)
	for _, p := range n.Params() {
		g := grads[p.At : p.At+len(p.Value)]
		if slope, ok := along(p, g, at, loss); ok {
			out = append(out, slope)
		}
	}
	return out, nil
}

// along moves a parameter to either side along its gradient g.
func along(p *engine.Param, g []float32, at float64, loss func() float64) (Slope, bool) {
	norm, largest := 0.0, 0.0
	for i, v := range g {
		norm += float64(v) * float64(v)
		largest = max(largest, math.Abs(float64(p.Value[i])))
	}
	norm = math.Sqrt(norm)
	const seen = 1e-4 // of the loss: a hundred times what single precision rounds off
	if !(2*slopeSteps[0]*(1+largest)*norm > seen*math.Abs(at)) {
		return Slope{}, false
	}
	out := Slope{Param: p.Name}
	was := slices.Clone(p.Value)
	for _, h := range slopeSteps {
		h *= 1 + largest
		var sides [2]float64
		for side, sign := range []float64{1, -1} {
			for i := range was {
				p.Value[i] = float32(float64(was[i]) + sign*h*float64(g[i])/norm)
			}
			sides[side] = loss()
		}
		slope := (sides[0] - sides[1]) / (2 * h)
		out.Steps = append(out.Steps, h)
		out.Errors = append(out.Errors, math.Abs(slope-norm)/max(math.Abs(slope), norm))
	}
	copy(p.Value, was)
	return out, true
}

// quiet returns layers without dropout.
func quiet(nodes []engine.Node) []engine.Node {
	var out []engine.Node
	for _, n := range nodes {
		switch l := n.Layer.(type) {
		case *engine.Dropout:
			continue
		case *engine.Residual:
			n.Layer = &engine.Residual{Body: quiet(l.Body)}
		}
		out = append(out, n)
	}
	return out
}
