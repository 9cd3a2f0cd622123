package learningrate

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed optimizer_misconfigured.md
var misconfiguredDoc string

// Misconfigured finds settings of an optimizer other than the learning rate
// that it cannot work with, or that cost the run something.
var Misconfigured = nnvet.Check{
	ID:       "NN0606",
	Name:     "optimizer-misconfigured",
	Pitfall:  nnvet.LearningRate,
	Doc:      misconfiguredDoc,
	Severity: nnvet.Error,
	Needs:    []nnvet.Need{nnvet.NeedOptimizer},
	Limits: []nnvet.Limit{
		{Name: "eps-high", Default: 1e-2, Source: "convention: a million times the default; gradients of sound networks are often smaller, which turns Adam into SGD with a tiny rate"},
		{Name: "eps-low", Default: 1e-13, Source: "float32: the square of a gradient below 1e-22 is 0, and so small a divisor is left alone with what is above it"},
		{Name: "momentum-high", Default: 0.99, Source: "convention: the memory of 100 steps, and a rate that counts 100-fold"},
		{Name: "adadelta-low", Default: 0.05, Source: "Zeiler 2012: Adadelta finds the length of a step itself, and its rate is a factor, 1"},
		{Name: "agree", Default: 1e-3, Source: "convention: rounding, in relation to the loss"},
		{Name: "looks", Default: 5, Source: "convention: so many sampled losses of opposite sign are no coincidence"},
		nnvet.HealthySkill, nnvet.NoSkill, nnvet.StillFalls,
	},
	Explains: []string{"NN0601", "NN0603", "NN0602", "NN0604", "NN0801", "NN0804", "NN0805", "NN0201", "NN0206"},
	Run:      misconfigured,
}

// An oddity is a setting that is wrong.
type oddity struct {
	name  string
	value float64
	limit string  // that it crossed; "" where it speaks for itself
	to    float64 // what it should be
	says  string
	proof bool // it cannot work, whatever the outcome
}

func misconfigured(p *nnvet.Pass) {
	t := p.Trace
	seen := make(map[string]bool) // of several groups alike, one is reported
	for i := range t.Optimizers {
		o := &t.Optimizers[i]
		for j := range o.Groups {
			for _, odd := range oddities(p, o, &o.Groups[j]) {
				if key := fmt.Sprint(i, odd.name, odd.value); !seen[key] {
					seen[key] = true
					reportOddity(p, o, &o.Groups[j], odd)
				}
			}
		}
	}
	if at, h, ok := negated(p); ok {
		reportNegated(p, at, h)
	}
}

// A rule says when one setting is wrong. A setting that the optimizer does not
// have breaks no rule.
type rule struct {
	setting string
	broken  func(v float64) bool
	limit   string
	to      float64
	says    string
	proof   bool
}

func oddities(p *nnvet.Pass, o *nnvet.Optimizer, g *nnvet.Group) []oddity {
	adam := strings.Contains(o.Kind, "Adam")
	rules := []rule{
		{"lr", func(v float64) bool { return v < 0 }, "", math.NaN(), "a step of negative length climbs the loss", true},
		{"momentum", func(v float64) bool { return v >= 1 }, "", 0.9, "what is kept of the last step never fades, so steps only grow", true},
		{"momentum", func(v float64) bool { return v < 0 }, "", 0.9, "every step takes back a part of the last one", false},
		{"momentum", func(v float64) bool { return v > p.Limit("momentum-high") && v < 1 }, "momentum-high", 0.9, "every gradient counts %.0f-fold, over as many steps", false},
		{"dampening", func(v float64) bool { return v >= 1 && g.Settings["momentum"] > 0 }, "", 0, "no gradient but the first one ever enters the steps", true},
		{"weight_decay", func(v float64) bool { return v < 0 }, "", 0, "every step makes the weights larger, whatever the loss", false},
		{"beta1", outsideUnit, "", 0.9, "it must lie from 0 to below 1", true},
		{"beta2", outsideUnit, "", 0.999, "it must lie from 0 to below 1", true},
		{"alpha", func(v float64) bool { return outsideUnit(v) && strings.Contains(o.Kind, "RMSprop") }, "", 0.99, "it must lie from 0 to below 1", true},
		{"rho", outsideUnit, "", 0.9, "it must lie from 0 to below 1", true},
		{"beta1", func(v float64) bool {
			b2, ok := g.Setting("beta2")
			return ok && !outsideUnit(v) && !outsideUnit(b2) && v > math.Sqrt(b2) && adam
		}, "", 0.9, fmt.Sprintf("it outlasts beta2, %s, so that steps are divided by the size of other gradients than they are made of", number(g.Settings["beta2"])), false},
		{"eps", func(v float64) bool { return v >= p.Limit("eps-high") && isAdaptive(o.Kind) }, "eps-high", 1e-8, "where gradients are smaller, steps are divided by it and not by their size", false},
		{"eps", func(v float64) bool { return v >= 0 && v <= p.Limit("eps-low") && adam }, "eps-low", 1e-8, "a weight without gradients for a while is thrown by the first that comes", false},
		{"lr", func(v float64) bool { return v > 0 && v < p.Limit("adadelta-low") && o.Kind == "Adadelta" }, "adadelta-low", 1, "Adadelta finds the length of a step itself, and this shortens it", false},
	}
	var out []oddity
	for _, r := range rules {
		v, ok := g.Setting(r.setting)
		if !ok || !r.broken(v) { // of NaN, nothing is known
			continue
		}
		says := r.says
		if strings.Contains(says, "%") {
			says = fmt.Sprintf(says, 1/(1-v))
		}
		out = append(out, oddity{r.setting, v, r.limit, r.to, says, r.proof})
	}
	if v := g.Settings["maximize"]; v == 1 {
		if h, err := p.Trace.MainHead(); err == nil && h.Root {
			out = append(out, oddity{"maximize", v, "", 0, fmt.Sprintf("it climbs %s, which is a loss", h.Name), true})
		}
	}
	return out
}

func outsideUnit(v float64) bool { return v < 0 || v >= 1 }

func reportOddity(p *nnvet.Pass, o *nnvet.Optimizer, g *nnvet.Group, odd oddity) {
	f := nnvet.Finding{
		Source:     o.Source,
		Label:      fmt.Sprintf("%s is %s", odd.name, number(odd.value)),
		Span:       nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)},
		Brief:      fmt.Sprintf("%.12s", odd.name),
		Confidence: 0.95,
		Message:    fmt.Sprintf("%s has %s %s: %s", o.Kind, odd.name, number(odd.value), odd.says),
		Evidence:   []nnvet.Evidence{{What: odd.name + " of " + g.Name, Saw: odd.value, Limit: odd.limit}},
		Treatments: []nnvet.Treatment{right(p.Trace, o, g, odd)},
	}
	if odd.name == "maximize" {
		f.Label, f.Message = "maximize is on", fmt.Sprintf("%s has maximize on: %s", o.Kind, odd.says)
	}
	c, err := p.Trace.Course(nnvet.Train)
	if err == nil {
		f.Message += "; " + c.Ended()
	}
	if !odd.proof {
		f.Severity, f.Confidence = nnvet.Note, 0.5
		if err == nil && p.Trace.Run.Ended != nnvet.Running {
			severity, evidence := harm(p, c)
			const fair = 0.9                                                                                          // of skill: what is nearly learned has not suffered
			if odd.limit == "eps-high" && c.Skill() < fair && severity == nnvet.Note && c.Fell() > p.Limit("falls") { // slower than it need be
				severity, evidence = nnvet.Warning, c.Falling("falls")
			}
			f.Severity = severity
			f.Evidence = append(f.Evidence, evidence)
			if severity > nnvet.Note {
				f.Confidence = 0.7
			}
		}
	}
	if odd.name == "eps" && odd.limit == "eps-high" {
		if rms := gradientSize(p.Trace, g); stat.Finite(rms) {
			f.Evidence = append(f.Evidence, nnvet.Evidence{What: "gradients, median of their root mean squares", Saw: rms, Key: nnvet.Key{Quantity: nnvet.GradRMS}})
		}
	}
	p.Report(f)
}

// gradientSize returns the median size of the gradients of a group's weights.
func gradientSize(t *nnvet.Trace, g *nnvet.Group) float64 {
	var all []float64
	for _, name := range g.Params {
		if s := t.Series(nnvet.Key{Quantity: nnvet.GradRMS, Site: name}); s.Len() > 0 {
			all = append(all, stat.Median(s.Values))
		}
	}
	return stat.Median(all)
}

// right returns what sets one setting right. The source is edited where the
// call says it as a number of its own.
func right(t *nnvet.Trace, o *nnvet.Optimizer, g *nnvet.Group, odd oddity) nnvet.Treatment {
	if odd.name == "lr" && odd.value < 0 {
		odd.to = -odd.value
	}
	out := nnvet.Treatment{
		Action: fmt.Sprintf("set %s to %s", t.Say(spelled(odd.name)), number(odd.to)),
	}
	if k, ok := nnvet.KnobOf(strings.ReplaceAll(odd.name, "_", " ")); ok {
		out.Settings = []nnvet.Setting{{Name: k.Name, From: number(odd.value), To: number(odd.to)}}
		if len(t.Optimizers) > 1 || len(o.Groups) > 1 {
			out.Settings[0].Site = g.Name
		}
	}
	if odd.name == "maximize" {
		out.Action = "leave maximize out: a loss is to be lowered"
		return out
	}
	if a, ok := t.CallAt(o.Source).Arg(odd.name); ok && len(o.Groups) == 1 && a.Source.Col > 0 && figured(a) {
		out.Edits = []nnvet.Edit{{At: a.Source, New: number(odd.to)}}
	}
	return out
}

// spelled returns what a setting is called where it is written.
func spelled(name string) nnvet.Words {
	switch name {
	case "beta1":
		return nnvet.Words{Program: "the first of betas", File: name}
	case "beta2":
		return nnvet.Words{Program: "the second of betas", File: name}
	case "weight_decay":
		return nnvet.Words{Program: name, File: "decay"}
	}
	return nnvet.Words{Program: name}
}

// negated finds a training of one loss that went down the negative of it. With
// several losses or optimizers that can be meant, as in adversarial training.
func negated(p *nnvet.Pass) (at int64, of *nnvet.Head, found bool) {
	t := p.Trace
	h, err := t.MainHead()
	if err != nil || h.Root || len(t.Optimizers) != 1 || climbs(&t.Optimizers[0]) {
		return 0, nil, false
	}
	own := t.Series(nnvet.Key{Quantity: nnvet.HeadLoss, Site: h.Name, Split: nnvet.Train})
	run := t.Series(nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Train})
	if run.Len() == 0 || run.Every > 1 || own.Every > 1 {
		return 0, nil, false
	}
	looks := 0
	for i, v := range own.Values {
		w := rateAt(run, own.Steps[i])
		if !stat.Finite(v) || !stat.Finite(w) {
			continue
		}
		if !(v > 0) || !(math.Abs(v+w) <= p.Limit("agree")*v) {
			return 0, nil, false
		}
		looks++
	}
	return own.Steps[0], h, looks >= int(p.Limit("looks"))
}

func climbs(o *nnvet.Optimizer) bool {
	for i := range o.Groups {
		if o.Groups[i].Settings["maximize"] == 1 {
			return true
		}
	}
	return false
}

func reportNegated(p *nnvet.Pass, at int64, h *nnvet.Head) {
	own := p.Trace.Series(nnvet.Key{Quantity: nnvet.HeadLoss, Site: h.Name, Split: nnvet.Train})
	last, end := own.Last()
	p.Report(nnvet.Finding{
		Source:     h.Source,
		Label:      "trained with the opposite sign",
		Span:       nnvet.Span{From: at, To: last},
		Brief:      "climbs",
		Confidence: 0.95,
		Message:    fmt.Sprintf("training goes down the negative of %s, which so goes up: from %s to %s", h.Name, number(own.Values[0]), number(end)),
		Evidence: []nnvet.Evidence{
			{What: "first loss", Saw: own.Values[0], Key: own.Key},
			{What: "last loss", Saw: end, Key: own.Key},
		},
		Treatments: []nnvet.Treatment{{Action: fmt.Sprintf("call backward on %s itself, without the minus sign", h.Name)}},
	})
}
