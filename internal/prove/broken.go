package prove

import (
	"errors"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

// broke says why a training ended before it should have, where that is not its
// own fault as a training: a program that gives up on a loss that is not finite
// has shown what it is worth, one that lacks a file has not. Both count as the
// worst there is, but no verdict rests on trainings of the program as it is that
// broke.
func broke(t *Training) string {
	if t.Trace != nil && (t.Trace.Event(nnvet.NonFinite) != nil || endsBad(t.Trace)) {
		return ""
	}
	return t.Failed
}

// endsBad reports whether the last loss of a training is not finite.
func endsBad(t *nnvet.Trace) bool {
	c, err := t.Course(nnvet.Train)
	if err != nil || c.Len() == 0 {
		return false
	}
	last := c.Values[c.Len()-1]
	return math.IsNaN(last) || math.IsInf(last, 0)
}

// trainedOn is how many rows a training took its steps on, and steps where batches
// were not seen.
func trainedOn(t *nnvet.Trace) float64 {
	rows, ok := batchOf(t)
	if !ok {
		rows = 1
	}
	return rows * float64(t.Run.Steps)
}

// whole notes how long the program as it is trains, by what came to its end.
func (p *Prover) whole(o Order, t *Training) {
	if o.Variant == nil && t.Failed == "" && t.Trace != nil {
		p.lock.Lock()
		defer p.lock.Unlock()
		p.rows = max(p.rows, trainedOn(t.Trace))
	}
}

// scored scores a training. One that trained as long as the program as it is does,
// and failed after that, as at a picture of its results, is scored by what it trained.
func (p *Prover) scored(t *Training) Score {
	p.lock.Lock()
	rows := p.rows
	p.lock.Unlock()
	if broke(t) != "" && rows > 0 && t.Trace != nil && trainedOn(t.Trace) >= rows {
		done := *t
		done.Failed = ""
		t = &done
	}
	return Judged(t, p.Metric)
}

// errNoTrace is of a variant that was tried and could not be watched.
var errNoTrace = errors.New("a training that was tried left no trace")

// A brokenError says that the program as it is does not come to its end, so that
// there is nothing to hold a treatment against.
type brokenError struct{ why string }

func (e *brokenError) Error() string {
	return fmt.Sprintf("the program as it is was trained again and failed, so that nothing can be held against it: %s; mend that first", e.why)
}

// unbroken returns an error where all trainings of the program as it is broke.
func unbroken(sides []side, scores [][]Score) error {
	for i, s := range sides {
		why := ""
		for _, score := range scores[i] {
			if why = score.Broken; why == "" {
				break
			}
		}
		if s.variant == nil && why != "" {
			return &brokenError{why}
		}
	}
	return nil
}
