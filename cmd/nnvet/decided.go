package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/prove"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/store"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// decidedFile is where a run keeps what experiments on it came to.
const decidedFile = "decided.json"

// keptDecisions are what nnvet decide came to, and the experiments themselves,
// which checks read beside the trace.
type keptDecisions struct {
	Nnvet       string           `json:"nnvet"`
	Run         string           `json:"run"`
	Changed     string           `json:"changed,omitempty"` // what was trained, where that is not the program as it was run
	Decisions   *prove.Decisions `json:"decisions"`
	Experiments []keptExperiment `json:"experiments"`
}

// A keptExperiment is an [nnvet.Experiment] in JSON, whose figures may be NaN.
type keptExperiment struct {
	Check   string    `json:"check"`
	Lacking string    `json:"lacking,omitempty"`
	Arms    []keptArm `json:"arms"`
}

type keptArm struct {
	What     string          `json:"what"`
	Size     float64         `json:"size,omitempty"`
	At       []prove.Figure  `json:"at"`
	Figures  []prove.Figure  `json:"figures"`
	Settings []nnvet.Setting `json:"settings,omitempty"`
}

// announceDecide says what will be trained before it is. An experiment file takes
// seconds.
func (p *proving) announceDecide(b *bench, base prove.Variant) {
	if b.file {
		return
	}
	what := b.of
	if base != nil {
		what += " with what was proven"
	}
	const few, many = 30, 200 // trainings without those of depth and width, and with them; see docs/sweep.md
	fmt.Fprintf(os.Stderr, "nnvet: deciding on %s: about %d trainings, up to %d where depth and width are tried, %s; --budget bounds the time\n", what, few, many, b.how)
}

// changed says what was trained, where that is not the program as it was run.
func (b *bench) changed(base prove.Variant) string {
	switch {
	case base != nil:
		return "with what was proven"
	case b.run != nil && !b.asRun():
		return "of the files as they were then, which have changed since the run"
	}
	return ""
}

// asRun reports whether the files of the run are still those that it was of.
func (b *bench) asRun() bool {
	dir := tracefile.OpenDir(b.run.Dir)
	return dir.Finish() == nil && len(b.run.Modified(dir.Sources())) == 0
}

// keep writes what was decided of a run beside it. What was decided before and
// not asked for now stays, as far as it is of the same program.
func (b *bench) keep(d *prove.Decisions, changed string) error {
	if b.run == nil {
		return nil
	}
	k := keptDecisions{Nnvet: version, Run: b.run.Meta.ID, Changed: changed, Decisions: d}
	for _, x := range d.Decided {
		k.Experiments = append(k.Experiments, ofExperiment(x.Experiment))
	}
	if was, err := readDecided(b.run); err == nil && was.Changed == changed && was.Nnvet == version {
		k.keepFrom(was)
	}
	doc, err := json.MarshalIndent(k, "", " ")
	if err == nil {
		err = b.run.Write(decidedFile, append(doc, '\n'))
	}
	return err
}

func (k *keptDecisions) keepFrom(was *keptDecisions) {
	known := make(map[string]bool)
	for _, x := range k.Experiments {
		known[x.Check] = true
	}
	both := *k.Decisions
	for _, x := range was.Decisions.Decided {
		if !known[x.Check] {
			both.Decided = append(both.Decided, x)
		}
	}
	for _, x := range was.Experiments {
		if !known[x.Check] {
			k.Experiments = append(k.Experiments, x)
		}
	}
	k.Decisions = &both
}

func ofExperiment(e nnvet.Experiment) keptExperiment {
	out := keptExperiment{Check: e.Check, Lacking: e.Lacking, Arms: []keptArm{}}
	for _, a := range e.Arms {
		out.Arms = append(out.Arms, keptArm{a.What, a.Size, figuresOf(a.At), figuresOf(a.Figures), a.Settings})
	}
	return out
}

func figuresOf(values []float64) []prove.Figure {
	out := make([]prove.Figure, len(values))
	for i, v := range values {
		out[i] = prove.Figure(v)
	}
	return out
}

func (e keptExperiment) experiment() nnvet.Experiment {
	out := nnvet.Experiment{Check: e.Check, Lacking: e.Lacking}
	for _, a := range e.Arms {
		out.Arms = append(out.Arms, nnvet.Arm{What: a.What, Size: a.Size, At: floats(a.At), Figures: floats(a.Figures), Settings: a.Settings})
	}
	return out
}

// readDecided reads what was decided of a run.
func readDecided(run *store.Run) (*keptDecisions, error) {
	text, err := os.ReadFile(run.Path(decidedFile))
	if err != nil {
		return nil, err
	}
	k := new(keptDecisions)
	if err := json.Unmarshal(text, k); err != nil {
		return nil, fmt.Errorf("%s: %w", run.Path(decidedFile), err)
	}
	if k.Decisions == nil {
		return nil, fmt.Errorf("%s: it holds no decisions", run.Path(decidedFile))
	}
	return k, nil
}

// decide adds to a diagnosis what was decided of its run: where that was of the
// program as it was run, the checks judge by it; else it is shown apart. What
// cannot be read is said and left out.
func (s *shower) decide(run *store.Run, rep *report.Report) {
	k, err := readDecided(run)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(os.Stderr, "nnvet: without what was decided: %v\n", err)
		}
		return
	}
	rep.Decided = decisionsView("run "+run.Meta.ID, k.Decisions)
	rep.Decided.Changed = k.Changed
	if k.Changed != "" || rep.Trace == nil {
		return
	}
	var all []nnvet.Experiment
	for _, x := range k.Experiments {
		all = append(all, x.experiment())
	}
	rep.Trace = rep.Trace.With(all)
	rep.Result = nnvet.Vet(rep.Trace, checks.All, s.settings.Options)
}

// decisionsView is what was decided as it is shown.
func decisionsView(of string, d *prove.Decisions) *report.Decisions {
	v := &report.Decisions{Of: of, Scale: string(d.Scale), Split: d.Split, Trainings: d.Trainings, Spent: d.Spent}
	for _, x := range d.Decided {
		v.Decided = append(v.Decided, report.Decided{Check: x.Check, Name: x.Name, Outcome: x.Outcome, Severity: x.Severity, Message: x.Message, Action: x.Action})
	}
	return v
}
