package record

import (
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/tracefile"
)

const (
	held   = 4096    // losses in one record at most, as many clipped norms
	losses = 1 << 20 // in a trace about; of longer runs each stands for several steps
)

// steps gathers what every step leaves, until it is written down.
type steps struct {
	first, next int64
	every       int64 // steps that a loss is the mean of
	sum         float64
	gathered    int64
	loss        []float32
	rate        float64
	told        float64 // the rate that was last written
	rows        int
	clip        *tracefile.Clipping
	record      tracefile.Steps
}

func newSteps(first, total int64, spec engine.Spec) steps {
	s := steps{first: first, next: first, every: 1, told: -1, loss: make([]float32, 0, held)}
	for total/s.every > losses {
		s.every *= 2
	}
	switch c := spec.Clip; {
	case c.Norm > 0:
		s.clip = &tracefile.Clipping{Kind: "norm", Max: c.Norm, S: make([]int64, 0, held), Norm: make([]float32, 0, held)}
	case c.Value > 0:
		s.clip = &tracefile.Clipping{Kind: "value", Max: c.Value, S: []int64{}, Norm: []float32{}}
	}
	if s.clip != nil {
		s.clip.Src = place(spec.Clip.Source)
	}
	return s
}

// add takes a step, and reports whether no more fit.
func (s *steps) add(step *engine.Step) bool {
	s.rate, s.rows, s.next = step.LR, step.Rows, step.Number+1
	if s.clip != nil && s.clip.Kind == "norm" && s.gathered == 0 {
		s.clip.S = append(s.clip.S, step.Number)
		s.clip.Norm = append(s.clip.Norm, float32(step.Norm))
	}
	s.sum += step.Loss
	s.gathered++
	if s.gathered == s.every {
		s.close()
	}
	return len(s.loss) == held
}

func (s *steps) close() {
	s.loss = append(s.loss, float32(s.sum/float64(s.gathered)))
	s.sum, s.gathered = 0, 0
}

func (s *steps) any() bool { return s.next > s.first }

// news reports whether the steps so far are worth a record: the rate is
// another, or the last record is old.
func (s *steps) news() bool {
	const old = 100
	return s.rate != s.told || s.next-s.first >= old
}

// end returns the record of the steps, which is valid until the next step, and
// begins anew.
func (s *steps) end(seconds, share float64) *tracefile.Steps {
	if s.gathered > 0 {
		s.close()
	}
	s.record = tracefile.Steps{First: s.first, Last: s.next - 1, Seconds: seconds, Loss: s.loss, Every: s.every,
		Rate: s.rate, Rows: int64(s.rows), Overhead: share}
	if s.clip != nil {
		c := *s.clip
		s.record.Clip = &c
		s.clip.S, s.clip.Norm = s.clip.S[:0], s.clip.Norm[:0]
	}
	s.first, s.loss, s.told = s.next, s.loss[:0], s.rate
	return &s.record
}
