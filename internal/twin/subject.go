package twin

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/record"
	"github.com/nnvet/nnvet/internal/prove"
	"github.com/nnvet/nnvet/internal/subject"
	"github.com/nnvet/nnvet/internal/tracefile"
	"github.com/nnvet/nnvet/internal/treat"
)

// A Subject is a twin that can be trained again, and changed: a [prove.Alterable].
type Subject struct {
	of      treat.Subject
	version string // of nnvet
}

// New returns a twin as a subject, with settings that were proven on the program
// in place already.
func New(of *treat.Subject, version string, proven []nnvet.Setting) (*Subject, error) {
	s := &Subject{of: *of, version: version}
	if len(proven) > 0 {
		if err := treat.Apply(&s.of, nil, here(proven)); err != nil {
			return nil, fmt.Errorf("what was proven on the program cannot be done to the twin: %w", err)
		}
	}
	return s, nil
}

// altered is a variant of the twin.
type altered struct{ prove.Alteration }

// Key tells what was changed.
func (a altered) Key() string { return "twin: " + a.String() }

// Jobs is one training a core.
func (s *Subject) Jobs() int { return runtime.GOMAXPROCS(0) }

// With applies the settings of a treatment.
func (s *Subject) With(ctx context.Context, base prove.Variant, _ *nnvet.Trace, tr nnvet.Treatment) (prove.Variant, error) {
	if len(tr.Settings) == 0 {
		return nil, fmt.Errorf("%s: no setting of the twin says this", tr.Action)
	}
	return s.Alter(ctx, base, prove.Set(here(tr.Settings)...))
}

// here returns settings whose sites are layers of the program as those of the twin.
func here(settings []nnvet.Setting) []nnvet.Setting {
	out := slices.Clone(settings)
	for i := range out {
		if k, ok := nnvet.KnobOf(out[i].Name); ok && k.Site == "layer" {
			out[i].Site = called(out[i].Site)
		}
	}
	return out
}

// Alter returns the altered variant, where the twin can be changed so.
func (s *Subject) Alter(_ context.Context, base prove.Variant, a prove.Alteration) (prove.Variant, error) {
	if b, ok := base.(altered); ok {
		a = b.Then(a)
	}
	v := altered{a}
	_, err := s.variant(v, 0)
	return v, err
}

func (s *Subject) variant(v prove.Variant, seed int64) (treat.Subject, error) {
	of := s.of
	of.Spec.Seed = seed
	if a, ok := v.(altered); ok {
		err := a.Apply(&of)
		of.Spec.Batch = max(1, min(of.Spec.Batch, of.Train.Rows))
		return of, err
	}
	return of, nil
}

// FindsRate is false: a twin has its program's learning rate.
func (s *Subject) FindsRate(context.Context, prove.Variant) bool { return false }

// Slopes compares gradients on the rows that are trained on.
func (s *Subject) Slopes(_ context.Context, v prove.Variant) ([]subject.Slope, error) {
	of, err := s.variant(v, 0)
	if err != nil {
		return nil, err
	}
	return subject.SlopesOf(of.Spec, of.Train)
}

// Train trains a variant once and leaves its trace.
func (s *Subject) Train(ctx context.Context, o prove.Order) (*prove.Training, error) {
	began := time.Now()
	of, err := s.variant(o.Variant, o.Seed)
	if err == nil {
		err = s.trace(ctx, of, o.Dir)
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return &prove.Training{Failed: err.Error(), Wall: time.Since(began)}, nil
	}
	t, err := tracefile.Load(o.Dir)
	return &prove.Training{Trace: t, Wall: time.Since(began)}, err
}

func (s *Subject) trace(ctx context.Context, of treat.Subject, dir string) error {
	w, err := tracefile.Create(dir, 0)
	if err != nil {
		return err
	}
	defer w.Close()
	n, err := engine.New(of.Spec, of.Spec.Batch)
	if err != nil {
		return err
	}
	recorder := record.New(w, record.Options{Version: s.version, Script: "twin"})
	if _, err := engine.Train(ctx, n, of.Spec, of.Train, of.Val, recorder.Observer()); err != nil {
		return err
	}
	return recorder.Err()
}
