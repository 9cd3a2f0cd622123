package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet/internal/page"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/store"
	"github.com/nnvet/nnvet/internal/tracefile"
	"github.com/nnvet/nnvet/probe"
)

// A cell is the part of `nnvet notebook`, which the Python package in notebook/
// calls: the cell trains in a process that is not nnvet's.
type cell struct {
	options
	exit int
}

// cellFile keeps what was run, so that findings have a place to point at.
const cellFile = "cell.py"

// mostCell bounds the source of a cell, in bytes: nobody writes a longer one.
const mostCell = 4 << 20

func newNotebook() *cobra.Command {
	cmd := &cobra.Command{
		Use:    "notebook begin|end|show|probe",
		Short:  "Watch a cell of a notebook: for the package nnvet of Python (docs/notebook.md).",
		Hidden: true, // nobody types it
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usage("%load_ext nnvet in a notebook calls it", "notebook: one of begin, end, show, probe is needed")
		},
	}
	for _, c := range []struct {
		use string
		run func(c *cell, args []string) (any, error)
	}{
		{"probe DIR", func(_ *cell, args []string) (any, error) { return installed(args[0]) }},
		{"begin", func(c *cell, _ []string) (any, error) { return c.begin(os.Stdin) }},
		{"end RUN", func(c *cell, args []string) (any, error) { return c.end(args[0]) }},
		{"show RUN", func(c *cell, args []string) (any, error) { return c.show(args[0]) }},
	} {
		part := &cell{}
		sub := &cobra.Command{Use: c.use, Args: cobra.ExactArgs(strings.Count(c.use, " ")), RunE: func(_ *cobra.Command, args []string) error {
			if err := part.readSettings(); err != nil {
				return err
			}
			out, err := c.run(part, args)
			if err != nil {
				return err
			}
			return json.NewEncoder(os.Stdout).Encode(out)
		}}
		part.where(sub)
		sub.Flags().BoolVar(&part.notes, "notes", false, "show notes too")
		sub.Flags().IntVar(&part.exit, "exit", 0, "how the cell ended: 0, or 1 where it raised an exception")
		cmd.AddCommand(sub)
	}
	return cmd
}

// installed puts the probe into a directory.
func installed(dir string) (any, error) {
	at := filepath.Join(dir, "probe")
	if err := probe.Install(at); err != nil {
		return nil, usage("", "%w", err)
	}
	return map[string]string{"probe": at}, nil
}

// A begun is what the probe of a cell has to know.
type begun struct {
	ID       string  `json:"id"`
	Dir      string  `json:"dir"`
	Cell     string  `json:"cell"`
	Version  string  `json:"version"`
	Overhead float64 `json:"overhead"`
}

// begin makes a run of a cell, whose source it reads. No command would run it
// again: what a cell does depends on those before it.
func (c *cell) begin(source io.Reader) (*begun, error) {
	text, err := io.ReadAll(io.LimitReader(source, mostCell+1))
	if err == nil && len(text) > mostCell {
		err = fmt.Errorf("the cell has more than %d MB", mostCell>>20)
	}
	if err != nil {
		return nil, usage("", "%w", err)
	}
	run, err := store.Create(c.store, version, nil)
	if err == nil {
		err = run.Write(cellFile, text)
	}
	if err != nil {
		return nil, usage("", "nothing is watched: %w", err)
	}
	overhead := defaultOverhead
	if c.settings.Overhead != 0 {
		overhead = c.settings.Overhead
	}
	return &begun{run.Meta.ID, run.Dir, run.Path(cellFile), version, float64(overhead)}, nil
}

// A bundle is a diagnosis in the forms that a notebook chooses from, by their
// types.
type bundle map[string]string

// end concludes the run of a cell.
func (c *cell) end(dir string) (bundle, error) {
	run, err := store.Open(dir)
	if err != nil {
		return nil, usage("", "%w", err)
	}
	if err := run.End(c.exit); err != nil {
		return nil, usage("", "%w", err)
	}
	rep, out, err := c.bundle(run)
	if errors.Is(err, tracefile.ErrEmpty) {
		_ = run.Remove() // it would only be in the way of what can be shown
	}
	if err != nil {
		return nil, err
	}
	doc, err := render(format("json"), rep, report.Style{})
	if err == nil {
		err = run.Write("diagnosis.json", doc)
	}
	if err != nil {
		complain(os.Stderr, err)
	}
	leave(run, rep)
	return out, nil
}

func (c *cell) show(name string) (bundle, error) {
	run, err := store.Find(c.store, name)
	if err != nil {
		return nil, usage("a cell that begins with %%nnvet makes a run", "%w", err)
	}
	_, out, err := c.bundle(run)
	return out, err
}

// bundle diagnoses a run for a notebook.
func (c *cell) bundle(run *store.Run) (*report.Report, bundle, error) {
	rep, err := examine(run, tracefile.OpenDir(run.Dir), c.settings)
	rep.Notes = c.notes
	if errors.Is(err, tracefile.ErrEmpty) {
		err = fmt.Errorf("nothing was watched: no network was trained in this cell, as far as nnvet could see (%w)", err)
	} else if why := noVerdict(run, rep, err); why != "" {
		err = errors.New(why)
	}
	if err != nil {
		return nil, nil, &failure{code: codeNoVerdict, err: fmt.Errorf("run %s: %w", run.Meta.ID, err)}
	}
	in := pageOf(run, rep)
	var html strings.Builder
	if err := page.Notebook(&html, in); err != nil {
		return nil, nil, err
	}
	out := bundle{"text/html": html.String()}
	for kind, name := range map[string]string{"text/plain": "text", "text/markdown": "md"} {
		if f := format(name); f != nil {
			text, err := render(f, in.Report, report.Style{})
			if err != nil {
				return nil, nil, err
			}
			out[kind] = strings.TrimSuffix(string(text), "\n")
		}
	}
	return rep, out, nil
}
