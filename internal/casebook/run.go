package casebook

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/record"
	"github.com/nnvet/nnvet/internal/tracefile"
	"github.com/nnvet/nnvet/internal/trial"
)

// A Run is one training of a case, and what was made of it.
type Run struct {
	Case     *Case     `json:"-"`
	Name     string    `json:"case"`
	Seed     int64     `json:"seed"`
	Skill    Skill     `json:"skill"`
	Findings []Finding `json:"findings"`
	// NotChecked are the checks that could not judge; all others found, or cleared.
	NotChecked []string  `json:"not_checked"`
	Undecided  bool      `json:"undecided,omitempty"` // between the first cause and others
	Controls   []Control `json:"controls"`            // of other tools' rules, on the same trace
	Err        error     `json:"-"`
}

// A Finding is what of a finding is scored.
type Finding struct {
	Check    string   `json:"check"`
	Severity string   `json:"severity"`
	Sure     float64  `json:"confidence"`
	Because  []string `json:"because,omitempty"`
	Site     string   `json:"site,omitempty"`
	Message  string   `json:"message"`
}

// An Order asks for runs of a case.
type Order struct {
	Case  *Case
	Base  bool // of what it is measured against
	Seed  int64
	Judge bool // record a trace, and let the checks and the controls judge it
	Keep  Kept // where not empty, the trace is written there
}

// Train runs what was ordered, on so many workers, and hands the runs out in
// the order of the orders. Findings are weighed by trust; nil leaves them as the
// checks say them.
func Train(ctx context.Context, orders []Order, workers int, trust *nnvet.Likelihoods, each func(i int, r *Run)) error {
	runs := make([]Run, len(orders))
	known := &surveys{made: make(map[uint64]func() *nnvet.Survey)}
	jobs := func(yield func(trial.Job) bool) {
		for i, o := range orders {
			runs[i] = Run{Case: o.Case, Name: o.Case.Name, Seed: o.Seed}
			if !yield(o.job(&runs[i], known, trust)) {
				return
			}
		}
	}
	return trial.Run(ctx, jobs, workers, func(i int, out trial.Outcome) {
		r := &runs[i]
		if out.Err != nil && r.Err == nil {
			r.Err = fmt.Errorf("%s, seed %d: %w", r.Name, r.Seed, out.Err)
		}
		each(i, r)
	})
}

// job makes a training of an order.
func (o Order) job(r *Run, known *surveys, trust *nnvet.Likelihoods) trial.Job {
	build := o.Case.make
	if o.Base {
		build = o.Case.base
	}
	p := build(o.Seed)
	t, err := p.build()
	if err != nil {
		r.Err = fmt.Errorf("%s, seed %d: %w", r.Name, r.Seed, err)
		return trial.Job{}
	}
	best := bestLoss{}
	j := trial.Job{Spec: t.Spec, Train: t.Train, Val: t.Val}
	if p.Blind {
		j.Val = engine.Data{}
	}
	w := witness{reader: tracefile.NewReader("trace")}
	if o.Keep != "" {
		w.bytes = new(bytes.Buffer)
	}
	if o.Judge {
		j.Observer = w.observer(j, t.Names, known)
	}
	j.Continue = best.see
	j.Judge = func(n *engine.Network) error {
		r.Skill = t.judge.skill(n, t.Val, best.of())
		if !o.Judge {
			return nil
		}
		if err := w.recorder.Err(); err != nil {
			return err
		}
		if o.Keep != "" {
			if err := o.Keep.save(o, r.Skill, w.bytes.Bytes()); err != nil {
				return err
			}
		}
		r.judge(w.reader.Snapshot(), trust)
		return nil
	}
	return j
}

// A witness records the trace of one training in memory.
type witness struct {
	reader   *tracefile.Reader
	recorder *record.Recorder
	bytes    *bytes.Buffer // of the trace, where it is kept
}

// out is where the trace goes.
func (w *witness) out() io.Writer {
	if w.bytes != nil {
		return io.MultiWriter(w.reader, w.bytes)
	}
	return w.reader
}

// observer returns what the trainer is to tell. The recorder is made when the
// training starts, on the worker's goroutine, as a survey of its data takes a
// while.
func (w *witness) observer(j trial.Job, names []string, known *surveys) *engine.Observer {
	o := new(engine.Observer)
	o.Start = func(t *engine.Trainer) {
		options := record.Options{Version: "casebook", Columns: names}
		options.Survey = known.of(t.Spec, j.Train, j.Val, options)
		w.recorder = record.New(tracefile.NewWriter(w.out()), options)
		*o = *w.recorder.Observer()
		o.Start(t)
	}
	return o
}

// bestLoss remembers the lowest validation loss.
type bestLoss struct {
	loss float64
	seen bool
}

func (b *bestLoss) see(e *engine.Evaluation) bool {
	if !b.seen || e.Loss < b.loss {
		b.loss, b.seen = e.Loss, true
	}
	return true
}

func (b *bestLoss) of() float64 { return b.loss }

// judge lets everybody look at a trace.
func (r *Run) judge(t *nnvet.Trace, trust *nnvet.Likelihoods) {
	res := nnvet.Vet(t, checks.All, nnvet.Options{Likelihoods: trust})
	r.Undecided = len(res.Undecided()) > 0
	for _, skip := range res.NotChecked {
		r.NotChecked = append(r.NotChecked, skip.Check.ID)
	}
	r.Findings = []Finding{}
	for _, f := range res.Findings {
		r.Findings = append(r.Findings, Finding{
			Check: f.Check.ID, Severity: f.Severity.String(), Sure: f.Confidence, Because: f.Because, Site: f.Site, Message: f.Message,
		})
	}
	for _, control := range controls {
		r.Controls = append(r.Controls, control.judge(t))
	}
}
