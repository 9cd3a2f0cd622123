package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/nnvet/nnvet/internal/store"
)

// An opener is one `nnvet open`.
type opener struct {
	options
	window
}

func newOpen() *cobra.Command {
	o := &opener{}
	cmd := &cobra.Command{
		Use:   "open [flags] [RUN]",
		Short: "Show a run in the browser, or the list of runs: live where training goes on.",
		Example: `  nnvet open                            the runs; the only run, where there is one
  nnvet open last                       the newest run
  nnvet open 7f3ac1 --port 4186         an open page finds the server again

The page is served on 127.0.0.1 alone, until Ctrl-C, to whoever has the key in
the address. From another machine: ssh -L 4186:127.0.0.1:4186 HOST there, and
nnvet open --port 4186 here. It changes nothing but nnvet.toml, and that only
where you dismiss a finding.`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: o.runs,
		RunE: func(_ *cobra.Command, args []string) error {
			return o.run(args)
		},
	}
	f := cmd.Flags()
	o.flags(f)
	f.BoolVar(&o.quiet, "no-browser", false, "print the address only")
	f.BoolVar(&o.notes, "notes", false, "show notes too")
	o.where(cmd)
	return cmd
}

func (o *opener) run(args []string) error {
	if err := o.readSettings(); err != nil {
		return err
	}
	shelf, home, err := o.shelf(args)
	if err != nil {
		return usage("nnvet run -- python train.py makes a run", "%w", err)
	}
	defer shelf.close()
	if err := o.window.open(shelf, home); err != nil {
		return usage("", "%w", err)
	}
	ctx, stop := interruptible()
	defer stop()
	fmt.Printf("%s\nCtrl-C ends it\n", o.server.Address())
	o.browse()
	<-ctx.Done()
	return o.server.Close()
}

// shelf returns the runs that are served, and the one that is shown first, or
// "" for the list of them. A run outside of the store is served alone.
func (o *opener) shelf(args []string) (*shelf, string, error) {
	if len(args) == 0 {
		ids, err := store.IDs(o.store)
		switch {
		case err != nil:
			return nil, "", err
		case len(ids) > 1:
			return newShelf(&o.options, nil), "", nil
		}
	}
	run, err := store.Find(o.store, runOf(args))
	if err != nil {
		return nil, "", err
	}
	if inStore(o.store, run) {
		return newShelf(&o.options, nil), run.Meta.ID, nil
	}
	return newShelf(&o.options, run), run.Meta.ID, nil
}

// inStore reports whether a store keeps a run.
func inStore(dir string, run *store.Run) bool {
	abs, err := filepath.Abs(filepath.Join(dir, "runs"))
	return err == nil && filepath.Join(abs, filepath.Base(run.Dir)) == run.Dir && run.Meta.ID == filepath.Base(run.Dir)
}
