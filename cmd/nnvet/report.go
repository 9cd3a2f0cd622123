package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet/internal/page"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/store"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// reportFile is the page that every run leaves.
const reportFile = "report.html"

// A reporter is one `nnvet report`.
type reporter struct {
	options
	out string
}

func newReport() *cobra.Command {
	r := &reporter{}
	cmd := &cobra.Command{
		Use:   "report [flags] [RUN]",
		Short: "Write the report of a run anew: one HTML file that needs no network.",
		Example: `  nnvet report                          the newest run
  nnvet report 7f3ac1 -o report.html    a file to send

Every run leaves one in its directory. Anew it has what was proven since, and
what the settings say now. It holds what the diagnosis tells: names, figures,
and the lines of source that findings point at (docs/page.md).`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: r.runs,
		RunE: func(_ *cobra.Command, args []string) error {
			return r.report(runOf(args))
		},
	}
	f := cmd.Flags()
	f.StringVarP(&r.out, "output", "o", "", "the `file` to write (default: report.html in the run's directory)")
	r.where(cmd)
	f.BoolVar(&r.notes, "notes", false, "show notes too")
	return cmd
}

// where adds the flags that say which runs and settings are meant.
func (o *options) where(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.store, "dir", ".nnvet", "`directory` that runs are kept in")
	f.StringVar(&o.config, "config", "", "settings `file` (default: the nearest nnvet.toml or pyproject.toml)")
	_ = cmd.MarkFlagDirname("dir") // the flag exists
	_ = cmd.MarkFlagFilename("config", "toml")
}

func (r *reporter) report(name string) error {
	in, run, err := r.paged(name)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := page.Write(&b, in); err != nil {
		return err
	}
	path := r.out
	if path == "" {
		path = fromHere(run.Path(reportFile))
		err = run.Write(reportFile, b.Bytes())
	} else {
		err = os.WriteFile(path, b.Bytes(), 0o666)
	}
	if err != nil {
		return usage("", "%w", err)
	}
	fmt.Println(path)
	return nil
}

// paged reads a run as a page shows it.
func (o *options) paged(name string) (page.Input, *store.Run, error) {
	if err := o.readSettings(); err != nil {
		return page.Input{}, nil, err
	}
	run, err := store.Find(o.store, name)
	if err != nil {
		return page.Input{}, nil, usage("nnvet run -- python train.py makes a run", "%w", err)
	}
	rep, err := examine(run, tracefile.OpenDir(run.Dir), o.settings)
	if why := noVerdict(run, rep, err); why != "" {
		return page.Input{}, nil, &failure{code: codeNoVerdict, err: fmt.Errorf("run %s: %s", run.Meta.ID, why)}
	}
	rep.Notes = o.notes
	return pageOf(run, rep), run, nil
}

// pageOf puts what was proven of a run beside its report.
func pageOf(run *store.Run, rep *report.Report) page.Input {
	in := page.Input{Report: rep}
	k, err := readProof(run)
	if err != nil {
		if !errors.Is(err, errNoProof) {
			fmt.Fprintf(os.Stderr, "nnvet: without its proof: %v\n", err)
		}
		return in
	}
	in.Proof = proofView(run, k.Report, *k)
	shown := *rep // the findings of a report that others hold stay as they are
	shown.Result.Findings = slices.Clone(rep.Result.Findings)
	attach(run, shown.Result.Findings)
	in.Report = &shown
	return in
}

// leave writes the report into the run's directory. It is no reason for a run
// to fail: what goes wrong is said, and a defect ends here.
func leave(run *store.Run, rep *report.Report) {
	if rep.Trace == nil {
		return
	}
	guard(os.Stderr, func() {
		var b bytes.Buffer
		err := page.Write(&b, pageOf(run, rep))
		if err == nil {
			err = run.Write(reportFile, b.Bytes())
		}
		if err != nil {
			complain(os.Stderr, fmt.Errorf("no report.html is left: %w", err))
		}
	})
}

// leaveAgain writes the report of a run of which something was proven since.
func (o *options) leaveAgain(run *store.Run) {
	rep, err := examine(run, tracefile.OpenDir(run.Dir), o.settings)
	if err == nil {
		leave(run, rep)
	}
}
