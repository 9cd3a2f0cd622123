package casebook

import (
	"context"
	"fmt"
	"math"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/prove"
)

// The ways of mending that are compared.
const (
	ByNnvet   = "nnvet"
	ByChance  = "random search"
	ByRepairs = "AutoTrainer's repairs"
)

// An Attempt is what one way of mending came to on one case.
type Attempt struct {
	By        string  `json:"by"`
	Case      string  `json:"case"`
	Pitfall   int     `json:"pitfall"`
	Treatable bool    `json:"treatable"`
	Tried     bool    `json:"tried"`         // something was trained beside the program as it is
	Proven    bool    `json:"proven"`        // what was tried first is
	Any       bool    `json:"any"`           // anything is, of up to four fixes
	Closed    float64 `json:"closed"`        // share of the gap to the sound program that the first fix closes; 0 where it is not proven
	All       float64 `json:"closed_by_all"` // by all fixes that were proven together, on seeds of its own
	Fixes     []Tried `json:"fixes,omitempty"`
	Verdict   string  `json:"verdict"`
	Check     string  `json:"check,omitempty"`
	Action    string  `json:"action,omitempty"`
	Why       string  `json:"why,omitempty"` // nothing was tried
	Before    float64 `json:"before"`
	After     float64 `json:"after"`
	Sound     float64 `json:"sound"` // of the program without the fault
	Trainings int     `json:"trainings"`
	Seconds   float64 `json:"seconds"`
}

// A Tried is a fix that nnvet tried.
type Tried struct {
	Check, Action, Verdict string
	Before, After          float64
}

// Mends reports whether the first fix was proven and closes most of the gap.
func (a *Attempt) Mends() bool {
	const most = 0.8
	return a.Proven && a.Closed >= most
}

// heals reports whether all that was proven closes most of the gap.
func (a *Attempt) heals() bool {
	const most = 0.8
	return a.Any && a.All >= most
}

// causes is how many rounds a proof has: no case has more faults.
const causes = 2

// Prove mends cases in every way, as many at once as workers says, 0 for one a
// core, and hands the attempts out as they end.
func Prove(ctx context.Context, cases []*Case, list []Untreatable, workers int, each func([]*Attempt)) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	return parallel(ctx, workers, len(cases), func(ctx context.Context, i int) error {
		made, err := mend(ctx, cases[i])
		if err != nil {
			return fmt.Errorf("%s: %w", cases[i].Name, err)
		}
		for _, a := range made {
			a.Treatable = cases[i].Treatable(list)
		}
		each(made)
		return nil
	})
}

// parallel calls do for 0 to n-1 on workers, until one fails.
func parallel(ctx context.Context, workers, n int, do func(context.Context, int) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	todo := make(chan int)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := range todo {
				if err := do(ctx, i); err != nil {
					stop(err)
				}
			}
		})
	}
	for i := range n {
		if ctx.Err() == nil {
			todo <- i
		}
	}
	close(todo)
	all.Wait()
	return context.Cause(ctx)
}

// leastBudget is how many trainings the other ways have where nnvet took fewer:
// they cannot do anything with what a silent nnvet needs.
const leastBudget = 40

func mend(ctx context.Context, c *Case) ([]*Attempt, error) {
	p, err := provableOf(c.make)
	if err != nil {
		return nil, err
	}
	whole, err := c.whole(ctx)
	if err != nil {
		return nil, err
	}
	first, err := p.byNnvet(ctx, c, whole)
	if err != nil {
		return nil, err
	}
	budget := max(leastBudget, first.Trainings)
	second, err := p.byChance(ctx, c, whole, budget)
	if err != nil {
		return nil, err
	}
	third, err := p.byRepairs(ctx, c, whole, budget)
	if err != nil {
		return nil, err
	}
	return []*Attempt{first, second, third}, nil
}

// whole scores the program without the fault, on the same rows. Where the fault
// is what a run loses since its best epoch, that epoch is what can be had.
func (c *Case) whole(ctx context.Context) ([]prove.Score, error) {
	make := c.base
	if c.rise {
		make = c.make
	}
	p, err := provableOf(make)
	if err != nil {
		return nil, err
	}
	if c.rise {
		p.start.of.Spec.Patience = max(1, p.start.of.Spec.Epochs)
	}
	scores, _, err := p.scored(ctx, nil, 501, 502, 503)
	return scores, err
}

func (p *provable) byNnvet(ctx context.Context, c *Case, whole []prove.Score) (*Attempt, error) {
	began := time.Now()
	dir, err := os.MkdirTemp("", "nnvet-casebook-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	j, err := prove.OpenJournal(dir, c.Name)
	if err != nil {
		return nil, err
	}
	r, err := prove.New(p, j, prove.Options{Checks: checks.All, Vet: nnvet.Options{Likelihoods: checks.Likelihoods}, Rounds: causes}).Run(ctx)
	if err != nil {
		return nil, err
	}
	a := c.attempt(ByNnvet)
	a.Trainings, a.Seconds = r.Trainings, time.Since(began).Seconds()
	for i, f := range r.Fixes {
		y := prove.Yardstick{Scale: f.Scale}
		if i == 0 {
			a.Check = f.Check
			a.claimed(f.Claim, y, whole, f.Treatment.Action)
		}
		a.Any = a.Any || f.Claim.Verdict == prove.Proven
		a.Fixes = append(a.Fixes, Tried{f.Check, f.Treatment.Action, f.Claim.Verdict.String(), round(f.Claim.Before), round(f.Claim.After)})
	}
	if a.Any {
		if a.All, err = p.closedByAll(ctx, r, whole); err != nil {
			return nil, err
		}
	}
	if len(r.Fixes) == 0 {
		a.Why = "nothing is found"
		if len(r.NotTried) > 0 {
			a.Why = r.NotTried[0].Name + ": " + r.NotTried[0].Why
		}
	}
	return a, nil
}

// closedByAll returns the share of the gap between the program as it is and the
// sound one that is closed by all that was proven, on the seeds that sound one was trained on.
func (p *provable) closedByAll(ctx context.Context, r *prove.Report, whole []prove.Score) (float64, error) {
	var y prove.Yardstick
	for _, f := range r.Fixes {
		if f.Claim.Verdict == prove.Proven && (y.Scale == "" || y.Scale == prove.Skill) {
			y = prove.Yardstick{Scale: f.Scale}
		}
	}
	before, _, err := p.scored(ctx, nil, 501, 502, 503)
	if err != nil {
		return 0, err
	}
	after, _, err := p.scored(ctx, r.Final(), 501, 502, 503)
	if err != nil {
		return 0, err
	}
	all := prove.Claim{Verdict: prove.Proven, Before: soundness(y, before), After: soundness(y, after)}
	all.Difference = all.After - all.Before
	return closed(all, y, whole), nil
}

func (c *Case) attempt(by string) *Attempt {
	return &Attempt{By: by, Case: c.Name, Pitfall: c.Faults[0].Pitfall, Verdict: prove.NotTried.String()}
}

// claimed notes what became of the first fix.
func (a *Attempt) claimed(c prove.Claim, y prove.Yardstick, whole []prove.Score, action string) {
	a.Tried, a.Action, a.Verdict = true, action, c.Verdict.String()
	a.Before, a.After, a.Sound = round(c.Before), round(c.After), round(soundness(y, whole))
	if c.Verdict == prove.Proven {
		a.Proven, a.Any = true, true
		a.Closed = closed(c, y, whole)
		a.All = a.Closed
	}
}

func soundness(y prove.Yardstick, whole []prove.Score) float64 {
	var skills []float64
	for _, s := range whole {
		skills = append(skills, y.Of(s))
	}
	return median(skills)
}

// closed returns the share of the gap that a claim closes; 0 where there is none
// on this scale, as the sound program is no better.
func closed(c prove.Claim, y prove.Yardstick, whole []prove.Score) float64 {
	share := c.GapClosed(soundness(y, whole))
	if math.IsNaN(share) {
		return 0
	}
	return round(share)
}
