package finalactivation

import (
	_ "embed"
	"fmt"

	"github.com/nnvet/nnvet"
)

//go:embed target_at_asymptote.md
var atAsymptoteDoc string

// TargetAtAsymptote finds numbers that a tanh or a sigmoid reaches only at
// infinity.
var TargetAtAsymptote = nnvet.Check{
	ID:       "NN0702",
	Name:     "target-at-asymptote",
	Pitfall:  nnvet.FinalActivation,
	Doc:      atAsymptoteDoc,
	Severity: nnvet.Note,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedHead, nnvet.NeedProfile(nnvet.Target)},
	Limits: []nnvet.Limit{
		{Name: "share", Default: 0.05, Source: "convention: fewer are the ends of a scale, which one need not meet"},
		nnvet.HealthySkill,
	},
	Explains: []string{"NN0602", "NN0802", "NN0201"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		squashed := false
		for i := range p.Trace.Heads {
			h := &p.Trace.Heads[i]
			op := first(h)
			if !comparesNumbers(h) || op == nil || op.Kind != "tanh" && op.Kind != "sigmoid" {
				continue
			}
			squashed = true
			y := p.Trace.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
			if y == nil || y.Ranges.N == 0 {
				p.Skip("the targets of %s were not counted", h.Name)
				continue
			}
			judgeAsymptote(p, h, op, y)
		}
		if !squashed {
			p.Skip("no tanh or sigmoid ends in a loss that compares numbers")
		}
	},
}

func judgeAsymptote(p *nnvet.Pass, h *nnvet.Head, op *nnvet.Op, y *nnvet.Profile) {
	at, low, to := y.Ranges.At0+y.Ranges.At1, "0", "0.1..0.9"
	if op.Kind == "tanh" {
		at, low, to = y.Ranges.AtMinus1+y.Ranges.At1, "-1", "-0.9..0.9"
	}
	share := float64(at) / float64(y.Ranges.N)
	p.Measured("%.0f%% there", 100*share)
	if share <= p.Limit("share") || labelsOf(y) { // labels are a matter of the loss
		return
	}
	severity, evidence := harm(p)
	f := nnvet.Finding{
		Severity: severity, Confidence: 0.7,
		Site:    op.Layer,
		Source:  place(p.Trace, h, op),
		Label:   fmt.Sprintf("comes near %s and 1, and never there", low),
		Span:    whole(p.Trace),
		Brief:   fmt.Sprintf("%.0f%% at end", 100*share),
		Message: fmt.Sprintf("%.3g %% of the targets are exactly %s or 1, which %s reaches only with infinite weights, and where it passes no gradient", 100*share, low, op.Kind),
		Evidence: append([]nnvet.Evidence{
			{What: "share of targets at the ends", Saw: share, Limit: "share"},
		}, evidence...),
		Treatments: []nnvet.Treatment{
			{Action: fmt.Sprintf("scale the targets into %s, and the predictions back", to)},
			{
				Action:   fmt.Sprintf("or take out the final %s, and cut predictions off at %s and 1 after training", op.Kind, low),
				Settings: []nnvet.Setting{{Name: "final activation", Site: op.Layer, From: op.Kind, To: "none"}},
				Edits:    drop(p.Trace, op, op.Kind, classes[op.Kind]),
			},
		},
	}
	if s := p.Trace.Series(nnvet.Key{Quantity: nnvet.Saturated, Site: op.Layer}); op.Layer != "" && s.Len() > 0 {
		_, flat := s.Last()
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "share of its outputs in the flat ends", Saw: flat, Key: s.Key})
	}
	p.Report(f)
}
