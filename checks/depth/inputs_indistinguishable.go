package depth

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed inputs_indistinguishable.md
var inputsIndistinguishableDoc string

// InputsIndistinguishable finds networks whose last hidden layer begins by
// putting out the same for every input, so that nothing can be learned, or only
// what is left after most of the run went into telling inputs apart.
var InputsIndistinguishable = nnvet.Check{
	ID:       "NN1002",
	Name:     "inputs-indistinguishable",
	Pitfall:  nnvet.Depth,
	Doc:      inputsIndistinguishableDoc,
	Severity: nnvet.Error,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedSeries(nnvet.ActCosine, ""), nnvet.NeedHead, nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: []nnvet.Limit{
		{Name: "alike", Default: 0.999, Source: "measured on small MLPs: 32 layers of ReLU with He weights began at 0.998 and trained"},
		{Name: "lost", Default: 10, Source: "convention: nine tenths of what told inputs apart behind the first layer is gone at the last"},
		{Name: "same", Default: 0.9999, Source: "measured in the casebook's part to learn from: the last hidden layers of 1354 sound runs with two or more began at 0.9964 or less, those of 6 sigmoids at 0.999998 or more"},
		{Name: "deep", Default: 4, Source: "convention: up to three hidden layers nobody calls deep; of one unit, all outputs have a cosine of 1"},
		{Name: "fits", Default: 0.8, Source: "convention: where four fifths are explained, inputs were told apart in time"},
		{Name: "steps", Default: 50, Source: "convention: a shorter run has hardly begun"},
		nnvet.NoSkill,
	},
	Explains: []string{"NN0803", "NN0903", "NN0602", "NN1004", "NN0201", "NN0206"},
	AtEnd:    true,
	Run:      inputsIndistinguishable,
}

// A fade is how inputs become alike on their way through a network, at its start.
type fade struct {
	first, last string  // layers
	from, to    float64 // 1 - cosine behind them
	layers      int     // between them
}

func inputsIndistinguishable(p *nnvet.Pass) {
	f, ok := fadeOf(p.Trace)
	if !ok {
		p.Skip("how alike two inputs come out was recorded of fewer than two hidden layers")
		return
	}
	p.Measured("cosine %.2g", 1-f.to)
	if 1-f.to < p.Limit("alike") || f.from < p.Limit("lost")*f.to {
		return
	}
	c, err := p.Trace.Course(nnvet.Train)
	if err != nil || c.Scale.How == "" {
		p.Skip("what a constant would reach is not known, so that nobody can say whether anything was learned")
		return
	}
	if float64(p.Trace.Run.Steps) < p.Limit("steps") {
		p.Short("the run has %d steps; it takes %.0f to judge", p.Trace.Run.Steps, p.Limit("steps"))
		return
	}
	switch skill := c.Skill(); {
	case skill <= p.Limit("learned"):
		reportFade(p, f, c)
	case skill < p.Limit("fits") && 1-f.to >= p.Limit("same") && f.layers+1 >= int(p.Limit("deep")):
		reportFade(p, f, c)
	}
}

// fadeOf compares the first hidden layer with the last at the first step. What
// is alike when it comes in is not the depth's doing, so that the first layer
// is where it begins.
func fadeOf(t *nnvet.Trace) (fade, bool) {
	var f fade
	for _, s := range t.Stages() {
		if s.Last {
			continue
		}
		v, ok := alike(t, s.Layer.Name)
		if !ok {
			continue
		}
		if f.first == "" {
			f.first, f.from = s.Layer.Name, 1-v
		} else {
			f.layers++
		}
		f.last, f.to = s.Layer.Name, 1-v
	}
	return f, f.layers > 0
}

// alike returns the mean cosine between a layer's first outputs for two inputs.
func alike(t *nnvet.Trace, layer string) (float64, bool) {
	s := t.Series(nnvet.Key{Quantity: nnvet.ActCosine, Site: layer})
	if s.Len() == 0 || math.IsNaN(s.Values[0]) {
		return 0, false
	}
	return s.Values[0], true
}

func reportFade(p *nnvet.Pass, f fade, c nnvet.Course) {
	key := nnvet.Key{Quantity: nnvet.ActCosine, Site: f.last}
	out := nnvet.Finding{
		Confidence: 0.8,
		Site:       f.last,
		Label:      "puts out the same for every input",
		Span:       nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)},
		Brief:      fmt.Sprintf("cosine %.2g", 1-f.to),
		Message:    fmt.Sprintf("inputs cannot be told apart: behind layer %s, the outputs for two inputs begin apart by %s (1 - cosine)", f.last, apart(f.to)),
		Evidence: []nnvet.Evidence{
			{What: "1 - cosine between outputs, last hidden layer", Saw: f.to, Key: key},
			{What: "1 - cosine that is taken for none", Saw: 1 - p.Limit("alike"), Key: key},
			{What: "what is lost since the first, times, at least", Saw: f.from / max(f.to, resolved), Limit: "lost"},
			c.Evidence("learned"),
		},
	}
	if c.Skill() > p.Limit("learned") {
		out.Severity, out.Confidence = nnvet.Warning, 0.65
		out.Message = fmt.Sprintf("inputs could hardly be told apart: behind layer %s, the outputs for two inputs began apart by %s (1 - cosine)", f.last, apart(f.to))
		out.Evidence[1].Saw, out.Evidence[3] = 1-p.Limit("same"), c.Evidence("fits")
	}
	if l := p.Trace.Layer(f.last); l != nil {
		out.Source = l.Source
	}
	if xi := f.scale(); xi > 0 && !math.IsInf(xi, 0) {
		out.Evidence = append(out.Evidence, nnvet.Evidence{What: "layers in which the difference falls to 1/e", Saw: xi, Unit: "layers"})
		out.Message += fmt.Sprintf(", and %.2g layers leave a third of what differs", xi)
	}
	out.Message += "; " + c.Ended()
	way := pathOf(p.Trace)
	out.Treatments = []nnvet.Treatment{shallower(p.Trace, way.layers), critical(p.Trace), passable(p.Trace)}
	p.Report(out)
}

// resolved is the least difference of a cosine from 1 that a trace can hold,
// whose figures have six digits.
const resolved = 1e-6

// apart writes 1 - cosine.
func apart(v float64) string {
	if v < resolved {
		return "less than 1e-6"
	}
	return strings.Replace(fmt.Sprintf("%.2g", v), "e-0", "e-", 1)
}

// scale returns the depth scale: the layers in which the difference falls to
// 1/e (Schoenholz et al. 2017).
func (f fade) scale() float64 { return float64(f.layers) / math.Log(f.from/f.to) }

// lawful returns the settings that start every layer with weights by the law of
// its activation.
func lawful(t *nnvet.Trace) []nnvet.Setting {
	var out []nnvet.Setting
	for _, s := range t.Stages() {
		to := "he"
		switch {
		case s.Activation == "tanh" || s.Activation == "sigmoid":
			to = "xavier"
		case s.Last:
			to = "lecun"
		}
		out = append(out, nnvet.Setting{Name: "weight init", Site: s.Layer.Name, From: "as it is", To: to})
	}
	return out
}

// critical returns the treatment that starts the weights where differences
// last (Schoenholz et al. 2017, Poole et al. 2016).
func critical(t *nnvet.Trace) nnvet.Treatment {
	for _, s := range t.Stages() {
		if s.Activation == "sigmoid" {
			return nnvet.Treatment{
				Action: t.Say(nnvet.Words{
					Program: `take ReLU in the place of the sigmoid in hidden layers, and start the weights by He: nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")`,
					File:    "take relu in the place of sigmoid in hidden layers; their weights then start with he_normal by themselves",
				}),
				Settings: []nnvet.Setting{{Name: "activation", From: "sigmoid", To: "relu"}, {Name: "weight init", To: "he"}},
			}
		}
	}
	return nnvet.Treatment{Action: t.Say(nnvet.Words{
		Program: `start the weights by the law of their activation: nn.init.kaiming_normal_(layer.weight, nonlinearity="relu") before ReLU, nn.init.xavier_normal_(layer.weight) before tanh`,
		File:    "leave init out of the layers: they then start by the law of the activation behind them",
	}), Settings: lawful(t)}
}
