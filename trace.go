package nnvet

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
)

// A Trace is what was recorded of one training run. It is the only thing that
// checks and reports read. It is immutable, so checks may share it; its slices
// must not be changed.
type Trace struct {
	Run         Run
	Layers      []Layer // in the order of the network
	Params      []Param
	Optimizers  []Optimizer
	Heads       []Head
	Profiles    []Profile
	Reference   []Profile     // inputs of the training that made the network, where this run only uses it; nil where nobody put them beside it
	Surveys     []Survey      // one for every network that was fed, at most
	Predictions []Predictions // in the order in which they were made
	Graph       []Node        // of the first backward pass, from the loss on; nil where none was recorded
	Declared    Declared
	Calls       []Call
	Events      []Event
	Experiments []Experiment // nil in what was recorded of a run
	// Lost says, a sentence each, what was recorded but could not be read, was
	// thinned, or was not watched. An empty Lost means that nothing was.
	Lost []string
	// Modified holds the source files that have changed since the run, so that
	// their lines must not be quoted.
	Modified []string

	series []*Series
	byKey  map[Key]*Series
}

// Series returns the series of key k, or nil where none was recorded.
func (t *Trace) Series(k Key) *Series { return t.byKey[k] }

// Len returns the number of series.
func (t *Trace) Len() int { return len(t.series) }

// All yields the series of quantity q, in the order in which they were first recorded.
func (t *Trace) All(q Quantity) iter.Seq[*Series] {
	return func(yield func(*Series) bool) {
		for _, s := range t.series {
			if s.Key.Quantity == q && !yield(s) {
				return
			}
		}
	}
}

// Layer returns the layer of that name, or nil.
func (t *Trace) Layer(name string) *Layer {
	return find(t.Layers, func(l *Layer) bool { return l.Name == name })
}

// Param returns the parameter of that name, or nil.
func (t *Trace) Param(name string) *Param {
	return find(t.Params, func(p *Param) bool { return p.Name == name })
}

// Profile returns the profile of a role and split, the one with the most rows
// where there are several, or nil.
func (t *Trace) Profile(role Role, split string) *Profile {
	var best *Profile
	for i := range t.Profiles {
		p := &t.Profiles[i]
		if p.Role == role && p.Split == split && (best == nil || p.Rows > best.Rows) {
			best = p
		}
	}
	return best
}

// ProfileOf returns the profile of a role, split and site, or nil.
func (t *Trace) ProfileOf(role Role, split, site string) *Profile {
	return find(t.Profiles, func(p *Profile) bool { return p.Role == role && p.Split == split && p.Site == site })
}

// CallAt returns the recorded call at a location, or nil. Where the location
// knows no column, it returns the only call on that line.
func (t *Trace) CallAt(l Location) *Call {
	if !l.Known() {
		return nil
	}
	var on *Call
	for i := range t.Calls {
		c := &t.Calls[i]
		if c.Source.File != l.File || c.Source.Line != l.Line {
			continue
		}
		if l.Col == c.Source.Col {
			return c
		}
		if l.Col == 0 {
			if on != nil {
				return nil
			}
			on = c
		}
	}
	return on
}

// Event returns the first event of a kind, or nil.
func (t *Trace) Event(k EventKind) *Event {
	return find(t.Events, func(e *Event) bool { return e.Kind == k })
}

func find[T any](s []T, ok func(*T) bool) *T {
	for i := range s {
		if ok(&s[i]) {
			return &s[i]
		}
	}
	return nil
}

// MaxPoints bounds the values that a series keeps. A series that would grow
// past it is thinned by two, see [Series.Every].
const MaxPoints = 1 << 16

// A Builder gathers a trace. Its exported fields may be set at any time; the
// zero Builder is ready to use.
type Builder struct {
	Trace // what was gathered so far
	tails map[Key]*tail
}

// tail is the kept value of a thinned series that still gathers.
type tail struct {
	series *Series
	n      int64
	sum    float64
	bad    float64 // the first non-finite value, valid where hasBad
	has    bool
	at     int64
	last   int64 // the last step recorded
}

// ErrOrder reports a value at a step that is not past the last one of its series.
var ErrOrder = errors.New("step is not past the one before it")

// Add records the value v of k at a step.
func (b *Builder) Add(k Key, step int64, v float64) error {
	t := b.tails[k]
	if t == nil {
		t = b.begin(k)
	}
	s := t.series
	if step <= t.last {
		return fmt.Errorf("%v at step %d: %w", k, step, ErrOrder)
	}
	t.last = step
	if t.n == 0 {
		t.at, t.sum, t.has = step, 0, false
	}
	t.n++
	if finite(v) {
		t.sum += v
	} else if !t.has {
		t.bad, t.has = v, true
	}
	if t.n < s.Every {
		return nil
	}
	if len(s.Values) >= MaxPoints {
		thin(s)
		return nil // t goes on gathering, now to twice as many
	}
	s.Steps = append(s.Steps, t.at)
	s.Values = append(s.Values, t.value())
	t.n = 0
	return nil
}

// begin begins the series of k.
func (b *Builder) begin(k Key) *tail {
	if b.byKey == nil {
		b.byKey = make(map[Key]*Series)
		b.tails = make(map[Key]*tail)
	}
	s := &Series{Key: k, Every: 1}
	t := &tail{series: s, last: -1 << 62}
	b.byKey[k], b.tails[k] = s, t
	b.series = append(b.series, s)
	return t
}

func (t *tail) value() float64 {
	if t.has {
		return t.bad
	}
	return t.sum / float64(t.n)
}

// thin halves a series. It makes new slices, since snapshots share the old ones.
func thin(s *Series) {
	n := len(s.Values) / 2
	steps, values := make([]int64, 0, MaxPoints), make([]float64, 0, MaxPoints)
	for i := range n {
		a, b := s.Values[2*i], s.Values[2*i+1]
		v := (a + b) / 2
		if !finite(a) {
			v = a
		} else if !finite(b) {
			v = b
		}
		steps, values = append(steps, s.Steps[2*i]), append(values, v)
	}
	s.Steps, s.Values = steps, values
	s.Every *= 2
}

// Snapshot returns what was gathered so far as a trace that later additions do not change.
func (b *Builder) Snapshot() *Trace {
	t := b.Trace
	t.Layers, t.Params = slices.Clone(t.Layers), slices.Clone(t.Params)
	t.Optimizers, t.Heads = slices.Clone(t.Optimizers), slices.Clone(t.Heads)
	t.Profiles, t.Calls = slices.Clone(t.Profiles), slices.Clone(t.Calls)
	t.Surveys, t.Predictions = slices.Clone(t.Surveys), slices.Clone(t.Predictions)
	t.Reference = slices.Clone(t.Reference)
	t.Events, t.Lost = slices.Clone(t.Events), slices.Clone(t.Lost)
	t.series = make([]*Series, len(b.series))
	t.byKey = make(map[Key]*Series, len(b.series))
	for i, s := range b.series {
		c := *s
		if tl := b.tails[s.Key]; s.Every > 1 && tl.n > 0 {
			c.Steps = append(slices.Clip(c.Steps), tl.at)
			c.Values = append(slices.Clip(c.Values), tl.value())
		}
		if s.Every > 1 {
			t.Lost = append(t.Lost, fmt.Sprintf("%v: each value stands for %d recorded ones", s.Key, s.Every))
		}
		t.series[i], t.byKey[s.Key] = &c, &c
	}
	return &t
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
