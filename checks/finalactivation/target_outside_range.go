package finalactivation

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed target_outside_range.md
var targetOutsideRangeDoc string

// TargetOutsideRange finds targets that the last activation cannot produce, or
// of which it cannot be sure.
var TargetOutsideRange = nnvet.Check{
	ID:       "NN0701",
	Name:     "target-outside-range",
	Pitfall:  nnvet.FinalActivation,
	Doc:      targetOutsideRangeDoc,
	Severity: nnvet.Error,
	Needs:    []nnvet.Need{nnvet.NeedHead, nnvet.NeedProfile(nnvet.Target)},
	Limits: []nnvet.Limit{
		{Name: "share", Default: 0.01, Source: "nnvet's measurements: 0 in healthy runs; up to 1% leaves room for outliers beyond a bound that is meant"},
		{Name: "stuck", Default: 0.5, Source: "convention: half of the rows without gradient are more than a bound that is meant leaves"},
		{Name: "spoilt", Default: 0.5, Source: "severity by harm: past a loss of half of what can be learned a fault is fatal"},
		nnvet.HealthySkill, nnvet.NoSkill,
	},
	Explains: []string{"NN0807", "NN0601", "NN0602", "NN0801", "NN0805", "NN0213", "NN0201", "NN0206"},
	Run: func(p *nnvet.Pass) {
		judged := false
		for i := range p.Trace.Heads {
			switch h := &p.Trace.Heads[i]; {
			case comparesNumbers(h):
				judged = true
				judgeRange(p, h)
			case takesLogits(h):
				judged = true
				judgeLogits(p, h)
			}
		}
		if !judged {
			p.Skip("no loss here compares predictions with numbers, or takes logits")
		}
	},
}

// comparesNumbers reports whether the targets of a head are numbers that its
// predictions should equal.
func comparesNumbers(h *nnvet.Head) bool {
	switch h.Loss {
	case nnvet.MSE, nnvet.L1, nnvet.SmoothL1, nnvet.Huber:
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
	if len(h.Chain) == 0 {
		p.Skip("what feeds %s was not recorded", h.Name)
		return
	}
	r := reachOf(p.Trace, h)
	share, ok := r.outside(y)
	at, key := atBound(p.Trace, h, r)
	if !ok && at > p.Limit("stuck") && reportStuck(p, h, r, at, key) {
		return
	}
	if !ok {
		p.Skip("the targets of %s go from %.3g to %.3g; how many lie %s was not counted", h.Name, y.All().Min, y.All().Max, r.beyond())
		return
	}
	p.Measured("%s", r.by)
	switch {
	case share > p.Limit("share"):
		reportRange(p, h, r, y, share)
	case at > p.Limit("stuck"):
		reportStuck(p, h, r, at, key)
	}
}

func reportRange(p *nnvet.Pass, h *nnvet.Head, r reach, y *nnvet.Profile, share float64) {
	f := nnvet.Finding{
		Site:    r.op.Layer,
		Source:  place(p.Trace, h, r.op),
		Span:    whole(p.Trace),
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
	f.Treatments = unbound(p.Trace, r)
	p.Report(f)
}

// stops reports whether no gradient passes an operation at its bounds.
func stops(op *nnvet.Op) bool {
	return op.Kind == "relu" || op.Kind == "clamp" || op.Kind == "hardtanh"
}

// atBound returns the share of predictions that lay exactly at a bound of a
// relu or a clamp when they were last looked at, where no gradient passes.
func atBound(t *nnvet.Trace, h *nnvet.Head, r reach) (float64, nnvet.Key) {
	if r.op == nil || !stops(r.op) {
		return 0, nnvet.Key{}
	}
	for _, q := range []nnvet.Quantity{nnvet.AtBound, nnvet.ActZero} {
		s := t.Series(nnvet.Key{Quantity: q, Site: r.op.Layer})
		if r.op.Layer == "" || s.Len() == 0 || q == nnvet.ActZero && r.op.Kind != "relu" {
			continue
		}
		_, share := s.Last()
		return share, s.Key
	}
	mean := t.Series(nnvet.Key{Quantity: nnvet.PredMean, Site: h.Name, Split: nnvet.Train})
	std := t.Series(nnvet.Key{Quantity: nnvet.PredStd, Site: h.Name, Split: nnvet.Train})
	if mean.Len() == 0 || std.Len() == 0 {
		return 0, nnvet.Key{}
	}
	_, m := mean.Last()
	_, s := std.Last()
	if s == 0 && (m == r.lo || m == r.hi) {
		return 1, std.Key
	}
	return 0, nnvet.Key{}
}

// reportStuck reports predictions at a bound, where they stay: targets are
// within reach, and nothing moves towards them. Outputs that rightly lie there,
// as zeros of a sparse target, leave the run with its skill, and are not
// reported; it tells whether they were.
func reportStuck(p *nnvet.Pass, h *nnvet.Head, r reach, share float64, key nnvet.Key) bool {
	c, err := p.Trace.Course(nnvet.Train)
	if err != nil || p.Trace.Run.Ended == nnvet.Running {
		return false
	}
	severity, harm := p.HarmOf(c)
	if severity == nnvet.Note {
		return false
	}
	p.Report(nnvet.Finding{
		Severity: severity, Confidence: 0.8,
		Site:    r.op.Layer,
		Source:  place(p.Trace, h, r.op),
		Span:    whole(p.Trace),
		Brief:   fmt.Sprintf("%.0f%% stuck", 100*share),
		Label:   "passes no gradient there",
		Message: fmt.Sprintf("%.3g %% of the outputs lie exactly at a bound of the final %s, where no gradient moves them", 100*share, r.by),
		Evidence: []nnvet.Evidence{
			{What: "share of outputs at a bound", Saw: share, Key: key, Limit: "stuck"},
			harm,
		},
		Treatments: unbound(p.Trace, r),
	})
	return true
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
