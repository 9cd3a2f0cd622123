package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/plural"
	"github.com/nnvet/nnvet/internal/prove"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/store"
)

// A sweeping is one `nnvet sweep`.
type sweeping struct {
	proving
	seeds  int
	values []float64
}

func newSweep() *cobra.Command {
	s := &sweeping{}
	cmd := &cobra.Command{
		Use:   "sweep [flags] " + strings.Join(prove.SweepKnobs, "|") + " [RUN | EXPERIMENT.yaml]",
		Short: "Train a range of values around the one in use, and draw what each came to.",
		Example: `  nnvet sweep lr                        of the newest run: a hundredth to a hundred times its rate
  nnvet sweep width experiment.yaml     the smallest that is as good as the best
  nnvet sweep batch --budget 5m         at equal epochs, and at equal updates
  nnvet sweep data experiment.yaml      would more rows help?
  nnvet sweep lr --values 0.001,0.003   these beside the one in use

Nothing of yours is changed (docs/sweep.md). To change what a sweep shows to be
better, write the value into your program.`,
		Args: cobra.RangeArgs(1, 2),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return prove.SweepKnobs, cobra.ShellCompDirectiveNoFileComp
			}
			return s.runs(cmd, args[1:], word)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return s.sweep(args[0], runOf(args[1:]))
		},
	}
	s.trials(cmd)
	s.last(cmd, "sweep")
	f := cmd.Flags()
	f.IntVar(&s.seeds, "seeds", 0, "trainings at each value, `1` to 3 (default 3 of an experiment file, 1 of a program)")
	f.Float64SliceVar(&s.values, "values", nil, "try these `values` instead")
	return cmd
}

func newDecide() *cobra.Command {
	d := &proving{}
	cmd := &cobra.Command{
		Use:   "decide [flags] [RUN | EXPERIMENT.yaml]",
		Short: "Do the experiments that some checks need: what no single run can tell.",
		Example: `  nnvet decide experiment.yaml              all of them, on the embedded engine
  nnvet decide --only too-wide,too-deep     of the newest run
  nnvet decide --budget 2m                  as many as two minutes allow, the cheapest first

What was proven of the run is in place (nnvet prove comes first). Nothing of
yours is changed (docs/sweep.md).`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: d.runs,
		RunE: func(_ *cobra.Command, args []string) error {
			return d.decide(runOf(args))
		},
	}
	d.trials(cmd)
	d.chosen(cmd, "do the experiments of")
	d.last(cmd, "try")
	return cmd
}

// A bench is a subject with a place for its trainings.
type bench struct {
	*provable
	of      string // what it is, as a report names it
	run     *store.Run
	journal *prove.Journal
	file    bool // it is an experiment file
}

// open opens a run, or an experiment file, for trainings that are kept in dir of
// the run.
func (p *proving) open(ctx context.Context, name, dir string) (*bench, error) {
	if isExperiment(name) {
		return p.openFile(name)
	}
	run, err := store.Find(p.store, name)
	if err != nil {
		return nil, usage("nnvet run -- python train.py makes a run", "%w", err)
	}
	s, err := p.subject(ctx, run)
	if err != nil {
		return nil, err
	}
	if p.again {
		if err := os.RemoveAll(run.Path(dir)); err != nil {
			return nil, errors.Join(err, closed(s))
		}
	}
	j, err := prove.OpenJournal(run.Path(dir), s.about+" "+p.metric)
	if err != nil {
		return nil, errors.Join(err, closed(s))
	}
	_, file := s.Subject.(prove.Alterable)
	return &bench{provable: s, of: "run " + run.Meta.ID + "  " + strings.Join(run.Meta.Command, " "), run: run, journal: j, file: file}, nil
}

func closed(s *provable) error {
	s.close()
	return nil
}

// openFile opens an experiment file of which there need not be a run. Its
// trainings are forgotten at the end.
func (p *proving) openFile(path string) (*bench, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, usage("", "%w", err)
	}
	if p.metric != "" {
		return nil, usage("", "--metric: an experiment is judged by its loss, in units of the best constant's")
	}
	dir, err := os.MkdirTemp("", "nnvet-sweep-")
	if err != nil {
		return nil, err
	}
	j, err := prove.OpenJournal(dir, version)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &bench{
		provable: &provable{Subject: prove.NewExperiment(path, text, version), close: func() { _ = os.RemoveAll(dir) }},
		of:       path, journal: j, file: true,
	}, nil
}

// ended returns how a command ends that a signal, or a defect, ended early.
func (p *proving) ended(ctx context.Context, err error) error {
	p.clear()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	early := new(prove.TooEarly)
	if errors.As(err, &early) {
		return &failure{code: codeNoVerdict, err: err, hint: "mend that first (nnvet prove), or --force"}
	}
	if err != nil {
		return &failure{code: codeNoVerdict, err: err}
	}
	return nil
}

// said is what a report of a format looks like.
func (p *proving) said(doc any, text func(io.Writer, report.Style) error) error {
	if err := p.write(os.Stdout, p.stream.Name, doc, text, p.style); err != nil {
		return &failure{code: codeNoVerdict, err: err}
	}
	plain := p.style
	plain.Color = false
	for _, d := range p.files {
		f, err := os.Create(d.path)
		if err == nil {
			err = errors.Join(p.write(f, d.format.Name, doc, text, plain), f.Close())
		}
		if err != nil {
			return &failure{code: codeNoVerdict, err: err}
		}
	}
	return nil
}

func (p *proving) write(w io.Writer, format string, doc any, text func(io.Writer, report.Style) error, style report.Style) error {
	if format != "json" {
		return text(w, style)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(doc)
}

func (s *sweeping) sweep(knob, name string) error {
	if !slices.Contains(prove.SweepKnobs, knob) {
		return usage("nnvet sweep "+strings.Join(prove.SweepKnobs, "|"), "there is no sweep of %q", knob)
	}
	if s.seeds < 0 || s.seeds > 3 {
		return usage("", "--seeds %d: it is 1, 2 or 3; a claim takes more, and nnvet prove", s.seeds)
	}
	if err := s.resolve(os.Stdout, nnvet.Error); err != nil {
		return err
	}
	if err := s.onlyWords(); err != nil {
		return err
	}
	o, err := s.proverOptions()
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	s.twin = knob == "width" || knob == "depth"
	b, err := s.open(ctx, name, "sweep")
	if err != nil {
		return err
	}
	defer b.close()
	if knob == "data" && !b.file {
		return usage("nnvet run data.csv --target NAME trains a table without a program", "sweep of data: %s: it leaves rows out, which takes an experiment file", b.of)
	}
	if s.seeds == 0 {
		s.seeds = 1
		if b.file {
			s.seeds = 3
		}
	}
	s.plan(b, knob)
	result, err := prove.New(b.Subject, b.journal, o).Sweep(ctx, knob, prove.SweepOptions{Seeds: s.seeds, Values: s.values})
	if err := s.ended(ctx, err); err != nil {
		return err
	}
	doc := struct {
		Nnvet string `json:"nnvet"`
		Of    string `json:"of"`
		*prove.Sweep
	}{version, b.of, result}
	return s.said(doc, func(w io.Writer, style report.Style) error { return report.Sweeps(w, sweepView(b.of, result), style) })
}

// plan says what will be trained before it is.
func (s *sweeping) plan(b *bench, knob string) {
	if b.file && b.run == nil {
		return // seconds
	}
	usual, most := prove.SweepTrainings(knob, len(s.values), s.seeds, b.file)
	text := fmt.Sprintf("nnvet: sweeping %s of %s: about %s, %s", knob, b.of, plural.Of(usual, "training"), b.how)
	if most > usual {
		text = fmt.Sprintf("nnvet: sweeping %s of %s: about %s, %d where the best lies at the edge, %s", knob, b.of, plural.Of(usual, "training"), most, b.how)
	}
	_, engine := b.Subject.(*double) // whose trainings take fractions of the script's time
	if took := b.run.Meta.Ended.Sub(b.run.Meta.Started); took > 0 && !engine {
		text += "; about " + roughly(took*time.Duration(usual)/time.Duration(max(1, b.Jobs())))
	}
	fmt.Fprintln(os.Stderr, text)
}

// sweepView is the sweep as it is shown.
func sweepView(of string, s *prove.Sweep) *report.Sweep {
	v := &report.Sweep{
		Of: of, Knob: s.Knob, Scale: string(s.Scale), Split: s.Split, Seeds: s.Seeds, Notes: s.Notes, Short: s.Short, Trainings: s.Trainings, Spent: s.Spent,
	}
	for _, p := range s.Points {
		v.Points = append(v.Points, report.SweepPoint{
			Series: p.Series, Value: float64(p.Value), Label: p.Label, Scores: floats(p.Scores), Losses: floats(p.Losses),
			Blown: p.Blown, Rate: float64(p.Rate), Refused: p.Refused, Yours: p.Yours, Best: p.Best, AsGood: p.AsGood,
		})
	}
	return v
}

func floats(figures []prove.Figure) []float64 {
	var out []float64
	for _, f := range figures {
		out = append(out, float64(f))
	}
	return out
}

func (p *proving) decide(name string) error {
	if err := p.resolve(os.Stdout, nnvet.Error); err != nil {
		return err
	}
	if err := p.onlyWords(); err != nil {
		return err
	}
	o, err := p.proverOptions()
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	b, err := p.open(ctx, name, "decide")
	if err != nil {
		return err
	}
	defer b.close()
	base := b.proven()
	p.announceDecide(b, base)
	result, err := prove.New(b.Subject, b.journal, o).Decide(ctx, base)
	if err := p.ended(ctx, err); err != nil {
		return err
	}
	changed := b.changed(base)
	if err := b.keep(result, changed); err != nil {
		return &failure{code: codeNoVerdict, err: err}
	}
	doc := struct {
		Nnvet string `json:"nnvet"`
		Of    string `json:"of"`
		*prove.Decisions
	}{version, b.of, result}
	v := decisionsView(b.of, result)
	v.Changed = changed
	if b.run != nil {
		v.Run = b.run.Meta.ID
	}
	worst := nnvet.Severity(0)
	for _, d := range result.Decided {
		if f := d.Finding(); f != nil {
			worst = max(worst, f.Severity)
		}
	}
	if err := p.said(doc, func(w io.Writer, style report.Style) error { return report.DecidedText(w, v, style) }); err != nil {
		return err
	}
	if p.failAt > 0 && worst >= p.failAt {
		return status(codeFindings)
	}
	return nil
}

// proven returns the training with what was proven of its run, where the files
// are still those that it was proven on; nil, the training as it is, otherwise.
func (b *bench) proven() prove.Variant {
	if b.run == nil {
		return nil
	}
	k, err := readProof(b.run)
	if err != nil || len(k.Rest) > 0 { // what was proven at run time is not in the files
		return nil
	}
	for _, f := range k.Files {
		if text, err := os.ReadFile(b.inRun(f.Path)); err != nil || string(text) != f.Before {
			return nil
		}
	}
	return prove.Patched(b.Subject, k.patch())
}

// inRun returns the path of a file of the run's program. That of an experiment
// file is seen from here.
func (b *bench) inRun(path string) string {
	if b.file {
		return path
	}
	return filepath.Join(b.run.Cwd(), path)
}
