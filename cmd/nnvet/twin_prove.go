package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/prove"
	"github.com/nnvet/nnvet/internal/store"
	"github.com/nnvet/nnvet/internal/twin"
)

// A double is a twin of which it was measured that it does as its program does.
type double struct {
	*twin.Subject
	told string // how both compare
}

// double builds the twin of a run and holds it against what is known of the
// program: the run, and scores of its trainings as it is written. The error is
// [fs.ErrNotExist] where the run kept no rows.
func (p *proving) double(ctx context.Context, run *store.Run, t *nnvet.Trace, scores []prove.Score, proven []nnvet.Setting) (*double, error) {
	rows, err := twin.Read(run.Path(twin.File))
	if err != nil {
		return nil, err
	}
	built, err := twin.Build(t, rows)
	if err != nil {
		return nil, err
	}
	s, err := twin.New(built, version, nil)
	if err != nil {
		return nil, err
	}
	f, err := s.Compare(ctx, []*nnvet.Trace{t}, scores)
	if err != nil {
		return nil, err
	}
	if !f.Faithful() {
		return nil, fmt.Errorf("the engine's twin of the network is another training, so that a proof on it would prove nothing: %v", f)
	}
	s, err = twin.New(built, version, proven)
	return &double{s, f.String()}, err
}

// notOfTwin are knobs that a training on the engine has not.
var notOfTwin = []string{"zero_grad", "trained", "dim"}

// forTwin returns, by check, the findings that a script could not be treated for
// and a twin can.
func forTwin(rep *prove.Report, o prove.Options) (ids []string) {
	for _, f := range nnvet.Vet(o.Trace, o.Checks, o.Vet).Findings {
		refused := slices.ContainsFunc(rep.NotTried, func(u prove.Untreated) bool {
			return u.Check == f.Check.ID && u.Site == f.Site && !strings.HasPrefix(u.Why, "depth and width come last")
		})
		settable := slices.ContainsFunc(f.Treatments, func(tr nnvet.Treatment) bool {
			return len(tr.Settings) > 0 && !slices.ContainsFunc(tr.Settings, func(s nnvet.Setting) bool { return slices.Contains(notOfTwin, s.Name) })
		})
		if refused && settable && !slices.Contains(ids, f.Check.ID) {
			ids = append(ids, f.Check.ID)
		}
	}
	return ids
}

// onTwin tries on the engine's twin what the script could not be given, and adds
// that to the report; or it says there why it cannot.
func (p *proving) onTwin(ctx context.Context, run *store.Run, s *provable, rep *prove.Report, o prove.Options) error {
	if _, script := s.Subject.(*prove.Script); !script || o.Trace == nil {
		return nil
	}
	ids := forTwin(rep, o)
	if len(ids) == 0 {
		return nil
	}
	d, err := p.double(ctx, run, o.Trace, rep.Baseline, settingsOf(rep))
	if ctx.Err() != nil {
		return stoppedShort(rep)
	}
	if err != nil {
		annotate(rep, ids, run, err)
		return nil
	}
	if o.Budget > 0 {
		if o.Budget -= rep.Spent; o.Budget <= 0 {
			return nil // the report says that the time was up
		}
	}
	j, err := prove.OpenJournal(run.Path(twinDir), s.about+" "+d.told)
	if err != nil {
		return err
	}
	o.Only, o.Metric = ids, nil // the engine prints nothing
	o.Force = true              // what stands before depth and width was looked for on the script
	on, err := prove.New(d, j, o).Run(ctx)
	p.clear()
	if ctx.Err() != nil {
		return stoppedShort(rep)
	}
	if err != nil {
		return err
	}
	join(rep, on, d.told)
	return nil
}

// stoppedShort notes that the script's part is all there is.
func stoppedShort(rep *prove.Report) error {
	rep.Short = "it was stopped before the engine's twin was done"
	return nil
}

// twinDir is where a run keeps the trainings of its twin.
var twinDir = filepath.Join(proofDir, "twin")

// settingsOf returns what was proven on the script, as settings.
func settingsOf(rep *prove.Report) (out []nnvet.Setting) {
	for _, f := range rep.Proven() {
		if !f.Idle {
			out = append(out, f.Treatment.Settings...)
		}
	}
	return out
}

// annotate says of findings that the script could not be treated for why the
// twin could not either.
func annotate(rep *prove.Report, ids []string, run *store.Run, err error) {
	for i := range rep.NotTried {
		u := &rep.NotTried[i]
		if !slices.Contains(ids, u.Check) {
			continue
		}
		if !errors.Is(err, fs.ErrNotExist) {
			u.Why += "; on the engine's twin: " + err.Error()
			continue
		}
		again := "run again with `nnvet run --twin -- " + strings.Join(run.Meta.Command, " ") + "`: then nnvet prove tries it on the engine's twin of the network"
		if u.Instead != "" {
			again = u.Instead + "; or " + again
		}
		u.Instead = again
	}
}

// join adds what was proven on the twin to the report of the script.
func join(rep, on *prove.Report, told string) {
	for _, f := range on.Fixes {
		f.Twin, f.Written = told, false
		rep.Fixes = append(rep.Fixes, f)
		rep.NotTried = slices.DeleteFunc(rep.NotTried, func(u prove.Untreated) bool { return u.Check == f.Check && u.Site == f.Site })
	}
	for _, u := range on.NotTried {
		for i := range rep.NotTried {
			if r := &rep.NotTried[i]; r.Check == u.Check && r.Site == u.Site {
				r.Why += "; on the engine's twin: " + u.Why
			}
		}
	}
	if rep.Short == "" {
		rep.Short = on.Short
	}
	rep.Trainings += on.Trainings
	rep.Spent += on.Spent
}

// twinOf returns the twin of a script's run as what is to be trained; nil, with
// the reason said, where there is none or it is another training.
func (p *proving) twinOf(ctx context.Context, run *store.Run) *provable {
	t := p.asRun(run)
	if t == nil {
		return nil
	}
	d, err := p.double(ctx, run, t, nil, nil)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		fmt.Fprintf(os.Stderr, "nnvet: on your script, since %v\n", err)
		return nil
	}
	text, err := os.ReadFile(run.Path(twin.File))
	if err != nil {
		return nil
	}
	return &provable{
		Subject: d, about: version + " twin " + hash(text) + " " + d.told, close: func() {},
		how: "on the engine's twin of the network, not on your script: " + d.told,
	}
}
