package batchsize

import (
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
)

// A plan is how a run went through its rows.
type plan struct {
	batch float64 // rows that one backward pass averages over
	most  float64 // rows of the largest that was seen
	total float64 // rows of the training set; NaN where unknown
	steps float64
	// passes counts the backward passes that go into an update: gradients that are
	// gathered make a larger batch.
	passes float64
}

// planOf returns the plan of a run, and whether its batch is known.
func planOf(t *nnvet.Trace) (plan, bool) {
	p := plan{batch: t.Batch(), total: math.NaN(), steps: float64(t.Run.Steps), passes: 1}
	if x := t.Profile(nnvet.Input, nnvet.Train); x != nil && x.Total > 0 {
		p.total = float64(x.Total)
	}
	if s := t.Series(nnvet.Key{Quantity: nnvet.Backwards}); s.Len() > 0 {
		_, p.passes = s.Last()
	}
	p.batch *= math.Max(p.passes, 1)
	p.most = math.Max(p.passes, 1)
	if s := t.Series(nnvet.Key{Quantity: nnvet.BatchRows}); s.Len() > 0 {
		p.most *= slices.Max(s.Values)
	}
	return p, p.batch >= 1
}

// perEpoch returns the updates of a pass over the rows, NaN where unknown.
func (p plan) perEpoch() float64 { return math.Ceil(p.total / p.batch) }

// whole reports whether all rows can have been gone through once; not where
// their number is unknown. The typical batch of a short run may be its last.
func (p plan) whole() bool { return p.steps*p.most >= p.total }

// epochs returns the passes over the rows, NaN where unknown.
func (p plan) epochs() float64 { return p.steps * p.batch / p.total }

// smaller returns the batch to take: the largest power of two that is not past
// the noise scale (Inf where that is unknown) and leaves 50 updates an epoch;
// never below 8, where one row's noise begins to own a step, nor past 16 for
// fewer than 1000 rows.
func (p plan) smaller(noise float64) float64 {
	const updates, least, few, small = 50, 8, 16, 1000
	most := noise
	if !math.IsNaN(p.total) {
		most = math.Min(noise, p.total/updates)
	}
	if p.total < small {
		most = math.Max(most, few)
	}
	most = math.Min(math.Max(most, least), p.batch/2)
	return math.Max(1, math.Pow(2, math.Floor(math.Log2(most))))
}

// change returns the treatment that sets the batch.
func (p plan) change(t *nnvet.Trace, to float64, why string) nnvet.Treatment {
	from := fmt.Sprintf("%.0f", p.batch)
	out := nnvet.Treatment{
		Action:   fmt.Sprintf("take batches of %.0f rows in the place of %s%s, and look for the learning rate anew: it moves with the batch", to, from, why),
		Settings: []nnvet.Setting{{Name: "batch", From: from, To: fmt.Sprintf("%.0f", to)}},
	}
	if at, ok := literal(t, from); ok && p.passes <= 1 {
		out.Edits = []nnvet.Edit{{At: at, New: fmt.Sprintf("%.0f", to)}}
	}
	return out
}

// literal returns where the batch is written, if only one loader says just
// that number. An experiment file's batch stands as one.
func literal(t *nnvet.Trace, rows string) (at nnvet.Location, ok bool) {
	for i := range t.Calls {
		c := &t.Calls[i]
		if c.Func != "DataLoader" {
			continue
		}
		a, named := c.Arg("batch_size")
		if !named {
			a, _ = c.Arg("1")
		}
		if a.Text != rows || a.Source.Col == 0 {
			continue
		}
		if ok { // which of them is the training's is not certain
			return nnvet.Location{}, false
		}
		at, ok = a.Source, true
	}
	return at, ok
}

// place returns where the batch is made: its literal, or where the network is fed.
func place(t *nnvet.Trace, p plan) nnvet.Location {
	if at, ok := literal(t, fmt.Sprintf("%.0f", p.batch)); ok {
		return at
	}
	if x := t.Profile(nnvet.Input, nnvet.Train); x != nil {
		return x.Source
	}
	return nnvet.Location{}
}

// number writes a count that may not be whole: "7", "0.4", "1200".
func number(v float64) string {
	if (v >= 10 || v == math.Trunc(v)) && v < 1e6 {
		return fmt.Sprintf("%.0f", v)
	}
	if v >= 1e6 { // short enough for the board
		return fmt.Sprintf("%.1g", v)
	}
	return fmt.Sprintf("%.2g", v)
}
