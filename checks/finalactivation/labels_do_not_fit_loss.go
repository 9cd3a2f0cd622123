package finalactivation

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed labels_do_not_fit_loss.md
var labelsDoc string

// LabelsDoNotFit finds targets that a loss of probabilities cannot take.
var LabelsDoNotFit = nnvet.Check{
	ID:       "NN0705",
	Name:     "labels-do-not-fit-loss",
	Pitfall:  nnvet.FinalActivation,
	Doc:      labelsDoc,
	Severity: nnvet.Error,
	Needs:    []nnvet.Need{nnvet.NeedHead},
	Limits: []nnvet.Limit{
		{Name: "share", Default: 0.01, Source: "measured on small MLPs: 0 in healthy runs; up to 1% leaves room for mistakes of single rows"},
		{Name: "below", Default: -1e-4, Source: "a cross-entropy with probabilities is never below 0; the rest is rounding"},
	},
	Explains: []string{"NN0807", "NN0601", "NN0602", "NN0801", "NN0804", "NN0805", "NN0904", "NN0201", "NN0206"},
	Run: func(p *nnvet.Pass) {
		judged := false
		for i := range p.Trace.Heads {
			h := &p.Trace.Heads[i]
			if takes(h) == "" {
				continue
			}
			if judgeLabels(p, h) {
				judged = true
			}
		}
		if !judged {
			p.Skip("no loss here takes probabilities or counts whose targets were recorded")
		}
	},
}

// poisson is what the loss of counts is called.
const poisson nnvet.LossKind = "poisson_nll_loss"

// takes says what the targets of a loss must be, or "" of losses that take any.
func takes(h *nnvet.Head) string {
	switch h.Loss {
	case nnvet.BCE, nnvet.BCELogits, nnvet.CrossEntropy:
		return "outside 0..1, and %s takes them for probabilities"
	case poisson:
		return "below 0, and %s takes them for counts"
	}
	return ""
}

// judgeLabels reports whether the targets of a head could be judged.
func judgeLabels(p *nnvet.Pass, h *nnvet.Head) bool {
	y := p.Trace.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
	low, s := lowest(p.Trace, h)
	negative := low < p.Limit("below") && h.Loss != poisson && !h.Weighted
	if y == nil || y.Ranges.N == 0 {
		if negative {
			reportNegative(p, h, s, low)
		}
		return negative || y != nil && len(y.Classes) > 0
	}
	outside := y.Ranges.Below0 + y.Ranges.Above1
	if h.Loss == poisson {
		outside = y.Ranges.Below0
	}
	share := float64(outside) / float64(y.Ranges.N)
	switch {
	case share > p.Limit("share"):
		reportLabels(p, h, y, share, low)
	case negative:
		reportNegative(p, h, s, low)
	}
	return true
}

// reportNegative reports a loss whose value proves that its targets are no
// probabilities.
func reportNegative(p *nnvet.Pass, h *nnvet.Head, s *nnvet.Series, low float64) {
	p.Report(nnvet.Finding{
		Confidence: 0.9,
		Site:       h.Name,
		Source:     h.Source,
		Label:      "wants targets from 0 to 1",
		Span:       whole(p.Trace),
		Brief:      "below 0",
		Message:    fmt.Sprintf("%s fell to %.3g; where its targets are probabilities it is never below 0", lossName(p.Trace, h), low),
		Evidence:   []nnvet.Evidence{{What: "lowest loss", Saw: low, Key: s.Key, Limit: "below"}},
		Treatments: []nnvet.Treatment{
			{Action: "print the smallest and the largest target: labels must be 0 or 1 for a binary cross-entropy, and whole numbers from 0 for cross_entropy"},
		},
	})
}

func reportLabels(p *nnvet.Pass, h *nnvet.Head, y *nnvet.Profile, share, low float64) {
	f := nnvet.Finding{
		Site:       h.Name,
		Source:     h.Source,
		Label:      "wants targets from 0 to 1",
		Span:       whole(p.Trace),
		Brief:      fmt.Sprintf("%.0f%% unfit", 100*share),
		Message:    fmt.Sprintf("%.3g %% of the targets lie "+takes(h), 100*share, lossName(p.Trace, h)),
		Evidence:   []nnvet.Evidence{{What: "share of targets that the loss cannot take", Saw: share, Limit: "share"}},
		Treatments: labels(p.Trace, h, y),
	}
	if h.Loss == poisson {
		f.Label = "wants counts"
	}
	if all := y.All(); !math.IsNaN(all.Min) && !math.IsNaN(all.Max) {
		f.Evidence = append(f.Evidence,
			nnvet.Evidence{What: "smallest target", Saw: all.Min},
			nnvet.Evidence{What: "largest target", Saw: all.Max})
	}
	if low < p.Limit("below") && h.Loss != poisson {
		f.Message += fmt.Sprintf("; the loss fell to %.3g, which no cross-entropy with probabilities can", low)
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "lowest loss", Saw: low, Key: p.Trace.TrainLoss(h).Key, Limit: "below"})
	}
	p.Report(f)
}

// labels returns what makes targets fit the loss, or the loss the targets.
func labels(t *nnvet.Trace, h *nnvet.Head, y *nnvet.Profile) []nnvet.Treatment {
	all := y.All()
	zeroOne := []nnvet.Setting{{Name: "targets", From: "as they are", To: "0/1"}}
	switch {
	case t.OfFile():
		return []nnvet.Treatment{meet(t, h), {Action: "for classes, say that they are some: data.task: classification"}}
	case h.Loss == poisson:
		return []nnvet.Treatment{renamed(t, h, "train numbers that can be negative with the mean squared error; leave counts as they are, neither standardized nor logarithms", nnvet.MSE)}
	case oneOf(y.Ranges, y.Ranges.AtMinus1):
		return []nnvet.Treatment{{Action: "turn the labels -1 and 1 into 0 and 1: (y + 1) / 2", Settings: zeroOne}}
	case all.Whole && all.Min == 1 && all.Max == 2:
		return []nnvet.Treatment{{Action: "turn the labels 1 and 2 into 0 and 1: y - 1", Settings: zeroOne}}
	case all.Whole && all.Min >= 0 && all.Max >= 2 && all.Max < 1000:
		n := fmt.Sprintf("%.0f", all.Max+1)
		return []nnvet.Treatment{{
			Action: fmt.Sprintf("for the classes 0 to %.0f, give the last layer %s units, and train it with cross_entropy on the numbers of the classes, as integers", all.Max, n),
			Settings: []nnvet.Setting{
				{Name: "loss", Site: h.Name, From: string(h.Loss), To: string(nnvet.CrossEntropy)},
				{Name: "units", Site: "final", To: n},
			},
		}}
	}
	toMeet := nnvet.Treatment{
		Action:   "for numbers to be met, use a linear output and the mean squared error",
		Settings: []nnvet.Setting{{Name: "loss", Site: h.Name, From: string(h.Loss), To: string(nnvet.MSE)}},
	}
	if h.Loss == nnvet.CrossEntropy {
		return []nnvet.Treatment{{Action: "for classes, give the loss their numbers as integers, or rows of probabilities that sum to 1"}, toMeet}
	}
	return []nnvet.Treatment{{Action: "for two classes, write the labels as 0 and 1"}, toMeet}
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
