package learningrate

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed clipping_hides_lr.md
var clippingDoc string

// ClippingHides finds gradients that are clipped in most steps, so that the
// clip and not the learning rate sets the step.
var ClippingHides = nnvet.Check{
	ID:       "NN0603",
	Name:     "clipping-hides-lr",
	Pitfall:  nnvet.LearningRate,
	Doc:      clippingDoc,
	Severity: nnvet.Warning,
	Needs:    []nnvet.Need{nnvet.NeedOptimizer},
	Limits: []nnvet.Limit{
		{Name: "share", Default: 0.5, Source: "Godbole et al. 2023, Deep Learning Tuning Playbook: where half of the updates are clipped, lower the rate instead"},
		{Name: "steps", Default: 50, Source: "convention: early gradients are the largest"},
		nnvet.NoSkill,
	},
	Explains: []string{"NN0602", "NN0201"},
	Run:      clippingHides,
}

func clippingHides(p *nnvet.Pass) {
	limits := p.Trace.Series(nnvet.Key{Quantity: nnvet.ClipMax})
	norms := p.Trace.Series(nnvet.Key{Quantity: nnvet.ClipNorm})
	switch {
	case limits.Len() == 0:
		p.Measured("no clipping")
		return
	case norms.Len() == 0:
		p.Skip("gradients are clipped by value, which leaves no norm to compare")
		return
	}
	seen, over, to := activity(norms, limits)
	if len(seen) < int(p.Limit("steps")) {
		p.Short("the norm before clipping is known of %d steps; it takes %.0f to judge", len(seen), p.Limit("steps"))
		return
	}
	share := float64(over) / float64(len(seen))
	p.Measured("clips %.0f%%", 100*share)
	if share > p.Limit("share") {
		reportClipping(p, seen, share, to, nnvet.Span{From: norms.Steps[0], To: norms.Steps[norms.Len()-1]})
	}
}

// activity returns the norms before clipping that are numbers, how many of
// them were clipped, and the smallest limit. An infinite norm was clipped; a
// NaN was not, and is left out.
func activity(norms, limits *nnvet.Series) (seen []float64, over int, to float64) {
	to = math.Inf(1)
	for i, v := range norms.Values {
		limit := rateAt(limits, norms.Steps[i])
		if math.IsNaN(v) || !(limit > 0) {
			continue
		}
		seen, to = append(seen, v), math.Min(to, limit)
		if v > limit {
			over++
		}
	}
	return seen, over, to
}

// adaptive holds the optimizers that divide a gradient by its own size. Their
// steps are as long whatever a constant factor on the gradient.
var adaptive = []string{"Adam", "RMSprop", "Adagrad", "Adadelta", "Rprop", "Lion", "Adafactor", "LAMB", "Lamb", "Prodigy", "Sophia"}

func isAdaptive(kind string) bool {
	return slices.ContainsFunc(adaptive, func(a string) bool { return strings.Contains(kind, a) })
}

func reportClipping(p *nnvet.Pass, norms []float64, share, to float64, span nnvet.Span) {
	t := p.Trace
	median, p90 := stat.Median(norms), stat.Quantile(norms, 0.9)
	f := nnvet.Finding{
		Confidence: 0.9,
		Label:      fmt.Sprintf("clips %.0f %% of the steps", 100*share),
		Span:       span,
		Brief:      fmt.Sprintf("clips %.0f%%", 100*share),
		Message:    fmt.Sprintf("clipping hides the learning rate: gradients are clipped to norm %s in %.0f %% of the steps; their median norm is %s", number(to), 100*share, number(stat.Signif(median, 2))),
		Evidence: []nnvet.Evidence{
			{What: "steps clipped", Saw: share, Key: nnvet.Key{Quantity: nnvet.ClipNorm}, Limit: "share", Lo: 0, Hi: 0.1},
			{What: "gradient norm before clipping, median", Saw: median, Key: nnvet.Key{Quantity: nnvet.ClipNorm}},
		},
	}
	if e := t.Event(nnvet.LibraryClipping); e != nil {
		f.Message += ", by a default of the framework and not by this program"
		f.Source = e.Source
	}
	g := widest(t)
	clip, ok := clipCall(t)
	switch {
	case ok:
		f.Source = clip.Source
	case !f.Source.Known():
		f.Source = place(t, g)
	}
	if o := optimizerOf(t, g); o != nil && isAdaptive(o.Kind) {
		f.Severity = nnvet.Note
		f.Message += fmt.Sprintf("; %s divides by the gradient's size, so its steps stay as long", o.Kind)
		f.Treatments = []nnvet.Treatment{{
			Action:   fmt.Sprintf("clip at %s, as a guard against single steps", number(stat.Signif(p90, 2))),
			Settings: []nnvet.Setting{{Name: "clip", From: number(to), To: number(stat.Signif(p90, 2))}},
		}}
	} else {
		f.Treatments = []nnvet.Treatment{unclip(t, g, clip, to, median, p90)}
		if c, err := t.Course(nnvet.Train); err == nil && c.Skill() <= p.Limit("learned") {
			f.Severity = nnvet.Error
			f.Evidence = append(f.Evidence, c.Evidence("learned"))
		}
	}
	p.Report(f)
}

// unclip prescribes the learning rate whose unclipped steps have the median
// length of the clipped ones, or a healthy one where that is not, and a clip
// that only the largest tenth reaches.
func unclip(t *nnvet.Trace, g *nnvet.Group, clip nnvet.Arg, to, median, p90 float64) nnvet.Treatment {
	raised := stat.Signif(p90, 2)
	out := nnvet.Treatment{Action: "take the clipping out, and lower the learning rate until the loss falls steadily"}
	if g == nil || !stat.Finite(raised) {
		return out
	}
	factor := to / median
	if typical := stat.Median(medians(paces(t), 0, math.MaxInt64)); typical < slowest || typical > fastest {
		factor *= healthyPace / typical
	}
	change, ok := changeRate(t, g, highest(t.Series(nnvet.Key{Quantity: nnvet.Rate, Site: g.Name})), factor)
	if !ok {
		return out
	}
	out.Action = fmt.Sprintf("%s and clip at %s, the norm that one step in ten exceeds", change.action(), number(raised))
	out.Settings = append(change.settings, nnvet.Setting{Name: "clip", From: number(to), To: number(raised)})
	if clip.Source.Col > 0 && figured(clip) && len(change.edits) > 0 {
		out.Edits = append(change.edits, nnvet.Edit{At: clip.Source, New: number(raised)})
	}
	return out
}

// clipCall returns the norm that the only call of clip_grad_norm_ in the
// user's source is given, or the place of the call where that is no argument.
func clipCall(t *nnvet.Trace) (nnvet.Arg, bool) {
	var found *nnvet.Call
	for i := range t.Calls {
		if c := &t.Calls[i]; c.Func == "clip_grad_norm_" || c.Func == "clip_grad_norm" {
			if found != nil {
				return nnvet.Arg{}, false
			}
			found = c
		}
	}
	if a, ok := found.Arg("max_norm"); ok && a.Source.Known() {
		return a, true
	}
	if found == nil {
		return nnvet.Arg{}, false
	}
	return nnvet.Arg{Source: nnvet.Location{File: found.Source.File, Line: found.Source.Line}}, true
}

// widest returns the group that holds the most parameters, or nil.
func widest(t *nnvet.Trace) *nnvet.Group {
	var w *nnvet.Group
	for i := range t.Optimizers {
		for j := range t.Optimizers[i].Groups {
			if g := &t.Optimizers[i].Groups[j]; w == nil || len(g.Params) > len(w.Params) {
				w = g
			}
		}
	}
	return w
}
