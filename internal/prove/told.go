package prove

import "github.com/nnvet/nnvet"

// points is how many losses of a training a proof shows.
const points = 60

// Told returns the fix as a finding carries it.
func (f *Fix) Told() *nnvet.Proof {
	p := &nnvet.Proof{
		Verdict: f.Claim.Verdict.String(), Why: f.Claim.Why, Treatment: f.Treatment, Written: f.Written,
		Scale: string(f.Scale), Split: f.Split, Before: f.Claim.Before, After: f.Claim.After, Lo: f.Claim.Lo, Hi: f.Claim.Hi,
		P: f.Claim.P, Seeds: len(f.Claim.Seeds), More: f.Claim.More, Against: f.Against, Twin: f.Twin, Idle: f.Idle,
		Without: plain(f.Curves.Without), With: plain(f.Curves.With),
	}
	for _, r := range f.Raced {
		p.Raced = append(p.Raced, nnvet.Raced(r))
	}
	if f.Ablation != nil {
		p.Missed = &f.Ablation.Difference
	}
	for _, t := range f.Figures {
		p.Figures = append(p.Figures, nnvet.Told{Name: t.Name, Before: float64(t.Before), After: float64(t.After)})
	}
	return p
}

func plain(figures []Figure) []float64 {
	var out []float64
	for _, f := range figures {
		out = append(out, float64(f))
	}
	return out
}

// curve returns the loss that a training is scored by at equally distant steps;
// nil where it was not recorded. Where a part of them has none, it is as before.
func curve(t *nnvet.Trace, split string) []Figure {
	if t == nil {
		return nil
	}
	c, err := t.Course(split)
	if err != nil && c.Series == nil || c.Len() == 0 {
		return nil
	}
	first, last := c.Steps[0], c.Steps[c.Len()-1]
	var sums, counts [points]float64
	for i, v := range c.Values {
		at := (c.Steps[i] - first) * points / (last - first + 1)
		sums[at], counts[at] = sums[at]+v, counts[at]+1
	}
	out := make([]Figure, points)
	for i := range out {
		if out[i] = Figure(sums[i] / counts[i]); counts[i] == 0 { // not the first, which has the first step
			out[i] = out[i-1]
		}
	}
	return out
}
