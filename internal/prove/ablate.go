package prove

import (
	"context"
	"fmt"
	"slices"
)

// ablate leaves every proven fix out once, against all of them, on fresh seeds,
// so that no change that does nothing any more is sold as a fix. It returns the
// variant with those that earn their place.
func (p *Prover) ablate(ctx context.Context) (Variant, error) {
	all := p.report.Proven()
	if len(all) == 0 {
		return nil, nil
	}
	whole := all[len(all)-1].variant
	if len(all) == 1 {
		return whole, nil
	}
	for i, f := range all {
		without := slices.Delete(slices.Clone(all), i, i+1)
		if i == len(all)-1 {
			continue // it was proven on top of all the others just now
		}
		v, err := p.chain(ctx, without)
		if err != nil {
			f.Kept = fmt.Sprintf("not left out for a test: %v", err)
			continue
		}
		if err := p.leaveOut(ctx, f, v, whole); err != nil {
			return whole, err
		}
	}
	kept := slices.DeleteFunc(slices.Clone(all), func(f *Fix) bool { return f.Idle })
	if len(kept) == len(all) {
		return whole, nil
	}
	return p.chain(ctx, kept)
}

// leaveOut judges a fix by what is lost without it.
func (p *Prover) leaveOut(ctx context.Context, f *Fix, without, whole Variant) error {
	looks := LooksFor(1)
	seeds := p.fresh(looks[0].Pairs)
	p.plan(2 * len(seeds))
	scores, err := p.train(ctx, "leaving out "+f.Name, []side{{without, seeds}, {whole, seeds}})
	if err != nil {
		return err
	}
	yard := p.yard
	if changesLoss(f.Treatment) {
		yard = yard.Other(scores[0], scores[1])
	}
	var pairs []Pair
	for i, seed := range seeds {
		pairs = append(pairs, Pair{Seed: seed, Before: yard.Of(scores[0][i]), After: yard.Of(scores[1][i])})
	}
	c := Judge(pairs, looks)
	f.Ablation = &c
	f.Idle = c.Verdict != Proven && c.Difference < MinEffect
	return nil
}

// chain applies fixes one after another to the subject as it is.
func (p *Prover) chain(ctx context.Context, fixes []*Fix) (Variant, error) {
	var v Variant
	for _, f := range fixes {
		t, err := p.trace(ctx, v)
		if err != nil {
			return nil, err
		}
		tr := f.Treatment
		tr.Edits = nil // their places are of another text
		if v, err = p.subject.With(ctx, v, t, tr); err != nil {
			return nil, err
		}
	}
	return v, nil
}
