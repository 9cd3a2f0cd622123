package prove

import (
	"context"
	"errors"
	"fmt"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// A link is one of several treatments that only help together, and the finding that it treats.
type link struct {
	finding   nnvet.Finding
	treatment nnvet.Treatment
	trace     *nnvet.Trace // that it was found in
}

// inTheWay looks for what else stands in the way of a treatment that does nothing
// alone, as units that are dead hide what scaling the inputs would do. It treats
// the first finding of the training with it, and that of the training with both,
// until one is better than the base by an effect; then it takes out what that does without. All
// on seeds of races: it chooses what is proven, and proves nothing. It returns nil
// where nothing is better.
func (p *Prover) inTheWay(ctx context.Context, base Variant, t *nnvet.Trace, f *nnvet.Finding, first candidate) ([]link, Variant, error) {
	links := []link{{*f, first.treatment, t}}
	at := first.variant
	for {
		better, err := p.helps(ctx, base, at, links)
		if err != nil {
			return nil, nil, err
		}
		if better {
			return p.needed(ctx, base, links, at)
		}
		if len(links) == rounds || !p.spares(raceSeeds) {
			return nil, nil, nil
		}
		now, err := p.trace(ctx, at)
		if errors.Is(err, errNoTrace) {
			return nil, nil, nil
		}
		if err != nil {
			return nil, nil, err
		}
		next, v := p.next(ctx, at, now, links)
		if v == nil {
			return nil, nil, nil
		}
		links, at = append(links, *next), v
	}
}

// next returns the first treatment that fits of the first cause that is not
// treated yet.
func (p *Prover) next(ctx context.Context, at Variant, t *nnvet.Trace, links []link) (*link, Variant) {
	for _, f := range p.causes(nnvet.Vet(t, p.Checks, p.Vet).Findings) {
		known := false
		for _, l := range links {
			known = known || l.finding.Check.ID == f.Check.ID && l.finding.Site == f.Site
		}
		if known {
			continue
		}
		if c, _, _ := p.candidates(ctx, at, t, &f); len(c) > 0 {
			return &link{f, c[0].treatment, t}, c[0].variant
		}
	}
	return nil, nil
}

// needed takes out the links without which it is as well.
func (p *Prover) needed(ctx context.Context, base Variant, links []link, at Variant) ([]link, Variant, error) {
	links, err := eliminate(links, func(_ link, rest []link) (bool, error) {
		v, err := p.linked(ctx, base, rest)
		if err != nil {
			return false, stops(ctx, err) // it does not stand without the one before
		}
		gain, _, err := p.gain(ctx, v, at, links, raceSeeds)
		if err != nil || gain >= MinEffect {
			return false, err
		}
		at = v
		return true, nil
	})
	if err != nil {
		return nil, nil, err
	}
	return links, at, nil
}

// linked applies the treatments of links one after another.
func (p *Prover) linked(ctx context.Context, v Variant, links []link) (Variant, error) {
	for _, l := range links {
		tr := l.treatment
		tr.Edits = nil // their places are of another text
		var err error
		if v, err = p.subject.With(ctx, v, l.trace, tr); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// helps reports whether a variant is better than another by an effect, and not
// worse than a constant still: on one seed, and then on all of a race.
func (p *Prover) helps(ctx context.Context, before, after Variant, links []link) (bool, error) {
	for _, n := range []int64{1, raceSeeds} {
		gain, reached, err := p.gain(ctx, before, after, links, n)
		if err != nil || gain < MinEffect || reached < 0 {
			return false, err
		}
	}
	return true, nil
}

// gain returns how much better a variant is on the first seeds of races, and
// what it reaches there.
func (p *Prover) gain(ctx context.Context, before, after Variant, links []link, seeds int64) (gain, reached float64, err error) {
	p.plan(int(seeds))
	scores, err := p.train(ctx, "looking for what stands in the way", []side{{before, upTo(firstRaced, seeds)}, {after, upTo(firstRaced, seeds)}})
	if err != nil {
		return 0, 0, err
	}
	yard := p.yard
	for _, l := range links {
		if changesLoss(l.treatment) {
			yard = p.yard.Other(scores[0], scores[1])
		}
	}
	var was, is []float64
	for i := range scores[0] {
		was, is = append(was, yard.Of(scores[0][i])), append(is, yard.Of(scores[1][i]))
	}
	return stat.Mean(is) - stat.Mean(was), stat.Mean(is), nil
}

// together returns what is to be proven: the winner of a race, or where that does
// nothing alone, it and what it takes beside it.
func (p *Prover) together(ctx context.Context, base Variant, t *nnvet.Trace, f *nnvet.Finding, best candidate) (candidate, *nnvet.Finding, error) {
	if !p.spares(raceSeeds) {
		return best, f, nil
	}
	links, v, err := p.inTheWay(ctx, base, t, f, best)
	if err != nil || len(links) == 0 {
		if errors.Is(err, errBudget) {
			return best, f, nil // which is proven, as far as the time allows
		}
		return best, f, err
	}
	if len(links) == 1 && links[0].finding.Check == f.Check && key(v) == key(best.variant) {
		return best, f, nil
	}
	var all candidate
	for _, l := range links {
		all.treatment = both(all.treatment, l.treatment)
	}
	all.variant, all.tuned = v, best.tuned
	if !p.racesRate(all.treatment) {
		return all, &links[0].finding, nil
	}
	tuned, _, err := p.tuned(ctx, fmt.Sprintf("racing learning rates for %d treatments", len(links)), all)
	return tuned, &links[0].finding, err
}
