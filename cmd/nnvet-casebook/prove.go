package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/nnvet/nnvet/internal/casebook"
)

// mend lets nnvet mend faulty cases, beside random search and AutoTrainer's
// repairs, and prints what came of it.
func mend(ctx context.Context, o options) error {
	cases, err := o.labelled(ctx)
	if err != nil {
		return err
	}
	sample, err := casebook.SampleBehind(cases, o.part, o.only, o.skip, o.cases)
	if err != nil {
		return err
	}
	list, err := casebook.ReadUntreatable(o.dir())
	if err != nil {
		return err
	}
	began := time.Now()
	var all []*casebook.Attempt
	var lock sync.Mutex
	err = casebook.Prove(ctx, sample, list, o.jobs, func(made []*casebook.Attempt) {
		lock.Lock()
		defer lock.Unlock()
		all = append(all, made...)
		a := made[0]
		fmt.Fprintf(os.Stderr, "%d of %d, %s: %s: %s %s, closes %.2f; %s%s\n", len(all)/len(made), len(sample), time.Since(began).Round(time.Second),
			a.Case, a.Check, a.Verdict, a.Closed, a.Action, a.Why)
	})
	if err != nil {
		return err
	}
	casebook.PrintProofs(os.Stdout, all)
	fmt.Printf("\n%s part, %d cases in %s.\n", o.part, len(sample), time.Since(began).Round(time.Second))
	if o.part == casebook.Score {
		err = casebook.LogProofs(filepath.Join(o.dir(), "looks.md"), time.Now(), o.why, o.only, all)
	}
	return errors.Join(err, o.write(all))
}

// placebo lets nnvet prove treatments that cannot help.
func placebo(ctx context.Context, o options) error {
	cases, err := o.labelled(ctx)
	if err != nil {
		return err
	}
	began := time.Now()
	var all []casebook.Placebo
	var lock sync.Mutex
	said := progress(began, "reports")
	err = casebook.Placebos(ctx, cases, o.part, o.only, o.proofs, o.jobs, func(p casebook.Placebo) {
		lock.Lock()
		defer lock.Unlock()
		all = append(all, p)
		said(len(all), o.proofs)
	})
	if err != nil {
		return err
	}
	casebook.PrintPlacebos(os.Stdout, all)
	fmt.Printf("\n%s part, %d reports in %s.\n", o.part, len(all), time.Since(began).Round(time.Second))
	if o.part == casebook.Score {
		err = casebook.LogPlacebos(filepath.Join(o.dir(), "looks.md"), time.Now(), o.why, o.only, all)
	}
	return errors.Join(err, o.write(all))
}

// labelled returns all cases, if the part may be looked at.
func (o options) labelled(ctx context.Context) ([]*casebook.Case, error) {
	if o.part == casebook.Score && o.why == "" {
		return nil, errors.New("a look at the part that scores is logged: say why with --why")
	}
	tables, err := o.tables(ctx)
	if err != nil {
		return nil, err
	}
	return casebook.Labelled(o.dir(), tables)
}

// write writes results to the file of --json, if there is one.
func (o options) write(results any) error {
	if o.json == "" {
		return nil
	}
	text, err := json.MarshalIndent(results, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(o.json, append(text, '\n'), 0o644)
}
