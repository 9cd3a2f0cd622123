package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/config"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/store"
	"github.com/nnvet/nnvet/internal/subject"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// defaultOverhead is the share of wall time that the probe may take.
const defaultOverhead config.Share = 0.02

// A runner is one `nnvet run`.
type runner struct {
	options
	overhead config.Share
	strict   bool
	target   string // of a data file
	twin     bool   // keep the rows for a twin of the network
	resume   string // run whose training goes on, or fromNewest
	open     bool   // show a page
	window   window
}

func newRun() *cobra.Command {
	r := &runner{overhead: defaultOverhead}
	cmd := &cobra.Command{
		Use:   "run [flags] -- COMMAND... | EXPERIMENT.yaml | DATA --target COLUMN",
		Short: "Watch a training, or do one, and say at the end what is wrong.",
		Example: `  nnvet run -- python train.py --epochs 3       your training, as it is
  nnvet run houses.csv --target price           a sound network for a table
  nnvet run experiment.yaml                     what the file describes
  nnvet run --resume experiment.yaml            the same from where it stopped

Of a command, input, output and exit code stay its own, and nnvet writes to
stderr. The other two train on nnvet's own engine, and report on stdout.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if r.trains(cmd, args) {
				if r.twin {
					return usage("", "--twin is of commands: what you name trains on nnvet's own engine, and keeps its data where they are")
				}
				return r.train(cmd, args)
			}
			return r.run(cmd, args)
		},
	}
	f := cmd.Flags()
	f.SetInterspersed(false) // what follows the command's name is the command's
	r.add(cmd)
	f.Var(&r.overhead, "overhead", "share of wall time that watching may take")
	f.BoolVar(&r.strict, "strict", false, "exit with 3 where nothing could be watched")
	f.BoolVar(&r.twin, "twin", false, "keep the rows that are trained on with the run, so that depth and width can be tried without the program (docs/twin.md)")
	f.StringVar(&r.target, "target", "", "the `column` of a data file that is to be predicted")
	f.StringVar(&r.resume, "resume", "", "go on with the training of `run`, or of the experiment's newest one")
	f.Lookup("resume").NoOptDefVal = fromNewest
	f.BoolVar(&r.open, "open", false, "show the training in the browser while it goes on (docs/page.md)")
	r.window.flags(f)
	return cmd
}

func (r *runner) run(cmd *cobra.Command, args []string) error {
	if err := r.prepare(cmd); err != nil {
		return err
	}
	command, err := find(args)
	if err != nil {
		return err
	}
	if err := r.begin(os.Stderr); err != nil {
		return err
	}
	run, watch := r.record(args)
	process, err := command.Start(watch)
	if err != nil {
		if run != nil {
			_ = run.Remove() // nothing was run
		}
		return cannotStart(err)
	}
	r.present(run)
	defer r.window.stay()
	// Where stderr is closed early, as by head, nnvet must still give the
	// command's exit code. A caught SIGPIPE makes writing fail instead.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	return r.watch(process, run)
}

// prepare settles everything that can be wrong before the command starts.
func (r *runner) prepare(cmd *cobra.Command) error {
	if err := r.resolve(os.Stderr, 0); err != nil {
		return err
	}
	if r.settings.Overhead != 0 && !cmd.Flags().Changed("overhead") {
		r.overhead = r.settings.Overhead
	}
	if document(r.stream) {
		if len(r.files) == 0 {
			return usage("add -o diagnosis"+r.stream.Files[0]+"; stdout and stderr belong to the command",
				"--format %s needs a file to go to", r.stream.Name)
		}
		r.stream = format(report.DefaultFormat(os.Getenv))
	}
	return nil
}

// find looks up the command that is to be run.
func find(args []string) (*subject.Command, error) {
	if len(args) == 0 {
		return nil, usage("nnvet run -- python train.py", "no command to run")
	}
	command, err := subject.Find(args)
	if err != nil {
		return nil, cannotStart(err)
	}
	return command, nil
}

func cannotStart(err error) error {
	f := &failure{code: codeUsage, err: err}
	var s *subject.StartError
	if errors.As(err, &s) {
		f.code = s.Code
		if filepath.Ext(s.Name) == ".py" {
			f.hint = "nnvet run -- python " + s.Name
		}
	}
	return f
}

// record makes the run's directory and puts the probe there. Where that is not
// possible it says so and returns nils: training matters more than watching.
func (r *runner) record(args []string) (*store.Run, *subject.Watch) {
	run, err := store.Create(r.store, version, args)
	var watch *subject.Watch
	if err == nil {
		watch = &subject.Watch{Dir: run.Dir, Version: version, Overhead: float64(r.overhead), Twin: r.twin}
		err = watch.Install()
	}
	if err != nil {
		complain(os.Stderr, fmt.Errorf("nothing is watched: %w", err))
		if run != nil {
			_ = run.Remove() // it would only be in the way of what can be shown
		}
		return nil, nil
	}
	return run, watch
}

// watch follows a process to its end and returns the exit code. No defect of
// nnvet may cost the process's own.
func (r *runner) watch(process *subject.Process, run *store.Run) status {
	var end conclusion
	if run == nil {
		return r.verdict(process.Wait(), end)
	}
	var dir *tracefile.Dir
	guard(os.Stderr, func() {
		dir = tracefile.OpenDir(run.Dir)
		r.show(run, dir, process.Done())
	})
	code := process.Wait()
	guard(os.Stderr, func() { end = r.conclude(run, dir, code) })
	guard(os.Stderr, func() { r.window.end(run, code) })
	return r.verdict(code, end)
}

// A conclusion is what the exit code depends on.
type conclusion struct {
	watched bool
	worst   nnvet.Severity
}

// verdict returns the exit code of the run: the command's own, which findings
// change only where the user asked for it.
func (r *runner) verdict(code int, end conclusion) status {
	switch {
	case code != 0:
	case !end.watched && r.strict:
		return codeNoVerdict
	case r.failAt != 0 && end.worst >= r.failAt:
		return codeFindings
	}
	return status(code)
}

// conclude reports what was seen and keeps it. What goes wrong here is said,
// and changes nothing else.
func (r *runner) conclude(run *store.Run, dir *tracefile.Dir, code int) conclusion {
	errs := run.End(code)
	rep, err := examine(run, dir, r.settings)
	rep.Notes = r.notes
	why := noVerdict(run, rep, err)
	if why != "" {
		complain(os.Stderr, errors.New(why+ending(code)))
		if r.events != nil {
			errs = errors.Join(errs, r.events.End(rep)) // whoever follows waits for the last
		}
	} else {
		errs = errors.Join(errs, r.print(os.Stderr, rep))
	}
	if r.twin {
		tellTwin(os.Stderr, run, rep.Trace)
	}
	doc, err := render(format("json"), rep, r.style)
	if err == nil {
		err = run.Write("diagnosis.json", doc)
	}
	if errs = errors.Join(errs, err, r.save(run, rep)); errs != nil {
		complain(os.Stderr, errs)
	}
	leave(run, rep)
	return conclusion{why == "", rep.Result.Worst()}
}

// ending says how a command ended that did not end well.
func ending(code int) string {
	switch {
	case code == 0:
		return ""
	case code > 128 && code <= 128+64: // as far as signals go
		return fmt.Sprintf("; the command was ended by signal %d (%v)", code-128, syscall.Signal(code-128))
	}
	return fmt.Sprintf("; the command ended with exit code %d", code)
}
