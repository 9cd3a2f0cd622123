package casebook

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/prove"
)

// searched are the knobs of random search and what each may be set to; "" leaves
// it as it is written.
var searched = []struct {
	knob   string
	values []string
}{
	{"inputs", []string{"", "standardize"}},
	{"targets", []string{"", "standardize"}},
	{"optimizer", []string{"", "adam", "momentum"}},
	{"batch", []string{"", "16", "32", "128"}},
	{"weight init", []string{"", "he", "xavier"}},
	{"activation", []string{"", "relu", "leaky_relu", "tanh"}},
	{"units", []string{"", "32", "128"}},
	{"hidden layers", []string{"", "1", "2"}},
	{"norm", []string{"", "", "layer"}},
	{"dropout", []string{"", "0", "0.2"}},
	{"weight decay", []string{"", "0", "1e-4"}},
	{"clip", []string{"", "1", "none"}},
	{"final activation", []string{"", "", "none"}},
}

// factors are those of the learning rate.
var factors = []float64{0.1, 1, 10}

// drawn returns a variant with every knob at a value drawn; those that do not
// fit stay.
func (p *provable) drawn(r *rand.Rand) *variant {
	v := &variant{of: p.start.of}
	set := func(knob, to string) {
		if next, err := p.with(v, nil, []nnvet.Setting{{Name: knob, To: to}}); err == nil {
			v = next
		}
	}
	for _, k := range searched {
		if to := k.values[r.IntN(len(k.values))]; to != "" {
			set(k.knob, to)
		}
	}
	if f := factors[r.IntN(len(factors))]; f != 1 {
		set("lr", strconv.FormatFloat(v.of.Spec.Optimizer.LR*f, 'g', 3, 64))
	}
	return v
}

// byChance races variants drawn at random, all on one seed, the better third on
// two more, and proves the best on fresh seeds.
func (p *provable) byChance(ctx context.Context, c *Case, whole []prove.Score, budget int) (*Attempt, error) {
	began := time.Now()
	a := c.attempt(ByChance)
	base, _, err := p.scored(ctx, nil, 1, 2, 3)
	if err != nil {
		return nil, err
	}
	y, err := prove.Choose(base, nil)
	if err != nil {
		return nil, err
	}
	const more = 2
	trials := budget - len(base) - 2*prove.LooksFor(1)[1].Pairs
	n := max(1, trials*3/5)
	r := rand.New(rand.NewPCG(checksum(c.Name), 0))
	all := make([]racer, n)
	for i := range all {
		all[i].v = p.drawn(r)
		if err := p.race(ctx, &all[i], 1); err != nil {
			return nil, err
		}
	}
	y = comparable(y, base, all)
	best(all, y)
	all = all[:max(1, (trials-n)/more)]
	for i := range all {
		if err := p.race(ctx, &all[i], 2, 3); err != nil {
			return nil, err
		}
	}
	best(all, y)
	claim, used, err := p.claim(ctx, y, nil, all[0].v)
	if err != nil {
		return nil, err
	}
	a.claimed(claim, y, whole, all[0].v.key)
	a.Trainings, a.Seconds = len(base)+n+more*len(all)+used, time.Since(began).Seconds()
	return a, nil
}

// A racer is a variant with what it scored.
type racer struct {
	v      *variant
	scores []prove.Score
}

func (p *provable) race(ctx context.Context, r *racer, seeds ...int64) error {
	scores, _, err := p.scored(ctx, r.v, seeds...)
	if err != nil {
		return fmt.Errorf("%s: %w", r.v.key, err)
	}
	r.scores = append(r.scores, scores...)
	return nil
}

// comparable returns the yardstick for variants some of which change what the
// loss compares.
func comparable(y prove.Yardstick, base []prove.Score, all []racer) prove.Yardstick {
	after := []prove.Score{}
	for _, r := range all {
		after = append(after, r.scores...)
	}
	return y.Other(base, after)
}

// best sorts racers by their mean score, the best first.
func best(all []racer, y prove.Yardstick) {
	mean := func(r racer) float64 {
		sum := 0.0
		for _, s := range r.scores {
			sum += y.Of(s) / float64(len(r.scores))
		}
		return sum
	}
	slices.SortStableFunc(all, func(a, b racer) int {
		switch x, y := mean(a), mean(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
}
