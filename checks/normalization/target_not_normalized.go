package normalization

import (
	_ "embed"
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed target_not_normalized.md
var targetNotNormalizedDoc string

// TargetNotNormalized finds regressions that spend their steps on reaching the
// range of the targets, or on a few targets that own it.
var TargetNotNormalized = nnvet.Check{
	ID:       "NN0103",
	Name:     "target-not-normalized",
	Pitfall:  nnvet.Normalization,
	Doc:      targetNotNormalizedDoc,
	Severity: nnvet.Warning,
	Needs:    []nnvet.Need{nnvet.NeedHead, nnvet.NeedProfile(nnvet.Target)},
	Limits: []nnvet.Limit{
		{Name: "scale", Default: 0.7, Source: "small synthetic networks: |log10 rms| is at most 0.04 in healthy targets"},
		wasted,
		{Name: "skill", Default: 0.02, Source: "the smallest effect that nnvet counts as one"},
		{Name: "outlier", Default: 15, Source: "the largest of a million exponentially distributed numbers lies about 14 standard deviations from their mean"},
		nnvet.FarOut, nnvet.Owned,
		{Name: "healthy", Default: nnvet.HealthySkill.Default, Source: nnvet.HealthySkill.Source},
		{Name: "steps", Default: 50, Source: "convention: a tenth of fewer is lost in the noise of single batches"},
	},
	Explains: []string{"NN0601", "NN0603", "NN0602", "NN0801", "NN0805", "NN0904", "NN0201", "NN0604", "NN0709", "NN0214", "NN0213", "NN0206"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		regressions := 0
		for i := range p.Trace.Heads {
			if h := &p.Trace.Heads[i]; regression(h) {
				regressions++
				judgeTarget(p, h)
			}
		}
		if regressions == 0 {
			p.Skip("no loss here compares numbers")
		}
	},
}

func regression(h *nnvet.Head) bool {
	return slices.Contains([]nnvet.LossKind{nnvet.MSE, nnvet.L1, nnvet.SmoothL1, nnvet.Huber}, h.Loss)
}

func judgeTarget(p *nnvet.Pass, h *nnvet.Head) {
	y := p.Trace.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
	if y == nil || y.All().N == 0 {
		p.Skip("no finite targets of %s were recorded", h.Name)
		return
	}
	p.Measured("std %s", short(y.All().Std))
	if !judgeScale(p, h, y) {
		judgeOwned(p, h, y)
	}
}

// judgeScale looks at how far the targets are from the scale of a network that
// has not learned, and reports whether they are a finding.
func judgeScale(p *nnvet.Pass, h *nnvet.Head, y *nnvet.Profile) bool {
	all := y.All()
	scale := math.Log10(all.RMS())
	if math.Abs(scale) < p.Limit("scale") {
		return false
	}
	if len(h.Chain) == 0 {
		p.Skip("what feeds %s was not recorded", h.Name)
		return false
	}
	if op := rescales(h); op != "" && !(scale > 0 && within1(op)) {
		p.Measured("by %.9s", op) // the network does not end in its last layer, and may well scale by itself
		return false
	}
	b, err := baseline(p.Trace, h, all)
	if err != nil {
		p.Skip("%v", err)
		return false
	}
	loss := p.Trace.TrainLoss(h)
	a := approachTo(loss, b.Loss*(1-p.Limit("skill")))
	if n := loss.Len(); n == 0 || float64(n) < p.Limit("steps") && !a.broke {
		p.Short("%d losses of %s were recorded; it takes %g to judge", loss.Len(), h.Name, p.Limit("steps"))
		return false
	}
	if a.reached && a.share < p.Limit("wasted") {
		return false
	}
	reportTarget(p, h, y, b, a)
	return true
}

// rescales returns the operation between the last layer and the loss that
// changes the scale of predictions, or "".
func rescales(h *nnvet.Head) string {
	for _, op := range h.Chain {
		switch op.Kind {
		case "reshape", "select", "dropout", "linear", "conv":
		default:
			return op.Kind
		}
	}
	return ""
}

// within1 reports whether nothing beyond 1 comes out of an operation: targets
// that are far larger are not of its scale.
func within1(op string) bool {
	return slices.Contains([]string{"tanh", "sigmoid", "softmax", "hardtanh"}, op)
}

// baseline returns the loss of the best constant. The Huber losses are the
// absolute error less about half where errors are large, so that is what they
// are compared with there.
func baseline(t *nnvet.Trace, h *nnvet.Head, y nnvet.Moments) (nnvet.Baseline, error) {
	like := *h
	if (h.Loss == nnvet.SmoothL1 || h.Loss == nnvet.Huber) && y.Std > 3 {
		like.Loss = nnvet.L1
	}
	return t.Baseline(&like, nnvet.Train)
}

// An approach is how a loss came down to that of the best constant.
type approach struct {
	reached bool
	steps   int64   // until then, or in all
	share   float64 // of the steps of the run
	broke   bool    // it stopped being finite before
}

// approachTo follows the mean of a fiftieth of the losses, at most 20 of them,
// since single batches are noisy.
func approachTo(s *nnvet.Series, goal float64) approach {
	w := min(max(s.Len()/50, 1), 20)
	if s.Len() == 0 {
		return approach{}
	}
	last, _ := s.Last()
	for i := 0; i+w <= s.Len(); i++ {
		a := approach{steps: s.Steps[i] - s.Steps[0], share: float64(s.Steps[i]-s.Steps[0]) / float64(last-s.Steps[0]+1)}
		switch m := stat.Mean(s.Values[i : i+w]); {
		case !stat.Finite(m):
			a.broke, a.steps = true, s.Steps[i+stat.FirstBad(s.Values[i:])]
			return a
		case m <= goal:
			a.reached = true
			return a
		}
	}
	return approach{steps: last + 1, share: 1}
}

func reportTarget(p *nnvet.Pass, h *nnvet.Head, y *nnvet.Profile, b nnvet.Baseline, a approach) {
	all := y.All()
	loss := p.Trace.TrainLoss(h)
	last, final := loss.Last()
	span := nnvet.Span{From: loss.Steps[0], To: last}
	if a.reached {
		span.To = a.steps
	}
	f := nnvet.Finding{
		Site:       h.Name,
		Source:     h.Source,
		Label:      fmt.Sprintf("targets have mean %s, std %s", figure(all.Mean), figure(all.Std)),
		Span:       span,
		Brief:      brief(all),
		Confidence: 0.9,
		Evidence: []nnvet.Evidence{
			{What: "rms of the targets, from 1", Saw: math.Abs(math.Log10(all.RMS())), Unit: "decades", Limit: "scale"},
			{What: "mean of the targets", Saw: all.Mean, Lo: -1, Hi: 1},
			{What: "std of the targets", Saw: all.Std, Lo: 0.3, Hi: 3},
			{What: "loss of " + b.How, Saw: b.Loss},
		},
		Treatments: []nnvet.Treatment{restore(p.Trace, unscale(y))},
	}
	if c := p.Trace.Entry("transform", "target"); c != nil {
		f.Source = c.Source
	}
	off := fmt.Sprintf("the targets are not normalized, mean %s and std %s:", figure(all.Mean), figure(all.Std))
	if o := furthest(y); o.z >= p.Limit("outlier") {
		off = fmt.Sprintf("few targets own the scale of all: one is %s, %s standard deviations from the mean of %s;", figure(o.value), short(o.z), figure(all.Mean))
		f.Brief = "outliers"
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "furthest target, in std from the mean", Saw: o.z, Limit: "outlier"})
		f.Treatments = append(tame(p.Trace, o), f.Treatments...)
	}
	if op := rescales(h); op != "" {
		last := &f.Treatments[len(f.Treatments)-1]
		last.Action += fmt.Sprintf("; and take out the final %s, out of whose reach standardized targets lie as well", op)
		last.Settings = append(last.Settings, nnvet.Setting{Name: "final activation", From: op, To: "none"})
	}
	end, ended := courseOf(p.Trace, h, nnvet.Train)
	switch {
	case a.broke:
		f.Severity = nnvet.Error
		f.Message = off + fmt.Sprintf(" the loss stopped being finite at step %d, before it came down to that of %s", a.steps, b.How)
	case !a.reached:
		f.Severity = nnvet.Error
		f.Message = off + fmt.Sprintf(" after %d steps the loss is still above that of %s", a.steps, b.How)
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "last loss", Saw: final, Key: loss.Key})
	case ended && end.Skill() <= p.Limit("skill"): // back above it, or only just below
		f.Severity = nnvet.Error
		f.Message = off + fmt.Sprintf(" %d of %d steps went into reaching their range; and %s", a.steps, last+1, end.Ended())
		f.Evidence = append(f.Evidence, end.Evidence("skill"))
	default:
		f.Message = off + fmt.Sprintf(" %d of %d steps went into reaching their range", a.steps, last+1)
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "share of steps above that", Saw: a.share, Key: loss.Key, Limit: "wasted"})
	}
	p.Report(f)
}

func unscale(y *nnvet.Profile) string {
	if len(y.Columns) > 1 || y.Of > 1 {
		return "standardize every target with its own mean and std of the training rows, and turn predictions back before they are reported" + coded(y)
	}
	m := y.All()
	back := figure(m.Std) + " * prediction"
	if c := center(m); c != "0" {
		back += " " + signed(m.Mean, c)
	}
	return fmt.Sprintf("standardize the targets with the training set's figures, %s, and report %s", standardized("y", m), back)
}
