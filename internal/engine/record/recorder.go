package record

import (
	"fmt"
	"os"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// few is the number of rows below which a mean or a minimum tells what
// somebody's row is.
const few = 8

// Options say what the network itself does not know.
type Options struct {
	Version   string         // of nnvet
	Script    string         // name of the experiment file; "" without
	Text      []byte         // its content, of which only the checksum is written
	Calls     []nnvet.Call   // what it configures, as calls whose arguments can be edited
	Fed       nnvet.Location // where it says how inputs are made
	EveryStep bool           // look at every step, rather than at ever fewer

	Columns  []string       // names of the columns of an input, where there are as many
	Declared nnvet.Declared // what a person said about the data
	Survey   *nnvet.Survey  // of the data, as [Survey] makes one; nil leaves it out
	// Decode returns targets, or outputs in their place, in the units that a person
	// would use, for results; nil leaves them as they are.
	Decode func(y []float32) []float64
}

// A Recorder writes one trace. It serves one training, also one that is run in
// parts; the trainer calls it.
type Recorder struct {
	w       *tracefile.Writer
	options Options
	now     func() time.Time

	trainer *engine.Trainer
	set     string
	began   time.Time
	spent   time.Duration // in here
	drops   int64         // records that could not be written
	err     error         // the first reason

	plan     plan
	reported bool // a value that is not finite
	last     int64

	steps    steps
	tensors  tensors
	units    units
	twins    twins
	initgrad bool // which gradients are equal was told once
	inputs   watcher
	targets  watcher
	seenVal  bool
	results  results
	depth    depth
	rows     rowGradients
	tapped   bool // the backward pass that comes, or that was

	prediction tracefile.Prediction
}

// New returns a recorder that writes to w, which it does not close. Over a
// [tracefile.Reader], tracefile.NewWriter(r), the trace stays in memory and
// r.Snapshot has it at any time.
func New(w *tracefile.Writer, o Options) *Recorder {
	return &Recorder{w: w, options: o, now: time.Now}
}

// Observer returns what a trainer is to tell.
func (r *Recorder) Observer() *engine.Observer {
	return &engine.Observer{
		Start: r.start, Wants: r.wants, Before: r.before, Glance: r.glance, After: r.after,
		Predicted: r.evaluating, Evaluated: r.evaluated, End: r.end,
	}
}

// Err returns the first error of writing. Training went on, and the records
// are missing.
func (r *Recorder) Err() error { return r.err }

func (r *Recorder) put(record any) {
	if err := r.w.Write(record); err != nil {
		r.drops++
		if r.err == nil {
			r.err = err
		}
	}
}

// paid adds the time since began to what recording has cost.
func (r *Recorder) paid(began time.Time) { r.spent += r.now().Sub(began) }

// seconds returns the time since the training began, to a tenth of a
// millisecond.
func (r *Recorder) seconds() float64 { return tenths(r.now().Sub(r.began)) }

func tenths(d time.Duration) float64 {
	return float64(d.Round(100*time.Microsecond)/(100*time.Microsecond)) / 1e4
}

func (r *Recorder) start(t *engine.Trainer) {
	if r.trainer != nil { // it goes on
		return
	}
	r.trainer = t
	r.began = r.now()
	defer r.paid(r.began)
	_, total := t.Steps()
	r.last = t.Step()
	r.plan = newPlan(r.options.EveryStep, r.last, total, t.Spec.Batch)
	r.steps = newSteps(r.last, total, t.Spec)
	r.tensors = newTensors(t.Network)
	r.units = newUnits(t.Network)
	r.inputs, r.targets = newWatchers(t, r.options, t.Train.Rows)
	r.results, r.depth, r.rows = newResults(t, r.options.Decode), newDepth(t.Network), newRowGradients(t.Network)
	r.describeRun()
	r.describeNetwork()
	r.put(head(t, r.last))
	r.put(graph(t, r.last))
	if t.Spec.Patience > 0 {
		r.put(eventRecord{K: "event", What: string(nnvet.BestKept), S: r.last, N: 1, Text: fmt.Sprintf("patience %d", t.Spec.Patience)})
	}
	for _, a := range t.Spec.Augment {
		r.put(eventRecord{K: "event", What: string(nnvet.Augmented), S: r.last, N: 1, Text: fmt.Sprintf("%s %g", a.Kind, a.Amount)})
	}
	r.declare()
	r.surveyed()
}

type runRecord struct {
	K       string  `json:"k"`
	V       int     `json:"v"`
	Nnvet   string  `json:"nnvet"`
	T       float64 `json:"t"`
	Pid     int     `json:"pid"`
	Rank    int     `json:"rank"`
	World   int     `json:"world"`
	Fw      string  `json:"fw"`
	Fwv     string  `json:"fwv"`
	Script  string  `json:"script"`
	Device  string  `json:"device"`
	Threads int     `json:"threads"`
	Det     bool    `json:"det"`
	Seeded  bool    `json:"seeded"`
}

type sourceRecord struct {
	K     string       `json:"k"`
	File  string       `json:"file"`
	Crc   uint32       `json:"crc"`
	Calls []callRecord `json:"calls"`
}

func (r *Recorder) describeRun() {
	r.set = r.trainer.Network.Set().Name
	r.put(runRecord{
		K: "run", V: tracefile.Version, Nnvet: r.options.Version, T: float64(r.began.UnixMilli()) / 1000,
		Pid: os.Getpid(), World: 1, Fw: "nnvet", Fwv: r.options.Version + " " + r.set, Script: r.options.Script,
		Device: "cpu", Threads: 1, Det: true, Seeded: true,
	})
	if r.options.Script != "" {
		r.put(sourceRecord{K: "source", File: r.options.Script, Crc: checksum(r.options.Text), Calls: calls(r.options.Calls)})
	}
}

// wants decides about the step that comes. It does not read the clock.
func (r *Recorder) wants(step int64) bool {
	wanted := step >= r.plan.sample
	if wanted {
		r.trainer.Network.Tap(r.tap(step))
		r.tapped = true
	}
	return wanted
}

// tap returns what looks at the backward pass of a sampled step.
func (r *Recorder) tap(step int64) engine.Tap {
	depth := r.depth.due(step)
	return engine.Tap{Done: r.rows.done, Layer: func(layer int, x, dy []float32) {
		defer r.paid(r.now())
		r.rows.layer(layer, x, dy)
		if depth {
			r.depth.gradient(layer, dy)
		}
	}}
}

// before takes a sampled step, whose update is to come.
func (r *Recorder) before(s *engine.Step) {
	defer r.paid(r.now())
	s.Network.Tap(engine.Tap{})
	if !r.reported && !(finite(s.Loss) && finite(s.Norm)) {
		r.reported = true
		r.nonfinite(s)
	}
	r.live(s)
	r.initialGradients()
	r.tensors.before(s, &r.units)
	r.predicted(s)
	r.gradients(s)
	if p := r.results.sampled(s); p != nil {
		r.put(p)
	}
}

// gradients writes what the backward pass showed.
func (r *Recorder) gradients(s *engine.Step) {
	if !r.tapped {
		return // nobody expected the step to be sampled
	}
	r.tapped = false
	if n := r.rows.sampled(s); n != nil {
		r.put(n)
	}
	if r.depth.due(s.Number) {
		for _, d := range r.depth.sampled(s) {
			r.put(d)
		}
	}
}

// glance looks at another step, whether it is one to look for live units at.
func (r *Recorder) glance(s *engine.Step) {
	if s.Number < r.plan.look {
		return
	}
	defer r.paid(r.now())
	r.live(s)
}

// live notes which units have a gradient.
func (r *Recorder) live(s *engine.Step) {
	r.units.mark(s.Number, s.Rows)
	r.plan.looked(s.Number)
}

func (r *Recorder) after(s *engine.Step) {
	r.last = s.Number + 1
	full := r.steps.add(s)
	if full || s.Sampled || r.units.full() || r.inputs.due(s.Number) || r.targets.due(s.Number) {
		r.look(s, full)
	}
}

// look does what is not done after every step.
func (r *Recorder) look(s *engine.Step, full bool) {
	began := r.now()
	defer r.paid(began)
	if r.inputs.due(s.Number) {
		r.putData(r.inputs.inputs(s.Number, nnvet.Train, s.X, s.Rows))
	}
	if r.targets.due(s.Number) {
		r.putData(r.targets.targets(s.Number, nnvet.Train, s.Y, s.Labels, s.Rows))
	}
	if s.Sampled {
		r.tensors.after()
		r.tensors.write(s.Number, r.put)
		r.plan.sampled(s.Number)
	}
	if r.units.full() {
		r.put(r.units.record(s.Number))
	}
	if full || s.Sampled && r.steps.news() {
		r.put(r.steps.end(tenths(began.Sub(r.began)), r.share(began)))
	}
}

// putData writes what a watcher saw, if that was enough.
func (r *Recorder) putData(d *tracefile.Data) {
	if d != nil {
		r.put(d)
	}
}

// share returns the share of wall time that recording took so far.
func (r *Recorder) share(now time.Time) float64 {
	if d := now.Sub(r.began); d > 0 {
		return min(1, float64(r.spent)/float64(d))
	}
	return 0
}

type endRecord struct {
	K      string  `json:"k"`
	S      int64   `json:"s"`
	T      float64 `json:"t"`
	Why    string  `json:"why"`
	Exc    string  `json:"exc,omitempty"`
	Spent  float64 `json:"spent"`
	Attach float64 `json:"attach"`
	Drops  int64   `json:"drops"`
}

func (r *Recorder) end(res *engine.Result) {
	if r.steps.any() {
		now := r.now()
		r.put(r.steps.end(tenths(now.Sub(r.began)), r.share(now)))
	}
	for _, p := range r.results.end() {
		r.put(p)
	}
	e := endRecord{K: "end", S: r.last, T: r.seconds(), Why: string(nnvet.Exited), Spent: tenths(r.spent), Drops: r.drops}
	if res.Stopped == engine.Interrupted { // it did not come to its own end
		e.Why, e.Exc = string(nnvet.Raised), "cancelled"
	}
	r.put(e)
}

func finite(v float64) bool { return v-v == 0 }
