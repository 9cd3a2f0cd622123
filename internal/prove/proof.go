package prove

import (
	"context"
	"fmt"

	"github.com/nnvet/nnvet"
)

// mostClaims bounds the claims of one report, so that the looks at each can be
// decided on before the first training.
const mostClaims = 4

// looks are those at every claim of this report.
func (p *Prover) looks() Looks { return p.looksAt(mostClaims) }

// prove trains both sides of a fix on fresh seeds, until there is a verdict or no
// further look.
func (p *Prover) prove(ctx context.Context, f *Fix) error {
	if n := p.judged(); n >= mostClaims {
		f.Claim = Untried(fmt.Sprintf("%d claims are judged in one report, so that the odds of a false one stay at 5 %%; prove it alone: --only %s", mostClaims, f.Check))
		return nil
	}
	before, err := p.opponent(ctx, f)
	if err != nil {
		f.Claim = Untried("the time was up before it could be proven")
		return err
	}
	f.Scale = p.yard.Scale
	for _, look := range p.looks() {
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

// judge returns the claim of a fix among all that were judged.
func (p *Prover) judge(f *Fix) Claim {
	var family [][]Pair
	mine := 0
	for _, other := range p.report.Fixes {
		if other == f {
			mine = len(family)
		}
		if len(other.Pairs) > 0 || other == f {
			family = append(family, other.Pairs)
		}
	}
	return JudgeAll(family, p.looks())[mine]
}

// settle judges all claims as one family.
func (p *Prover) settle() {
	for _, f := range p.report.Fixes {
		if len(f.Pairs) > 0 {
			why := f.Claim.Why
			f.Claim = p.judge(f)
			f.Claim.Why = why
		}
	}
}

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
