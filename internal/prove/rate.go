package prove

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/nnvet/nnvet"
)

// The checks whose finding a learning rate is that turns out to be what was wrong.
const (
	rateTooHigh = "NN0601"
	rateTooLow  = "NN0602"
)

// rateAlone makes a fix that of the learning rate alone, where the training
// without the treatment does as well at a rate of its own: of two changes that
// reach the same the smaller one is the fix. own is that training. It decides on
// the seeds of races, and reports whether it was so.
func (p *Prover) rateAlone(ctx context.Context, f *Fix, own candidate) (bool, error) {
	if own.treatment.Action == "" {
		return false, nil
	}
	ahead, reached, err := p.gain(ctx, own.variant, f.variant, []link{{treatment: f.Treatment}}, raceSeeds)
	if err != nil || ahead >= MinEffect {
		return false, err
	}
	c := p.rateCheck(own.treatment)
	if c == nil {
		return false, nil
	}
	f.Message = fmt.Sprintf("at a learning rate of %s and with nothing else changed the race came to %.2f; with what %s asks for, to %.2f",
		rateSet(own.treatment), reached-ahead, f.Name, reached)
	f.Check, f.Name, f.Site = c.ID, c.Name, ""
	f.Treatment, f.variant = own.treatment, own.variant
	return true, nil
}

// ownRate proves the learning rate that suits a training best; there is nothing
// to prove where that is the one there was.
func (p *Prover) ownRate(ctx context.Context, base Variant, own candidate, raced []Raced, why string) (*Fix, error) {
	c := p.rateCheck(own.treatment)
	if own.treatment.Action == "" || c == nil {
		return nil, nil
	}
	own.tuned = false // what it is held against is the rate that there was
	return p.try(ctx, base, &nnvet.Finding{Check: c, Message: why}, own, raced)
}

// rateCheck returns the check that a change of the learning rate answers; nil
// where its findings are not to be treated, or have been.
func (p *Prover) rateCheck(tr nnvet.Treatment) *nnvet.Check {
	id := ""
	for _, s := range tr.Settings {
		if s.Name != "lr" {
			continue
		}
		from, _ := strconv.ParseFloat(s.From, 64)
		to, err := strconv.ParseFloat(s.To, 64)
		if err != nil || to == from {
			return nil
		}
		id = rateTooLow
		if to < from {
			id = rateTooHigh
		}
	}
	return p.wanted(id)
}

// wanted returns the check of an ID; nil where its findings are not to be
// treated, or have been.
func (p *Prover) wanted(id string) *nnvet.Check {
	i := slices.IndexFunc(p.Checks, func(c *nnvet.Check) bool { return c.ID == id })
	if i < 0 || len(p.Only) > 0 && !slices.Contains(p.Only, id) || p.report.tried(id, "") {
		return nil
	}
	return p.Checks[i]
}
