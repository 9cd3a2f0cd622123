// Package treat changes a training of the embedded engine by settings, as a
// treatment prescribes them: the casebook's programs, and the engine's twin of
// another network. It is not for source files, which internal/edit changes.
package treat

import (
	"fmt"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
)

// A Subject is a training that can be changed.
type Subject struct {
	Spec       engine.Spec
	Train, Val engine.Data
	Names      []string // of the columns of an input; nil without
}

// A knob is how one of [nnvet.Knobs] is turned.
type knob struct {
	name string
	turn func(*Subject, nnvet.Setting) error
}

// knobs stand in the order in which they are turned, whatever the order of the
// settings: a loss looks at what the network ends with, a rate belongs to the
// optimizer that was chosen.
var knobs = []knob{
	{"inputs", (*Subject).inputs},
	{"targets", (*Subject).targets},
	{"shuffle", (*Subject).shuffle},
	{"class weights", (*Subject).classWeights},
	{"layer", (*Subject).layer},
	{"operation", (*Subject).operation},
	{"hidden layers", (*Subject).hiddenLayers},
	{"activation", (*Subject).activation},
	{"final activation", (*Subject).finalActivation},
	{"norm", (*Subject).norm},
	{"dropout", (*Subject).dropout},
	{"residual", (*Subject).residual},
	{"loss", (*Subject).loss},
	{"delta", (*Subject).delta},
	{"units", (*Subject).units},
	{"weight init", (*Subject).weightInit},
	{"bias init", (*Subject).biasInit},
	{"output bias", (*Subject).outputBias},
	{"branch scale", (*Subject).branchScale},
	{"optimizer", (*Subject).optimizer},
	{"lr", (*Subject).rate},
	{"momentum", (*Subject).momentum},
	{"beta1", (*Subject).beta1},
	{"beta2", (*Subject).beta2},
	{"eps", (*Subject).eps},
	{"weight decay", (*Subject).decay},
	{"clip", (*Subject).clip},
	{"batch", (*Subject).batch},
	{"epochs", (*Subject).epochs},
	{"schedule", (*Subject).schedule},
	{"warmup", (*Subject).warmup},
	{"early stopping", (*Subject).earlyStopping},
	{"input noise", (*Subject).inputNoise},
	{"zero_grad", always("gradients begin at zero in every step")},
	{"trained", always("every parameter is trained")},
	{"dim", always("there is no operation with a dimension to choose")},
}

// Apply changes a subject by settings. Layers go by the names that a trace has
// for them, columns by their names, of the subject or of the trace t, which may
// be nil, or by their numbers. Data are copied before they are changed. Where a
// setting does not fit, the error says why, and the subject stays as it was.
func Apply(s *Subject, t *nnvet.Trace, settings []nnvet.Setting) error {
	if len(settings) == 0 {
		return fmt.Errorf("no setting to change")
	}
	place := make(map[string]int)
	for i, k := range knobs {
		place[k.name] = i
	}
	for _, set := range settings {
		if _, ok := place[set.Name]; !ok {
			return fmt.Errorf("%s: a training on the engine has no such setting", set.Name)
		}
	}
	changed := *s
	changed.Spec.Layers = pinned(s.Spec.Layers)
	changed.Spec.Augment = slices.Clone(s.Spec.Augment)
	changed.Names = names(s, t)
	inOrder := slices.Clone(settings)
	slices.SortStableFunc(inOrder, func(a, b nnvet.Setting) int { return place[a.Name] - place[b.Name] })
	for _, set := range inOrder {
		if err := knobs[place[set.Name]].turn(&changed, set); err != nil {
			return fmt.Errorf("%s to %s: %w", title(set), set.To, err)
		}
	}
	if err := changed.check(); err != nil {
		return err
	}
	*s = changed
	return nil
}

func title(s nnvet.Setting) string {
	if s.Site == "" {
		return s.Name
	}
	return s.Name + " of " + s.Site
}

// check says what the engine would refuse to train.
func (s *Subject) check() error {
	one := s.Spec
	one.Batch = 1 // the batch takes memory and changes nothing of what is refused
	n, err := engine.New(one, 1)
	if err != nil {
		return err
	}
	_, err = engine.NewTrainer(n, one, s.Train, s.Val)
	return err
}

func always(why string) func(*Subject, nnvet.Setting) error {
	return func(*Subject, nnvet.Setting) error { return fmt.Errorf("on the engine, %s", why) }
}

// names returns what the columns of an input are called.
func names(s *Subject, t *nnvet.Trace) []string {
	width := s.Spec.Input.Last()
	if t == nil || len(s.Names) == width {
		return s.Names
	}
	x := t.Profile(nnvet.Input, nnvet.Train)
	if x == nil || len(x.Columns) != width {
		return s.Names
	}
	var out []string
	for _, c := range t.Named(x) {
		out = append(out, c.Name)
	}
	return out
}
