package gradients

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed saturated_units.md
var saturatedDoc string

// Saturated finds hidden tanh and sigmoid units that are in their flat ends,
// where hardly any gradient passes, in a network that learns little.
var Saturated = nnvet.Check{
	ID:       "NN0802",
	Name:     "saturated-units",
	Pitfall:  nnvet.Gradients,
	Doc:      saturatedDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedSeries(nnvet.Saturated, ""), nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: []nnvet.Limit{
		{Name: "share", Default: 0.1, Source: "measured on small MLPs: 1 in 100 healthy runs is past 0.4 %, none past 2.3 %"},
		{Name: "most", Default: 0.5, Source: "convention: from half of the outputs on, most of what a layer says is flat"},
		{Name: "wide", Default: 2, Source: "the sums of a tanh with this standard deviation are past 3, where it is flat, on 13 % of rows"},
		nnvet.HealthySkill, nnvet.NoSkill,
	},
	Explains: []string{"NN0803", "NN0201"},
	Run:      saturated,
}

// A flatness is how much of a hidden activation's output stays flat.
type flatness struct {
	layer *nnvet.Layer
	stage *nnvet.Stage // whose sums it is given; nil where that is not certain
	share float64
	key   nnvet.Key
	span  nnvet.Span
}

func saturated(p *nnvet.Pass) {
	var worst flatness
	past, judged := 0, 0
	for _, f := range flatLayers(p.Trace) {
		judged++
		if f.share >= worst.share {
			worst = f
		}
		if f.share > p.Limit("share") {
			past++
		}
	}
	if judged == 0 {
		p.Skip("no hidden tanh or sigmoid was looked at")
		return
	}
	p.Measured("flat %.0f%%", 100*worst.share)
	if past == 0 {
		return
	}
	c, ok, err := suffers(p)
	if err != nil {
		p.Skip("%.0f %% of the outputs of layer %s are in its flat ends, but %v", 100*worst.share, worst.layer.Name, err)
		return
	}
	if ok {
		reportFlat(p, worst, past, c)
	}
}

// flatLayers returns the hidden activations that were looked at. Those behind
// the last stage are outputs, which are flat where a classifier is certain.
// Of the last two windows, if there are two, the lower share counts.
func flatLayers(t *nnvet.Trace) []flatness {
	ends := make(map[string]bool)
	for _, h := range t.Heads {
		for _, op := range h.Chain {
			ends[op.Layer] = true
		}
	}
	stages := t.Stages()
	feeds := feeders(t, stages)
	var out []flatness
	for i := range t.Layers {
		l := &t.Layers[i]
		s := t.Series(nnvet.Key{Quantity: nnvet.Saturated, Site: l.Name})
		if s.Len() == 0 || ends[l.Name] || feeds[l.Name] != nil && feeds[l.Name].Last {
			continue
		}
		step, share := s.Last()
		f := flatness{layer: l, stage: feeds[l.Name], share: share, key: s.Key, span: nnvet.Span{From: step, To: step}}
		if n := s.Len(); n > 1 {
			f.share, f.span.From = math.Min(share, s.Values[n-2]), s.Steps[n-2]
		}
		if f.share >= 0 && f.share <= 1 { // not NaN
			out = append(out, f)
		}
	}
	return out
}

// feeders returns the stage that stands before each layer, in the order of the
// layers.
func feeders(t *nnvet.Trace, stages []nnvet.Stage) map[string]*nnvet.Stage {
	out := make(map[string]*nnvet.Stage)
	at := -1
	for i := range t.Layers {
		if at+1 < len(stages) && stages[at+1].Layer == &t.Layers[i] {
			at++
		} else if at >= 0 {
			out[t.Layers[i].Name] = &stages[at]
		}
	}
	return out
}

func reportFlat(p *nnvet.Pass, worst flatness, past int, c nnvet.Course) {
	f := nnvet.Finding{
		Severity:   nnvet.Warning,
		Confidence: 0.6,
		Site:       worst.layer.Name,
		Source:     worst.layer.Source,
		Label:      fmt.Sprintf("%.0f %% of its outputs are flat", 100*worst.share),
		Span:       worst.span,
		Brief:      fmt.Sprintf("flat %.0f%%", 100*worst.share),
		Message: fmt.Sprintf("units are saturated: %.0f %% of the outputs of layer %s (%s) are in its flat ends, where hardly any gradient passes",
			100*worst.share, worst.layer.Name, worst.layer.Kind),
		Evidence: []nnvet.Evidence{{What: "saturated outputs", Saw: worst.share, Key: worst.key, Limit: "share", Lo: 0, Hi: 0.023}, c.Evidence("skill")},
	}
	if past > 1 {
		f.Message += fmt.Sprintf("; %d layers are past %.0f %%", past, 100*p.Limit("share"))
	}
	f.Message += "; " + c.Ended()
	if worst.share > p.Limit("most") {
		f.Confidence, f.Evidence[0].Limit = 0.75, "most"
		if c.Skill() <= p.Limit("learned") {
			f.Severity = nnvet.Error
		}
	}
	f.Treatments = unsaturate(p, worst)
	p.Report(f)
}

// unsaturate says what makes the sums smaller: the inputs or the weights where
// they begin wide, the learning rate where they became so, and an activation
// without flat ends.
func unsaturate(p *nnvet.Pass, worst flatness) []nnvet.Treatment {
	t := p.Trace
	var out []nnvet.Treatment
	if r, ok := rescale(t); ok {
		out = append(out, r)
	}
	if s := worst.stage; s != nil {
		wide := at0(t, nnvet.ActStd, s.Layer.Name)
		if r, ok := restart(t, s); ok {
			out = append(out, r)
		} else if wide > p.Limit("wide") && len(out) == 0 {
			l := lawOf(s)
			out = append(out, nnvet.Treatment{Action: fmt.Sprintf("bring what layer %s adds up from std %v to 1: weights of std %s = %v (%s), and inputs of mean 0 and std 1",
				s.Layer.Name, stat.Signif(wide, 2), l.written, stat.Signif(l.std, 3), t.Say(l.say))})
		}
	}
	if len(out) == 0 { // they began well
		out = append(out, lowerRate(t))
	}
	return append(out, nnvet.Treatment{
		Action: t.Say(nnvet.Words{
			Program: fmt.Sprintf("take an activation without flat ends in hidden layers: nn.ReLU() in place of nn.%s(), with kaiming_normal_", worst.layer.Kind),
			File:    "take an activation without flat ends in hidden layers: relu, with init: he_normal",
		}),
		Settings: []nnvet.Setting{{Name: "activation", Site: worst.layer.Name, From: worst.layer.Kind, To: "relu"}},
	})
}
