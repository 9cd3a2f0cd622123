package prove

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nnvet/nnvet"
)

// A Solution says whether a change of the user's own is enough.
type Solution struct {
	Solved  string   `json:"solved"` // "yes", "no", or "unknown" where nothing tells what could be reached
	Why     string   `json:"why"`
	Remains Figure   `json:"remains"` // of the score, to that of a perfect predictor
	Left    []string `json:"left"`    // IDs of causes that are found in the changed program
}

// The words of [Solution.Solved].
const (
	Solved   = "yes"
	Unsolved = "no"
	Unknown  = "unknown"
)

// nearPerfect is the score from which nobody looks for more. By convention: nine
// tenths of the way from a constant's to a perfect one.
const nearPerfect = 0.9

// Change holds a change that the user brings against the subject as it is, on
// fresh seeds, and says whether it helps and whether it is enough. Neither side
// gets its learning rate raced: what is judged is the change as it was brought.
func (p *Prover) Change(ctx context.Context, v Variant, what string) (*Report, error) {
	p.began, p.report = p.clock(), &Report{}
	if err := p.baseline(ctx); err != nil {
		return nil, err
	}
	after, err := p.works(ctx, v, what)
	if err != nil {
		return nil, err
	}
	f := &Fix{Name: "your change", Message: "the program as it is", Treatment: nnvet.Treatment{Action: what}, Written: true, variant: v}
	if before, err := p.trace(ctx, nil); err != nil {
		return nil, err
	} else if losses := lossesOf(after); !slices.Equal(losses, lossesOf(before)) {
		// So that the losses of both are not compared, which are not of a kind.
		f.Treatment.Settings = []nnvet.Setting{{Name: "loss", To: fmt.Sprint(losses)}}
	}
	p.report.Fixes = []*Fix{f}
	if err := p.pairUp(ctx, f); errors.Is(err, errBudget) {
		p.report.Short = fmt.Sprintf("the time of %s was up", p.Budget)
		f.Claim = Judge(f.Pairs, p.looksAt(1))
	} else if err != nil {
		return nil, err
	}
	f.Split = p.yard.Split
	f.Curves = Curves{curve(p.traces[key(nil)], f.Split), curve(p.traces[key(v)], f.Split)}
	p.report.final = v
	p.report.Solution = p.solves(after, f)
	p.report.Left, p.report.Healthy = p.report.Solution.Left, len(p.report.Solution.Left) == 0
	p.report.Trainings, p.report.Spent = p.done, p.clock().Sub(p.began)
	return p.report, nil
}

// works trains the changed subject once from its own seeds. One that does not
// come to its end is no change that could be judged.
func (p *Prover) works(ctx context.Context, v Variant, what string) (*nnvet.Trace, error) {
	p.plan(1)
	o := Order{Variant: v, Seed: asWritten}
	e, t, err := p.once(ctx, o)
	if err != nil {
		return nil, err
	}
	p.count("training with the change", o, e, t)
	why := e.Failed
	if t.Trace == nil && why == "" {
		why = "it left no trace"
	}
	if why != "" {
		return nil, fmt.Errorf("the program %s: %s", what, why)
	}
	return t.Trace, nil
}

// pairUp trains both sides on fresh seeds until there is a verdict or no further
// look. It is one claim, so it looks as early as one claim may.
func (p *Prover) pairUp(ctx context.Context, f *Fix) error {
	looks := p.looksAt(1)
	for _, look := range looks {
		n := look.Pairs - len(f.Pairs)
		if !p.affords(2 * n) {
			return errBudget
		}
		p.plan(2 * n)
		if err := p.pairs(ctx, f, nil, n); err != nil {
			return err
		}
		if f.Claim = Judge(f.Pairs, looks); f.Claim.Verdict != Inconclusive {
			return nil
		}
	}
	return nil
}

// lossesOf names the losses that a program trains on.
func lossesOf(t *nnvet.Trace) []string {
	var out []string
	for _, h := range t.Heads {
		out = append(out, string(h.Loss))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// solves says whether the changed program, which left a trace from its own seeds,
// is as it should be: by the goal that somebody declared, else by what is still
// found in it and by how near its score is to a perfect one.
func (p *Prover) solves(t *nnvet.Trace, f *Fix) *Solution {
	s := &Solution{Solved: Unknown, Remains: Figure(1 - f.Claim.After), Left: []string{}}
	goal := ""
	var names []string
	for _, x := range nnvet.Vet(t, p.Checks, p.Vet).Findings {
		if x.Severity < nnvet.Warning || len(x.Because) > 0 {
			continue
		}
		s.Left, names = append(s.Left, x.Check.ID), append(names, x.Check.Name)
		if x.Check.ID == goalCheck && t.Declared.Goal != nil {
			goal = x.Message
		}
	}
	switch {
	case goal != "":
		s.Solved, s.Why = Unsolved, goal
	case f.Claim.After >= nearPerfect:
		s.Solved, s.Why = Solved, fmt.Sprintf("the score is %.2f of 1", f.Claim.After)
	case len(names) > 0:
		s.Solved, s.Why = Unsolved, "in the changed program there is still "+said(names, ", ")
	case !(f.Claim.After >= MinEffect):
		s.Solved, s.Why = Unsolved, "it does no better than a constant"
	default:
		s.Why = "nothing is found in the changed program any more, and nobody knows what of the rest can be reached"
	}
	return s
}

// goalCheck finds goals that were missed.
const goalCheck = "NN0216"
