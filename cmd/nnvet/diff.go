package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet/internal/page"
	"github.com/nnvet/nnvet/internal/report"
)

// A differ is one `nnvet diff`.
type differ struct {
	options
	out string
}

func newDiff() *cobra.Command {
	d := &differ{}
	cmd := &cobra.Command{
		Use:   "diff [flags] BEFORE AFTER",
		Short: "Hold a run against an earlier one: what is fixed, new or worse.",
		Example: `  nnvet diff 7f3ac1 last            what the newest run changed
  nnvet diff 7f3ac1 last -o diff.html   both courses over each other, as a page

The same finding is one of the same check, place and file. Exit code 1: the
later run has findings that the earlier had not, or worse ones.`,
		Args: cobra.ExactArgs(2),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return d.runs(cmd, args[:max(0, len(args)-1)], word)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return d.diff(args[0], args[1])
		},
	}
	f := cmd.Flags()
	f.StringVarP(&d.out, "output", "o", "", "also write a page to `file`, .html")
	d.where(cmd)
	f.StringVar(&d.color, "color", "auto", "`when`: auto, always, never")
	f.BoolVar(&d.ascii, "ascii", false, "print ASCII only")
	complete(cmd, "color", "auto", "always", "never")
	return cmd
}

func (d *differ) diff(before, after string) error {
	if ext := filepath.Ext(d.out); d.out != "" && ext != ".html" && ext != ".htm" {
		return usage("", "-o %s: a page has a name that ends with .html", d.out)
	}
	if err := d.setStyle(os.Stdout); err != nil {
		return err
	}
	a, _, err := d.paged(before)
	if err != nil {
		return err
	}
	b, _, err := d.paged(after)
	if err != nil {
		return err
	}
	if err := report.Diff(os.Stdout, a.Report, b.Report, d.style); err != nil {
		return &failure{code: codeNoVerdict, err: err}
	}
	if err := d.write(a, b); err != nil {
		return usage("", "%w", err)
	}
	for _, c := range report.Changes(&a.Report.Result, &b.Report.Result) {
		if c.Word == "new" || c.Word == "regressed" {
			return status(codeFindings)
		}
	}
	return nil
}

func (d *differ) write(a, b page.Input) error {
	if d.out == "" {
		return nil
	}
	var doc bytes.Buffer
	if err := page.Compare(&doc, a, b); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "nnvet: wrote %s\n", d.out)
	return os.WriteFile(d.out, doc.Bytes(), 0o666)
}
