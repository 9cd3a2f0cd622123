package finalactivation

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed exclusive_or_not.md
var exclusiveDoc string

// ExclusiveOrNot finds a softmax where several labels can hold at once, and
// sigmoids where exactly one does.
var ExclusiveOrNot = nnvet.Check{
	ID:       "NN0707",
	Name:     "exclusive-or-not",
	Pitfall:  nnvet.FinalActivation,
	Doc:      exclusiveDoc,
	Severity: nnvet.Error,
	Needs:    []nnvet.Need{nnvet.NeedHead, nnvet.NeedProfile(nnvet.Target)},
	Limits:   []nnvet.Limit{nnvet.HealthySkill},
	Explains: []string{"NN0708", "NN0602", "NN0201"},
	Run: func(p *nnvet.Pass) {
		judged := false
		for i := range p.Trace.Heads {
			h := &p.Trace.Heads[i]
			y := p.Trace.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
			if y == nil || len(y.Columns) < 2 || y.Layout != "features" {
				continue
			}
			if always, never, sum, certain := exclusive(y); shares(h) {
				judged = true
				measured(p, sum)
				if never {
					reportSeveral(p, h, sum, certain)
				}
			} else if eachForItself(h) {
				judged = true
				measured(p, sum)
				if always {
					reportOne(p, h, len(y.Columns), certain)
				}
			}
		}
		if !judged {
			p.Skip("no loss here has targets of several columns behind a softmax or sigmoids")
		}
	},
}

// measured shows the sum of a row's targets, where it is known.
func measured(p *nnvet.Pass, sum nnvet.Extent) {
	if brief := "sum " + sums(sum); sum != (nnvet.Extent{}) && len(brief) <= 12 {
		p.Measured("%s", brief)
	}
}

// shares reports whether the predictions of a row sum to 1.
func shares(h *nnvet.Head) bool {
	return h.Loss == nnvet.CrossEntropy || softmaxOf(h) != nil
}

// softmaxOf returns the softmax that ends a network, before the logarithm of a
// cross-entropy that is written out and what keeps that finite; or nil.
func softmaxOf(h *nnvet.Head) *nnvet.Op {
	op := first(h)
	if h.Loss == nnvet.NLL && op != nil && op.Kind == "log" {
		op = first(h, "log", "clamp", "add", "div")
	}
	if op == nil || op.Kind != "softmax" {
		return nil
	}
	return op
}

// eachForItself reports whether every output is a probability of its own.
func eachForItself(h *nnvet.Head) bool {
	op := first(h)
	return h.Loss == nnvet.BCELogits || h.Loss == nnvet.BCE && op != nil && op.Kind == "sigmoid"
}

func sums(e nnvet.Extent) string {
	if math.Abs(e.Lo-e.Hi) < 1e-4 {
		return fmt.Sprintf("%.3g", e.Lo)
	}
	return fmt.Sprintf("%.2g..%.2g", e.Lo, e.Hi)
}

// sumEvidence is what the sums of rows were.
func sumEvidence(sum nnvet.Extent, certain bool) []nnvet.Evidence {
	if !certain {
		return []nnvet.Evidence{{What: "sum of a row's targets, on average", Saw: sum.Lo}}
	}
	return []nnvet.Evidence{{What: "smallest sum of a row's targets", Saw: sum.Lo}, {What: "largest sum of a row's targets", Saw: sum.Hi}}
}

func reportSeveral(p *nnvet.Pass, h *nnvet.Head, sum nnvet.Extent, certain bool) {
	t := p.Trace
	op := softmaxOf(h)
	f := nnvet.Finding{
		Confidence: 0.95,
		Site:       h.Name,
		Source:     h.Source,
		Label:      "shares 1 among the outputs of a row",
		Span:       whole(t),
		Brief:      fmt.Sprintf("%.12s", "sum "+sums(sum)),
		Evidence:   sumEvidence(sum, certain),
	}
	by := "the softmax of " + lossName(t, h)
	if op != nil {
		by, f.Site, f.Source = "a softmax", op.Layer, place(t, h, op)
	}
	f.Message = fmt.Sprintf("the targets of a row sum to %s, and %s always gives 1 in all", sums(sum), by)
	if !certain {
		f.Message = fmt.Sprintf("the targets of a row sum to %s on average, and %s always gives 1 in all", sums(sum), by)
	}
	if h.Loss == nnvet.CrossEntropy { // which still ranks the labels
		severity, evidence := harm(p)
		f.Severity, f.Confidence, f.Evidence = severity, 0.8, append(f.Evidence, evidence...)
	}
	out := renamed(t, h, t.Say(nnvet.Words{
		Program: "where several labels can hold at once, use binary_cross_entropy_with_logits on the raw outputs, which has a sigmoid for each",
		File:    "where several labels can hold at once, train with loss: bce_logits, which has a sigmoid for each",
	}), nnvet.BCELogits)
	if op != nil {
		out.Action += ", and take out the softmax"
		if edits := drop(t, op, op.Kind, classes[op.Kind]); edits != nil && len(out.Edits) > 0 {
			out.Edits = append(edits, out.Edits...)
		} else {
			out.Edits = nil
		}
	}
	f.Treatments = []nnvet.Treatment{out, {Action: "where one label is meant to hold, look at the rows that have none or several"}}
	p.Report(f)
}

func reportOne(p *nnvet.Pass, h *nnvet.Head, columns int, certain bool) {
	severity, evidence := harm(p)
	f := nnvet.Finding{
		Severity: severity, Confidence: 0.7,
		Site:   h.Name,
		Source: h.Source,
		Label:  "a yes or no for each class",
		Span:   whole(p.Trace),
		Brief:  "one of many",
		Message: fmt.Sprintf("every row has exactly one of %d labels, and %s asks a yes or no about each by itself: always no is right about %.0f %% of them",
			columns, lossName(p.Trace, h), 100*(1-1/float64(columns))),
		Evidence: append(sumEvidence(nnvet.Extent{Lo: 1, Hi: 1}, certain), evidence...),
	}
	if !certain {
		f.Confidence = 0.6
	}
	op := first(h)
	f.Treatments = []nnvet.Treatment{renamed(p.Trace, h, p.Trace.Say(nnvet.Words{
		Program: "where exactly one class holds, train the raw outputs with cross_entropy on the class numbers, y.argmax(1)",
		File:    "where exactly one class holds, train with loss: cross_entropy",
	}), nnvet.CrossEntropy)}
	if op != nil && op.Kind == "sigmoid" {
		f.Treatments[0].Action += ", and take out the sigmoid"
		f.Treatments[0].Edits = nil
	}
	p.Report(f)
}
