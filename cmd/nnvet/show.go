package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/config"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/store"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// A shower is one `nnvet show`.
type shower struct {
	options
	plain    bool
	full     bool
	baseline string
}

func newShow() *cobra.Command {
	s := &shower{}
	cmd := &cobra.Command{
		Use:   "show [flags] [RUN]",
		Short: "Diagnose a run again: RUN is an id or its beginning, a directory, or \"last\".",
		Example: `  nnvet show                            the newest run
  nnvet show 7f3ac1 --layers            every layer and every check
  nnvet show 7f3ac1 --format json       the diagnosis for programs
  nnvet show 7f3ac1 --json              the trace as JSON Lines (docs/trace.md)`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: s.runs,
		RunE: func(_ *cobra.Command, args []string) error {
			name := store.Last
			if len(args) > 0 {
				name = args[0]
			}
			return s.show(name)
		},
	}
	s.add(cmd)
	f := cmd.Flags()
	f.BoolVar(&s.plain, "json", false, "print the trace instead, as plain JSON Lines")
	f.BoolVar(&s.full, "layers", false, "show the layers and every check, also of a healthy run")
	f.StringVar(&s.baseline, "write-baseline", "", "write the findings to `file`, which \"baseline\" in the settings may name")
	return cmd
}

func (s *shower) show(name string) error {
	run, err := store.Find(s.store, name)
	if err != nil {
		return usage("nnvet run -- python train.py makes a run", "%w", err)
	}
	if s.plain {
		return printTrace(run)
	}
	if err := s.resolve(os.Stdout, nnvet.Error); err != nil {
		return err
	}
	rep, err := examine(run, tracefile.OpenDir(run.Dir), s.settings)
	rep.Notes, rep.Full = s.notes, s.full
	if err == nil {
		s.decide(run, rep)
	}
	attach(run, rep.Result.Findings)
	why := noVerdict(run, rep, err)
	if why == "" || document(s.stream) || s.stream.Name == "jsonl" {
		if err := s.print(os.Stdout, rep); err != nil {
			return &failure{code: codeNoVerdict, err: err}
		}
	}
	if err := s.keep(run, rep); err != nil {
		return usage("", "%w", err)
	}
	switch {
	case why != "":
		return &failure{code: codeNoVerdict, err: fmt.Errorf("run %s: %s", run.Meta.ID, why)}
	case rep.Result.Worst() >= s.failAt:
		return status(codeFindings)
	}
	return nil
}

// attach gives findings the proofs of what was tried against them. A proof that
// cannot be read is said and left out: the findings stand without it.
func attach(run *store.Run, fs []nnvet.Finding) {
	k, err := readProof(run)
	if err != nil {
		if !errors.Is(err, errNoProof) {
			fmt.Fprintf(os.Stderr, "nnvet: without its proof: %v\n", err)
		}
		return
	}
	for i := range fs {
		f := &fs[i]
		for _, x := range k.Report.Fixes {
			if x.Check == f.Check.ID && x.Site == f.Site {
				f.Proof = x.Told()
			}
		}
	}
}

// keep writes the files that were asked for.
func (s *shower) keep(run *store.Run, rep *report.Report) error {
	err := s.save(run, rep)
	if s.baseline != "" {
		err = errors.Join(err, config.WriteBaseline(s.baseline, rep.Result.Findings))
	}
	return err
}

func printTrace(run *store.Run) error {
	w := bufio.NewWriter(os.Stdout)
	if err := errors.Join(tracefile.Plain(w, run.Dir), w.Flush()); err != nil {
		return &failure{code: codeNoVerdict, err: fmt.Errorf("run %s: %w", run.Meta.ID, err)}
	}
	return nil
}

// runs completes the names of runs.
func (s *options) runs(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ids, err := store.IDs(s.store)
	if err != nil || len(ids) == 0 {
		return nil, cobra.ShellCompDirectiveDefault // files
	}
	list := []cobra.Completion{cobra.CompletionWithDesc(store.Last, "the newest run")}
	for _, id := range ids {
		what := ""
		if run, err := store.Find(s.store, id); err == nil {
			what = strings.Join(run.Meta.Command, " ")
		}
		list = append(list, cobra.CompletionWithDesc(id, what))
	}
	return list, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
