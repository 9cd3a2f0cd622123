package finalactivation

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed target_outside_range.md
var targetOutsideRangeDoc string

// TargetOutsideRange finds targets that the last activation cannot produce.
var TargetOutsideRange = nnvet.Check{
	ID:       "NN0701",
	Name:     "target-outside-range",
	Pitfall:  nnvet.FinalActivation,
	Doc:      targetOutsideRangeDoc,
	Severity: nnvet.Error,
	Needs:    []nnvet.Need{nnvet.NeedHead, nnvet.NeedProfile(nnvet.Target)},
	Limits: []nnvet.Limit{
		{Name: "share", Default: 0.01, Source: "nnvet's measurements: 0 in healthy runs; up to 1% leaves room for outliers beyond a bound that is meant"},
	},
	Explains: []string{"NN0807", "NN0601", "NN0602", "NN0801", "NN0805", "NN0201"},
	Run: func(p *nnvet.Pass) {
		compared := false
		for i := range p.Trace.Heads {
			if h := &p.Trace.Heads[i]; comparesNumbers(h) {
				compared = true
				judgeRange(p, h)
			}
		}
		if !compared {
			p.Skip("no loss here compares predictions with numbers")
		}
	},
}

// comparesNumbers reports whether the targets of a head are numbers that its
// predictions should equal.
func comparesNumbers(h *nnvet.Head) bool {
	switch h.Loss {
	case nnvet.MSE, nnvet.L1, nnvet.SmoothL1, nnvet.Huber, nnvet.BCE, nnvet.BCELogits:
		return true
	}
	return false
}

func judgeRange(p *nnvet.Pass, h *nnvet.Head) {
	y := p.Trace.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
	if y == nil || y.Ranges.N == 0 {
		p.Skip("the targets of %s were not counted", h.Name)
		return
	}
	if len(h.Chain) == 0 && !byItself(h.Loss) {
		p.Skip("what feeds %s was not recorded", h.Name)
		return
	}
	r := reachOf(p.Trace, h)
	share, ok := r.outside(y)
	if !ok {
		p.Skip("the targets of %s go from %.3g to %.3g; how many lie %s was not counted", h.Name, y.All().Min, y.All().Max, r.beyond())
		return
	}
	p.Measured("%s", r.by)
	if share > p.Limit("share") {
		reportRange(p, h, r, y, share)
	}
}

func reportRange(p *nnvet.Pass, h *nnvet.Head, r reach, y *nnvet.Profile, share float64) {
	f := nnvet.Finding{
		Site:    h.Name,
		Source:  h.Source,
		Span:    nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)},
		Brief:   fmt.Sprintf("%.0f%% outside", 100*share),
		Message: fmt.Sprintf("%.3g %% of the targets lie %s, which %s cannot give", 100*share, r.beyond(), r.by),
		Label:   "gives nothing " + r.beyond(),
	}
	all := y.All()
	f.Evidence = append(f.Evidence, nnvet.Evidence{What: "share of targets out of reach", Saw: share, Limit: "share"})
	if !math.IsNaN(all.Min) && !math.IsNaN(all.Max) {
		f.Evidence = append(f.Evidence,
			nnvet.Evidence{What: "smallest target", Saw: all.Min},
			nnvet.Evidence{What: "largest target", Saw: all.Max})
	}
	if r.op == nil {
		name := p.Trace.Say(nnvet.Words{Program: h.Name, File: strings.ReplaceAll(string(h.Loss), "-", "_")})
		f.Message = fmt.Sprintf("%.3g %% of the targets lie outside 0..1, and %s takes them for probabilities", 100*share, name)
		f.Label = "wants targets from 0 to 1"
		f.Treatments = labels(p.Trace, h, y)
	} else {
		f.Site = r.op.Layer
		f.Source = place(p.Trace, h, r.op)
		f.Treatments = unbound(p.Trace, r)
	}
	p.Report(f)
}

// labels returns what makes targets fit a binary cross-entropy.
func labels(t *nnvet.Trace, h *nnvet.Head, y *nnvet.Profile) []nnvet.Treatment {
	if t.OfFile() {
		return []nnvet.Treatment{meet(t, h), {Action: "for two classes, say that they are some: data.task: classification"}}
	}
	if c := y.Ranges; c.AtMinus1+c.At1 == c.N {
		return []nnvet.Treatment{{Action: "turn the labels -1 and 1 into 0 and 1: (y + 1) / 2"}}
	}
	return []nnvet.Treatment{
		{Action: "for two classes, write the labels as 0 and 1"},
		{
			Action:   "for numbers to be met, use a linear output and the mean squared error",
			Settings: []nnvet.Setting{{Name: "loss", Site: h.Name, From: string(h.Loss), To: string(nnvet.MSE)}},
		},
	}
}

// meet returns what lets an experiment meet numbers. A sigmoid that the file
// does not write goes with the loss.
func meet(t *nnvet.Trace, h *nnvet.Head) nnvet.Treatment {
	out := nnvet.Treatment{
		Action:   "for numbers to be met, train with loss: mse, without a sigmoid before it",
		Settings: []nnvet.Setting{{Name: "loss", From: string(h.Loss), To: string(nnvet.MSE)}},
	}
	at, ok := t.CallAt(h.Source).Name()
	if !ok {
		return out
	}
	loss := nnvet.Edit{At: at, New: "mse"}
	if op := first(h); op == nil || op.Kind != "sigmoid" || !op.Source.Known() {
		out.Edits = []nnvet.Edit{loss}
	} else if e := cut(t, op); e != nil {
		out.Edits = append(e, loss)
	}
	return out
}

// unbound returns what lets a head reach all targets.
func unbound(t *nnvet.Trace, r reach) []nnvet.Treatment {
	ts := []nnvet.Treatment{{
		Action:   fmt.Sprintf("take out the final %s: to meet any number, the last layer must be linear", r.by),
		Settings: []nnvet.Setting{{Name: "final activation", Site: r.op.Layer, From: r.by, To: "none"}},
		Edits:    drop(t, r.op, r.by, classes[r.by]),
	}}
	switch {
	case r.op.Kind == "clamp" || r.op.Kind == "hardtanh":
		ts = append(ts, nnvet.Treatment{Action: "if the bound is meant, apply it to predictions after training, where it stops no gradient"})
	case !math.IsInf(r.lo, -1) && !math.IsInf(r.hi, 1):
		ts = append(ts, nnvet.Treatment{Action: scaled(t, r)})
	}
	return ts
}

// scaled says how targets come within bounds.
func scaled(t *nnvet.Trace, r reach) string {
	if t.OfFile() && r.lo == 0 && r.hi == 1 {
		return "if the bound is meant, bring the target within it: data.transform can give it minmax, which predictions undo"
	}
	return fmt.Sprintf("if the bound is meant, scale the targets into %v, and the predictions back", r)
}

// classes names the modules of activations that can simply be taken out.
var classes = map[string]string{
	"relu": "ReLU", "sigmoid": "Sigmoid", "tanh": "Tanh", "softmax": "Softmax", "softplus": "Softplus", "hardtanh": "Hardtanh",
}
