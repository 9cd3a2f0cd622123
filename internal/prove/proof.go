package prove

import (
	"context"
	"fmt"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/plural"
)

// mostClaims bounds the claims of one report, so that the looks at each can be
// decided on before the first training.
const mostClaims = 4

// claims is how many claims are made in this report at most: of findings that
// were asked for one each. It is known before the first, so that each is judged
// as one of so many whatever comes after.
func (p *Prover) claims() int {
	if n := len(p.Only); n > 0 {
		return min(n, mostClaims)
	}
	return mostClaims
}

// oneOf is as one of how many claims the next is judged: the first as one of two,
// which is what most programs have, then of four, and so on, and the last as the
// one before it. The shares 1/2, 1/4, 1/8, 1/8 add up to one. They are spent by the
// order of claims alone, whatever came of those before.
func (p *Prover) oneOf() int {
	n, at := p.claims(), p.judged()
	if p.Seeds > 0 { // which all are to be enough for
		return n
	}
	return 1 << min(at+1, n-1)
}

// looks are those at the next claim of this report.
func (p *Prover) looks() Looks { return p.looksAt(p.oneOf()) }

// prove trains both sides of a fix on fresh seeds, until there is a verdict or no
// further look.
func (p *Prover) prove(ctx context.Context, f *Fix) error {
	if n := p.claims(); p.judged() >= n {
		f.Claim = Untried(fmt.Sprintf("this report makes %s, so that the odds of a false one stay at 5 %%; prove it alone: --only %s", plural.Of(n, "claim"), f.Check))
		return nil
	}
	before, err := p.opponent(ctx, f)
	if err != nil {
		f.Claim = Untried("the time was up before it could be proven")
		return err
	}
	f.Scale, f.oneOf = p.yard.Scale, p.oneOf()
	for _, look := range p.looksAt(f.oneOf) {
		n := look.Pairs - len(f.Pairs)
		if !p.affords(2 * n) {
			f.Claim = p.judge(f)
			f.Claim.Why = fmt.Sprintf("the time left is not enough for %d trainings more", 2*n)
			return errBudget
		}
		p.plan(2 * n)
		if err := p.pairs(ctx, f, before, n); err != nil {
			f.Claim = p.judge(f)
			return err
		}
		if f.Claim = p.judge(f); f.Claim.Verdict != Inconclusive {
			return nil
		}
	}
	return nil
}

// judged is how many fixes have pairs.
func (p *Prover) judged() int {
	n := 0
	for _, f := range p.report.Fixes {
		if len(f.Pairs) > 0 {
			n++
		}
	}
	return n
}

// pairs adds n pairs to a fix, of fresh seeds.
func (p *Prover) pairs(ctx context.Context, f *Fix, before Variant, n int) error {
	seeds := p.fresh(n)
	scores, err := p.train(ctx, fmt.Sprintf("proving %s: %s", f.Name, f.Treatment.Action), []side{{before, seeds}, {f.variant, seeds}})
	if err != nil {
		return err
	}
	yard := p.yard
	if changesLoss(f.Treatment) {
		yard = yard.Other(scores[0], scores[1])
	}
	if len(f.Pairs) > 0 && yard.Scale != f.Scale { // the first pairs were told on another scale: keep to it
		yard.Scale = f.Scale
	}
	f.Scale = yard.Scale
	f.tell(scores[0], scores[1], p.Metric)
	for i, seed := range seeds {
		f.Pairs = append(f.Pairs, Pair{Seed: seed, Before: yard.Of(scores[0][i]), After: yard.Of(scores[1][i])})
	}
	return nil
}

// judge returns the claim of a fix as one of those that the report may make.
func (p *Prover) judge(f *Fix) Claim { return JudgeOf(f.oneOf, f.Pairs, p.looksAt(f.oneOf)) }

// opponent returns what a treatment is proven against: the variant that it
// changes, at its own best learning rate where the treatment has its own.
func (p *Prover) opponent(ctx context.Context, f *Fix) (Variant, error) {
	if !f.tuned {
		return f.base, nil
	}
	best, raced, err := p.tuned(ctx, "racing learning rates without the treatment", candidate{variant: f.base})
	if err != nil {
		return nil, err
	}
	f.Opponents, f.own = raced, best
	if alone, err := p.rateAlone(ctx, f, best); err != nil || alone {
		return f.base, err
	}
	if best.treatment.Action != "" {
		f.Against = "the training without it, at the learning rate that suits that best: " + rateSet(best.treatment)
	}
	return best.variant, nil
}

// rateSet is the learning rate that a treatment sets; "" where it sets none.
func rateSet(tr nnvet.Treatment) string {
	for _, s := range tr.Settings {
		if s.Name == "lr" {
			return s.To
		}
	}
	return ""
}
