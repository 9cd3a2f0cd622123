package twin

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/prove"
	"github.com/nnvet/nnvet/internal/stat"
)

// A Fidelity is how a twin compares with its program, on each split that both
// were scored on. Scores are means over seeds.
type Fidelity struct{ Splits []Compared }

// A Compared is both on one split.
type Compared struct {
	Split         string
	Program, Twin float64
	Band          float64 // that they may differ by
}

// How far a twin may stray from its program, in skill: by chance, as two means
// of few seeds do, but never by more than what a sweep calls behind, twice that.
const (
	band   = 0.05 // the most that one of two that are as good may be behind
	widest = 0.1
	seeds  = 5 // of the twin: its trainings take fractions of a second
)

// Compare trains a twin as it is, and holds its scores against those of its
// program: of traces, as of the run itself, and of what was trained of it since,
// as it is written.
func (s *Subject) Compare(ctx context.Context, programs []*nnvet.Trace, more []prove.Score) (*Fidelity, error) {
	var twins []*nnvet.Trace
	for seed := range int64(seeds) {
		dir, err := os.MkdirTemp("", "nnvet-twin-")
		if err != nil {
			return nil, err
		}
		t, err := s.Train(ctx, prove.Order{Seed: seed + 1, Dir: dir})
		_ = os.RemoveAll(dir)
		if err != nil {
			return nil, err
		}
		if t.Trace != nil && t.Failed == "" {
			twins = append(twins, t.Trace)
		}
	}
	if len(twins) == 0 {
		return nil, fmt.Errorf("no training of the twin came to its end")
	}
	f := &Fidelity{}
	for _, split := range []string{nnvet.Validation, nnvet.Train} {
		a, b := losses(programs, split), losses(twins, split)
		for _, m := range more {
			if m.Split == split {
				a = append(a, m.Loss)
			}
		}
		c, err := twins[0].Course(split)
		switch {
		case len(a) > 0 && len(b) == 0 && split == nnvet.Validation:
			return nil, fmt.Errorf("the program was validated, and of its validation rows none were kept")
		case len(a) == 0 || len(b) == 0 || err != nil || c.Scale.How == "":
			continue
		}
		// One constant for both: a program's targets were seen in part, a twin's all.
		a, b = skills(a, c.Scale), skills(b, c.Scale)
		f.Splits = append(f.Splits, Compared{split, stat.Mean(a), stat.Mean(b), allowed(a, b)})
	}
	if len(f.Splits) == 0 {
		return nil, fmt.Errorf("no loss was recorded of both trainings, with a constant's beside it, so that they cannot be compared")
	}
	return f, nil
}

// allowed is the band of two means: two standard errors of their difference.
func allowed(a, b []float64) float64 {
	strays := stat.SD(b)
	if len(a) > 1 {
		strays = max(strays, stat.SD(a)) // that of few runs is known badly
	}
	se := strays * math.Sqrt(1/float64(len(a))+1/float64(len(b)))
	return min(widest, max(band, 2*se))
}

// losses returns the losses that trainings ended with on a split, as proofs
// score them.
func losses(traces []*nnvet.Trace, split string) []float64 {
	var out []float64
	for _, t := range traces {
		c, err := t.Course(split)
		if err != nil {
			continue
		}
		v := c.Part(0.9, 1)
		if split == nnvet.Validation && t.Event(nnvet.BestKept) != nil {
			v = slices.Min(c.Values)
		}
		out = append(out, v)
	}
	return out
}

// skills returns the skill of losses, at least -1: what blew up weighs as much
// as a proof lets it.
func skills(losses []float64, constant nnvet.Baseline) []float64 {
	var out []float64
	for _, l := range losses {
		v := constant.Skill(l)
		if !(v >= -1) {
			v = -1
		}
		out = append(out, v)
	}
	return out
}

// Faithful reports whether the twin does as its program does.
func (f *Fidelity) Faithful() bool {
	for _, c := range f.Splits {
		if !(math.Abs(c.Program-c.Twin) <= c.Band) {
			return false
		}
	}
	return true
}

// String says the figures.
func (f *Fidelity) String() string {
	out := ""
	for i, c := range f.Splits {
		if i > 0 {
			out += "; "
		}
		rows := "validation rows"
		if c.Split == nnvet.Train {
			rows = "training rows"
		}
		out += fmt.Sprintf("skill on %s %.2f, your program %.2f (allowed: %.2f apart)", rows, c.Twin, c.Program, c.Band)
	}
	return out
}
