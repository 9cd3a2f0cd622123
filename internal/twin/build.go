package twin

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/treat"
)

// A Refused is why a twin cannot be built, in words.
type Refused struct{ Why string }

func (e *Refused) Error() string { return e.Why + ": the twin cannot be built" }

// spoiled holds events after which a training is none that the engine can do.
var spoiled = map[nnvet.EventKind]string{
	nnvet.GradNotZeroed:  "gradients are not set to zero between steps, and the engine's are",
	nnvet.BackwardInEval: "it trains in evaluation mode",
	nnvet.NoGradient:     "a parameter gets no gradient",
	nnvet.LossDetached:   "an optimizer steps without a backward pass",
	nnvet.NotWatched:     "a part of it was not watched",
	nnvet.ProbeDisabled:  "the recording broke off",
}

// Build makes the twin of the training that left a trace, of the rows that were
// kept of it. The error is a [*Refused].
func Build(t *nnvet.Trace, rows *Rows) (*treat.Subject, error) {
	s, err := build(t, rows)
	if err != nil {
		return nil, &Refused{err.Error()}
	}
	return s, nil
}

func build(t *nnvet.Trace, rows *Rows) (*treat.Subject, error) {
	if err := whole(t, rows); err != nil {
		return nil, err
	}
	s := &treat.Subject{}
	if err := train(&s.Spec, t, rows); err != nil {
		return nil, err
	}
	if err := network(&s.Spec, t, rows); err != nil {
		return nil, err
	}
	var err error
	if s.Train, err = data(rows.Train, rows, s.Spec); err != nil {
		return nil, fmt.Errorf("training rows: %w", err)
	}
	if s.Val, err = data(rows.Val, rows, s.Spec); err != nil {
		return nil, fmt.Errorf("validation rows: %w", err)
	}
	one := s.Spec
	one.Batch = 1 // the batch takes memory and changes nothing of what is refused
	n, err := engine.New(one, 1)
	if err != nil {
		return nil, err
	}
	_, err = engine.NewTrainer(n, one, s.Train, s.Val)
	return s, err
}

// whole says what of a training is not known, or is not of one network and one
// set of rows.
func whole(t *nnvet.Trace, rows *Rows) error {
	for kind, why := range spoiled {
		if t.Event(kind) != nil {
			return fmt.Errorf("%s", why)
		}
	}
	if t.Run.World > 1 {
		return fmt.Errorf("%d processes train it", t.Run.World)
	}
	if b := t.Series(nnvet.Key{Quantity: nnvet.Backwards}); b.Len() > 0 && slices.Max(b.Values) > 1 {
		return fmt.Errorf("several backward passes go into a step, and one into the engine's")
	}
	n := rows.Train.Rows
	switch {
	case rows.Total > 0 && n > rows.Total+rows.Total/10:
		return fmt.Errorf("%d rows were fed of a set of %d: they are changed on the fly", n, rows.Total)
	case rows.Total > 0 && n < rows.Total-rows.Total/10:
		return fmt.Errorf("%d of %d training rows were kept: the others were not fed, or there was no time to keep them", n, rows.Total)
	case rows.Total == 0 && !rows.Seen && rows.Skipped > 0:
		return fmt.Errorf("%d training batches were not kept, for want of time", rows.Skipped)
	}
	return nil
}

// network gives the spec its layers.
func network(s *engine.Spec, t *nnvet.Trace, rows *Rows) error {
	if len(t.Graph) == 0 {
		return fmt.Errorf("no graph of the network was recorded")
	}
	for i := range t.Params { // the way through such a layer may be a maze
		if of := t.Layer(t.Params[i].Layer); of != nil && weighted[of.Kind] == nil {
			return unknown(of)
		}
	}
	chain := t.Heads[0].Chain
	if len(chain) == 0 || chain[len(chain)-1].Layer == "" {
		return fmt.Errorf("no layer with parameters was found before the loss")
	}
	m := &mason{way: &way{nodes: t.Graph, known: make(map[int][]step)}, t: t, rows: rows, shape: slices.Clone(rows.Shape), used: make(map[string]bool)}
	end, err := m.prediction(t, chain[len(chain)-1].Layer)
	if err != nil {
		return err
	}
	steps, err := m.to(end)
	if err != nil {
		return err
	}
	if err := m.dropouts(); err != nil {
		return err
	}
	if s.Layers, err = m.lay(steps); err != nil {
		return err
	}
	for i := len(chain) - 2; i >= 0; i-- {
		if i == 0 && chain[i].Kind == "log_softmax" && rows.compared.Loss == "nll_loss" {
			break // the engine's cross-entropy takes it with the loss
		}
		op := chain[i]
		l, err := m.without(op.Kind, facts{"dim": float64(op.Dim), "min": op.Lo, "max": op.Hi})
		if err != nil {
			return err
		}
		if l != nil {
			s.Layers = append(s.Layers, engine.Node{Layer: l})
		}
	}
	if rows.compared.Loss == "nll_loss" && chain[0].Kind != "log_softmax" {
		return fmt.Errorf("the loss nll_loss is not fed by log_softmax")
	}
	if len(m.drops) > 0 {
		return fmt.Errorf("a dropout layer is not where it could be found")
	}
	for i := range t.Params {
		if l := t.Params[i].Layer; !m.used[l] {
			return fmt.Errorf("layer %s is not on the way from the inputs to the loss", l)
		}
	}
	m.named(s.Layers)
	s.Input = input(rows)
	return nil
}

func unknown(of *nnvet.Layer) error {
	if !of.Leaf {
		return fmt.Errorf("module %s holds parameters of its own beside layers", of.Name)
	}
	return fmt.Errorf("layer %s is %s, which the engine has not", of.Name, of.Kind)
}

// dropouts lists the shares of dropout layers, in the order of the network.
func (m *mason) dropouts() error {
	for i := range m.t.Layers {
		l := &m.t.Layers[i]
		switch p := l.Settings["p"]; {
		case l.Kind == "Dropout" && p > 0:
			m.drops = append(m.drops, p)
		case l.Leaf && p > 0 && l.Kind != "Dropout":
			return unknown(l)
		}
	}
	return nil
}

// modules are PyTorch's classes of layers without parameters, by the engine's kinds.
var modules = map[string]string{
	"relu": "ReLU", "leaky_relu": "LeakyReLU", "elu": "ELU", "selu": "SELU", "gelu": "GELU", "silu": "SiLU", "tanh": "Tanh", "sigmoid": "Sigmoid",
	"softplus": "Softplus", "softmax": "Softmax", "dropout": "Dropout", "max_pool": "MaxPool2d", "avg_pool": "AvgPool2d", "flatten": "Flatten",
}

// named gives layers without parameters the names of the trace's, where there
// are as many of a kind. Findings name them so.
func (m *mason) named(nodes []engine.Node) {
	for kind, class := range modules {
		var names []string
		for i := range m.t.Layers {
			if l := &m.t.Layers[i]; l.Kind == class && l.Leaf {
				names = append(names, l.Name)
			}
		}
		var places []*engine.Node
		for i := range nodes {
			if nodes[i].Layer.Kind() == kind {
				places = append(places, &nodes[i])
			}
		}
		if len(names) != len(places) {
			continue
		}
		for i, p := range places {
			p.Name = called(names[i])
		}
	}
}

// called is a layer's name as the engine takes it: dots are for blocks there.
func called(name string) string { return strings.ReplaceAll(name, ".", "_") }

// convolves reports whether rows are images, whose channels the engine has last.
func convolves(rows *Rows) bool { return len(rows.Shape) == 3 }

func input(rows *Rows) engine.Shape {
	if s := rows.Shape; convolves(rows) {
		return engine.Shape{s[1], s[2], s[0]}
	}
	return engine.Shape(slices.Clone(rows.Shape))
}

// data returns the rows of a split as the engine takes them.
func data(p Part, rows *Rows, s engine.Spec) (engine.Data, error) {
	d := engine.Data{X: p.X, Y: p.Y, Rows: p.Rows}
	if p.Rows == 0 {
		return engine.Data{}, nil
	}
	if convolves(rows) {
		d.X = channelsLast(p.X, rows.Shape)
	}
	if !s.Loss.Kind.Labels() {
		return d, nil
	}
	d.Y = nil
	for i, v := range p.Y {
		if v != float32(math.Trunc(float64(v))) || v < 0 || v > math.MaxInt32/2 { // NaN is not itself
			return d, fmt.Errorf("row %d: %g is no class", i, v)
		}
		d.Labels = append(d.Labels, int32(v))
	}
	return d, nil
}

// channelsLast turns images of [channels, height, width] into those of
// [height, width, channels].
func channelsLast(x []float32, shape []int) []float32 {
	channels, area := shape[0], shape[1]*shape[2]
	out := make([]float32, len(x))
	for from := 0; from < len(x); from += channels * area {
		for c := range channels {
			for i := range area {
				out[from+i*channels+c] = x[from+c*area+i]
			}
		}
	}
	return out
}
