package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet"
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
	s.addTo(cmd)
	f := cmd.Flags()
	f.IntVar(&s.seeds, "seeds", 0, "trainings at each value, `1` to 3 (default 3 of an experiment file, 1 of a program)")
	f.Float64SliceVar(&s.values, "values", nil, "try these `values` instead")
	f.BoolVar(&s.force, "force", false, "sweep depth and width although a fault before them is found")
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
	d.addTo(cmd)
	f := cmd.Flags()
	f.StringSliceVar(&d.only, "only", nil, "do the experiments of these `checks` alone")
	f.BoolVar(&d.force, "force", false, "try depth and width although a fault before them is found")
	complete(cmd, "only", names(nil)...)
	return cmd
}

// addTo adds the flags that sweep and decide share.
func (p *proving) addTo(cmd *cobra.Command) {
	p.add(cmd)
	f := cmd.Flags()
	f.DurationVar(&p.budget, "budget", 0, "the most `time` to spend, as 10m")
	f.StringVar(&p.metric, "metric", "", "judge by this `figure` that the program prints, not by the loss; min:NAME where less is better and the name does not say so")
	f.IntVar(&p.jobs, "jobs", 0, "trainings at once (default: one a core, on one thread each)")
	f.BoolVar(&p.inPlace, "in-place", false, "run in the working directory itself: what the program writes is written")
	f.BoolVar(&p.again, "again", false, "forget what was trained before")
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
	_, file := s.Subject.(*prove.Experiment)
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
	o, err := s.proverOptions()
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	b, err := s.open(ctx, name, "sweep")
	if err != nil {
		return err
	}
	defer b.close()
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
	if b.file {
		return // seconds
	}
	points := max(9, len(s.values)+1)
	if knob == "width" || knob == "depth" || knob == "batch" {
		points *= 2 // and learning rates
	}
	text := fmt.Sprintf("nnvet: sweeping %s of %s: about %s, %s", knob, b.of, count(points*s.seeds, "training"), b.how)
	if took := b.run.Meta.Ended.Sub(b.run.Meta.Started); took > 0 {
		jobs := s.jobs
		if jobs <= 0 {
			jobs = runtime.GOMAXPROCS(0)
		}
		text += "; about " + roughly(took*time.Duration(points*s.seeds)/time.Duration(jobs))
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
	result, err := prove.New(b.Subject, b.journal, o).Decide(ctx, b.proven())
	if err := p.ended(ctx, err); err != nil {
		return err
	}
	doc := struct {
		Nnvet string `json:"nnvet"`
		Of    string `json:"of"`
		*prove.Decisions
	}{version, b.of, result}
	v := &report.Decisions{Of: b.of, Scale: string(result.Scale), Split: result.Split, Trainings: result.Trainings, Spent: result.Spent}
	worst := nnvet.Severity(0)
	for _, d := range result.Decided {
		if f := d.Finding(); f != nil {
			worst = max(worst, f.Severity)
		}
		v.Decided = append(v.Decided, report.Decided{Check: d.Check, Name: d.Name, Outcome: d.Outcome, Severity: d.Severity, Message: d.Message, Action: d.Action})
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
	if err != nil {
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
