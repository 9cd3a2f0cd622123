package prove

import (
	"context"
	"errors"
	"fmt"

	"github.com/nnvet/nnvet"
)

// ablate takes out the proven fixes without which the others are as good, on
// fresh seeds, so that no change that does nothing any more is sold as a fix. It
// returns the variant with those that earn their place, also with an error.
func (p *Prover) ablate(ctx context.Context) (Variant, error) {
	all := p.report.Proven()
	if len(all) == 0 {
		return nil, nil
	}
	last := all[len(all)-1]
	whole := last.variant
	at := whole
	kept, err := eliminate(all, func(f *Fix, rest []*Fix) (bool, error) {
		if f == last {
			return false, nil // it was proven on top of all the others just now
		}
		v, err := p.chain(ctx, rest)
		if err != nil {
			f.Kept = fmt.Sprintf("not left out for a test: %v", err)
			return false, stops(ctx, err)
		}
		c, err := p.lost(ctx, "leaving out "+f.Name, v, at, f.Treatment)
		if err != nil {
			return false, err
		}
		f.Ablation, f.Idle = &c, idles(c)
		if f.Idle {
			at = v
		}
		return f.Idle, nil
	})
	if err != nil || len(all)-len(kept) < 2 {
		return at, err
	}
	return p.remains(ctx, all, at, whole)
}

// idles reports whether nothing that counts is lost without something.
func idles(c Claim) bool { return c.Verdict != Proven && c.Difference < MinEffect }

// remains holds what is left of the fixes against all of them, since what each
// that was taken out is worth may be too little to count, and together not. Where
// something is lost all stay.
func (p *Prover) remains(ctx context.Context, all []*Fix, left, whole Variant) (Variant, error) {
	var treatment nnvet.Treatment
	for _, f := range all {
		treatment = both(treatment, f.Treatment)
	}
	c, err := p.lost(ctx, "with what is left", left, whole, treatment)
	if err != nil || idles(c) {
		return left, err
	}
	for _, f := range all {
		if f.Idle {
			f.Idle, f.Kept = false, "alone it is not missed, but together with others that are not"
		}
	}
	return whole, nil
}

// lost judges what is lost by a variant without treatments, on fresh seeds.
func (p *Prover) lost(ctx context.Context, doing string, without, whole Variant, tr nnvet.Treatment) (Claim, error) {
	looks := LooksFor(1)
	seeds := p.fresh(looks[0].Pairs)
	p.plan(2 * len(seeds))
	scores, err := p.train(ctx, doing, []side{{without, seeds}, {whole, seeds}})
	if err != nil {
		return Claim{}, err
	}
	yard := p.yard
	if changesLoss(tr) {
		yard = yard.Other(scores[0], scores[1])
	}
	var pairs []Pair
	for i, seed := range seeds {
		pairs = append(pairs, Pair{Seed: seed, Before: yard.Of(scores[0][i]), After: yard.Of(scores[1][i])})
	}
	return Judge(pairs, looks), nil
}

// stops returns an error that ends a proof, and nil for one that a single variant
// has brought about.
func stops(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, errBudget) {
		return err
	}
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
