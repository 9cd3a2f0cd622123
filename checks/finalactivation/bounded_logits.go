package finalactivation

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

// takesLogits reports whether a loss makes probabilities of its predictions
// itself, of any numbers.
func takesLogits(h *nnvet.Head) bool {
	switch h.Loss {
	case nnvet.CrossEntropy, nnvet.BCELogits:
		return true
	}
	return h.Loss == nnvet.NLL && startsWith(h, "log_softmax")
}

// judgeLogits looks for a bound on logits: a network that must not give large
// ones cannot be sure. A softmax or a sigmoid is left out, which softmax-twice
// reports.
func judgeLogits(p *nnvet.Pass, h *nnvet.Head) {
	if len(h.Chain) == 0 {
		p.Skip("what feeds %s was not recorded", h.Name)
		return
	}
	op := first(h)
	if h.Loss != nnvet.BCELogits { // a log_softmax changes nothing for a softmax
		op = first(h, "log_softmax")
	}
	r := rangeOf(p.Trace, op)
	p.Measured("%.12s", r.by)
	switch {
	case op == nil, math.IsInf(r.lo, -1) && math.IsInf(r.hi, 1), op.Kind == "softmax", op.Kind == "sigmoid":
	case h.Loss == nnvet.BCELogits:
		judgeYesNo(p, h, r)
	case math.IsInf(r.lo, -1) || math.IsInf(r.hi, 1):
		reportOneSide(p, h, r)
	default:
		judgeOneOf(p, h, r)
	}
}

// judgeYesNo judges bounded logits of labels. The loss is linear in a label, so
// that its least is concave: the mean of the labels bounds it from below,
// between 0 and 1 too.
func judgeYesNo(p *nnvet.Pass, h *nnvet.Head, r reach) {
	y := p.Trace.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
	if y == nil || y.Ranges.N == 0 || y.Ranges.Below0 > 0 || y.Ranges.Above1 > 0 {
		p.Skip("the labels of %s were not counted, or are not between 0 and 1", h.Name)
		return
	}
	ones := y.All().Mean
	fl := floorOf(p.Trace, h, (1-ones)*softplus(r.lo)+ones*softplus(-r.hi), math.Ln2)
	lo, hi := 1/(1+math.Exp(-r.lo)), 1/(1+math.Exp(-r.hi))
	switch {
	case r.lo >= 0 && 1-ones > p.Limit("share"):
		reportHalf(p, h, r, fl, 1-ones, fmt.Sprintf("no probability can fall below %.3g, so that %.3g %% of the labels, the zeros, are never met", lo, 100*(1-ones)))
	case r.hi <= 0 && ones > p.Limit("share"):
		reportHalf(p, h, r, fl, ones, fmt.Sprintf("no probability can rise above %.3g, so that %.3g %% of the labels, the ones, are never met", hi, 100*ones))
	case fl.share() >= p.Limit("learned"):
		reportFloor(p, h, r, fl, fmt.Sprintf("probabilities stay within %.4g..%.4g", lo, hi))
	}
}

// judgeOneOf judges bounded logits of classes: the surest that they can be is
// one at the upper bound and all others at the lower.
func judgeOneOf(p *nnvet.Pass, h *nnvet.Head, r reach) {
	if len(h.Shape) < 2 || h.Shape[1] < 2 {
		p.Skip("how many classes %s tells apart was not recorded", h.Name)
		return
	}
	n := float64(h.Shape[1])
	fl := floorOf(p.Trace, h, math.Log1p((n-1)*math.Exp(r.lo-r.hi)), math.Log(n))
	if fl.share() >= p.Limit("learned") {
		reportFloor(p, h, r, fl, fmt.Sprintf("logits stay within %v, so that none of %.0f classes gets a probability above %.3g", r, n, math.Exp(-fl.least)))
	}
}

// A lossFloor is the loss of a network that is right everywhere and as sure as
// it can be.
type lossFloor struct {
	least float64
	base  float64 // of the best constant; or the most that it can be, where how is ""
	how   string
}

func floorOf(t *nnvet.Trace, h *nnvet.Head, least, most float64) lossFloor {
	if b, err := t.Baseline(h, nnvet.Train); err == nil {
		return lossFloor{least, b.Loss, b.How}
	}
	return lossFloor{least, most, ""}
}

// share returns how much of what there is to learn is out of reach.
func (f lossFloor) share() float64 { return f.least / f.base }

// String says where the loss ends at best; nothing where it is no plain mean.
func (f lossFloor) String() string {
	if f.how == "" {
		return ""
	}
	return fmt.Sprintf("; the loss cannot fall below %.3g, where %s gives %.3g", f.least, f.how, f.base)
}

// bounded returns a finding on bounded logits.
func bounded(p *nnvet.Pass, h *nnvet.Head, r reach, message string) nnvet.Finding {
	return nnvet.Finding{
		Severity: nnvet.Warning, Confidence: 0.9,
		Site:       r.op.Layer,
		Source:     place(p.Trace, h, r.op),
		Span:       whole(p.Trace),
		Label:      "gives nothing " + r.beyond(),
		Message:    fmt.Sprintf("%s feeds %s: %s", r.by, lossName(p.Trace, h), message),
		Treatments: freed(p.Trace, h, r),
	}
}

// reportFloor reports a loss that cannot fall far. It is an error where hardly
// anything can be learned.
func reportFloor(p *nnvet.Pass, h *nnvet.Head, r reach, fl lossFloor, message string) {
	f := bounded(p, h, r, message+fl.String())
	limit := "learned"
	if fl.share() > p.Limit("spoilt") {
		f.Severity, limit = nnvet.Error, "spoilt"
	}
	f.Brief = fmt.Sprintf("floor %.2g", fl.least)
	f.Evidence = append([]nnvet.Evidence{
		{What: "share of a constant's loss that cannot be learned away", Saw: fl.share(), Limit: limit},
	}, fl.evidence(p.Trace, h)...)
	p.Report(f)
}

// reportHalf reports probabilities that stay on one side of a half.
func reportHalf(p *nnvet.Pass, h *nnvet.Head, r reach, fl lossFloor, share float64, message string) {
	f := bounded(p, h, r, message+fl.String())
	f.Severity = nnvet.Error
	f.Brief = fmt.Sprintf("%.0f%% outside", 100*share)
	f.Evidence = append([]nnvet.Evidence{{What: "share of labels out of reach", Saw: share, Limit: "share"}}, fl.evidence(p.Trace, h)...)
	p.Report(f)
}

// evidence returns the floor beside where the loss ended.
func (f lossFloor) evidence(t *nnvet.Trace, h *nnvet.Head) []nnvet.Evidence {
	out := []nnvet.Evidence{{What: "lowest loss within reach", Saw: f.least}}
	if s := t.TrainLoss(h); s.Len() > 0 && f.how != "" {
		out = append(out, nnvet.Evidence{What: "loss, mean of the last tenth", Saw: lastTenth(s), Key: s.Key})
	}
	return out
}

// reportOneSide reports logits of classes that are cut off on one side. Any
// probability is within reach of them, but what lies at the bound gets no
// gradient: the run tells whether that does harm.
func reportOneSide(p *nnvet.Pass, h *nnvet.Head, r reach) {
	if !stops(r.op) {
		return
	}
	severity, evidence := harm(p)
	end := r.lo
	if math.IsInf(end, -1) {
		end = r.hi
	}
	f := bounded(p, h, r, fmt.Sprintf("logits end at %g, where they get no gradient", end))
	f.Severity, f.Confidence = severity, 0.7
	f.Brief = fmt.Sprintf("%.12s", r.by)
	if share, key := atBound(p.Trace, h, r); share > 0 {
		f.Message += fmt.Sprintf(", and %.3g %% of them lie there", 100*share)
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "share of logits at a bound", Saw: share, Key: key})
	}
	if c, err := p.Trace.Course(nnvet.Train); err == nil && severity > nnvet.Note {
		f.Message += "; " + c.Ended()
	}
	f.Evidence = append(f.Evidence, evidence...)
	if f.Evidence == nil {
		f.Evidence = []nnvet.Evidence{{What: "bound of the logits", Saw: end}}
	}
	p.Report(f)
}

// softplus is the loss of a logit of the wrong sign; 0 of -Inf.
func softplus(z float64) float64 { return max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) }

// freed returns what lets a network be sure.
func freed(t *nnvet.Trace, h *nnvet.Head, r reach) []nnvet.Treatment {
	ts := []nnvet.Treatment{{
		Action:   fmt.Sprintf("take out the final %s: %s wants the raw outputs of the last linear layer, of any size and sign", r.by, lossName(t, h)),
		Settings: []nnvet.Setting{{Name: "final activation", Site: r.op.Layer, From: r.by, To: "none"}},
		Edits:    drop(t, r.op, r.by, classes[r.by]),
	}}
	if math.IsInf(r.lo, -1) || math.IsInf(r.hi, 1) {
		return ts
	}
	return append(ts, nnvet.Treatment{Action: t.Say(nnvet.Words{
		Program: "if a bound on logits is meant, take a wide one, 10 * tanh(z / 10)",
		File:    "if a bound on logits is meant, take a wide one, clip: {lo: -10, hi: 10}",
	})})
}
