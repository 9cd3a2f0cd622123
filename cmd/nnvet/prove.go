package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/plural"
	"github.com/nnvet/nnvet/internal/prove"
	"github.com/nnvet/nnvet/internal/store"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// A proving is one `nnvet prove`.
type proving struct {
	options
	budget  time.Duration
	only    []string
	metric  string
	jobs    int
	force   bool
	inPlace bool
	again   bool
	twin    bool     // train the engine's twin of a script, where its run kept the rows
	seeds   int      // of a new proof; of a sweep
	with    []string // files of the user's own change
}

func newProve() *cobra.Command {
	p := &proving{}
	cmd := &cobra.Command{
		Use:   "prove [flags] [RUN]",
		Short: "Train again with what a run's findings prescribe, and say whether it helped.",
		Example: `  nnvet prove                       the newest run
  nnvet prove --budget 10m          as much as ten minutes allow
  nnvet prove --only lr-too-high    one finding
  nnvet prove --metric accuracy     by a figure that the program prints: "accuracy: 0.93"
  nnvet prove --with mended.py      a change of your own: mended.py in place of the program
  nnvet fix --diff                  then shows what was proven as a change of your files

Cause after cause: candidates are raced on three seeds, and the best is held
against the training as it is on fresh ones. Every training runs in a copy of
the working directory, with trackers switched off; your files stay as they are
(docs/proof.md). An interrupted proof goes on where it stopped.`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: p.runs,
		RunE: func(_ *cobra.Command, args []string) error {
			return p.prove(runOf(args))
		},
	}
	p.trials(cmd)
	p.chosen(cmd, "treat the findings of")
	p.last(cmd, "try")
	cmd.Flags().IntVar(&p.seeds, "seeds", 0, fmt.Sprintf("a new proof on this `many` fresh seeds, %d to %d, where an earlier one was inconclusive", prove.LeastSeeds, prove.MostSeeds))
	cmd.Flags().StringArrayVar(&p.with, "with", nil, "prove a change of your own instead: this `file` in place of the program, or NAME=FILE in place of another; repeatable")
	return cmd
}

// proofFile is where a run keeps what was proven of it.
const (
	proofFile = "proof.json"
	proofDir  = "proof"
)

func (p *proving) prove(name string) error {
	if err := p.resolve(os.Stdout, nnvet.Error); err != nil {
		return err
	}
	run, err := store.Find(p.store, name)
	if err != nil {
		return usage("nnvet run -- python train.py makes a run", "%w", err)
	}
	o, err := p.proverOptions()
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	s, err := p.subject(ctx, run)
	if err != nil {
		return err
	}
	defer s.close()
	if len(p.with) == 0 {
		p.announce(run, s)
	}
	if p.again {
		if err := os.RemoveAll(run.Path(proofDir)); err != nil {
			return err
		}
	}
	j, err := prove.OpenJournal(run.Path(proofDir), s.about)
	if err != nil {
		return err
	}
	if n := j.Known(); n > 0 {
		fmt.Fprintf(os.Stderr, "nnvet: goes on with %s of an earlier proof, kept in %s\n", plural.Of(n, "training"), fromHere(run.Path(proofDir)))
	}
	if len(p.with) > 0 {
		return p.change(ctx, run, s, j, o)
	}
	o.Trace = p.asRun(run)
	o.Seen = s.printed.look
	rep, err := prove.New(s.Subject, j, o).Run(ctx)
	p.clear()
	if o.Metric == nil {
		s.printed.hint(run.Meta.ID)
	}
	if ctx.Err() != nil {
		return p.stopped(ctx, run, rep)
	}
	if err != nil {
		return &failure{code: codeNoVerdict, err: err}
	}
	if err := p.onTwin(ctx, run, s, rep, o); err != nil {
		return &failure{code: codeNoVerdict, err: err}
	}
	return p.conclude(run, rep)
}

// stopped says how far a proof came that was interrupted, and keeps what was proven
// by then.
func (p *proving) stopped(ctx context.Context, run *store.Run, rep *prove.Report) error {
	if len(rep.Proven()) > 0 {
		rep.Short = "it was stopped"
		if err := p.conclude(run, rep); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "nnvet: stopped after %s; nnvet prove %s goes on from there\n", plural.Of(rep.Trainings, "training"), run.Meta.ID)
	return status(interrupted(ctx))
}

// asRun returns the trace of a run whose program is still what it was; nil of others.
func (p *proving) asRun(run *store.Run) *nnvet.Trace {
	rep, err := examine(run, tracefile.OpenDir(run.Dir), p.settings)
	if err != nil || len(rep.Trace.Modified) > 0 {
		return nil
	}
	return rep.Trace
}

// proverOptions are what the flags and settings say.
func (p *proving) proverOptions() (prove.Options, error) {
	vet := p.settings.Options
	vet.Likelihoods = checks.Likelihoods
	o := prove.Options{Checks: checks.All, Vet: vet, Force: p.force, Budget: p.budget, Say: p.say, Declare: p.settings.Declare}
	for _, name := range p.only {
		i := slices.IndexFunc(checks.All, func(c *nnvet.Check) bool { return c.ID == name || c.Name == name })
		if i < 0 {
			return o, usage("nnvet checks lists them", "--only %s: there is no such check", name)
		}
		o.Only = append(o.Only, checks.All[i].ID)
	}
	if p.metric != "" {
		m, err := prove.ParseMetric(p.metric)
		if err != nil {
			return o, usage("", "%w", err)
		}
		o.Metric = m
	}
	if p.seeds != 0 && (p.seeds < prove.LeastSeeds || p.seeds > prove.MostSeeds) {
		return o, usage("without it a proof takes 6 to 10", "--seeds %d: a new proof takes %d to %d", p.seeds, prove.LeastSeeds, prove.MostSeeds)
	}
	o.Seeds = p.seeds
	if p.budget < 0 {
		return o, usage("", "--budget %s: there is no such time", p.budget)
	}
	return o, nil
}

// announce says what will be trained before it is, and about how long that takes.
func (p *proving) announce(run *store.Run, s *provable) {
	took := run.Meta.Ended.Sub(run.Meta.Started)
	const a, two = 45, 110 // trainings for one cause and for two; see docs/proof.md
	each := took / time.Duration(max(1, s.Jobs()))
	text := fmt.Sprintf("nnvet: proving run %s: about %d trainings for one cause, %d for two, %s", run.Meta.ID, a, two, s.how)
	if took > 0 {
		text += fmt.Sprintf("; %s to %s", roughly(a*each), roughly(two*each))
	}
	if p.budget > 0 {
		text += fmt.Sprintf(", at most %s", p.budget)
	}
	fmt.Fprintln(os.Stderr, text)
}

// roughly rounds a time to what is worth saying.
func roughly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return d.Round(time.Second).String()
	case d < time.Hour:
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
	return strings.TrimSuffix(d.Round(10*time.Minute).String(), "0s")
}

// say shows how far the proof is, on a line that is rewritten.
func (p *proving) say(at prove.Progress) {
	if !live(p.style) {
		return
	}
	left := ""
	if at.Left > 0 {
		left = ", " + roughly(at.Left) + " left of what is planned"
	}
	fmt.Fprintf(os.Stderr, "%snnvet  training %d of %d%s: %s\r", clearLine, at.Done, at.Of, left, at.Doing)
}

func (p *proving) clear() {
	if live(p.style) {
		fmt.Fprint(os.Stderr, clearLine)
	}
}
