package casebook

import (
	"context"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/prove"
	"github.com/nnvet/nnvet/internal/subject"
)

// An alterable is a program whose data, too, can be changed for an experiment: a
// [prove.Alterable]. A proof, which changes settings alone, needs none of it.
type alterable struct {
	*provable
	from int64 // is added to all seeds, so that what luck gave can be asked for again
}

// changed is a variant with an alteration.
type changed struct {
	*variant
	how prove.Alteration
}

// Key tells what was changed of what.
func (c changed) Key() string { return c.variant.key + "; altered: " + c.how.String() }

// With applies settings; those of an altered variant after its alteration.
func (p *alterable) With(ctx context.Context, base prove.Variant, t *nnvet.Trace, tr nnvet.Treatment) (prove.Variant, error) {
	if c, ok := base.(changed); ok {
		return p.Alter(ctx, c, prove.Set(tr.Settings...))
	}
	return p.provable.With(ctx, base, t, tr)
}

// Alter returns the altered variant, where the program can be changed so.
func (p *alterable) Alter(_ context.Context, base prove.Variant, a prove.Alteration) (prove.Variant, error) {
	out := changed{how: a}
	if c, ok := base.(changed); ok {
		out.variant, out.how = c.variant, c.how.Then(a)
	} else {
		out.variant = p.variant(base)
	}
	_, err := out.on(0)
	return out, err
}

// on returns the variant as it is altered for a seed.
func (c changed) on(seed int64) (*variant, error) {
	v := &variant{key: c.Key(), of: c.of, shift: c.shift}
	v.of.Spec.Seed = seed
	return v, c.how.Apply(&v.of)
}

// Train trains a variant. What was altered is not surveyed: no experiment reads it.
func (p *alterable) Train(ctx context.Context, o prove.Order) (*prove.Training, error) {
	o.Seed += p.from
	c, ok := o.Variant.(changed)
	if !ok {
		return p.provable.Train(ctx, o)
	}
	v, err := c.on(o.Seed)
	if err != nil {
		return nil, err
	}
	bare := *p.provable
	bare.known = nil
	o.Variant = v
	return bare.Train(ctx, o)
}

// FindsRate is false: all programs of the casebook say their learning rate.
func (p *alterable) FindsRate(context.Context, prove.Variant) bool { return false }

// Slopes compares gradients on the rows that are trained on.
func (p *alterable) Slopes(_ context.Context, v prove.Variant) ([]subject.Slope, error) {
	of := p.variant(v).of
	of.Spec.Seed = rowsOf
	return subject.SlopesOf(of.Spec, of.Train)
}
