package regularization

import (
	_ "embed"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed over_regularized.md
var overRegularizedDoc string

// OverRegularized finds dropout or decay so strong that the training rows
// themselves are not learned.
var OverRegularized = nnvet.Check{
	ID:       "NN0403",
	Name:     "over-regularized",
	Pitfall:  nnvet.Regularization,
	Doc:      overRegularizedDoc,
	Severity: nnvet.Warning,
	Needs:    []nnvet.Need{nnvet.NeedParams, nnvet.NeedHead, nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: []nnvet.Limit{
		{Name: "dropout", Default: 0.5, Source: "Srivastava et al. 2014: the strongest that is usual, in hidden layers"},
		{Name: "decay", Default: 0.5, Source: "convention: a pull towards zero of at least half the pull of the loss"},
		{Name: "drowns", Default: 1, Source: "half of the way that a step takes is the decay's, and half the loss's; measured with the usual decay of 1e-4, at most 0.05"},
		{Name: "least", Default: 1e-3, Source: "convention: less takes a thousand steps at a rate of 1 to shrink a weight by itself; where it seems to pull, it is the gradient that is missing"},
		{Name: "shrunk", Default: 0.5, Source: "convention: weights that training left at less than half of their norm at the start"},
		{Name: "noise", Default: 1, Source: "convention: noise as large as what it is added to"},
		{Name: "fits", Default: 0.9, Source: "convention: where nine tenths are explained, decay does what it is for"},
		{Name: "late", Default: 0.05, Source: "convention: a loss that still falls by a twentieth of a constant's in the last tenth needs steps"},
		nnvet.HealthySkill, nnvet.NoSkill,
	},
	Explains: []string{"NN0601", "NN0602", "NN0503", "NN0501", "NN0803", "NN0801", "NN0802", "NN0401", "NN0213", "NN0206", "NN0201"},
	AtEnd:    true,
	Run:      overRegularized,
}

func overRegularized(p *nnvet.Pass) {
	c, err := p.Trace.Course(nnvet.Train)
	if err != nil || c.Scale.How == "" {
		p.Skip("what a constant would reach is not known, so that nobody can say how much was learned")
		return
	}
	drops, pull := droppers(p.Trace), pullOf(p.Trace)
	p.Measured("%s", board(drops, pull))
	skill := c.Skill()
	if val, err := p.Trace.Course(nnvet.Validation); err == nil {
		skill = math.Max(skill, val.Skill()) // without dropout, which training losses are measured with
	}
	if math.IsInf(skill, -1) || skill >= p.Limit("fits") {
		return
	}
	severity := nnvet.Warning
	if skill <= p.Limit("learned") {
		severity = nnvet.Error
	}
	falls := c.Late() > p.Limit("late")
	switch {
	case !falls && pull.decay >= p.Limit("least") && pull.share >= p.Limit("decay") && pull.shrunk <= p.Limit("shrunk"):
		reportPull(p, pull, c, skill, severity)
	case pull.decay >= p.Limit("least") && math.Min(pull.share, pull.first) >= p.Limit("drowns") && !pull.mayShrink(c):
		reportPull(p, pull, c, skill, nnvet.Warning) // how little was learned may well be for want of steps
	case falls:
	case skill < p.Limit("skill") && noiseOf(p.Trace) >= p.Limit("noise"):
		reportNoise(p, noiseOf(p.Trace), c, skill, severity)
	case skill < p.Limit("skill") && len(drops) > 0 && drops[0].p >= p.Limit("dropout") && kept(drops) < 0.25:
		reportDrops(p, drops, c, skill, severity)
	}
}

// A dropper is a dropout layer.
type dropper struct {
	layer *nnvet.Layer
	p     float64 // share that it sets to zero
}

// droppers returns the dropout layers, the strongest first.
func droppers(t *nnvet.Trace) []dropper {
	var out []dropper
	for i := range t.Layers {
		l := &t.Layers[i]
		if strings.HasPrefix(l.Kind, "Dropout") && l.Settings["p"] > 0 {
			out = append(out, dropper{l, l.Settings["p"]})
		}
	}
	for i := range out { // few: one pass finds the strongest
		if out[i].p > out[0].p {
			out[0], out[i] = out[i], out[0]
		}
	}
	return out
}

// kept returns the share of signals that pass all dropout layers.
func kept(drops []dropper) float64 {
	share := 1.0
	for _, d := range drops {
		share *= 1 - d.p
	}
	return share
}

// A pull is how strongly decay draws weights to zero, of the weight that it
// draws most.
type pull struct {
	share  float64 // its part beside the loss's, median over the looks; 0 where there is none
	first  float64 // the same at the first look, when the loss pulls most
	shrunk float64 // norm at the end over norm at the start; NaN where unknown
	decay  float64
	rate   float64 // highest learning rate
	param  *nnvet.Param
	at     nnvet.Location
}

// pullOf looks at the groups with decay. Coupled decay adds decay * w to the
// gradient; decoupled decay (AdamW, SGDW) takes rate * decay off w at a step.
func pullOf(t *nnvet.Trace) pull {
	worst := pull{shrunk: math.NaN()}
	for i := range t.Optimizers {
		o := &t.Optimizers[i]
		for j := range o.Groups {
			g := &o.Groups[j]
			decay, _ := g.Setting("weight_decay")
			if !(decay > 0) {
				continue
			}
			for _, name := range g.Params {
				q := t.Param(name)
				if q == nil || len(q.Shape) < 2 {
					continue
				}
				w := pull{decay: decay, param: q, at: o.Source, shrunk: math.NaN()}
				w.rate, _ = g.Setting("lr")
				w.share, w.first = pullOn(t, g, name, decay, strings.HasSuffix(o.Kind, "W"))
				if s := t.Series(nnvet.Key{Quantity: nnvet.WeightNorm, Site: name}); s.Len() > 1 && s.Values[0] > 0 {
					_, last := s.Last()
					w.shrunk = last / s.Values[0]
				}
				if w.share > worst.share {
					worst = w
				}
			}
		}
	}
	return worst
}

// mayShrink reports whether a run is long enough for decay to halve a weight by
// itself. Of shorter ones the norm tells nothing.
func (w pull) mayShrink(c nnvet.Course) bool {
	return w.decay*w.rate*float64(c.Steps[c.Len()-1]+1) >= math.Ln2
}

// pullOn returns the pull on one weight, over all looks and at the first.
func pullOn(t *nnvet.Trace, g *nnvet.Group, name string, decay float64, decoupled bool) (median, first float64) {
	norm := t.Series(nnvet.Key{Quantity: nnvet.WeightNorm, Site: name})
	against := t.Series(nnvet.Key{Quantity: nnvet.GradNorm, Site: name})
	if decoupled {
		against = t.Series(nnvet.Key{Quantity: nnvet.Update, Site: name})
	}
	rate, _ := g.Setting("lr")
	var shares []float64
	for i := 0; i < min(norm.Len(), against.Len()); i++ {
		if norm.Steps[i] != against.Steps[i] {
			continue
		}
		v := decay * norm.Values[i] / against.Values[i]
		if decoupled {
			v = decay * rate / against.Values[i]
		}
		if stat.Finite(v) {
			shares = append(shares, v)
		}
	}
	if len(shares) == 0 {
		return 0, 0
	}
	return stat.Median(shares), shares[0]
}

func board(drops []dropper, w pull) string {
	switch {
	case len(drops) > 0:
		return fmt.Sprintf("dropout %.2g", drops[0].p)
	case w.decay > 0:
		return fmt.Sprintf("decay %.2g", w.decay)
	}
	return "none"
}

func reportPull(p *nnvet.Pass, w pull, c nnvet.Course, skill float64, severity nnvet.Severity) {
	to := stat.Signif(w.decay/100, 1)
	since := fmt.Sprintf("and the norm of the weights fell to %.0f %%", 100*w.shrunk)
	second := nnvet.Evidence{What: "norm at the end over norm at the start", Saw: w.shrunk, Key: nnvet.Key{Quantity: nnvet.WeightNorm, Site: w.param.Name}, Limit: "shrunk"}
	if !(w.shrunk <= p.Limit("shrunk")) {
		since = fmt.Sprintf("from the first step on (%.2g times)", w.first)
		second = nnvet.Evidence{What: "the same at the first look", Saw: w.first, Key: nnvet.Key{Quantity: nnvet.GradNorm, Site: w.param.Name}, Limit: "drowns"}
	}
	f := nnvet.Finding{
		Severity:   severity,
		Confidence: 0.8,
		Site:       w.param.Name,
		Source:     w.at,
		Label:      fmt.Sprintf("decays by %g", w.decay),
		Span:       nnvet.Span{From: c.Steps[0], To: c.Steps[c.Len()-1]},
		Brief:      fmt.Sprintf("decay %.2g", w.decay),
		Message: fmt.Sprintf("weight decay is too strong: of %s it pulls %.2g times as hard as the loss, %s; %s",
			w.param.Name, w.share, since, c.Ended()),
		Evidence: []nnvet.Evidence{
			{What: "pull of the decay over that of the loss, median", Saw: w.share, Key: nnvet.Key{Quantity: nnvet.GradNorm, Site: w.param.Name}, Limit: "decay"},
			second,
			{What: "skill, on the better of training and validation rows", Saw: skill, Limit: "fits"},
		},
		Treatments: []nnvet.Treatment{{
			Action:   fmt.Sprintf("lower the weight decay from %g to %g", w.decay, to),
			Settings: []nnvet.Setting{{Name: "weight decay", From: fmt.Sprintf("%g", w.decay), To: fmt.Sprintf("%g", to)}},
		}},
	}
	if a, ok := p.Trace.CallAt(w.at).Arg("weight_decay"); ok && a.Source.Col > 0 {
		f.Source = a.Source
		f.Treatments[0].Edits = []nnvet.Edit{{At: a.Source, New: fmt.Sprintf("%g", to)}}
	}
	p.Report(f)
}

func reportDrops(p *nnvet.Pass, drops []dropper, c nnvet.Course, skill float64, severity nnvet.Severity) {
	const to = 0.1
	d := drops[0]
	f := nnvet.Finding{
		Severity:   severity,
		Confidence: 0.65,
		Site:       d.layer.Name,
		Source:     d.layer.Source,
		Label:      fmt.Sprintf("sets %.0f %% to zero", 100*d.p),
		Span:       nnvet.Span{From: c.Steps[0], To: c.Steps[c.Len()-1]},
		Brief:      fmt.Sprintf("dropout %.2g", d.p),
		Message: fmt.Sprintf("dropout is too strong: it leaves %.0f %% of the signals on the way to the output; %s",
			100*kept(drops), c.Ended()),
		Evidence: []nnvet.Evidence{
			{What: "strongest dropout", Saw: d.p, Limit: "dropout"},
			{What: "share that passes all of it", Saw: kept(drops), Lo: 0.5, Hi: 1},
			{What: "skill, on the better of training and validation rows", Saw: skill, Limit: "skill"},
		},
		Treatments: []nnvet.Treatment{{
			Action:   fmt.Sprintf("lower dropout from %.2g to %g; it comes back where the validation loss rises again while training goes on", d.p, to),
			Settings: []nnvet.Setting{{Name: "dropout", Site: d.layer.Name, From: fmt.Sprintf("%.2g", d.p), To: fmt.Sprint(to)}},
		}},
	}
	if at, ok := strength(p.Trace, d.layer); ok {
		f.Treatments[0].Edits = []nnvet.Edit{{At: at, New: fmt.Sprint(to)}}
	}
	p.Report(f)
}

// strength returns where a dropout layer's share is written.
func strength(t *nnvet.Trace, l *nnvet.Layer) (nnvet.Location, bool) {
	call := t.CallAt(l.Source)
	for _, name := range []string{"p", "0", "rate"} {
		if a, ok := call.Arg(name); ok && a.Source.Col > 0 && a.Text == fmt.Sprintf("%g", l.Settings["p"]) {
			return a.Source, true
		}
	}
	return nnvet.Location{}, false
}

// noiseOf returns the standard deviation of the noise that is added to inputs,
// 0 where none is or nobody told.
func noiseOf(t *nnvet.Trace) float64 {
	most := 0.0
	for _, e := range t.Events {
		text, ok := strings.CutPrefix(e.Text, "noise ")
		if v, err := strconv.ParseFloat(text, 64); ok && err == nil && e.Kind == nnvet.Augmented && stat.Finite(v) {
			most = max(most, v)
		}
	}
	return most
}

func reportNoise(p *nnvet.Pass, noise float64, c nnvet.Course, skill float64, severity nnvet.Severity) {
	const to = 0.1
	p.Report(nnvet.Finding{
		Severity:   severity,
		Confidence: 0.8,
		Label:      fmt.Sprintf("adds noise of %g", noise),
		Span:       nnvet.Span{From: c.Steps[0], To: c.Steps[c.Len()-1]},
		Brief:      fmt.Sprintf("noise %.2g", noise),
		Message:    fmt.Sprintf("noise drowns the inputs: it has a standard deviation of %g, and they of about 1; %s", noise, c.Ended()),
		Evidence: []nnvet.Evidence{
			{What: "standard deviation of the noise", Saw: noise, Limit: "noise", Lo: 0, Hi: 0.3},
			{What: "skill, on the better of training and validation rows", Saw: skill, Limit: "skill"},
		},
		Treatments: []nnvet.Treatment{{
			Action:   fmt.Sprintf("lower the noise from %g to %g standard deviations: augment: [{noise: %g}]", noise, to, to),
			Settings: []nnvet.Setting{{Name: "input noise", From: fmt.Sprint(noise), To: fmt.Sprint(to)}},
		}},
	})
}
