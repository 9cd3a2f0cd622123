package tracefile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/plural"
)

// A Reader reads one file as it grows: feed it bytes with Write, take what was
// read so far with Snapshot.
type Reader struct {
	name string
	b    nnvet.Builder
	err  error // once it is set, nothing more is read

	lines    splitter
	finished bool

	damage  []Damage
	damaged tally     // lines
	strange tally     // records
	unknown int64     // uses of ids that no record names
	left    int64     // values left out since their steps do not increase
	leftOf  nnvet.Key // the series of the first of them
	crowded bool      // there are too many series
	drops   int64     // records that the recorder could not write
	cut     bool      // the recorder cut the graph
	last    int64     // the last step that was recorded, or -1

	evaluated int64 // the step of the last evaluation, or -1

	layers    map[int64]string
	params    map[int64]*param
	heads     map[int64]int // to indices
	profiles  profiles
	taken     map[string]int      // how often a name was asked for
	described bool                // there was a run record
	events    map[nnvet.Event]int // with Step, Count and Of zero
	sources   map[string]uint32
	sites     map[int64]string    // of the optimizers' learning rates
	speakers  map[nnvet.Key]int64 // the head that a series without a site is of, or -1
}

// tally counts damages and keeps the first.
type tally struct {
	n     int64
	first Damage
}

func (t *tally) add(d Damage) {
	if t.n == 0 {
		t.first = d
	}
	t.n++
}

// maxDamage bounds the damages that a reader lists; it counts all.
const maxDamage = 1000

// NewReader returns a reader of a file, whose name stands in what it says.
func NewReader(name string) *Reader {
	r := &Reader{
		name: name, last: -1, evaluated: -1,
		layers: make(map[int64]string), params: make(map[int64]*param),
		sites: make(map[int64]string), heads: make(map[int64]int),
		taken: make(map[string]int), events: make(map[nnvet.Event]int),
		sources: make(map[string]uint32), speakers: make(map[nnvet.Key]int64),
	}
	r.lines.take, r.lines.lose = r.take, r.lose
	r.b.Run.World = 1
	r.b.Run.Overhead = math.NaN()
	return r
}

// Write takes the next bytes of the file, all of them. It returns an error
// only where the file cannot be read at all, [ErrNewer].
func (r *Reader) Write(p []byte) (int, error) {
	if r.err == nil {
		r.lines.write(p)
	}
	return len(p), r.err
}

// take applies the record of a good line.
func (r *Reader) take(json []byte) {
	if r.err != nil {
		return
	}
	if err := r.Record(json); err != nil && r.err == nil {
		r.report(&r.strange, err.Error())
	}
}

func (r *Reader) lose(reason string) { r.report(&r.damaged, reason) }

// Record applies one record, given without its checksum. The error says what
// is wrong with it; then nothing of it was applied.
func (r *Reader) Record(b []byte) error {
	kind, err := kindOf(b)
	if err != nil {
		return fmt.Errorf("not a JSON object with a kind: %w", err)
	}
	apply := kinds[kind]
	if apply == nil {
		return nil
	}
	if err := apply(r, b); err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	return nil
}

// kindOf returns the kind of a record. Recorders write it first, where it is
// found without decoding the rest.
func kindOf(b []byte) (string, error) {
	if rest, ok := bytes.CutPrefix(b, []byte(`{"k":"`)); ok {
		if end := bytes.IndexByte(rest, '"'); end > 0 && end < 16 {
			return string(rest[:end]), nil
		}
	}
	var record struct{ K string }
	err := json.Unmarshal(b, &record)
	return record.K, err
}

func (r *Reader) report(t *tally, reason string) {
	const enough = 120 // bytes: a reason may quote what it is about
	if len(reason) > enough {
		reason = reason[:enough] + "..."
	}
	d := Damage{r.lines.offset, reason}
	t.add(d)
	if len(r.damage) < maxDamage {
		r.damage = append(r.damage, d)
	}
}

// Finish notes that the file does not grow any more.
func (r *Reader) Finish() { r.finished = true }

// Damage returns what could not be read, at most the first thousand.
func (r *Reader) Damage() []Damage { return slices.Clone(r.damage) }

// LastStep returns the last step that was recorded, or -1.
func (r *Reader) LastStep() int64 { return r.last }

// Builder returns what the reader builds, for series that come from elsewhere.
func (r *Reader) Builder() *nnvet.Builder { return &r.b }

// Snapshot returns what was read so far. Later writes do not change it.
func (r *Reader) Snapshot() *nnvet.Trace {
	t := r.snapshot()
	t.Lost = append(t.Lost, r.lost()...)
	return t
}

func (r *Reader) snapshot() *nnvet.Trace {
	t := r.b.Snapshot()
	t.Profiles = r.profiles.list()
	return t
}

// lost says, a sentence each, what could not be read.
func (r *Reader) lost() []string {
	var out []string
	say := func(format string, args ...any) {
		out = append(out, r.name+": "+fmt.Sprintf(format, args...))
	}
	if t := r.damaged; t.n > 0 {
		say("%s; %s read", t.places("damaged line"), plural.Of(r.lines.good, "good line"))
	}
	if t := r.strange; t.n > 0 {
		say("%s (%s)", t.places("malformed record"), t.first.Reason)
	}
	if r.finished && r.lines.held() > 0 {
		say("the last line is cut off at byte %d; %s read", r.lines.offset, plural.Of(r.lines.good, "good line"))
	}
	if r.unknown > 0 {
		say("%s of layers, parameters, losses or optimizers that no record describes", plural.Of(r.unknown, "figure"))
	}
	if r.left > 0 {
		say("%s left out since their steps do not increase, the first of %v", plural.Of(r.left, "value"), r.leftOf)
	}
	if r.crowded {
		say("more than %d series; the others are left out", maxSeries)
	}
	if r.drops > 0 {
		say("%s that the recorder could not write", plural.Of(r.drops, "record"))
	}
	if r.cut {
		say("the graph of operations is cut off at the recorder's limit")
	}
	return out
}

// places returns "1 damaged line at byte 4096", or "3 damaged lines, the first at byte 4096".
func (t tally) places(what string) string {
	if t.n == 1 {
		return fmt.Sprintf("%s at byte %d", plural.Of(1, what), t.first.Offset)
	}
	return fmt.Sprintf("%s, the first at byte %d", plural.Of(t.n, what), t.first.Offset)
}
