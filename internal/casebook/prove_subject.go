package casebook

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/record"
	"github.com/nnvet/nnvet/internal/prove"
	"github.com/nnvet/nnvet/internal/tracefile"
	"github.com/nnvet/nnvet/internal/treat"
)

// rowsOf is the seed whose rows a proof is about: as a program of a person has
// one data set, a seed of a trial changes what training draws, and not the rows.
const rowsOf = 1

// A program that can be trained again, with treatments: a [prove.Subject].
type provable struct {
	start *variant
	known *surveys // nil: without any
	first int64    // seed of claims
}

// A variant is a program as it is to be trained.
type variant struct {
	key   string // the settings that made it, in order
	of    treat.Subject
	shift int64 // of its seeds
}

// Key returns the settings' text.
func (v *variant) Key() string { return v.key }

// provableOf builds a program on the rows that proofs are about.
func provableOf(make func(int64) *Program) (*provable, error) {
	p := make(rowsOf)
	t, err := p.build()
	if err != nil {
		return nil, err
	}
	s := treat.Subject{Spec: t.Spec, Train: t.Train, Val: t.Val, Names: t.Names}
	if p.Blind {
		s.Val = engine.Data{}
	}
	return &provable{start: &variant{of: s}, known: &surveys{made: map[uint64]func() *nnvet.Survey{}}, first: firstProven}, nil
}

// variant returns what a prover's variant stands for; nil is the program as it
// was written.
func (p *provable) variant(v prove.Variant) *variant {
	if v == nil {
		return p.start
	}
	return v.(*variant)
}

// Jobs is 1: the cases are proven beside one another.
func (p *provable) Jobs() int { return 1 }

// With applies a treatment's settings.
func (p *provable) With(_ context.Context, base prove.Variant, t *nnvet.Trace, tr nnvet.Treatment) (prove.Variant, error) {
	v, err := p.with(base, t, tr.Settings)
	if err != nil {
		return nil, err
	}
	return v, nil
}

func (p *provable) with(base prove.Variant, t *nnvet.Trace, settings []nnvet.Setting) (*variant, error) {
	from := p.variant(base)
	next := &variant{of: from.of}
	if err := treat.Apply(&next.of, t, settings); err != nil {
		return nil, err
	}
	var said []string
	for _, s := range settings {
		said = append(said, strings.TrimSuffix(s.Name+" "+s.Site, " ")+" = "+s.To)
	}
	next.key = strings.TrimPrefix(from.key+"; then ", "; then ") + strings.Join(said, ", ")
	return next, nil
}

// Train trains a variant from a seed, and keeps its trace in memory.
func (p *provable) Train(ctx context.Context, o prove.Order) (*prove.Training, error) {
	began := time.Now()
	v := p.variant(o.Variant)
	s := v.of
	s.Spec.Seed = o.Seed + v.shift
	n, err := engine.New(s.Spec, max(1, min(s.Spec.Batch, s.Train.Rows)))
	if err != nil {
		return nil, err
	}
	surveyed := s.Spec
	surveyed.Seed = rowsOf // one survey does for all seeds
	options := record.Options{Version: "casebook", Columns: s.Names}
	if p.known != nil {
		options.Survey = p.known.of(surveyed, s.Train, s.Val, options)
	}
	reader := tracefile.NewReader("trace")
	recorder := record.New(tracefile.NewWriter(reader), options)
	if _, err := engine.Train(ctx, n, s.Spec, s.Train, s.Val, recorder.Observer()); err != nil {
		return nil, err
	}
	if err := recorder.Err(); err != nil {
		return nil, err
	}
	return &prove.Training{Trace: reader.Snapshot(), Wall: time.Since(began)}, nil
}

// scored trains a variant from seeds and scores it.
func (p *provable) scored(ctx context.Context, v prove.Variant, seeds ...int64) ([]prove.Score, *nnvet.Trace, error) {
	var out []prove.Score
	var first *nnvet.Trace
	for _, seed := range seeds {
		t, err := p.Train(ctx, prove.Order{Variant: v, Seed: seed})
		if err != nil {
			return nil, nil, fmt.Errorf("seed %d: %w", seed, err)
		}
		if first == nil {
			first = t.Trace
		}
		out = append(out, prove.Judged(t, nil))
	}
	return out, first, nil
}

// claim proves one variant against another on fresh seeds, as a prover does with
// its fixes; it is the only claim that is made.
func (p *provable) claim(ctx context.Context, y prove.Yardstick, before, after prove.Variant) (prove.Claim, int, error) {
	looks := prove.LooksFor(1)
	var pairs []prove.Pair
	for _, look := range looks {
		for len(pairs) < look.Pairs {
			seed := p.first + int64(len(pairs))
			b, _, err := p.scored(ctx, before, seed)
			if err != nil {
				return prove.Claim{}, 0, err
			}
			a, _, err := p.scored(ctx, after, seed)
			if err != nil {
				return prove.Claim{}, 0, err
			}
			pairs = append(pairs, prove.Pair{Seed: seed, Before: y.Of(b[0]), After: y.Of(a[0])})
		}
		if c := prove.Judge(pairs, looks); c.Verdict != prove.Inconclusive {
			return c, 2 * len(pairs), nil
		}
	}
	return prove.Judge(pairs, looks), 2 * len(pairs), nil
}

// firstProven is the first seed of proofs, above those of races.
const firstProven = 1001
