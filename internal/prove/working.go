package prove

import (
	"context"

	"github.com/nnvet/nnvet"
)

// A RunTimer is a subject that can be changed as it runs, where its files can not.
type RunTimer interface {
	AtRunTime(ctx context.Context, base Variant, t *nnvet.Trace, tr nnvet.Treatment) (Variant, bool)
}

// working returns the candidates whose first training, which a race begins with
// all the same, was seen. An edit that breaks the program, as one that moves
// layers which something else counts, is changed at run time instead, where that
// can be. Where none is left it says why.
func (p *Prover) working(ctx context.Context, base Variant, t *nnvet.Trace, all []candidate) (out []candidate, why string, err error) {
	for _, c := range all {
		failed, err := p.fails(ctx, c.variant)
		if err != nil {
			return nil, "", err
		}
		if failed == "" {
			out = append(out, c)
			continue
		}
		why = "the changed program was tried: " + failed
		s, ok := p.subject.(RunTimer)
		if !ok {
			continue
		}
		if c.variant, ok = s.AtRunTime(ctx, base, t, c.treatment); !ok {
			continue
		}
		if failed, err = p.fails(ctx, c.variant); err != nil {
			return nil, "", err
		}
		if failed == "" {
			out = append(out, c)
		}
	}
	return out, why, nil
}

// fails says how the first training of a variant broke, or ended without a trace;
// "" where it left one and came to its end, or to a loss that is not finite.
func (p *Prover) fails(ctx context.Context, v Variant) (string, error) {
	p.plan(1)
	o := Order{Variant: v, Seed: firstRaced}
	e, t, err := p.once(ctx, o)
	if err != nil {
		return "", err
	}
	p.count("trying it", o, e, t)
	if t.Trace != nil {
		return e.Score.Broken, nil
	}
	if e.Failed == "" {
		return "nothing of it could be watched", nil
	}
	return e.Failed, nil
}

// written reports whether all that a variant has beyond its base is an edit of the
// files.
func written(base, v Variant) bool {
	e, ok := v.(Edited)
	if !ok || e.Patch() == nil {
		return false
	}
	now, script := v.(treated)
	was, _ := base.(treated)
	return !script || len(now.running) == len(was.running)
}

// mixed reports whether it is in part an edit, and in part a change at run time.
func mixed(base, v Variant) bool {
	now, script := v.(treated)
	was, _ := base.(treated)
	if !script || now.patch == nil || len(now.running) == len(was.running) {
		return false
	}
	return was.patch == nil || digest(now.patch) != digest(was.patch)
}
