package subject

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/record"
	"github.com/nnvet/nnvet/internal/engine/save"
	"github.com/nnvet/nnvet/internal/experiment"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// Names of the files that a training leaves in its run's directory.
const (
	StateFile      = "resume.safetensors"
	ExperimentFile = "experiment.yaml"
)

// saveEvery is the least time between two states on disk. One takes a few
// milliseconds, and the last is written whatever the time.
const saveEvery = 10 * time.Second

// A Training is one run of an experiment.
type Training struct {
	*Experiment
	Dir     string      // of the run: trace and state go there
	Version string      // of nnvet
	Saved   *save.Saved // where it goes on from; nil from the beginning

	saved   time.Time
	trouble error // the first failure to save a state
}

// Run trains the first seed, writes its trace and state into the run's
// directory, and leaves the model beside the experiment. A training that the
// context ends leaves its state, from which it can be resumed, and no model.
func (t *Training) Run(ctx context.Context) (*report.Outcome, error) {
	if err := os.WriteFile(filepath.Join(t.Dir, ExperimentFile), t.File.Text, 0o600); err != nil {
		return nil, err
	}
	w, err := tracefile.Create(t.Dir, 0)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	n, err := t.network(t.Plan.Spec)
	if err != nil {
		return nil, err
	}
	trainer, err := engine.NewTrainer(n, t.Plan.Spec, t.train, t.val)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.File.Name, err)
	}
	if err := t.goOn(trainer); err != nil {
		return nil, err
	}
	recorder := record.New(w, record.Options{Version: t.Version, Script: t.script(), Text: t.File.Text, Calls: t.File.Calls(), Fed: t.fed()})
	trainer.Observer = recorder.Observer()
	t.saved = time.Now()
	trainer.Continue = func(*engine.Evaluation) bool {
		if time.Since(t.saved) >= saveEvery {
			t.keep(trainer)
		}
		return true
	}
	result, err := trainer.Run(ctx)
	t.keep(trainer)
	if result.Stopped == engine.Interrupted {
		return t.interrupted(result), errors.Join(t.trouble, recorder.Err())
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.File.Data.Path, err)
	}
	o, err := t.outcome(ctx, n, result)
	return o, errors.Join(err, t.trouble, recorder.Err())
}

// script is the file that the trace quotes, "" where nobody wrote one.
func (t *Training) script() string {
	if t.File.Name == experiment.Defaults {
		return ""
	}
	return t.File.Name
}

// fed is where the experiment says how inputs are made.
func (t *Training) fed() nnvet.Location {
	if at := t.File.Place("data.transform"); at.Known() {
		return at
	}
	return t.File.Place("data.path")
}

func (t *Training) about() save.About {
	return save.About{Preparation: t.Preparation, Experiment: string(t.File.Text), Version: t.Version}
}

// goOn puts a trainer where the saved training was.
func (t *Training) goOn(trainer *engine.Trainer) error {
	if t.Saved == nil {
		return nil
	}
	state, err := t.Saved.Resume(trainer.Network, save.Identify(trainer.Spec, t.train, t.val))
	if err != nil {
		return err
	}
	return trainer.Restore(state)
}

// keep saves where the training is. A disk that is full costs the state and
// not the training.
func (t *Training) keep(trainer *engine.Trainer) {
	path := filepath.Join(t.Dir, StateFile)
	err := save.WriteState(path, trainer.Network, trainer.State(), save.Identify(trainer.Spec, t.train, t.val), t.about())
	if err != nil && t.trouble == nil {
		t.trouble = err
	}
	t.saved = time.Now()
}

func (t *Training) interrupted(r engine.Result) *report.Outcome {
	return &report.Outcome{
		Headline: fmt.Sprintf("stopped after %d steps, %d epochs", r.Steps, r.Epochs),
		Facts:    append(t.decided(r), report.Fact{Name: "go on", Text: fmt.Sprintf("nnvet run --resume=%s %s", filepath.Base(t.Dir), t.File.Name)}),
	}
}

// ModelPath is where the model goes.
func (e *Experiment) ModelPath() string { return e.Stem() + ".safetensors" }

// Overwritable refuses a model path at which a file lies that is not of nnvet's making.
func (e *Experiment) Overwritable() error {
	path := e.ModelPath()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, err := save.ReadModel(path); err != nil {
		return fmt.Errorf("%s is in the way of the model, and is none that nnvet wrote: move it, or rename the experiment (%w)", path, err)
	}
	return nil
}

// outcome scores the trained network, trains the other seeds, and saves the model.
func (t *Training) outcome(ctx context.Context, n *engine.Network, r engine.Result) (*report.Outcome, error) {
	scores, err := t.scores(n)
	if err != nil {
		return nil, err
	}
	if err := t.otherSeeds(ctx, scores); err != nil {
		return nil, err
	}
	o := &report.Outcome{Headline: headline(t.Preparation.Target(), scores), Facts: t.decided(r), Scores: scores}
	if r.Stopped == engine.NotFinite || !finite(r.TrainLoss) {
		o.Facts = append(o.Facts, report.Fact{Name: "model", Text: "not saved: the loss is not finite"})
		return o, nil
	}
	path := t.ModelPath()
	if err := save.WriteModel(path, n, t.about()); err != nil {
		return o, err
	}
	o.Facts = append(o.Facts, report.Fact{Name: "model", Text: path},
		report.Fact{Name: "predict", Text: "nnvet predict " + path + " " + t.File.Data.Path})
	return o, nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
