package finalactivation

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed output_count.md
var countDoc string

// OutputCount finds last layers whose outputs do not match the targets.
var OutputCount = nnvet.Check{
	ID:       "NN0710",
	Name:     "output-count",
	Pitfall:  nnvet.FinalActivation,
	Doc:      countDoc,
	Severity: nnvet.Error,
	Needs:    []nnvet.Need{nnvet.NeedHead},
	Limits: []nnvet.Limit{
		{Name: "seen", Default: 100, Source: "rule of three: a class that is in none of 100 rows has a share below 3 %"},
		{Name: "each", Default: 20, Source: "the same, where there are many classes: rows to have seen for each of them"},
		nnvet.HealthySkill,
	},
	Explains: []string{"NN0601", "NN0602", "NN0904", "NN0201", "NN0206"},
	Run: func(p *nnvet.Pass) {
		comparable := false
		for i := range p.Trace.Heads {
			h := &p.Trace.Heads[i]
			y := p.Trace.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
			switch {
			case comparesNumbers(h) && len(h.Shape) > 0:
				comparable = true
				if l := spreadOut(p.Trace, h); l != nil {
					reportSpreadOut(p, h, l)
				}
			case (h.Loss == nnvet.CrossEntropy || h.Loss == nnvet.NLL) && y != nil && len(y.Classes) > 1:
				comparable = true
				if n := y.ClassCount(); float64(n) < p.Limit("seen") || float64(n) < p.Limit("each")*float64(len(y.Classes)) {
					p.Short("targets of %d rows were seen, of %d classes", n, len(y.Classes))
					continue
				}
				p.Measured("%d outputs", len(y.Classes))
				if used := usedOf(y); len(used) < len(y.Classes) {
					reportUnused(p, h, y, used)
				}
			}
		}
		if !comparable {
			p.Skip("no loss here has a prediction whose shape can be compared with its targets")
		}
	},
}

// shaped holds the operations that give a number for every number.
var shaped = []string{
	"reshape", "dropout", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "tanh", "sigmoid", "hardtanh", "clamp", "exp", "abs", "linear",
}

// spreadOut returns the last layer where a prediction of one column was compared
// with targets of one dimension, so that every prediction met every target of
// the batch: N rows became N x N numbers. Nil where that did not happen.
func spreadOut(t *nnvet.Trace, h *nnvet.Head) *nnvet.Param {
	if len(h.Chain) == 0 || len(h.Shape) != 2 || h.Shape[0] != h.Shape[1] || h.Shape[0] < 2 {
		return nil
	}
	if slices.ContainsFunc(h.Chain, func(op nnvet.Op) bool { return !slices.Contains(shaped, op.Kind) }) {
		return nil
	}
	last := h.Chain[len(h.Chain)-1]
	q := t.Param(last.Layer + ".weight")
	if last.Kind != "linear" || q == nil || len(q.Shape) != 2 || q.Shape[0] != 1 {
		return nil
	}
	rows := t.Series(nnvet.Key{Quantity: nnvet.BatchRows})
	if rows.Len() == 0 || rows.Values[0] != float64(h.Shape[0]) {
		return nil
	}
	return q
}

func reportSpreadOut(p *nnvet.Pass, h *nnvet.Head, q *nnvet.Param) {
	severity, evidence := harm(p)
	if severity == nnvet.Note { // a sequence as long as the batch
		return
	}
	n := h.Shape[0]
	p.Report(nnvet.Finding{
		Confidence: 0.9,
		Site:       q.Layer,
		Source:     h.Source,
		Label:      "the shapes differ",
		Span:       whole(p.Trace),
		Brief:      fmt.Sprintf("%dx%d", n, n),
		Message:    fmt.Sprintf("%s compared %d x %d numbers of a batch of %d rows and one output: every prediction with every target, so that only their mean can be learned", h.Name, n, n, n),
		Evidence: append([]nnvet.Evidence{
			{What: "numbers compared for each row", Saw: float64(n)},
			{What: "outputs of the last layer", Saw: 1},
		}, evidence...),
		Treatments: []nnvet.Treatment{{Action: "give both the same shape: squeeze the prediction, net(x).squeeze(1), or unsqueeze the target, y.unsqueeze(1)"}},
	})
}

// usedOf returns the classes that targets were seen of.
func usedOf(y *nnvet.Profile) []int {
	var out []int
	for c, n := range y.Classes {
		if n > 0 {
			out = append(out, c)
		}
	}
	return out
}

func reportUnused(p *nnvet.Pass, h *nnvet.Head, y *nnvet.Profile, used []int) {
	n := len(y.Classes)
	f := nnvet.Finding{
		Severity: nnvet.Note, Confidence: 0.6,
		Site:    h.Name,
		Source:  h.Source,
		Label:   fmt.Sprintf("%d outputs", n),
		Span:    whole(p.Trace),
		Brief:   fmt.Sprintf("%d of %d", len(used), n),
		Message: fmt.Sprintf("the network has %d outputs, and the targets of %d rows hold %s", n, y.ClassCount(), named(used)),
		Evidence: []nnvet.Evidence{
			{What: "outputs", Saw: float64(n)},
			{What: "classes seen", Saw: float64(len(used))},
		},
	}
	if len(f.Brief) > 12 {
		f.Brief = fmt.Sprintf("%d unused", n-len(used))
	}
	switch {
	case len(used) == 1:
		f.Treatments = []nnvet.Treatment{{Action: "look at how the labels are made: all rows have the same one, as after a division or a conversion to integers"}}
	case used[0] == 1 && len(used) == n-1:
		to := fmt.Sprint(n - 1)
		f.Treatments = []nnvet.Treatment{{
			Action: fmt.Sprintf("the labels begin at 1: subtract 1, and give the last layer %s units", to),
		}}
	default:
		f.Treatments = []nnvet.Treatment{{Action: fmt.Sprintf("give the last layer a unit for each class that there is, or see why rows of %d classes are missing from the training data", n-len(used))}}
	}
	p.Report(f)
}

// named names a few classes.
func named(used []int) string {
	const few = 6
	if len(used) == 1 {
		return fmt.Sprintf("class %d alone", used[0])
	}
	if len(used) > few {
		return fmt.Sprintf("%d classes", len(used))
	}
	var each []string
	for _, c := range used {
		each = append(each, fmt.Sprint(c))
	}
	return "the classes " + strings.Join(each, ", ")
}
