package finalactivation

import (
	_ "embed"
	"fmt"

	"github.com/nnvet/nnvet"
)

//go:embed mse_on_classes.md
var mseDoc string

// MSEOnClasses finds classes that are trained as if they were numbers.
var MSEOnClasses = nnvet.Check{
	ID:       "NN0708",
	Name:     "mse-on-classes",
	Pitfall:  nnvet.FinalActivation,
	Doc:      mseDoc,
	Severity: nnvet.Note,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedHead, nnvet.NeedProfile(nnvet.Target)},
	Limits: []nnvet.Limit{
		{Name: "codes", Default: 9, Source: "convention: whole numbers above are counts or ratings rather than classes"},
		nnvet.HealthySkill,
	},
	Explains: []string{"NN0602", "NN0802", "NN0201", "NN0206"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		judged := false
		for i := range p.Trace.Heads {
			h := &p.Trace.Heads[i]
			y := p.Trace.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
			if !comparesNumbers(h) || y == nil || y.Ranges.N == 0 {
				continue
			}
			judged = true
			if _, never, _, _ := exclusive(y); never && shares(h) { // another fault
				continue
			}
			switch {
			case labelsOf(y):
				reportClasses(p, h, y)
			case codes(y, p.Limit("codes")):
				reportCodes(p, h, y)
			}
		}
		if !judged {
			p.Skip("no loss here compares predictions with numbers that were counted")
		}
	},
}

// codes reports whether the targets may be the numbers of classes: whole, in
// one column, from 0 or 1 to a few.
func codes(y *nnvet.Profile, most float64) bool {
	m := y.All()
	return len(y.Columns) == 1 && y.Of == 1 && m.Whole && (m.Min == 0 || m.Min == 1) && m.Max >= m.Min+2 && m.Max <= most
}

func reportClasses(p *nnvet.Pass, h *nnvet.Head, y *nnvet.Profile) {
	severity, evidence := harm(p)
	two := len(y.Columns) == 1
	what := fmt.Sprintf("%d columns of 0 and 1", y.Of)
	if two {
		what = "0 and 1"
	}
	if y.Ranges.AtMinus1 > 0 {
		what = "-1 and 1"
	}
	name := lossName(p.Trace, h)
	op := first(h)
	squashed := op != nil && (op.Kind == "softmax" || op.Kind == "sigmoid" || op.Kind == "tanh")
	cost := "it costs as much to be too sure of what is right as to be unsure"
	if squashed {
		cost = fmt.Sprintf("behind a %s it hardly pulls where the network is sure and wrong", op.Kind)
	}
	f := nnvet.Finding{
		Severity: severity, Confidence: 0.7,
		Site:     h.Name,
		Source:   h.Source,
		Label:    "meant for numbers",
		Span:     whole(p.Trace),
		Brief:    fmt.Sprintf("%.12s", name),
		Message:  fmt.Sprintf("the targets are classes, %s, and %s is for numbers: %s", what, name, cost),
		Evidence: append([]nnvet.Evidence{{What: "share of targets that are 0, 1 or -1", Saw: 1}}, evidence...),
	}
	always, _, _, _ := exclusive(y)
	f.Treatments = []nnvet.Treatment{forClasses(p.Trace, h, !two && (always || op != nil && op.Kind == "softmax"))}
	if squashed {
		f.Site, f.Source = op.Layer, place(p.Trace, h, op)
		f.Label = "end of a classifier that is trained on squared errors"
		f.Treatments[0].Action += fmt.Sprintf(", and take out the %s, which that loss holds", op.Kind)
		f.Treatments[0].Edits = nil
	}
	p.Report(f)
}

// forClasses prescribes the loss for one class of several, or for yes and no.
func forClasses(t *nnvet.Trace, h *nnvet.Head, one bool) nnvet.Treatment {
	if one {
		return renamed(t, h, "train the raw outputs with cross_entropy, on the numbers of the classes", nnvet.CrossEntropy)
	}
	return renamed(t, h, t.Say(nnvet.Words{
		Program: "train the raw outputs with binary_cross_entropy_with_logits, on labels of 0 and 1",
		File:    "train with loss: bce_logits",
	}), nnvet.BCELogits)
}

// reportCodes asks about numbers that may be classes. A network that meets them
// well may be right to take them for numbers.
func reportCodes(p *nnvet.Pass, h *nnvet.Head, y *nnvet.Profile) {
	severity, evidence := harm(p)
	if severity == nnvet.Note {
		return
	}
	m := y.All()
	n := fmt.Sprintf("%.0f", m.Max-m.Min+1)
	p.Report(nnvet.Finding{
		Severity: nnvet.Note, Confidence: 0.4,
		Site:     h.Name,
		Source:   h.Source,
		Label:    "meant for numbers",
		Span:     whole(p.Trace),
		Brief:    "classes?",
		Message:  fmt.Sprintf("the targets are whole numbers from %.0f to %.0f: if they are classes, %s takes class %.0f for one between its neighbours", m.Min, m.Max, lossName(p.Trace, h), m.Min+1),
		Evidence: append([]nnvet.Evidence{{What: "smallest target", Saw: m.Min}, {What: "largest target", Saw: m.Max}}, evidence...),
		Treatments: []nnvet.Treatment{{
			Action: p.Trace.Say(nnvet.Words{
				Program: fmt.Sprintf("if they are classes, give the last layer %s units, and train it with cross_entropy", n),
				File:    "if they are classes, say so: data.task: classification",
			}),
			Settings: []nnvet.Setting{{Name: "loss", Site: h.Name, From: string(h.Loss), To: string(nnvet.CrossEntropy)}, {Name: "units", Site: "final", To: n}},
		}},
	})
}
