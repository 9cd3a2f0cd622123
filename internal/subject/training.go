package subject

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/record"
	"github.com/nnvet/nnvet/internal/engine/save"
	"github.com/nnvet/nnvet/internal/experiment"
	"github.com/nnvet/nnvet/internal/plural"
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
	GoOn    []string    // the command that goes on with it where it is stopped

	lost     string // that parts of the trace could not be written, for the end of a headline
	replaced string // what it replaces, for the facts; "" for nothing else
	saved    time.Time
	trouble  error // the first failure to save a state
}

// Unsaved is the error of a training whose model could not be kept.
type Unsaved struct{ Err error }

func (u *Unsaved) Error() string { return u.Err.Error() }

// Unwrap returns why.
func (u *Unsaved) Unwrap() error { return u.Err }

// Run trains the first seed, writes its trace and state into the run's
// directory, and leaves the model beside the experiment; then it trains the
// other seeds. A training that the context ends leaves its state, from which it
// can be resumed, and no model; among the other seeds it leaves the model, and
// the scores there are. The error may be [*Unsaved] or [*Finished].
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
		return nil, placed(t.File, fmt.Errorf("%s: %w", t.File.Name, err))
	}
	if err := t.goOn(trainer); err != nil {
		return nil, err
	}
	recorder := record.New(w, t.recording())
	trainer.Observer = recorder.Observer()
	t.saved = time.Now()
	trainer.Continue = func(*engine.Evaluation) bool {
		if time.Since(t.saved) >= saveEvery {
			t.keep(trainer)
		}
		return true
	}
	from := trainer.Step()
	result, err := trainer.Run(ctx)
	if err := recorder.Err(); err != nil {
		if failed := new(fs.PathError); errors.As(err, &failed) {
			err = failed.Err // the path is the run's
		}
		t.lost = fmt.Sprintf("; lost: parts of the trace could not be written (%v), so the checks did not see all", err)
	}
	if t.Saved != nil && trainer.Step() == from && result.Stopped != engine.Interrupted {
		return nil, t.finished(result)
	}
	t.keep(trainer)
	if result.Stopped == engine.Interrupted {
		return t.interrupted(result), t.trouble
	}
	if err != nil {
		return nil, placed(t.File, fmt.Errorf("%s: %w", t.File.Data.Path, err))
	}
	o, err := t.outcome(ctx, n, result)
	return o, errors.Join(err, t.trouble)
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
	facts := t.decided(r)
	if t.trouble == nil {
		facts = append(facts, report.Fact{Name: "go on", Text: shell(t.GoOn...)})
	}
	return &report.Outcome{Headline: fmt.Sprintf("stopped after %s, %s", plural.Of(int(r.Steps), "step"), plural.Of(r.Epochs, "epoch")) + t.lost, Facts: facts}
}

// ModelPath is where the model goes.
func (e *Experiment) ModelPath() string { return e.Stem() + ".safetensors" }

// Overwritable refuses a model path at which nothing can be written, or a file
// lies that is not of nnvet's making, and notes whose model will be replaced.
func (t *Training) Overwritable() error {
	path := t.ModelPath()
	if _, err := os.Stat(path); err == nil {
		old, err := save.ReadModel(path)
		if err != nil {
			return fmt.Errorf("%s is in the way of the model, and is none that nnvet wrote: move it, or rename the experiment (%w)", path, err)
		}
		t.replaced = t.difference(old)
	}
	if err := save.Writable(path); err != nil {
		return fmt.Errorf("the model could not be kept: %w", err)
	}
	return nil
}

// difference says what an older model was of where that is not what this one
// will be of, or "".
func (t *Training) difference(old *save.Model) string {
	if p := old.About.Preparation; p != nil && p.Target() != t.Preparation.Target() {
		return "it predicted " + p.Target()
	}
	f, err := experiment.Parse(t.File.Name, []byte(old.About.Experiment))
	if err != nil || filepath.Clean(f.Data.Path) == filepath.Clean(t.File.Data.Path) {
		return "" // or not to be known
	}
	return "it was trained on " + f.Data.Path
}

// outcome scores the trained network, saves it, and trains the other seeds.
func (t *Training) outcome(ctx context.Context, n *engine.Network, r engine.Result) (*report.Outcome, error) {
	scores, err := t.scores(n)
	if err != nil {
		return nil, err
	}
	o := &report.Outcome{Facts: t.decided(r), Scores: scores}
	kept, err := t.model(n, r)
	o.Facts = append(o.Facts, kept...)
	o.Facts = append(o.Facts, t.otherSeeds(ctx, scores)...)
	o.Headline = headline(t.Preparation.Target(), scores) + t.lost
	return o, err
}

// model saves the network, and says where.
func (t *Training) model(n *engine.Network, r engine.Result) ([]report.Fact, error) {
	if r.Stopped == engine.NotFinite || !finite(r.TrainLoss) {
		return []report.Fact{{Name: "model", Text: "not saved: the loss is not finite"}}, nil
	}
	path := t.ModelPath()
	if err := save.WriteModel(path, n, t.about()); err != nil {
		return []report.Fact{{Name: "model", Text: "not saved: " + strings.TrimPrefix(err.Error(), path+": not written: ")}}, &Unsaved{err}
	}
	facts := []report.Fact{{Name: "model", Text: path}}
	if t.replaced != "" {
		facts = append(facts, report.Fact{Name: "replaces", Text: fmt.Sprintf("%s (%s)", path, t.replaced)})
	}
	return append(facts, report.Fact{Name: "predict", Text: shell("nnvet", "predict", path, t.File.Data.Path)}), nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
