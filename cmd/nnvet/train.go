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
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine/save"
	"github.com/nnvet/nnvet/internal/experiment"
	"github.com/nnvet/nnvet/internal/near"
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
	targeted := len(args) > 1 && (args[1] == "--target" || strings.HasPrefix(args[1], "--target="))
	fi, err := os.Stat(name)
	if err != nil { // a command that the shell would find, or data that is not there
		_, err := exec.LookPath(name)
		return targeted && err != nil
	}
	const executable = 0o111
	return fi.IsDir() || targeted && fi.Mode()&executable == 0
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
		return flagError(cmd, err)
	}
	if help, _ := flags.GetBool("help"); help {
		return cmd.Help()
	}
	if flags.Changed("resume") && r.resume == "" {
		return usage("nnvet run --resume "+args[0], "--resume= names no run")
	}
	if args = flags.Args(); len(args) != 1 {
		return usage("nnvet run "+args[0], "%s: one experiment or data file is trained at a time, not %s", args[0], strings.Join(args[1:], " "))
	}
	if err := r.resolve(os.Stdout, nnvet.Error); err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	r.busy("reading the data")
	e, err := r.experiment(ctx, args[0])
	if err != nil {
		return r.wrongInput(ctx, err)
	}
	if err := r.begin(os.Stdout); err != nil {
		return err
	}
	t := &subject.Training{Experiment: e, Version: version}
	command := args
	if r.target != "" {
		command = append(args, "--target", r.target)
	}
	if err := r.settle(ctx, t, command); err != nil {
		return r.wrongInput(ctx, err)
	}
	run, err := store.Create(r.store, version, command)
	if err != nil {
		if run != nil {
			err = errors.Join(err, run.Remove())
		}
		return &failure{code: codeUsage, err: err, hint: "--dir names another place for runs"}
	}
	t.Dir = run.Dir
	t.GoOn = []string{"nnvet", "run", "--resume=" + run.Meta.ID}
	if flags.Changed("dir") {
		t.GoOn = append(t.GoOn, "--dir", r.store)
	}
	t.GoOn = append(t.GoOn, command...)
	r.present(run)
	defer r.window.stay()
	return r.follow(ctx, run, t)
}

// experiment reads what is to be trained, and its data.
func (r *runner) experiment(ctx context.Context, name string) (*subject.Experiment, error) {
	if isExperiment(name) {
		if r.target != "" {
			return nil, usage("", "--target goes with a data file: %s names its own target", name)
		}
		f, err := experiment.Read(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w%s", err, beside(name))
		}
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

// beside names the file that was meant by one that is not there, or nothing.
func beside(name string) string {
	entries, _ := os.ReadDir(filepath.Dir(name)) // then there are no names
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return near.Meant(filepath.Base(name), names)
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

// settle decides what must be known before training begins. The command is
// what follows "nnvet run".
func (r *runner) settle(ctx context.Context, t *subject.Training, command []string) error {
	if err := t.Overwritable(); err != nil {
		return err
	}
	if r.resume != "" {
		saved, err := r.saved(command)
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

// saved finds the state from which a training goes on: of the run that was
// asked for, or the newest run of the same command that left one.
func (r *runner) saved(command []string) (*save.Saved, error) {
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
		if err != nil || !same(run.Meta.Command, command) {
			continue
		}
		saved, err := save.ReadState(run.Path(subject.StateFile))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		return saved, err
	}
	words := strings.Join(command, " ")
	return nil, usage("nnvet run "+words, "--resume: no run of %s in %s left a state to go on from", words, r.store)
}

// same reports whether two commands train the same file, however its path is
// written, to predict the same.
func same(a, b []string) bool {
	return len(a) > 0 && len(b) > 0 && filepath.Clean(a[0]) == filepath.Clean(b[0]) && slices.Equal(a[1:], b[1:])
}

// wrongInput is the failure of an experiment that cannot be trained.
func (r *runner) wrongInput(ctx context.Context, err error) error {
	if live(r.style) {
		fmt.Fprint(os.Stderr, clearLine)
	}
	if code := interrupted(ctx); code != 0 {
		return &failure{code: code, err: errors.New("stopped before the first step of training: nothing is kept")}
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
	r.show(run, dir, done)
	<-done
	if outcome == nil { // there is nothing to judge
		f := &failure{code: codeNoVerdict, err: errors.Join(err, run.Remove())}
		if changed, finished := new(save.Changed), new(subject.Finished); errors.As(err, &changed) || errors.As(err, &finished) {
			f.code = codeUsage
		}
		return f
	}
	end := reached{outcome: outcome, code: interrupted(ctx)}
	if err != nil { // what could not be kept; the training itself is there
		complain(os.Stderr, err)
		unsaved := new(subject.Unsaved)
		end.unsaved = errors.As(err, &unsaved)
	}
	return r.report(run, dir, end)
}

// A reached is what a training on the embedded engine came to.
type reached struct {
	outcome *report.Outcome
	unsaved bool // the model, which is what the training was for
	code    int  // of an interruption
}

// report judges a training that has ended and keeps what was found. What could
// not be written down is shown all the same.
func (r *runner) report(run *store.Run, dir *tracefile.Dir, end reached) error {
	errs := run.End(end.code)
	if doc, err := json.MarshalIndent(end.outcome, "", "  "); err == nil {
		errs = errors.Join(errs, run.Write(outcomeFile, append(doc, '\n')))
	}
	rep, err := examine(run, dir, r.settings)
	rep.Notes, rep.Outcome = r.notes, end.outcome
	why := noVerdict(run, rep, err)
	if errors.Is(err, tracefile.ErrEmpty) {
		why = "nothing was judged: the trace is empty"
	}
	errs = errors.Join(errs, r.print(os.Stdout, rep))
	doc, err := render(format("json"), rep, r.style)
	if err == nil {
		err = run.Write("diagnosis.json", doc)
	}
	if errs = errors.Join(errs, err, r.save(run, rep)); errs != nil {
		complain(os.Stderr, errs)
	}
	leave(run, rep)
	r.window.end(run, end.code)
	switch {
	case why != "":
		return &failure{code: cmp.Or(end.code, codeNoVerdict), err: errors.New(why)}
	case end.code != 0:
		return status(end.code)
	case end.unsaved:
		return status(codeNoVerdict)
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
