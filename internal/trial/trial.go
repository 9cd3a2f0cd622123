package trial

import (
	"context"
	"iter"
	"runtime"
	"sync"

	"github.com/nnvet/nnvet/internal/engine"
)

// A Job is one training from its spec's seed.
type Job struct {
	Spec     engine.Spec
	Train    engine.Data
	Val      engine.Data                   // evaluated after each epoch; may be empty
	Test     engine.Data                   // scored once, by the network as the training leaves it; may be empty
	Continue func(*engine.Evaluation) bool // where not nil, asked after each epoch, on the worker's goroutine: false ends this trial
	Observer *engine.Observer              // where not nil, told of each step, on the worker's goroutine
	Judge    func(*engine.Network) error   // where not nil, given the trained network, on the worker's goroutine; it must not keep it
}

// An Outcome is what became of a job.
type Outcome struct {
	Result engine.Result // as far as it got, where Err is not nil
	Test   engine.Scores // NaN where there was nothing to score or it did not come to that
	Err    error         // of this job alone: the others run on
}

// Run runs jobs on as many workers, or as there are cores where that is not
// positive, and calls each for job after job, on the caller's goroutine. When
// ctx is cancelled it takes no more jobs, stops those that run between two
// steps, hands out the outcomes of all it took, and returns the cause.
func Run(ctx context.Context, jobs iter.Seq[Job], workers int, each func(i int, o Outcome)) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	todo, done := make(chan task), make(chan report)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() { work(ctx, todo, done) })
	}
	go func() {
		all.Wait()
		close(done)
	}()
	order := inOrder{each: each, early: make(map[int]Outcome)}
	hand(ctx, jobs, todo, done, order.add)
	close(todo)
	for r := range done {
		order.add(r)
	}
	return context.Cause(ctx)
}

type task struct {
	i   int
	job Job
}

type report struct {
	i       int
	outcome Outcome
}

// hand gives the jobs out, and takes in what is done meanwhile.
func hand(ctx context.Context, jobs iter.Seq[Job], todo chan<- task, done <-chan report, add func(report)) {
	i := 0
	for job := range jobs {
		for taken := false; !taken; {
			if ctx.Err() != nil { // select would choose at random between it and a free worker
				return
			}
			select {
			case <-ctx.Done():
				return
			case r := <-done:
				add(r)
			case todo <- task{i, job}:
				taken = true
			}
		}
		i++
	}
}

func work(ctx context.Context, todo <-chan task, done chan<- report) {
	var s session
	for t := range todo {
		done <- report{t.i, s.run(ctx, t.job)}
	}
}

// inOrder holds back what is done before its turn.
type inOrder struct {
	each  func(int, Outcome)
	next  int
	early map[int]Outcome
}

func (o *inOrder) add(r report) {
	o.early[r.i] = r.outcome
	for {
		outcome, ok := o.early[o.next]
		if !ok {
			return
		}
		delete(o.early, o.next)
		o.each(o.next, outcome)
		o.next++
	}
}
