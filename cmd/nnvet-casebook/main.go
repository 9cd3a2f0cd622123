// Command nnvet-casebook trains the networks of the casebook, whose trouble is
// known, and prints how well nnvet names it. It is for those who work on nnvet
// and no part of it. Run it in the repository.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/casebook"
)

const usage = `usage: nnvet-casebook run [--part learn|score] [--smoke] [--seeds N] [--jobs N] [--json FILE] [--why TEXT]
                          [--keep DIR | --kept DIR]    keeps the traces; judges kept ones again after a change of the checks alone
       nnvet-casebook learn [--jobs N] [--kept DIR]    learns how far to trust each finding, from the part to learn from
       nnvet-casebook label [--jobs N]    measures what every case costs, and writes the lists; with --only TEXT prints it instead
       nnvet-casebook prove [--part learn|score] [--cases N] [--skip N] [--only NAME] [--jobs N] [--json FILE] [--why TEXT]
                          lets nnvet mend faulty programs, beside random search and AutoTrainer's repairs
       nnvet-casebook placebo [--part learn|score] [--proofs N] [--only NAME] [--jobs N] [--json FILE] [--why TEXT]
                          lets nnvet prove treatments that cannot help
       nnvet-casebook decide [--cases N] [--only NAME] [--jobs N] [--json FILE]
                          does the experiments of nnvet decide, on N sound programs and on N whose fault they name
`

var errUsage = errors.New("which command: run, learn, label, prove, placebo or decide?")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		if errors.Is(err, errUsage) {
			fmt.Fprint(os.Stderr, usage)
		}
		fmt.Fprintln(os.Stderr, "nnvet-casebook:", err)
		os.Exit(2)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errUsage
	}
	o := options{}
	f := flag.NewFlagSet(args[0], flag.ContinueOnError)
	f.StringVar(&o.part, "part", casebook.Learn, "learn or score; a look at the part that scores is logged")
	f.StringVar(&o.why, "why", "", "why one looks at the part that scores")
	f.BoolVar(&o.smoke, "smoke", false, "the smoke part alone, of the part to learn from")
	f.IntVar(&o.seeds, "seeds", 0, "seeds of each case; 0 for as many as its group has")
	f.IntVar(&o.jobs, "jobs", 0, "trainings at once; 0 for one a core")
	f.StringVar(&o.json, "json", "", "file to write every run's findings to")
	f.StringVar(&o.only, "only", "", "cases whose name contains this")
	f.StringVar(&o.keep, "keep", "", "directory to keep the traces of all runs in")
	f.StringVar(&o.kept, "kept", "", "directory of kept traces to judge again, without training")
	f.IntVar(&o.cases, "cases", 60, "cases that are mended, or decided on, at most")
	f.IntVar(&o.skip, "skip", 0, "cases that a sample of those to mend goes past first")
	f.IntVar(&o.proofs, "proofs", 300, "reports on placebos, at least")
	f.StringVar(&o.root, "root", ".", "the repository")
	if err := f.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "run":
		return score(ctx, o)
	case "learn":
		return learn(ctx, o)
	case "label":
		return label(ctx, o)
	case "prove":
		return mend(ctx, o)
	case "placebo":
		return placebo(ctx, o)
	case "decide":
		return decide(ctx, o)
	}
	return errUsage
}

type options struct {
	part, why, json, only, root string
	keep, kept                  string // directories of traces
	smoke                       bool
	seeds, jobs, cases, proofs  int
	skip                        int
}

func (o options) dir() string { return filepath.Join(o.root, "casebook") }

func (o options) tables(ctx context.Context) (casebook.Tables, error) {
	return casebook.ReadTables(ctx, filepath.Join(o.root, "examples", "data"))
}

// label measures all cases and writes the lists.
func label(ctx context.Context, o options) error {
	tables, err := o.tables(ctx)
	if err != nil {
		return err
	}
	cases := slices.DeleteFunc(casebook.Cases(tables), func(c *casebook.Case) bool { return !strings.Contains(c.Name, o.only) })
	if err := casebook.Measure(ctx, cases, o.jobs, progress(time.Now(), "trainings")); err != nil {
		return err
	}
	if o.only != "" {
		for _, c := range cases {
			fmt.Printf("%s: %s, skill %g, lost %g\n", c.Name, c.Label, c.Skill, c.Lost)
		}
		return nil
	}
	return casebook.Write(o.dir(), casebook.Tasks(tables), cases)
}

// learn learns the likelihoods of findings from the part to learn from, as the
// checks themselves say them.
func learn(ctx context.Context, o options) error {
	tables, err := o.tables(ctx)
	if err != nil {
		return err
	}
	cases, err := casebook.Labelled(o.dir(), tables)
	if err != nil {
		return err
	}
	runs, err := o.train(ctx, casebook.Choose(cases, casebook.Learn, false, "", o.seeds), nil)
	if err != nil {
		return err
	}
	return casebook.WriteLikelihoods(filepath.Join(o.root, "checks", "likelihoods.json"), casebook.LearnLikelihoods(runs))
}

// score runs a part of the casebook and prints the board.
func score(ctx context.Context, o options) error {
	cases, err := o.labelled(ctx)
	if err != nil {
		return err
	}
	began := time.Now()
	runs, err := o.train(ctx, casebook.Choose(cases, o.part, o.smoke, o.only, o.seeds), checks.Likelihoods)
	if err != nil {
		return err
	}
	board := casebook.Tally(runs)
	board.Print(os.Stdout)
	fmt.Println()
	bins, brier := casebook.Reliable(runs)
	casebook.PrintReliability(os.Stdout, bins, brier)
	fmt.Printf("%s part, %d runs in %s.\n", o.part, len(runs), time.Since(began).Round(time.Second))
	if o.json != "" {
		if err := writeJSON(o.json, board, runs); err != nil {
			return err
		}
	}
	if o.part == casebook.Score {
		return casebook.LogLook(filepath.Join(o.dir(), "looks.md"), time.Now(), o.why, o.only, board)
	}
	return nil
}

func (o options) train(ctx context.Context, orders []casebook.Order, trust *nnvet.Likelihoods) ([]*casebook.Run, error) {
	if o.kept != "" {
		return casebook.Kept(o.kept).Judge(orders, trust)
	}
	if o.keep != "" {
		if err := os.MkdirAll(o.keep, 0o755); err != nil {
			return nil, err
		}
	}
	for i := range orders {
		orders[i].Keep = casebook.Kept(o.keep)
	}
	said := progress(time.Now(), "trainings")
	var runs []*casebook.Run
	var failed error
	err := casebook.Train(ctx, orders, o.jobs, trust, func(i int, r *casebook.Run) {
		if r.Err != nil && failed == nil {
			failed = r.Err
		}
		runs = append(runs, r)
		said(i+1, len(orders))
	})
	return runs, errors.Join(err, failed)
}

// progress says now and then how far it is.
func progress(began time.Time, what string) func(done, of int) {
	last := began
	return func(done, of int) {
		if now := time.Now(); now.Sub(last) > 10*time.Second {
			last = now
			fmt.Fprintf(os.Stderr, "%d of %d %s, %s\n", done, of, what, now.Sub(began).Round(time.Second))
		}
	}
}

func writeJSON(path string, board *casebook.Board, runs []*casebook.Run) error {
	type entry struct {
		*casebook.Case
		Runs []*casebook.Run `json:"runs"`
	}
	var entries []*entry
	for _, r := range runs {
		if n := len(entries); n == 0 || entries[n-1].Case != r.Case {
			entries = append(entries, &entry{Case: r.Case})
		}
		last := entries[len(entries)-1]
		last.Runs = append(last.Runs, r)
	}
	text, err := json.MarshalIndent(map[string]any{"board": board, "cases": entries}, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(strings.TrimSpace(string(text))+"\n"), 0o644)
}
