package finalactivation

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed softmax_over_one_unit.md
var softmaxOverOneUnitDoc string

// SoftmaxOverOneUnit finds a softmax over a single output, which is always 1.
var SoftmaxOverOneUnit = nnvet.Check{
	ID:       "NN0706",
	Name:     "softmax-over-one-unit",
	Pitfall:  nnvet.FinalActivation,
	Doc:      softmaxOverOneUnitDoc,
	Severity: nnvet.Error,
	Needs:    []nnvet.Need{nnvet.NeedHead},
	Explains: []string{"NN0807", "NN0602", "NN0801", "NN0904", "NN0201"},
	Run: func(p *nnvet.Pass) {
		for i := range p.Trace.Heads {
			h := &p.Trace.Heads[i]
			if len(h.Chain) == 0 {
				p.Skip("what feeds %s was not recorded", h.Name)
			}
			if op := lonely(p.Trace, h); op != nil {
				reportLonely(p, h, op)
			}
		}
	},
}

// lonely returns the softmax of a head that has one unit to share out, or nil.
// A loss with a softmax of its own counts as one. Over the first dimension
// that unit would be the only row of a batch, which says nothing of the rest.
func lonely(t *nnvet.Trace, h *nnvet.Head) *nnvet.Op {
	for i := range h.Chain {
		op := &h.Chain[i]
		overRows := op.Dim == 0 && len(h.Shape) > 1
		if (op.Kind == "softmax" || op.Kind == "log_softmax") && op.Size == 1 && !overRows {
			return op
		}
	}
	if op := first(h); op != nil && op.Kind == "softmax" && op.Size == 0 && onlyOnes(t, h) {
		return op
	}
	if h.Loss == nnvet.CrossEntropy && len(h.Shape) > 1 && h.Shape[1] == 1 {
		return &nnvet.Op{Kind: h.Name, Source: h.Source, Size: 1}
	}
	return nil
}

// onlyOnes reports whether an untrained network already answered 1 to every
// row, which no softmax over several units does. It decides where the size is
// not known, as behind a squeeze.
func onlyOnes(t *nnvet.Trace, h *nnvet.Head) bool {
	mean := t.Series(nnvet.Key{Quantity: nnvet.PredMean, Site: h.Name, Split: nnvet.Train})
	std := t.Series(nnvet.Key{Quantity: nnvet.PredStd, Site: h.Name, Split: nnvet.Train})
	return mean.Len() > 0 && mean.Steps[0] == 0 && math.Abs(mean.Values[0]-1) < 1e-6 &&
		std.Len() > 0 && std.Steps[0] == 0 && std.Values[0] < 1e-6
}

func reportLonely(p *nnvet.Pass, h *nnvet.Head, op *nnvet.Op) {
	what, constant := "a softmax", 1.0
	switch op.Kind {
	case "softmax":
	case "log_softmax":
		what, constant = "a log softmax", 0
	default:
		what = "the softmax of " + op.Kind
	}
	evidence := []nnvet.Evidence{{What: "units under the softmax", Saw: 1}}
	if s := p.Trace.TrainLoss(h); s.Len() > 0 {
		evidence = append(evidence, nnvet.Evidence{What: "first loss", Saw: s.Values[0], Key: s.Key})
		_, last := s.Last()
		evidence = append(evidence, nnvet.Evidence{What: "last loss", Saw: last, Key: s.Key})
	}
	p.Report(nnvet.Finding{
		Site:     op.Layer,
		Source:   place(p.Trace, h, op),
		Label:    fmt.Sprintf("always %g", constant),
		Span:     nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)},
		Brief:    "1 unit",
		Message:  fmt.Sprintf("%s over one unit gives %g whatever the input is, and its gradient is exactly 0", what, constant),
		Evidence: evidence,
		Treatments: []nnvet.Treatment{
			oneUnit(p.Trace, h, op),
			{Action: "give the last layer 2 units and train them with cross_entropy, without a softmax of your own"},
		},
	})
}

// oneUnit keeps the single unit. An experiment file that squashes it has a
// loss that takes probabilities, which is what a sigmoid gives.
func oneUnit(t *nnvet.Trace, h *nnvet.Head, op *nnvet.Op) nnvet.Treatment {
	if !t.OfFile() {
		return nnvet.Treatment{
			Action: "for two classes, take out the softmax and train one unit with binary_cross_entropy_with_logits, which holds the sigmoid",
			Settings: []nnvet.Setting{
				{Name: "final activation", Site: op.Layer, From: op.Kind, To: "none"},
				{Name: "loss", Site: h.Name, From: string(h.Loss), To: string(nnvet.BCELogits)},
			},
		}
	}
	out := nnvet.Treatment{
		Action:   "for two classes, put a sigmoid in the place of the softmax",
		Settings: []nnvet.Setting{{Name: "final activation", Site: op.Layer, From: op.Kind, To: "sigmoid"}},
	}
	if at, ok := t.CallAt(op.Source).Name(); ok {
		out.Edits = []nnvet.Edit{{At: at, New: "sigmoid"}}
	}
	return out
}
