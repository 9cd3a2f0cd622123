package gradients

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed vanishing_gradients.md
var vanishingDoc string

// Vanishing finds networks whose first layers get next to no gradient while
// they train.
var Vanishing = nnvet.Check{
	ID:       "NN0803",
	Name:     "vanishing-gradients",
	Pitfall:  nnvet.Gradients,
	Doc:      vanishingDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{needPassage, nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: []nnvet.Limit{
		{Name: "drift", Default: 1, Source: "measured on small MLPs: healthy ones are at -0.13 to 0.36 decades"},
		{Name: "drift-error", Default: 2, Source: "measured on small MLPs: up to 2 decades cost at most 0.04 skill, 4 to 6 cost 0.2 to 0.3"},
		{Name: "hopeless", Default: 4, Source: "measured on small MLPs: from 4 decades on networks lose much, past 10 they learn nothing"},
		{Name: "dead", Default: 0.4, Source: "measured on small MLPs: 1 of 200 healthy runs had a layer past it"},
		nnvet.HealthySkill,
	},
	Explains: []string{"NN0201"},
	Run:      vanishing,
}

var needPassage = nnvet.Need{What: "gradients", Has: func(t *nnvet.Trace) bool {
	return nnvet.NeedSeries(nnvet.ActGrad, "").Has(t) || nnvet.NeedSeries(nnvet.GradRMS, "").Has(t)
}}

func vanishing(p *nnvet.Pass) {
	w, err := passageOf(p.Trace)
	if err != nil {
		p.Skip("%v", err)
		return
	}
	d := w.typical()
	p.Measured("1/%s", times(math.Max(d, 0)))
	if !(d > p.Limit("drift")) {
		return
	}
	c, ok, err := suffers(p)
	if err != nil {
		p.Skip("the gradient at layer %s is %s times smaller than at layer %s, but %v", w.first.Layer.Name, times(d), w.last.Layer.Name, err)
		return
	}
	if !ok {
		return
	}
	flat, _ := flatStages(p.Trace)
	if layer, share := deadest(p.Trace); share >= p.Limit("dead") && 2*flat < w.between {
		p.Skip("%.0f %% of the units of layer %s are dead, which cuts the gradient off", 100*share, layer)
		return
	}
	if math.IsInf(d, 1) && 2*flat < w.between {
		p.Skip("nothing at all of the gradient gets to layer %s: it does not fade, something cuts it off", w.first.Layer.Name)
		return
	}
	f := nnvet.Finding{
		Severity:   nnvet.Warning,
		Confidence: w.confidence(),
		Site:       w.first.Layer.Name,
		Source:     w.first.Layer.Source,
		Label:      "next to no gradient gets here",
		Span:       w.span(),
		Brief:      "1/" + times(d),
		Evidence:   []nnvet.Evidence{{What: w.what(), Saw: d, Unit: "decades", Key: w.key, Limit: "drift", Lo: -0.13, Hi: 0.36}, c.Evidence("skill")},
	}
	if math.IsInf(d, 1) {
		f.Message = fmt.Sprintf("gradients vanish: nothing of the gradient at layer %s gets to layer %s", w.last.Layer.Name, w.first.Layer.Name)
		f.Brief = "none left"
	} else {
		f.Message = fmt.Sprintf("gradients vanish: that at layer %s is %s times smaller than at layer %s", w.first.Layer.Name, times(d), w.last.Layer.Name)
	}
	f.Message += fmt.Sprintf(", %d layers behind; %s", w.between, c.Ended())
	switch {
	case d > p.Limit("hopeless"):
		f.Severity, f.Evidence[0].Limit = nnvet.Error, "hopeless"
	case d > p.Limit("drift-error"):
		f.Severity, f.Evidence[0].Limit = nnvet.Error, "drift-error"
	}
	f.Treatments = widen(p.Trace, &w)
	p.Report(f)
}

// flatStages returns how many hidden stages end in an activation that is flat
// at both ends, and in which.
func flatStages(t *nnvet.Trace) (n int, kind string) {
	for _, s := range t.Stages() {
		if !s.Last && (s.Activation == "sigmoid" || s.Activation == "tanh") {
			n++
			kind = s.Activation
		}
	}
	return n, kind
}

// deadest returns the hidden layer that has the largest share of dead units at
// the end.
func deadest(t *nnvet.Trace) (layer string, share float64) {
	for _, s := range t.Stages() {
		d := t.Series(nnvet.Key{Quantity: nnvet.Dead, Site: s.Layer.Name})
		if d.Len() == 0 || s.Last {
			continue
		}
		if _, v := d.Last(); v > share && v <= 1 {
			layer, share = s.Layer.Name, v
		}
	}
	return layer, share
}

// widen says what lets gradients through: another activation where it is flat,
// weights of the right size, a normalization, fewer layers.
func widen(t *nnvet.Trace, w *passage) []nnvet.Treatment {
	var out []nnvet.Treatment
	stages := t.Stages()
	flat, kind := flatStages(t)
	if flat > 0 && 2*flat >= w.between {
		he := heFor(&w.first)
		std := stat.Signif(he.std, 3)
		why := "whose gradient is 1 wherever it is open"
		if kind == "sigmoid" {
			why = fmt.Sprintf("as a sigmoid passes at most 1/4 of a gradient, and %d of them %s", flat, quarter(flat))
		}
		out = append(out, nnvet.Treatment{
			Action: t.Say(nnvet.Words{
				Program: fmt.Sprintf("make the hidden activations ReLU, %s, and start their weights by he's law: %s, for layer %s std %s = %v", why, he.say.Program, w.first.Layer.Name, he.written, std),
				File:    fmt.Sprintf("make the hidden activations relu, %s, with %s, for layer %s std %s = %v", why, he.say.File, w.first.Layer.Name, he.written, std),
			}),
			Settings: []nnvet.Setting{{Name: "activation", From: kind, To: "relu"}, {Name: "weight init", To: "he"}},
		})
	}
	for i := range stages {
		if r, ok := restart(t, &stages[i]); ok && !stages[i].Last {
			out = append(out, r)
			break
		}
	}
	out = append(out, normalize(t))
	if w.between > 7 {
		out = append(out, nnvet.Treatment{
			Action: t.Say(nnvet.Words{
				Program: fmt.Sprintf("go from %d hidden layers to 3, or add each block's input to its output: x + block(x)", w.between+1),
				File:    fmt.Sprintf("go from %d hidden layers to 3, or put them into residual blocks", w.between+1),
			}),
			Settings: []nnvet.Setting{{Name: "hidden layers", From: fmt.Sprint(w.between + 1), To: "3"}},
		})
	}
	return out
}

// quarter writes what is left after a number of sigmoids: "1/256".
func quarter(n int) string { return "1/" + times(float64(n)*math.Log10(4)) }

// normalize returns the treatment that brings every layer back to one scale.
func normalize(t *nnvet.Trace) nnvet.Treatment {
	return nnvet.Treatment{
		Action: t.Say(nnvet.Words{
			Program: "put a normalization between each hidden layer and its activation: nn.BatchNorm1d(units), or nn.LayerNorm(units) where batches are small",
			File:    "put batch_norm between each hidden layer and its activation, or layer_norm where batches are small",
		}),
		Settings: []nnvet.Setting{{Name: "norm", From: "none", To: "batch"}},
	}
}
