package results

import (
	_ "embed"
	"fmt"

	"github.com/nnvet/nnvet"
)

//go:embed samples_mixed.md
var samplesMixedDoc string

// SamplesMixed finds losses in which the answer for one row depends on other
// rows of its batch.
var SamplesMixed = nnvet.Check{
	ID:       "NN0210",
	Name:     "samples-mixed",
	Pitfall:  nnvet.Results,
	Doc:      samplesMixedDoc,
	Severity: nnvet.Error,
	Needs:    []nnvet.Need{nnvet.NeedHead},
	Limits: []nnvet.Limit{
		{Name: "rows", Default: 2, Source: "by definition: one row has no others to be mixed with"},
	},
	Explains: []string{"NN0401", "NN1101", "NN0602", "NN0213", "NN0214", "NN0206", "NN0216", "NN0201"},
	Run: func(p *nnvet.Pass) {
		known := 0
		for i := range p.Trace.Heads {
			h := &p.Trace.Heads[i]
			if len(h.Shape) == 0 {
				continue
			}
			known++
			if op := softmaxOverRows(p, h); op != nil {
				reportSoftmax(p, h, op)
			} else if y := p.Trace.ProfileOf(nnvet.Target, nnvet.Train, h.Name); y != nil && elementwise(h.Loss) && crosses(h.Shape, y.Shape, int(p.Limit("rows"))) {
				reportCross(p, h, y)
			}
		}
		if known == 0 {
			p.Skip("the shape of the predictions was not recorded")
		}
	},
}

// softmaxOverRows returns the softmax of a head that runs over the rows of the
// batch, or nil. A square of rows by rows is meant so: rows are compared there.
func softmaxOverRows(p *nnvet.Pass, h *nnvet.Head) *nnvet.Op {
	rows, last := h.Shape[0], h.Shape[len(h.Shape)-1]
	if len(h.Shape) < 2 || rows == last || rows < int(p.Limit("rows")) || !fedBatchesOf(p.Trace, rows) {
		return nil
	}
	for i := range h.Chain {
		op := &h.Chain[i]
		if op.Kind == "softmax" || op.Kind == "log_softmax" {
			if first := op.Dim == 0 || op.Dim == -len(h.Shape); first && op.Size == rows {
				return op
			}
		}
	}
	return nil
}

// fedBatchesOf reports whether the network was given batches of that many
// rows, as far as is known.
func fedBatchesOf(t *nnvet.Trace, rows int) bool {
	if x := t.Profile(nnvet.Input, nnvet.Train); x != nil && len(x.Shape) > 0 {
		return x.Shape[0] == rows
	}
	return true
}

// elementwise reports whether a loss compares element by element, and
// stretches shapes that differ to one another: binary cross-entropy does where it
// is written out by hand.
func elementwise(k nnvet.LossKind) bool {
	return k == nnvet.MSE || k == nnvet.L1 || k == nnvet.SmoothL1 || k == nnvet.Huber || k == nnvet.BCE
}

// crosses reports whether two shapes stretch so that each row of one meets
// every row of the other: [32 1] and [32] give [32 32].
func crosses(a, b []int, rows int) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	extra := len(a) - len(b)
	if extra == 0 || len(b) == 0 || a[0] < rows || b[0] < rows || a[0] != b[0] {
		return false
	}
	if a[extra] != 1 { // where the rows of b come to lie
		return false
	}
	for i := range b {
		if m, n := a[extra+i], b[i]; m != n && m != 1 && n != 1 {
			return false
		}
	}
	return true
}

func reportSoftmax(p *nnvet.Pass, h *nnvet.Head, op *nnvet.Op) {
	f := nnvet.Finding{
		Site:       h.Name,
		Source:     op.Source,
		Label:      "runs over the rows of the batch",
		Span:       whole(p.Trace),
		Brief:      "over rows",
		Confidence: 0.95,
		Message: fmt.Sprintf("rows are mixed: the %s before %s runs over dimension 0, the %d rows of a batch, so that rows share one probability among them in place of classes",
			op.Kind, h.Name, op.Size),
		Evidence: []nnvet.Evidence{
			{What: "rows that a softmax runs over", Saw: float64(op.Size), Unit: "rows", Limit: "rows"},
		},
		Treatments: []nnvet.Treatment{{
			Action:   fmt.Sprintf("let the %s run over the classes: dim=1", op.Kind),
			Settings: []nnvet.Setting{{Name: "dim", Site: op.Layer, From: "0", To: "1"}},
		}},
	}
	if c := p.Trace.CallAt(op.Source); c != nil {
		if dim, ok := c.Arg("dim"); ok && dim.Text == "0" && dim.Source.Col > 0 {
			f.Treatments[0].Edits = []nnvet.Edit{{At: dim.Source, New: "1"}}
		}
	}
	p.Report(f)
}

func reportCross(p *nnvet.Pass, h *nnvet.Head, y *nnvet.Profile) {
	n := h.Shape[0]
	action := fmt.Sprintf("give predictions the shape of the targets: prediction.squeeze(-1), from %v to %v", h.Shape, y.Shape)
	if len(h.Shape) < len(y.Shape) {
		action = fmt.Sprintf("give targets the shape of the predictions: target.squeeze(-1), from %v to %v", y.Shape, h.Shape)
	}
	p.Report(nnvet.Finding{
		Site:       h.Name,
		Source:     h.Source,
		Label:      fmt.Sprintf("compares %v with %v", h.Shape, y.Shape),
		Span:       whole(p.Trace),
		Brief:      "all with all",
		Confidence: 0.95,
		Message: fmt.Sprintf("rows are mixed: %s compares predictions of shape %v with targets of shape %v, which stretch to %d by %d: every prediction is held against every target, and the mean is the best answer to that",
			h.Name, h.Shape, y.Shape, n, n),
		Evidence: []nnvet.Evidence{
			{What: "targets that each prediction is compared with", Saw: float64(n), Limit: "rows"},
		},
		Treatments: []nnvet.Treatment{
			{Action: action},
			{Action: "assert prediction.shape == target.shape before the loss: PyTorch's own losses warn of it, one that is written out does not"},
		},
	})
}
