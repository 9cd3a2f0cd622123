package experiment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/prepare"
)

// Facts are what only the prepared data can tell.
type Facts struct {
	Input   engine.Shape // of a row
	Rows    int          // of the training split
	Val     int          // rows of the validation split
	Classes int          // 0 for regression
	Outputs int          // numbers in a target of regression; 0 means 1
	Tokens  int          // size of the vocabulary where every input is an index
}

// A Plan is a training in which nothing is left open.
type Plan struct {
	Spec      engine.Spec
	RangeTest bool     // the learning rate, 0 in Spec, is to be found by a range test
	Race      bool     // and by a race of rates around it, by the validation loss
	Metrics   []string // scores to show
	Said      []string // what was decided, a sentence each
	Overruled []string // what the file asks for and cannot have, a sentence each
}

// Plan decides what the file leaves to the data.
func (f *File) Plan(facts Facts, seed int64) (*Plan, error) {
	if facts.Rows < 1 || facts.Input.Size() < 1 {
		return nil, fmt.Errorf("%s: nothing to train on: %d rows of shape %v", f.Name, facts.Rows, facts.Input)
	}
	p := &Plan{Metrics: f.Metrics, Spec: engine.Spec{
		Input: facts.Input, Loss: f.Loss, Optimizer: f.Optimizer, Schedule: f.Schedule, Clip: f.Clip, Augment: f.Augment,
		Steps: f.Steps, KeepOrder: !f.Data.Shuffle, Seed: seed, Kernels: f.Kernels,
	}}
	if err := f.decideLoss(p, facts); err != nil {
		return nil, err
	}
	if err := f.decideNetwork(p, facts); err != nil {
		return nil, err
	}
	if err := f.decideMetrics(p, facts); err != nil {
		return nil, err
	}
	f.decideLength(p, facts)
	if p.Spec.Optimizer.LR == 0 {
		p.RangeTest = true
		p.Race = facts.Val > 0
		if p.Race {
			p.say("learning rate by a range test and a race")
		} else {
			p.say("learning rate by a range test")
		}
	}
	return p, nil
}

func (p *Plan) say(format string, args ...any) { p.Said = append(p.Said, fmt.Sprintf(format, args...)) }

func (p *Plan) overrule(format string, args ...any) {
	p.Overruled = append(p.Overruled, fmt.Sprintf(format, args...))
}

// amounts are what losses take that do not take every number as a target.
var amounts = map[engine.LossKind]prepare.Amounts{
	engine.Poisson: prepare.Counts, engine.PoissonLog: prepare.Counts,
	engine.BCE: prepare.Shares, engine.BCELogits: prepare.Shares,
}

func (f *File) decideLoss(p *Plan, facts Facts) error {
	kind := &p.Spec.Loss.Kind
	switch {
	case *kind == "" && facts.Classes > 0:
		*kind = engine.CrossEntropy
		p.say("loss cross_entropy, for %d classes", facts.Classes)
	case *kind == "":
		*kind = engine.MSE
		p.say("loss mse, for a target of numbers")
	case kind.Labels() && facts.Classes == 0:
		return f.Quote(f.Loss.Source, "loss %s takes classes, and the target %s holds numbers: use mse, or say task: classification", *kind, f.Data.Options.Target)
	case amounts[*kind] == prepare.Counts && facts.Classes > 0:
		return f.Quote(f.Loss.Source, "loss %s takes counts, and the target %s has %d classes: use cross_entropy, or say task: regression where they are counts", *kind, f.Data.Options.Target, facts.Classes)
	}
	return nil
}

// outputs returns how many numbers the network should give for a row.
func outputs(loss engine.LossKind, facts Facts) int {
	switch {
	case facts.Classes == 0:
		return max(facts.Outputs, 1)
	case facts.Classes == 2 && !loss.Labels():
		return 1 // of the second class
	}
	return facts.Classes
}

func (f *File) decideNetwork(p *Plan, facts Facts) error {
	nodes := f.Layers
	if nodes == nil {
		text := network(facts)
		p.say("network %s", text)
		var err error
		if nodes, err = parseLayers(text); err != nil {
			return err
		}
	}
	p.Spec.Layers = nodes
	if f.Output == AsWritten {
		return nil
	}
	text := outputLayer(p.Spec.Loss.Kind, outputs(p.Spec.Loss.Kind, facts))
	if !flat(facts.Input, nodes) {
		text = "flatten, " + text
	}
	p.say("output layer %s", text)
	last, err := parseLayers("[" + text + "]")
	for _, n := range last {
		if d, ok := n.Layer.(*engine.Dense); ok {
			d.Init = engine.Init{Kind: "lecun_normal", Gain: firstSays}
		}
	}
	p.Spec.Layers = append(nodes[:len(nodes):len(nodes)], last...)
	return err
}

// firstSays scales the first weights of an output layer that we add: a network
// that has seen nothing should say little, so that the first loss is about that
// of the best constant (convention).
const firstSays = 0.1

// parseLayers reads a list of layers that we wrote. They have no place.
func parseLayers(text string) ([]engine.Node, error) {
	src, err := newSource("", []byte(text))
	if err != nil {
		return nil, err
	}
	v, err := tree(src)
	if err != nil {
		return nil, err
	}
	var nodes []engine.Node
	r := newReader(src)
	layers{&nodes}.take(r, setting{name: "network"}, v)
	forget(nodes)
	return nodes, r.errs.err()
}

func forget(nodes []engine.Node) {
	for i := range nodes {
		nodes[i].Source = nnvet.Location{}
	}
}

// The scores of a task, in the order of a headline.
var (
	ofClasses = []string{"accuracy", "balanced_accuracy"}
	ofNumbers = []string{"r2", "rmse", "mae"}
)

// Metrics returns the scores that a file can ask for.
func Metrics() []string { return slices.Concat(ofClasses, ofNumbers) }

func (f *File) decideMetrics(p *Plan, facts Facts) error {
	of := ofNumbers
	if facts.Classes > 0 {
		of = ofClasses
	}
	if len(p.Metrics) == 0 {
		p.Metrics = slices.Clone(of)
		return nil
	}
	for _, m := range p.Metrics {
		if !slices.Contains(of, m) {
			return f.Quote(f.Place("metrics"), "metric %s does not suit this target: use %s, or say task", m, strings.Join(of, ", "))
		}
	}
	return nil
}

// decideLength settles batch, epochs and patience.
func (f *File) decideLength(p *Plan, facts Facts) {
	s := &p.Spec
	s.Batch = f.Batch
	switch {
	case s.Batch == Auto:
		s.Batch = batch(facts.Rows)
		p.say("batch %d, of %d training rows", s.Batch, facts.Rows)
	case s.Batch > facts.Rows:
		p.overrule("batch %d is more than there are training rows: it is %d, all of them", s.Batch, facts.Rows)
		s.Batch = facts.Rows
	}
	perEpoch := (facts.Rows + s.Batch - 1) / s.Batch
	epochs := f.Epochs
	switch {
	case s.Steps > 0:
		epochs = int((s.Steps + int64(perEpoch) - 1) / int64(perEpoch))
	case epochs == Auto:
		epochs = min(max((usualSteps+perEpoch-1)/perEpoch, fewestEpochs), mostEpochs)
		p.say("at most %d epochs", epochs)
	}
	if s.Steps == 0 {
		s.Epochs = epochs
	}
	s.Patience = f.Patience
	switch {
	case facts.Val == 0:
		if s.Patience > 0 {
			p.overrule("patience has no effect without validation rows")
		}
		s.Patience = 0
	case s.Patience == Auto:
		s.Patience = max(leastPatience, epochs/10)
		p.say("stops after %d epochs without a better validation loss", s.Patience)
	}
}
