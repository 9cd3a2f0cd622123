package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/edit"
	"github.com/nnvet/nnvet/internal/prove"
	"github.com/nnvet/nnvet/internal/store"
)

// A fixing is one `nnvet fix`.
type fixing struct {
	options
	diff, write bool
}

func newFix() *cobra.Command {
	x := &fixing{}
	cmd := &cobra.Command{
		Use:   "fix [flags] [RUN]",
		Short: "Show what was proven of a run as a change of your files, or make it.",
		Example: `  nnvet fix --diff      the change, as git apply and patch read it
  nnvet fix --write     makes it, keeps a backup beside each file, and runs it once more

Only what nnvet prove has proven is written. A file that has changed since is
left alone.`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: x.runs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if x.diff == x.write {
				return usage("nnvet fix --diff shows the change, nnvet fix --write makes it", "one of --diff and --write is needed")
			}
			return x.fix(runOf(args))
		},
	}
	x.add(cmd)
	f := cmd.Flags()
	f.BoolVar(&x.diff, "diff", false, "print the change")
	f.BoolVar(&x.write, "write", false, "change the files")
	return cmd
}

func (x *fixing) fix(name string) error {
	if err := x.resolve(os.Stdout, nnvet.Error); err != nil {
		return err
	}
	run, err := store.Find(x.store, name)
	if err != nil {
		return usage("nnvet run -- python train.py makes a run", "%w", err)
	}
	k, err := readProof(run)
	if errors.Is(err, errNoProof) {
		return usage("nnvet prove "+run.Meta.ID, "run %s: %w", run.Meta.ID, err)
	}
	if err != nil {
		return &failure{code: codeNoVerdict, err: err}
	}
	patch := k.patch()
	if len(patch.Files) == 0 {
		x.byHand(k)
		return &failure{code: codeNoVerdict, err: fmt.Errorf("run %s: nothing that was proven is a change of a file", run.Meta.ID)}
	}
	if x.diff {
		fmt.Print(patch.Diff())
		x.byHand(k)
		return nil
	}
	if half := k.half(); half != nil {
		return &failure{
			code: codeNoVerdict, err: fmt.Errorf("run %s: what was proven against %s is in part a change at run time, and the edit without that was not proven", run.Meta.ID, half.Name),
			hint: "make it by hand (" + half.Treatment.Action + "); nnvet fix --diff shows what of it is an edit",
		}
	}
	return x.apply(run, k, patch)
}

// half returns a fix that is proven, of which an edit is only a part; nil where
// there is none.
func (k *kept) half() *prove.Fix {
	for _, f := range k.Report.Proven() {
		if f.Mixed && !f.Idle {
			return f
		}
	}
	return nil
}

// byHand says what was proven without an edit.
func (x *fixing) byHand(k *kept) {
	for _, f := range k.Report.Proven() {
		if f.Twin != "" {
			fmt.Fprintf(os.Stderr, "nnvet: by hand: %s (proven on the engine's twin, not on your script)\n", f.Treatment.Action)
			continue
		}
		if f.Idle {
			continue
		}
		switch {
		case f.Hand != "":
			fmt.Fprintf(os.Stderr, "nnvet: by hand: %s: %s (proven at run time)\n", f.Treatment.Action, f.Hand)
		case !f.Written:
			fmt.Fprintf(os.Stderr, "nnvet: by hand: %s (proven at run time; the place in the source is not certain)\n", f.Treatment.Action)
		}
	}
}

// apply writes the patch and trains once, to confirm it.
func (x *fixing) apply(run *store.Run, k *kept, patch *edit.Patch) error {
	dir := run.Cwd()
	if isExperiment(run.Meta.Command[0]) { // its path is seen from here
		dir = "."
	}
	backups, err := patch.Write(dir)
	if errors.Is(err, edit.ErrChanged) {
		return usage("nnvet run, and nnvet prove, of the files as they are now", "%w", err)
	}
	if err != nil {
		return &failure{code: codeNoVerdict, err: err}
	}
	for i, f := range patch.Files {
		fmt.Printf("changed %s; as it was: %s\n", fromHere(filepath.Join(dir, f.Path)), fromHere(filepath.Join(dir, backups[i])))
	}
	x.byHand(k)
	return x.confirm(run, k)
}

// confirm trains the changed program once, apart, and says what is found in it.
func (x *fixing) confirm(run *store.Run, k *kept) error {
	ctx, stop := interruptible()
	defer stop()
	p := &proving{options: x.options}
	s, err := p.subject(ctx, run)
	if err != nil {
		return err
	}
	defer s.close()
	t, err := once(ctx, s)
	if code := interrupted(ctx); code != 0 {
		return status(code)
	}
	if err != nil {
		return &failure{code: codeNoVerdict, err: err}
	}
	if t.Failed != "" {
		return &failure{code: codeNoVerdict, err: fmt.Errorf("the changed program was run once: %s", t.Failed)}
	}
	x.settings.Declare(t.Trace)
	vet := x.settings.Options
	vet.Likelihoods = checks.Likelihoods
	var found []string
	worst := nnvet.Severity(0)
	for _, f := range nnvet.Vet(t.Trace, checks.All, vet).Findings {
		if f.Severity >= nnvet.Warning && len(f.Because) == 0 && !k.Report.Disproves(f.Check.ID) {
			found = append(found, f.Check.Name)
			worst = max(worst, f.Severity)
		}
	}
	if len(found) == 0 {
		fmt.Println("run once more: no problem found")
		return nil
	}
	fmt.Printf("run once more: still found: %s\n", strings.Join(found, ", "))
	if worst >= x.failAt {
		return status(codeFindings)
	}
	return nil
}

// once trains a subject as its files are now, in a directory that is removed.
func once(ctx context.Context, s prove.Subject) (*prove.Training, error) {
	dir, err := os.MkdirTemp("", "nnvet-once-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	return s.Train(ctx, prove.Order{Dir: dir})
}
