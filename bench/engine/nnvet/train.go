//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/record"
	"github.com/nnvet/nnvet/internal/tracefile"
	"github.com/nnvet/nnvet/internal/trial"
)

// A timing says what to time: trainings of so many steps, one after another,
// each from the start.
type timing struct {
	batch, workers int
	steps          int64
	seconds        float64
	watch          string
}

// took is what they took.
type took struct {
	Steps     int64   `json:"steps"`
	Rows      int     `json:"rows"`
	Trainings int     `json:"trainings"` // whole ones
	CPU       float64 `json:"cpu"`       // seconds, of the system too
	Wall      float64 `json:"wall"`
	Peak      int64   `json:"peak"` // bytes of memory
	About     string  `json:"about"`
}

func (t timing) train(n network, d engine.Data) (took, error) {
	dir, err := os.MkdirTemp("", "nnvet-bench-")
	if err != nil {
		return took{}, err
	}
	defer os.RemoveAll(dir)
	limit := time.Duration(t.seconds * float64(time.Second))
	ctx := context.Background()
	if t.workers > 1 { // a worker without work would count as one that is slow
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	var sum took
	var failed error
	began, start := time.Now(), processor()
	jobs := func(yield func(trial.Job) bool) {
		for seed := int64(1); time.Since(began) < limit && failed == nil; seed++ {
			job := trial.Job{Spec: n.spec(t.batch, t.steps), Train: d}
			job.Spec.Seed = seed
			if failed = t.record(&job, filepath.Join(dir, fmt.Sprint(seed))); failed != nil || !yield(job) {
				return
			}
		}
	}
	err = trial.Run(ctx, jobs, t.workers, func(_ int, o trial.Outcome) {
		sum.Steps += o.Result.Steps
		if o.Err == nil {
			sum.Trainings++
		} else if !errors.Is(o.Err, context.DeadlineExceeded) {
			failed = errors.Join(failed, o.Err)
		}
	})
	sum.CPU, sum.Wall = (processor() - start).Seconds(), time.Since(began).Seconds()
	sum.Rows = t.batch
	if errors.Is(err, context.DeadlineExceeded) {
		err = nil
	}
	return sum, errors.Join(err, failed)
}

// record has a training leave a trace, which is read to the end where it is in
// memory, and thrown away.
func (t timing) record(job *trial.Job, name string) error {
	switch t.watch {
	case "none":
		return nil
	case "memory":
		r := tracefile.NewReader("")
		job.Observer, job.Judge = recorder(tracefile.NewWriter(r), false, func() error {
			r.Finish()
			r.Snapshot()
			return nil
		})
		return nil
	case "default", "every":
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		job.Observer, job.Judge = recorder(tracefile.NewWriter(f), t.watch == "every", func() error {
			return errors.Join(f.Close(), os.Remove(name))
		})
		return nil
	}
	return fmt.Errorf("watch %q: it is none, default, every or memory", t.watch)
}

func recorder(w *tracefile.Writer, every bool, end func() error) (*engine.Observer, func(*engine.Network) error) {
	r := record.New(w, record.Options{Version: "bench", EveryStep: every})
	return r.Observer(), func(*engine.Network) error { return errors.Join(r.Err(), end()) }
}
