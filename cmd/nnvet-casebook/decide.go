package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/nnvet/nnvet/internal/casebook"
)

// decide does the experiments of `nnvet decide` on sound programs and on those
// whose fault one of them names, and prints how often they alarm and find it.
func decide(ctx context.Context, o options) error {
	if o.part == casebook.Score {
		return errors.New("decide: of the part to learn from alone: leave --part out")
	}
	cases, err := o.labelled(ctx)
	if err != nil {
		return err
	}
	sound, faulty, err := casebook.DecideSample(cases, o.part, o.only, o.cases)
	if err != nil {
		return err
	}
	sample := slices.Concat(sound, faulty)
	began := time.Now()
	var all []casebook.Decision
	var lock sync.Mutex
	done, said := 0, progress(began, "programs")
	err = casebook.Decide(ctx, sample, o.jobs, func(made []casebook.Decision) {
		lock.Lock()
		defer lock.Unlock()
		all = append(all, made...)
		done++
		said(done, len(sample))
	})
	if err != nil {
		return err
	}
	casebook.PrintDecisions(os.Stdout, all)
	fmt.Printf("\n%s part, %d sound and %d faulty programs in %s.\n", o.part, len(sound), len(faulty), time.Since(began).Round(time.Second))
	return o.write(all)
}
