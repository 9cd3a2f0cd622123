package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine/save"
	"github.com/nnvet/nnvet/internal/experiment"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/store"
	"github.com/nnvet/nnvet/internal/subject"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// dataEndings are the names of files that `nnvet run FILE` takes for data.
var dataEndings = []string{".csv", ".tsv", ".parquet", ".arrow", ".feather", ".jsonl", ".ndjson", ".npy", ".npz"}

// trains reports whether the arguments name what the embedded engine trains,
// rather than a command.
func (r *runner) trains(cmd *cobra.Command, args []string) bool {
	if len(args) == 0 || cmd.ArgsLenAtDash() == 0 {
		return false
	}
	name := args[0]
	if r.target != "" || isExperiment(name) || isData(name) || strings.ContainsAny(name, "*?[") {
		return true
	}
	fi, err := os.Stat(name)
	if err != nil {
		return false
	}
	const executable = 0o111
	return fi.IsDir() || len(args) > 1 && strings.HasPrefix(args[1], "--target") && fi.Mode()&executable == 0
}

func isExperiment(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".yaml" || ext == ".yml"
}

func isData(name string) bool {
	name = strings.ToLower(name)
	for _, packed := range []string{".gz", ".zst"} {
		name = strings.TrimSuffix(name, packed)
	}
	return slices.ContainsFunc(dataEndings, func(e string) bool { return strings.HasSuffix(name, e) })
}

// train trains what the arguments name on the embedded engine. The diagnosis
// is what this command is for, so it goes to stdout.
func (r *runner) train(cmd *cobra.Command, args []string) error {
	// Flags may stand behind the file, where those of a command would be the command's.
	flags := cmd.Flags()
	flags.SetInterspersed(true)
	if err := flags.Parse(args); err != nil {
		return usage("", "%w", err)
	}
	if args = flags.Args(); len(args) != 1 {
		return usage("nnvet run "+args[0], "%s: one experiment or data file is trained at a time, not %s", args[0], strings.Join(args[1:], " "))
	}
	if err := r.resolve(os.Stdout, nnvet.Error); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	r.busy("reading the data")
	e, err := r.experiment(ctx, args[0])
	if err != nil {
		return r.wrongInput(ctx, err)
	}
	t := &subject.Training{Experiment: e, Version: version}
	if err := r.settle(ctx, t); err != nil {
		return r.wrongInput(ctx, err)
	}
	run, err := store.Create(r.store, version, args)
	if err != nil {
		return &failure{code: codeUsage, err: err, hint: "--dir names another place for runs"}
	}
	t.Dir = run.Dir
	return r.follow(ctx, run, t)
}

// experiment reads what is to be trained, and its data.
func (r *runner) experiment(ctx context.Context, name string) (*subject.Experiment, error) {
	if isExperiment(name) {
		if r.target != "" {
			return nil, usage("", "--target goes with a data file: %s names its own target", name)
		}
		f, err := experiment.Read(name)
		if err != nil {
			return nil, err
		}
		return subject.Prepare(ctx, f)
	}
	if r.target == "" {
		return nil, withoutTarget(ctx, name)
	}
	f, err := subject.Default(ctx, name, r.target)
	if err != nil {
		return nil, err
	}
	return subject.Prepare(ctx, f)
}

// withoutTarget names the columns of a data file that was given alone.
func withoutTarget(ctx context.Context, name string) error {
	columns, err := subject.Columns(ctx, name)
	if err != nil {
		return err
	}
	example := columns[len(columns)-1]
	if len(columns) > 12 {
		columns = append(columns[:12:12], "...")
	}
	return usage("nnvet run "+name+" --target "+example, "%s: which column is to be predicted? It has %s", name, strings.Join(columns, ", "))
}

// settle decides what must be known before training begins.
func (r *runner) settle(ctx context.Context, t *subject.Training) error {
	if err := t.Overwritable(); err != nil {
		return err
	}
	if r.resume != "" {
		saved, err := r.saved(t.File.Name)
		if err != nil {
			return err
		}
		t.Saved = saved
		if t.Plan.RangeTest {
			t.SetRate(saved.LR)
		}
		return nil
	}
	r.busy("looking for a learning rate")
	return t.FindRate(ctx)
}

// busy shows what is done before training begins, on a line that is rewritten.
func (r *runner) busy(with string) {
	if live(r.style) {
		fmt.Fprint(os.Stderr, clearLine, "nnvet  ", with, "\r")
	}
}

// fromNewest is what --resume means without a run.
const fromNewest = "newest"

// saved finds the state from which an experiment goes on: of the run that was
// asked for, or the newest run of the experiment that left one.
func (r *runner) saved(name string) (*save.Saved, error) {
	if r.resume != fromNewest {
		run, err := store.Find(r.store, r.resume)
		if err != nil {
			return nil, err
		}
		return save.ReadState(run.Path(subject.StateFile))
	}
	ids, err := store.IDs(r.store)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		run, err := store.Find(r.store, id)
		if err != nil || len(run.Meta.Command) == 0 || run.Meta.Command[0] != name {
			continue
		}
		saved, err := save.ReadState(run.Path(subject.StateFile))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		return saved, err
	}
	return nil, usage("nnvet run "+name, "--resume: no run of %s in %s left a state to go on from", name, r.store)
}

// wrongInput is the failure of an experiment that cannot be trained.
func (r *runner) wrongInput(ctx context.Context, err error) error {
	if live(r.style) {
		fmt.Fprint(os.Stderr, clearLine)
	}
	if ctx.Err() != nil {
		return status(128 + int(syscall.SIGINT))
	}
	var f *failure
	if errors.As(err, &f) {
		return err
	}
	return &failure{code: codeUsage, err: err}
}

// follow trains, shows how it goes, and reports.
func (r *runner) follow(ctx context.Context, run *store.Run, t *subject.Training) error {
	dir := tracefile.OpenDir(run.Dir)
	done := make(chan struct{})
	var outcome *report.Outcome
	var err error
	go func() {
		defer close(done)
		outcome, err = t.Run(ctx)
	}()
	if live(r.style) {
		newDisplay(os.Stderr, r.style, dir, r.settings.Options).follow(done)
	}
	<-done
	if outcome == nil { // there is nothing to judge
		f := &failure{code: codeNoVerdict, err: errors.Join(err, run.Remove())}
		if changed := new(save.Changed); errors.As(err, &changed) {
			f.code = codeUsage
		}
		return f
	}
	if err != nil { // what could not be kept; the training itself is there
		complain(os.Stderr, err)
	}
	code := 0
	if ctx.Err() != nil {
		code = 128 + int(syscall.SIGINT)
	}
	return r.report(run, dir, outcome, code)
}

// report judges a training that has ended and keeps what was found.
func (r *runner) report(run *store.Run, dir *tracefile.Dir, o *report.Outcome, code int) error {
	errs := run.End(code)
	if doc, err := json.MarshalIndent(o, "", "  "); err == nil {
		errs = errors.Join(errs, run.Write(outcomeFile, append(doc, '\n')))
	}
	rep, err := examine(run, dir, r.settings.Options)
	rep.Notes = r.notes
	if why := noVerdict(run, rep, err); why != "" {
		return &failure{code: cmp.Or(code, codeNoVerdict), err: errors.Join(errors.New(why), errs)}
	}
	errs = errors.Join(errs, r.print(os.Stdout, rep))
	doc, err := render(format("json"), rep, r.style)
	if err == nil {
		err = run.Write("diagnosis.json", doc)
	}
	if errs = errors.Join(errs, err, r.save(rep)); errs != nil {
		complain(os.Stderr, errs)
	}
	switch {
	case code != 0:
		return status(code)
	case rep.Result.Worst() >= r.failAt:
		return status(codeFindings)
	}
	return nil
}

const outcomeFile = "outcome.json"

// outcomeOf reads what a run on the embedded engine reached, or nil.
func outcomeOf(run *store.Run) *report.Outcome {
	f, err := os.Open(run.Path(outcomeFile))
	if err != nil {
		return nil
	}
	defer f.Close()
	var o report.Outcome
	if json.NewDecoder(io.LimitReader(f, 1<<20)).Decode(&o) != nil {
		return nil
	}
	return &o
}
