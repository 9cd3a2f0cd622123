package nnvet

import (
	"fmt"
	"math"
)

// A Baseline is the loss of the best constant predictor: what a network that
// ignores its inputs can reach. Skill is measured from it.
type Baseline struct {
	Loss float64
	How  string // "predicting the class shares", "predicting the mean"
	// Floor is the least loss that there is: 0, but for smoothed labels, where to
	// be right and as sure as they are costs their entropy.
	Floor float64
}

// Skill returns 1 - loss/baseline, both above the floor: 0 where nothing was
// learned, 1 where the loss is as low as can be, negative where a constant would
// do better. A loss that is not finite has skill -Inf.
func (b Baseline) Skill(loss float64) float64 {
	if !finite(loss) {
		return math.Inf(-1)
	}
	return 1 - (loss-b.Floor)/(b.Loss-b.Floor)
}

// At returns the loss that has a skill.
func (b Baseline) At(skill float64) float64 { return b.Floor + (1-skill)*(b.Loss-b.Floor) }

// Baseline returns the baseline of a head on a split, from the targets that
// the head saw there, or on the other one where the split's own were not
// recorded or are too few. The error says why there is none.
func (t *Trace) Baseline(h *Head, split string) (Baseline, error) {
	p := t.targets(h, split)
	switch {
	case p == nil:
		return Baseline{}, fmt.Errorf("no targets of %s were recorded", h.Name)
	case !enoughTargets(p):
		return Baseline{}, fmt.Errorf("%d targets of %s were looked at: too few to know what a constant costs", p.Rows, h.Name)
	case h.Reduction != "mean":
		return Baseline{}, fmt.Errorf("%s does not average over rows (reduction %q)", h.Name, h.Reduction)
	case h.Weighted:
		return Baseline{}, fmt.Errorf("%s weighs classes or rows", h.Name)
	}
	b, err := constantLoss(h.Loss, p)
	if err != nil {
		return b, err
	}
	if n := len(p.Classes); h.Smoothing > 0 && n > 1 {
		b.Loss, b.Floor = smoothed(shares(p.Classes), h.Smoothing), smoothed(append(make([]float64, n-1), 1), h.Smoothing)
	}
	if !(b.Loss > b.Floor) { // also NaN
		return Baseline{}, fmt.Errorf("the targets of %s do not vary", h.Name)
	}
	return b, nil
}

// targets returns the profile that a head's baseline on a split is taken from,
// or nil.
func (t *Trace) targets(h *Head, split string) *Profile {
	p := t.ProfileOf(Target, split, h.Name)
	if p != nil && enoughTargets(p) {
		return p
	}
	for _, other := range []string{Train, Validation} {
		if o := t.ProfileOf(Target, other, h.Name); o != nil && (p == nil || o.Rows > p.Rows) {
			p = o
		}
	}
	return p
}

// enoughTargets reports whether the variance of targets can be told from those
// that were looked at: of 64 it is known to about a fifth, sqrt(2/64), and of the
// few that single-row batches show, not to a half. All there are, are enough; and
// where it was not recorded how many there were, they are taken for so.
func enoughTargets(p *Profile) bool {
	const few = 64
	return p.Rows == 0 || p.Rows >= few || p.Total > 0 && p.Rows >= p.Total
}

// constantLoss returns the loss of the constant that suits the targets best.
func constantLoss(k LossKind, p *Profile) (Baseline, error) {
	switch k {
	case CrossEntropy, NLL:
		if len(p.Classes) == 0 {
			return Baseline{}, fmt.Errorf("the targets of %s are not class indices", p.Site)
		}
		return Baseline{Loss: smoothed(shares(p.Classes), 0), How: "predicting the class shares"}, nil
	case BCE, BCELogits:
		if p.Ranges.Below0 > 0 || p.Ranges.Above1 > 0 {
			return Baseline{}, fmt.Errorf("the targets of %s are not probabilities", p.Site)
		}
		if soft := p.Ranges.N - p.Ranges.At0 - p.Ranges.At1; soft > 0 { // its loss cannot come to 0, so that skill would say too little
			return Baseline{}, fmt.Errorf("targets of %s lie between 0 and 1, where the loss has a floor of its own", p.Site)
		}
		return Baseline{Loss: overColumns(p, func(c Column) float64 { return binaryEntropy(c.Mean) }), How: "predicting the share of ones"}, nil
	case MSE:
		return Baseline{Loss: overColumns(p, func(c Column) float64 { return c.Std * c.Std }), How: "predicting the mean"}, nil
	case L1:
		// The mean absolute deviation of a normal distribution; for others it is
		// within a third of it, near enough to tell learning from not learning.
		return Baseline{Loss: overColumns(p, func(c Column) float64 { return c.Std * math.Sqrt(2/math.Pi) }), How: "predicting the median"}, nil
	case Poisson:
		return countsLoss(p)
	}
	return Baseline{}, fmt.Errorf("no baseline is known for the loss %s", k)
}

// countsLoss returns the loss of one rate for all rows, and as its floor about
// what the true rates would reach: their variance is that of the counts less
// their mean (were they Poisson given the rate), and what it is worth is the
// mean of rate*log(rate/mean), which is variance/(2*mean) where it is small, and
// at most mean*log(1+variance/mean^2) (Jensen).
func countsLoss(p *Profile) (Baseline, error) {
	const little = 0.1 // of a mean; from 1,000 counts of one rate, a variance is off by 0.05 of it
	if p.Ranges.Below0 > 0 {
		return Baseline{}, fmt.Errorf("the targets of %s are no counts", p.Site)
	}
	b := Baseline{How: "predicting the mean"}
	b.Loss = overColumns(p, func(c Column) float64 { return c.Mean - c.Mean*math.Log(c.Mean) })
	worth := overColumns(p, func(c Column) float64 {
		spread := math.Max(0, c.Std*c.Std-c.Mean) / (c.Mean * c.Mean)
		return c.Mean * math.Min(spread/2, math.Log1p(spread))
	})
	switch excess := overColumns(p, func(c Column) float64 { return c.Std*c.Std/c.Mean - 1 }); {
	case !(b.Loss > 0):
		return Baseline{}, fmt.Errorf("the loss of the constant is below 0 on the targets of %s, which gives no scale to judge by", p.Site)
	case !(excess > little):
		return Baseline{}, fmt.Errorf("the targets of %s vary no more than counts of one rate", p.Site)
	}
	b.Floor = b.Loss - worth
	return b, nil
}

func overColumns(p *Profile, f func(Column) float64) float64 {
	sum := 0.0
	for _, c := range p.Columns {
		sum += f(c)
	}
	return sum / float64(len(p.Columns))
}

// shares returns the share of each class.
func shares(counts []int64) []float64 {
	var n float64
	for _, c := range counts {
		n += float64(c)
	}
	out := make([]float64, len(counts))
	for i, c := range counts {
		out[i] = float64(c) / n
	}
	return out
}

// smoothed returns the entropy of shares of which a part is spread over all
// classes alike.
func smoothed(shares []float64, part float64) float64 {
	h := 0.0
	for _, q := range shares {
		if q = (1-part)*q + part/float64(len(shares)); q > 0 {
			h -= q * math.Log(q)
		}
	}
	return h
}

func binaryEntropy(q float64) float64 {
	if q <= 0 || q >= 1 {
		return 0
	}
	return -q*math.Log(q) - (1-q)*math.Log(1-q)
}

// MainHead returns the head whose loss the run trains on, or an error where
// there is none or where several are trained at once.
func (t *Trace) MainHead() (*Head, error) {
	var main *Head
	for i := range t.Heads {
		h := &t.Heads[i]
		if t.Series(Key{HeadLoss, h.Name, Train}) == nil {
			continue
		}
		if main != nil {
			return nil, fmt.Errorf("several losses are trained at once (%s, %s)", main.Name, h.Name)
		}
		main = h
	}
	if main == nil {
		return nil, fmt.Errorf("no loss function that nnvet recognizes was trained on")
	}
	return main, nil
}

// TrainLoss returns the series that is comparable with the head's baseline:
// the loss of every step where backward was called on the head alone, else the
// head's own value at the sampled steps.
func (t *Trace) TrainLoss(h *Head) *Series {
	if h.Root {
		if s := t.Series(Key{Loss, "", Train}); s.Len() > 0 {
			return s
		}
	}
	return t.Series(Key{HeadLoss, h.Name, Train})
}
