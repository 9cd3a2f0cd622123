package tracefile

import (
	"errors"
	"fmt"
	"maps"
	"math"

	"github.com/nnvet/nnvet"
)

func (r *Reader) run(rec *runRecord) error {
	if rec.V > Version {
		r.err = fmt.Errorf("%s: %w: version %d, and this nnvet reads up to version %d", r.name, ErrNewer, rec.V, Version)
		return r.err
	}
	if r.described {
		return errors.New("a second run in one file")
	}
	r.described = true
	run := &r.b.Run
	*run = nnvet.Run{
		Nnvet: rec.Nnvet, Framework: rec.Fw, FrameworkVersion: rec.Fwv, Script: rec.Script, Device: rec.Device,
		Deterministic: rec.Det, Seeded: rec.Seeded, World: max(rec.World, 1), Started: float64(rec.T),
		Steps: run.Steps, Seconds: run.Seconds, Overhead: run.Overhead, Ended: run.Ended, Exception: run.Exception,
	}
	if rec.Py != "" {
		run.Language = "python " + rec.Py
	}
	return nil
}

func (r *Reader) end(rec *endRecord) error {
	run := &r.b.Run
	switch how := nnvet.Ending(rec.Why); how {
	case nnvet.Exited, nnvet.Raised:
		run.Ended, run.Exception = how, rec.Exc
	default:
		return fmt.Errorf("%.20q is no way to end", rec.Why)
	}
	if rec.S != nil {
		if err := checkStep(*rec.S); err != nil {
			return err
		}
		run.Steps = max(run.Steps, *rec.S)
	}
	r.clock(rec.T)
	if rec.Spent != nil && run.Seconds > 0 {
		run.Overhead = float64(*rec.Spent) / run.Seconds
	}
	r.drops = max(r.drops, rec.Drops)
	return nil
}

// clock notes the time of a record.
func (r *Reader) clock(t *number) {
	if t != nil && float64(*t) > r.b.Run.Seconds && !math.IsInf(float64(*t), 0) {
		r.b.Run.Seconds = float64(*t)
	}
}

// event adds an event, or updates it: one that is counted is written again as
// its count grows.
func (r *Reader) event(rec *eventRecord) error {
	if rec.What == "" {
		return errors.New("no name")
	}
	if err := checkStep(rec.S); err != nil {
		return err
	}
	if rec.N < 0 || rec.Of < 0 {
		return errors.New("a negative count")
	}
	key := nnvet.Event{Kind: nnvet.EventKind(rec.What), Source: nnvet.ParseLocation(rec.Src), Text: rec.Text}
	switch {
	case rec.M != nil:
		key.Site = r.layerOf(rec.M)
	case rec.P != nil:
		if _, p := r.param(*rec.P); p != nil {
			key.Site = p.Name
		}
	}
	r.happened(key, rec.S, max(rec.N, 1), rec.Of)
	return nil
}

func (r *Reader) happened(key nnvet.Event, step, n, of int64) {
	i, ok := r.events[key]
	if !ok {
		i = len(r.b.Events)
		r.events[key] = i
		e := key
		e.Step = step
		r.b.Events = append(r.b.Events, e)
	}
	e := &r.b.Events[i]
	e.Step, e.Count, e.Of = min(e.Step, step), max(e.Count, n), max(e.Of, of)
}

func (r *Reader) source(rec *sourceRecord) error {
	if rec.File == "" {
		return errors.New("no file")
	}
	if _, ok := r.sources[rec.File]; ok {
		return nil
	}
	r.sources[rec.File] = rec.Crc
	for _, c := range rec.Calls {
		call := nnvet.Call{Func: c.F, In: c.In, Source: nnvet.ParseLocation(c.Src), Cut: nnvet.ParseLocation(c.Cut)}
		for _, a := range c.Args {
			call.Args = append(call.Args, nnvet.Arg{Name: a.N, Text: a.V, Source: nnvet.ParseLocation(a.Src)})
		}
		r.b.Calls = append(r.b.Calls, call)
	}
	return nil
}

// Sources returns the checksums of the source files that the trace names.
func (r *Reader) Sources() map[string]uint32 { return maps.Clone(r.sources) }
