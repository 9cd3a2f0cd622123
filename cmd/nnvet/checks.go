package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
)

func newChecks() *cobra.Command {
	var asJSON, limits bool
	cmd := &cobra.Command{
		Use:   "checks [flags]",
		Short: "List every fault that nnvet can name.",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return listJSON(os.Stdout, checks.All)
			}
			overview(os.Stdout, limits)
			return nil
		},
	}
	cmd.Flags().BoolVar(&limits, "limits", false, "also what each check needs, and its limits with their sources")
	cmd.Flags().BoolVar(&asJSON, "json", false, "for programs")
	return cmd
}

// overview prints the checks by pitfall. A pitfall without a check says so.
func overview(w io.Writer, limits bool) {
	for _, p := range nnvet.Pitfalls {
		fmt.Fprintf(w, "%d %s\n", p, p)
		list(w, checks.ChapterOf(p).Checks, limits)
	}
	fmt.Fprintln(w, "\nnnvet explain NAME says what one means and what to do, nnvet explain 1 what a pitfall is.")
}

// list prints a line a check.
func list(w io.Writer, some []*nnvet.Check, limits bool) {
	if len(some) == 0 {
		fmt.Fprintln(w, "  no check yet")
	}
	for _, c := range some {
		experiment := ""
		if c.Experiment != "" {
			experiment = " (takes an experiment)"
		}
		fmt.Fprintf(w, "  %s  %-28s  %s%s\n", c.ID, c.Name, c.Title(), experiment)
		if limits {
			describe(w, c)
		}
	}
}

func describe(w io.Writer, c *nnvet.Check) {
	if c.Experiment != "" {
		fmt.Fprintf(w, "    %s; takes an experiment: %s\n", c.Severity, c.Experiment)
	} else {
		fmt.Fprintf(w, "    %s; needs %s\n", c.Severity, strings.Join(needs(c), ", "))
	}
	for _, l := range c.Limits {
		fmt.Fprintf(w, "    limit %s = %g (%s)\n", l.Name, l.Default, l.Source)
	}
}

func needs(c *nnvet.Check) []string {
	what := []string{} // not null in JSON: a check by experiment needs nothing of a trace
	for _, n := range c.Needs {
		what = append(what, n.What)
	}
	return what
}

// entry is a check as `nnvet checks --json` lists it.
type entry struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Pitfall  pitfall  `json:"pitfall"`
	Severity string   `json:"severity"`
	Needs    []string `json:"needs"`
	Limits   []limit  `json:"limits"`
	Explains []string `json:"explains"`
	// What must be trained and compared, where no single run can tell.
	Experiment string `json:"experiment,omitempty"`
}

type pitfall struct {
	Number int    `json:"n"`
	Name   string `json:"name"`
}

type limit struct {
	Name    string  `json:"name"`
	Default float64 `json:"default"`
	Source  string  `json:"source"`
}

func listJSON(w io.Writer, all []*nnvet.Check) error {
	entries := []entry{}
	for _, c := range all {
		e := entry{
			ID: c.ID, Name: c.Name, Title: c.Title(), Pitfall: pitfall{int(c.Pitfall), c.Pitfall.String()},
			Severity: c.Severity.String(), Needs: needs(c), Limits: []limit{}, Explains: append([]string{}, c.Explains...), Experiment: c.Experiment,
		}
		for _, l := range c.Limits {
			e.Limits = append(e.Limits, limit{l.Name, l.Default, l.Source})
		}
		entries = append(entries, e)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(entries)
}
