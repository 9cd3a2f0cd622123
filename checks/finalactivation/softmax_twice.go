package finalactivation

import (
	_ "embed"
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
)

//go:embed softmax_twice.md
var softmaxTwiceDoc string

// SoftmaxTwice finds a softmax or sigmoid in front of a loss that applies its own.
var SoftmaxTwice = nnvet.Check{
	ID:       "NN0703",
	Name:     "softmax-twice",
	Pitfall:  nnvet.FinalActivation,
	Doc:      softmaxTwiceDoc,
	Severity: nnvet.Error,
	Needs:    []nnvet.Need{nnvet.NeedHead},
	Limits: []nnvet.Limit{
		{Name: "looks", Default: 3, Source: "convention: predictions that sum to 1 so often do so always"},
		{Name: "agree", Default: 1e-4, Source: "convention: the rounding of recorded figures"},
	},
	Explains: []string{"NN0602", "NN0201", "NN0803", "NN0903"},
	Run: func(p *nnvet.Pass) {
		judged := false
		for i := range p.Trace.Heads {
			h := &p.Trace.Heads[i]
			switch h.Loss {
			case nnvet.CrossEntropy, nnvet.NLL, nnvet.BCELogits:
			default:
				continue
			}
			if op := writtenOut(p, h); op != nil {
				judged = true
				reportTwice(p, h, op, 0.9)
				continue
			}
			if len(h.Chain) == 0 {
				p.Skip("what feeds %s was not recorded", h.Name)
				return
			}
			judged = true
			if op := secondSquash(h); op != nil {
				reportTwice(p, h, op, 1)
			}
		}
		if !judged {
			p.Skip("no loss here applies a softmax or sigmoid of its own")
		}
	},
}

// secondSquash returns the activation that repeats what the loss does, or nil.
// log_softmax is idempotent, so the one of an NLL loss, and a second one, are
// looked through; without any, NLL is not on log probabilities at all, which
// is another fault.
func secondSquash(h *nnvet.Head) *nnvet.Op {
	if h.Loss == nnvet.NLL && !startsWith(h, "log_softmax") {
		return nil
	}
	except := "log_softmax"
	if h.Loss == nnvet.BCELogits {
		except = ""
	}
	op := first(h, except)
	if op != nil && (op.Kind == "sigmoid" || op.Kind == "softmax") {
		return op
	}
	return nil
}

// formula holds the operations that a softmax can be written out in. Behind
// any other, what reaches the loss is known.
var formula = []string{"div", "mul", "exp", "sub", "add", "other"}

// writtenOut returns a softmax that the program computes by a formula of its
// own, or nil. It is told by its results: those of a row sum to 1, so that their
// mean is one over the number of classes in every batch.
func writtenOut(p *nnvet.Pass, h *nnvet.Head) *nnvet.Op {
	op := first(h)
	if h.Loss != nnvet.CrossEntropy || len(h.Shape) < 2 || h.Shape[1] < 2 || op != nil && !slices.Contains(formula, op.Kind) {
		return nil
	}
	if op == nil && len(h.Chain) > 0 {
		return nil
	}
	mean := p.Trace.Series(nnvet.Key{Quantity: nnvet.PredMean, Site: h.Name, Split: nnvet.Train})
	std := p.Trace.Series(nnvet.Key{Quantity: nnvet.PredStd, Site: h.Name, Split: nnvet.Train})
	if mean.Len() < int(p.Limit("looks")) || std.Len() == 0 || !(slices.Max(std.Values) > 0) {
		return nil
	}
	for _, v := range mean.Values {
		if !(math.Abs(v*float64(h.Shape[1])-1) <= p.Limit("agree")) {
			return nil
		}
	}
	out := nnvet.Op{Kind: "softmax", Layer: "", Size: h.Shape[1]}
	if op != nil {
		out.Source = op.Source
	}
	return &out
}

func startsWith(h *nnvet.Head, kind string) bool {
	op := first(h)
	return op != nil && op.Kind == kind
}

func reportTwice(p *nnvet.Pass, h *nnvet.Head, op *nnvet.Op, confidence float64) {
	f := nnvet.Finding{
		Confidence: confidence,
		Site:       op.Layer,
		Source:     place(p.Trace, h, op),
		Label:      "squashed here, and again by the loss",
		Span:       nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)},
		Brief:      op.Kind + " x2",
		Message:    fmt.Sprintf("%s feeds %s", op.Kind, p.Trace.Say(again[h.Loss])),
	}
	if low, ok := floor(p.Trace, h, op); ok {
		f.Message += fmt.Sprintf(": the loss cannot fall below %.3g", low)
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "lowest loss within reach", Saw: low})
	}
	if s := p.Trace.TrainLoss(h); s.Len() > 0 {
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "loss, mean of the last tenth", Saw: lastTenth(s), Key: s.Key})
	}
	if f.Evidence == nil {
		f.Evidence = []nnvet.Evidence{{What: "times that the outputs are squashed", Saw: 2}}
	}
	f.Treatments = []nnvet.Treatment{{
		Action:   fmt.Sprintf(p.Trace.Say(raw), op.Kind),
		Settings: []nnvet.Setting{{Name: "final activation", Site: op.Layer, From: op.Kind, To: "none"}},
		Edits:    drop(p.Trace, op, op.Kind, classes[op.Kind]),
	}}
	p.Report(f)
}

// again says what squashes the outputs a second time.
var again = map[nnvet.LossKind]nnvet.Words{
	nnvet.CrossEntropy: {Program: "cross_entropy, which applies a softmax of its own"},
	nnvet.NLL:          {Program: "the log_softmax of nll_loss, which is a softmax itself"},
	nnvet.BCELogits: {
		Program: "binary_cross_entropy_with_logits, which applies a sigmoid of its own",
		File:    "bce_logits, which applies a sigmoid of its own",
	},
}

// raw says how the loss gets what it wants. nnvet predict turns the outputs
// into probabilities by itself.
var raw = nnvet.Words{
	Program: "give the loss the raw outputs: take out the %s, and apply it only where probabilities are shown",
	File:    "give the loss the raw outputs: take the %s layer out; nnvet predict writes probabilities all the same",
}

// floor returns the loss of a network that is sure and right everywhere, if
// its outputs lie between 0 and 1 when the loss gets them: one logit of 1 and
// C-1 of 0 for classes, a logit of 1 or 0 for ones and zeros.
func floor(t *nnvet.Trace, h *nnvet.Head, op *nnvet.Op) (float64, bool) {
	if h.Reduction != "mean" || h.Weighted {
		return 0, false
	}
	if h.Loss == nnvet.BCELogits {
		y := t.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
		if y == nil || !(y.All().Mean >= 0 && y.All().Mean <= 1) {
			return 0, false
		}
		ones := y.All().Mean
		return ones*math.Log1p(math.Exp(-1)) + (1-ones)*math.Ln2, true
	}
	classes := op.Size
	if op.Kind == "sigmoid" || classes == 0 {
		if len(h.Shape) < 2 {
			return 0, false
		}
		classes = h.Shape[1]
	}
	if classes < 2 {
		return 0, false
	}
	return math.Log(1 + float64(classes-1)/math.E), true
}

// lastTenth returns the mean of the last tenth of a series, at least one value.
// It is NaN or infinite where one of them is.
func lastTenth(s *nnvet.Series) float64 {
	n := max(s.Len()/10, 1)
	sum := 0.0
	for _, v := range s.Values[s.Len()-n:] {
		sum += v
	}
	return sum / float64(n)
}
