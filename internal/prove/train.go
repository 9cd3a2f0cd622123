package prove

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// A side is a variant with the seeds that it is to be trained on.
type side struct {
	variant Variant
	seeds   []int64
}

// train trains sides, as many at once as the subject can, and returns the scores
// of each in the order of its seeds. What the journal holds is not trained again.
func (p *Prover) train(ctx context.Context, doing string, sides []side) ([][]Score, error) {
	out := make([][]Score, len(sides))
	type job struct {
		order Order
		to    *Score
	}
	var todo []job
	for seed := range sides[0].seeds { // pairs stand beside each other, so that what disturbs the machine disturbs both
		for a := range sides {
			if out[a] == nil {
				out[a] = make([]Score, len(sides[a].seeds))
			}
			o := Order{Variant: sides[a].variant, Seed: sides[a].seeds[seed]}
			todo = append(todo, job{o, &out[a][seed]})
		}
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	jobs := make(chan job)
	var all sync.WaitGroup
	var lock sync.Mutex
	for range max(1, p.subject.Jobs()) {
		all.Go(func() {
			for j := range jobs {
				e, t, err := p.once(ctx, j.order)
				lock.Lock()
				if err != nil {
					stop(err)
				} else {
					*j.to = e.Score
					p.count(doing, j.order, e, t)
				}
				lock.Unlock()
			}
		})
	}
	for _, j := range todo {
		if ctx.Err() == nil {
			jobs <- j
		}
	}
	close(jobs)
	all.Wait()
	if err := context.Cause(ctx); err != nil {
		return out, err
	}
	return out, unbroken(sides, out)
}

// once trains one order, or takes it from the journal.
func (p *Prover) once(ctx context.Context, o Order) (*Entry, *Training, error) {
	if e := p.journal.find(p.entry(o.Variant), o.Seed); e != nil {
		t, err := p.journal.load(e)
		p.declare(t)
		p.whole(o, t)
		return e, t, err
	}
	if p.Budget > 0 && p.clock().Sub(p.began) >= p.Budget {
		return nil, nil, errBudget
	}
	dir, err := p.journal.dir()
	if err != nil {
		return nil, nil, err
	}
	o.Dir = p.journal.path(dir)
	t, err := p.subject.Train(ctx, o)
	if err != nil {
		return nil, nil, fmt.Errorf("training %s on seed %d: %w", key(o.Variant), o.Seed, err)
	}
	if ctx.Err() != nil {
		return nil, nil, context.Cause(ctx)
	}
	if p.Seen != nil {
		p.Seen(t)
	}
	p.declare(t)
	p.whole(o, t)
	e := &Entry{Key: p.entry(o.Variant), Seed: o.Seed, Dir: dir, Wall: t.Wall, Failed: t.Failed, Score: p.scored(t)}
	if o.Variant == nil && e.Score.Broken != "" {
		return e, t, nil // what the program lacked may be there the next time
	}
	return e, t, p.journal.add(e)
}

// entry names a variant in the journal, with what its trainings were scored by.
func (p *Prover) entry(v Variant) string {
	if p.Metric == nil {
		return key(v)
	}
	return key(v) + ", scored by " + p.Metric.Name
}

func (p *Prover) declare(t *Training) {
	if p.Declare != nil && t != nil && t.Trace != nil {
		p.Declare(t.Trace)
	}
}

// count notes a training that is done.
func (p *Prover) count(doing string, o Order, e *Entry, t *Training) {
	p.done++
	p.walls += e.Wall
	traces := p.traces
	if o.Seed == asWritten {
		traces = p.own
	}
	if k := key(o.Variant); t.Trace != nil && traces[k] == nil {
		traces[k] = t.Trace
	}
	p.say(doing)
}

// plan notes that so many trainings more are to come.
func (p *Prover) plan(n int) { p.of = max(p.of, p.done) + n }

func (p *Prover) say(doing string) {
	if p.Say == nil {
		return
	}
	each := time.Duration(0)
	if p.done > 0 {
		each = p.walls / time.Duration(p.done*max(1, p.subject.Jobs()))
	}
	p.Say(Progress{Doing: doing, Done: p.done, Of: max(p.of, p.done), Left: each * time.Duration(max(0, p.of-p.done))})
}

// affords reports whether so many trainings fit into what is left of the time.
func (p *Prover) affords(n int) bool {
	if p.Budget == 0 || p.done == 0 {
		return true
	}
	each := p.walls / time.Duration(p.done*max(1, p.subject.Jobs()))
	return p.clock().Sub(p.began)+each*time.Duration(n) <= p.Budget
}
