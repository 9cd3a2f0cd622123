package prove

import (
	"context"
	"fmt"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// raceSeeds are the seeds that choose a value. They prove nothing.
const raceSeeds = 3

// race chooses among candidates by halving: all on one seed, the better half on
// two more. Where the first does as well within a standard error, or within what counts
// as an effect, it wins: it is what the check prescribed.
func (p *Prover) race(ctx context.Context, base Variant, all []candidate, f *nnvet.Finding) (candidate, []Raced, error) {
	t, err := p.trace(ctx, base)
	if err != nil {
		return candidate{}, nil, err
	}
	if !p.spares(0) {
		return candidate{}, nil, errBudget
	}
	doses := len(all) == 1
	if doses {
		all = append(all, p.dosed(ctx, base, t, all[0])...)
	}
	if !p.spares(raceOf(len(all))) {
		all, doses = all[:1], false // what the check prescribes first
	}
	best, raced, err := p.halve(ctx, fmt.Sprintf("racing %d treatments of %s", len(all), f.Check.Name), all)
	if err != nil {
		return candidate{}, nil, err
	}
	if doses {
		var more []Raced
		if best, more, err = p.pastDoses(ctx, base, t, all[0], best); err != nil {
			return candidate{}, nil, err
		}
		raced = append(raced, more...)
	} else {
		best = p.mends(f, all[0], best, raced)
	}
	if p.racesRate(best.treatment) {
		tuned, more, err := p.tuned(ctx, "racing learning rates", best)
		if err != nil {
			return candidate{}, nil, err
		}
		return tuned, append(raced, more...), nil
	}
	return best, raced, nil
}

// halve returns the best candidate, and what all of them scored.
func (p *Prover) halve(ctx context.Context, doing string, all []candidate) (candidate, []Raced, error) {
	if len(all) == 1 {
		return all[0], nil, nil
	}
	keep := max(2, (len(all)+1)/2)
	p.plan(raceOf(len(all)))
	raced := make([]Raced, len(all))
	values := make([][]float64, len(all))
	add := func(who []int, seeds []int64) error {
		sides := make([]side, len(who))
		for i, c := range who {
			sides[i] = side{all[c].variant, seeds}
		}
		scores, err := p.train(ctx, doing, sides)
		if err != nil {
			return err
		}
		yard := p.yard
		if slices.ContainsFunc(all, func(c candidate) bool { return changesLoss(c.treatment) }) {
			yard = yard.Other(p.report.Baseline, slices.Concat(scores...))
		}
		for i, c := range who {
			for _, s := range scores[i] {
				values[c] = append(values[c], yard.Of(s))
			}
		}
		return nil
	}
	everyone := make([]int, len(all))
	for i := range all {
		everyone[i] = i
		raced[i].Action, raced[i].Settings = all[i].treatment.Action, all[i].treatment.Settings
	}
	if err := add(everyone, upTo(firstRaced, 1)); err != nil {
		return candidate{}, nil, err
	}
	half := stat.Survivors(values, keep)
	half = half[:min(len(half), keep)]
	if err := add(half, upTo(firstRaced+1, raceSeeds-1)); err != nil {
		return candidate{}, nil, err
	}
	for i := range all {
		raced[i].Scores = values[i]
	}
	last := make([][]float64, len(all)) // those that fell out at half do not count
	for _, c := range half {
		last[c] = values[c]
	}
	won := stat.Survivors(last, 1)
	if best := stat.Mean(last[won[0]]); slices.Contains(won, 0) || len(last[0]) > 0 && best-stat.Mean(last[0]) < MinEffect {
		return all[0], raced, nil
	}
	return all[won[0]], raced, nil
}
