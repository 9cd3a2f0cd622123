package regularization

import (
	_ "embed"
	"fmt"

	"github.com/nnvet/nnvet"
)

//go:embed extreme_weights.md
var extremeDoc string

// ExtremeWeights finds layers that a single weight has come to own.
var ExtremeWeights = nnvet.Check{
	ID:       "NN0408",
	Name:     "extreme-weights",
	Pitfall:  nnvet.Regularization,
	Doc:      extremeDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedSeries(nnvet.WeightMax, ""), nnvet.NeedSeries(nnvet.WeightNorm, "")},
	Limits: []nnvet.Limit{
		{Name: "owns", Default: 0.25, Source: "convention: one weight with a quarter of the squared norm of a hundred or more; of normal ones the largest of 100 has about 6 %"},
		{Name: "weights", Default: 100, Source: "convention: of few weights, one is often the largest by far"},
		{Name: "apart", Default: 0.1, Source: "convention: a tenth of what can be learned is a large effect"},
		nnvet.HealthySkill,
	},
	Explains: []string{"NN0401"},
	AtEnd:    true,
	Run:      extremeWeights,
}

// An owner is a parameter whose largest weight has a large part of its norm.
type owner struct {
	param *nnvet.Param
	share float64 // of the squared norm, at the end
	begun float64 // at the start
	key   nnvet.Key
	value float64 // the weight's size
}

func extremeWeights(p *nnvet.Pass) {
	worst, looked := owner{}, false
	for s := range p.Trace.All(nnvet.WeightMax) {
		q := p.Trace.Param(s.Key.Site)
		norm := p.Trace.Series(nnvet.Key{Quantity: nnvet.WeightNorm, Site: s.Key.Site})
		if q == nil || len(q.Shape) < 2 || count(q.Shape) < p.Limit("weights") || s.Len() == 0 || norm.Len() == 0 {
			continue
		}
		looked = true
		_, largest := s.Last()
		_, n := norm.Last()
		o := owner{param: q, share: (largest / n) * (largest / n), begun: (s.Values[0] / norm.Values[0]) * (s.Values[0] / norm.Values[0]), key: s.Key, value: largest}
		if o.share > worst.share {
			worst = o
		}
	}
	if !looked {
		p.Skip("no weight of %.0f elements or more was looked at", p.Limit("weights"))
		return
	}
	p.Measured("top %.1f%%", 100*worst.share)
	if worst.share > p.Limit("owns") && !(worst.begun > p.Limit("owns")/2) && worst.share <= 1 {
		reportOwner(p, worst)
	}
}

func count(shape []int) float64 {
	n := 1.0
	for _, extent := range shape {
		n *= float64(extent)
	}
	return n
}

func reportOwner(p *nnvet.Pass, o owner) {
	f := nnvet.Finding{
		Severity:   nnvet.Note,
		Confidence: 0.6,
		Site:       o.param.Name,
		Label:      fmt.Sprintf("one weight is %.3g", o.value),
		Span:       nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)},
		Brief:      fmt.Sprintf("top %.0f%%", 100*o.share),
		Message:    fmt.Sprintf("one weight owns a layer: of the %.0f of %s, the largest (%.3g) has %.0f %% of the squared norm; it began with %.2g %%", count(o.param.Shape), o.param.Name, o.value, 100*o.share, 100*o.begun),
		Evidence:   []nnvet.Evidence{{What: "share of the squared norm that one weight has", Saw: o.share, Key: o.key, Limit: "owns"}},
		Treatments: append([]nnvet.Treatment{decay(p.Trace)}, spread(p.Trace)...),
	}
	if l := p.Trace.Layer(o.param.Layer); l != nil {
		f.Source = l.Source
	}
	if lost, ok := apart(p.Trace); ok && lost > p.Limit("apart") {
		f.Severity = nnvet.Warning
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "skill on training rows less that on validation rows", Saw: lost, Limit: "apart"})
	} else if c, err := p.Trace.Course(nnvet.Train); err == nil && c.Skill() < p.Limit("skill") {
		f.Severity = nnvet.Warning
		f.Evidence = append(f.Evidence, c.Evidence("skill"))
	}
	p.Report(f)
}

// spread returns the treatment that keeps any one weight from mattering so much.
func spread(t *nnvet.Trace) []nnvet.Treatment {
	if d := dropout(t); d != nil {
		return []nnvet.Treatment{*d}
	}
	return nil
}
