package finalactivation

import (
	_ "embed"
	"fmt"
	"slices"

	"github.com/nnvet/nnvet"
)

//go:embed logits_into_probability_loss.md
var logitsDoc string

// LogitsIntoProbabilityLoss finds losses of probabilities, or of their
// logarithms, that are given something else.
var LogitsIntoProbabilityLoss = nnvet.Check{
	ID:       "NN0704",
	Name:     "logits-into-probability-loss",
	Pitfall:  nnvet.FinalActivation,
	Doc:      logitsDoc,
	Severity: nnvet.Error,
	Needs:    []nnvet.Need{nnvet.NeedHead},
	Limits: []nnvet.Limit{
		{Name: "below", Default: -1e-4, Source: "the negative logarithm of a probability is never below 0; the rest is rounding"},
		nnvet.HealthySkill,
	},
	Explains: []string{"NN0601", "NN0602", "NN0801", "NN0804", "NN0805", "NN0904", "NN0201", "NN0206"},
	Run: func(p *nnvet.Pass) {
		takes := false
		for i := range p.Trace.Heads {
			h := &p.Trace.Heads[i]
			if h.Loss != nnvet.NLL && h.Loss != nnvet.BCE {
				continue
			}
			takes = true
			low, _ := lowest(p.Trace, h)
			switch {
			case len(h.Chain) > 0:
				if op, wants := misfed(p.Trace, h); op != nil {
					reportMisfed(p, h, op, wants, low)
				}
			case h.Loss == nnvet.NLL && low < p.Limit("below"): // what feeds it is not known, and does not matter
				reportMisfed(p, h, &nnvet.Op{Kind: "something else"}, logarithms, low)
			default:
				p.Skip("what feeds %s was not recorded", h.Name)
			}
		}
		if !takes {
			p.Skip("no loss here takes probabilities")
		}
	},
}

// unbounded holds the operations whose results are no probabilities. What is
// not in it may be a part of a formula that gives some.
var unbounded = []string{
	"linear", "conv", "embedding", "norm", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "tanh", "log_softmax", "log_sigmoid",
}

// What losses want.
const (
	probabilities = "probabilities"
	logarithms    = "logarithms of probabilities"
)

// misfed returns the operation that feeds a loss what it does not take, and
// what it takes; nil where all is well, or not known.
func misfed(t *nnvet.Trace, h *nnvet.Head) (*nnvet.Op, string) {
	op := first(h)
	if op == nil {
		return nil, ""
	}
	if h.Loss == nnvet.BCE {
		if slices.Contains(unbounded, op.Kind) {
			return op, probabilities
		}
		return nil, ""
	}
	switch op.Kind {
	case "log_softmax", "log_sigmoid":
		return nil, ""
	case "log": // a logarithm that is taken apart
		behind := first(&nnvet.Head{Chain: h.Chain[slices.IndexFunc(h.Chain, func(o nnvet.Op) bool { return o.Kind == "log" })+1:]}, "clamp")
		// The engine divides by the sum of a row, so that positive numbers will do.
		if behind == nil || !slices.Contains(unbounded, behind.Kind) || t.OfFile() && behind.Kind == "softplus" {
			return nil, ""
		}
		return behind, probabilities
	case "softmax", "sigmoid":
		return op, logarithms
	}
	if slices.Contains(unbounded, op.Kind) {
		return op, logarithms
	}
	return nil, ""
}

func reportMisfed(p *nnvet.Pass, h *nnvet.Head, op *nnvet.Op, wants string, low float64) {
	t := p.Trace
	what := map[string]string{
		"linear": "the raw outputs of a linear layer", "conv": "the raw outputs of a convolution", "embedding": "raw numbers", "norm": "normalized numbers",
	}[op.Kind]
	if what == "" {
		what = "the results of " + op.Kind
	}
	f := nnvet.Finding{
		Confidence: 0.95,
		Site:       op.Layer,
		Source:     place(t, h, op),
		Label:      "no " + wants,
		Span:       whole(t),
		Brief:      fmt.Sprintf("%.12s", op.Kind),
		Message:    fmt.Sprintf("%s takes %s, and is given %s", lossName(t, h), wants, what),
		Treatments: fitting(t, h, op),
	}
	if wants == probabilities && h.Loss == nnvet.NLL && !t.OfFile() {
		f.Message = fmt.Sprintf("the log before %s takes probabilities, and is given %s", h.Name, what)
	}
	if op.Kind == "something else" {
		f.Brief, f.Confidence = "below 0", 0.9
		f.Message = fmt.Sprintf("%s takes %s, and is given something else", lossName(t, h), wants)
	}
	switch {
	case low < p.Limit("below"):
		f.Message += fmt.Sprintf(": the loss fell to %.3g, and that of a probability is never below 0", low)
		f.Evidence = []nnvet.Evidence{{What: "lowest loss", Saw: low, Key: t.TrainLoss(h).Key, Limit: "below"}}
	case op.Kind != "softmax" && op.Kind != "sigmoid": // bounded, those learn all the same
		severity, evidence := harm(p)
		if f.Evidence = evidence; severity == nnvet.Note && evidence != nil {
			f.Severity = nnvet.Warning
		}
	}
	if op.Kind == "softmax" || op.Kind == "sigmoid" {
		f.Severity = nnvet.Warning
	}
	if s := t.TrainLoss(h); f.Evidence == nil && s.Len() > 0 {
		_, last := s.Last()
		f.Evidence = []nnvet.Evidence{{What: "last loss", Saw: last, Key: s.Key}}
	} else if f.Evidence == nil {
		f.Evidence = []nnvet.Evidence{{What: "losses that take " + wants + " and are given none", Saw: 1}}
	}
	p.Report(f)
}

// ending returns the setting that puts an activation at the end.
func ending(kind string) []nnvet.Setting {
	return []nnvet.Setting{{Name: "final activation", From: "none", To: kind}}
}

// fitting returns what brings a loss and its outputs together.
func fitting(t *nnvet.Trace, h *nnvet.Head, op *nnvet.Op) []nnvet.Treatment {
	squashed := op.Kind == "softmax" || op.Kind == "sigmoid"
	raw := op.Kind == "linear" || op.Kind == "conv"
	var out nnvet.Treatment
	if h.Loss == nnvet.BCE {
		out = renamed(t, h, t.Say(nnvet.Words{
			Program: "use binary_cross_entropy_with_logits, which takes raw outputs and is safe from log(0)",
			File:    "use bce_logits, which takes raw outputs and is safe from log(0)",
		}), nnvet.BCELogits)
	} else {
		out = renamed(t, h, "use cross_entropy, which takes raw outputs and applies the log_softmax itself", nnvet.CrossEntropy)
	}
	if !raw && op.Kind != "something else" {
		out.Action += fmt.Sprintf(", and take out the %s before it", op.Kind)
		if edits := drop(t, op, op.Kind, classes[op.Kind]); edits != nil && len(out.Edits) > 0 {
			out.Edits = append(edits, out.Edits...)
		} else {
			out.Edits = nil // half of it would be worse
		}
	}
	all := []nnvet.Treatment{out}
	switch {
	case h.Loss == nnvet.BCE && !squashed:
		all = append(all, nnvet.Treatment{Action: "or put a sigmoid at the end of the network", Settings: ending("sigmoid")})
	case squashed:
		all = append(all, nnvet.Treatment{Action: fmt.Sprintf("or put log_softmax in the place of the %s", op.Kind)})
	case t.OfFile():
		all = append(all, nnvet.Treatment{Action: "or put a softmax at the end of the network", Settings: ending("softmax")})
	default:
		all = append(all, nnvet.Treatment{Action: "or put a log_softmax at the end of the network"})
	}
	return all
}
