package normalization

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed output_dominated.md
var outputDominatedDoc string

// OutputDominated finds squared errors that one of several outputs owns by its
// scale, where the others are not learned.
var OutputDominated = nnvet.Check{
	ID:       "NN0106",
	Name:     "output-dominated",
	Pitfall:  nnvet.Normalization,
	Doc:      outputDominatedDoc,
	Severity: nnvet.Warning,
	Needs:    []nnvet.Need{nnvet.NeedHead, nnvet.NeedProfile(nnvet.Target), needPredictions},
	Limits: []nnvet.Limit{
		{Name: "share", Default: 0.9, Source: "convention: of two outputs, one with three times the other's deviation"},
		{Name: "behind", Default: 0.1, Source: "the smallest loss of skill that counts as more than a small one"},
		nnvet.HealthySkill, nnvet.NoSkill,
	},
	Explains: []string{"NN0201"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		several := false
		for i := range p.Trace.Heads {
			h := &p.Trace.Heads[i]
			y := p.Trace.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
			if h.Loss == nnvet.MSE && y != nil && len(y.Columns) > 1 {
				several = true
				judgeOutputs(p, h, y)
			}
		}
		if !several {
			p.Skip("no squared error of several outputs is trained on")
		}
	},
}

var needPredictions = nnvet.Need{What: "predictions beside the truth", Has: func(t *nnvet.Trace) bool { return len(t.Predictions) > 0 }}

func judgeOutputs(p *nnvet.Pass, h *nnvet.Head, y *nnvet.Profile) {
	switch {
	case h.Weighted:
		p.Skip("%s weighs its outputs or rows", h.Name)
		return
	case len(y.Columns) < y.Of:
		p.Skip("%d of the %d outputs of %s were looked at", len(y.Columns), y.Of, h.Name)
		return
	case oneGroup(p.Trace, y.Columns):
		p.Measured("one group")
		return
	}
	sum, top := 0.0, y.Columns[0]
	for _, c := range y.Columns {
		sum += c.Std * c.Std
		if c.Std > top.Std {
			top = c
		}
	}
	share := top.Std * top.Std / sum
	if !finite(share) {
		p.Skip("the targets of %s do not vary", h.Name)
		return
	}
	p.Measured("largest %.0f%%", 100*share)
	if share < p.Limit("share") {
		return
	}
	said := p.Trace.Predicted(nnvet.Validation, h.Name)
	if said == nil {
		said = p.Trace.Predicted(nnvet.Train, h.Name)
	}
	if said == nil || len(said.Outputs) < 2 {
		p.Skip("output %d holds %.0f %% of the variance, but what was predicted was not recorded by output", top.Index, 100*share)
		return
	}
	best, worst, learned := standing(said.Outputs, y.Columns, top.Index)
	if worst != nil && learned {
		reportDominance(p, h, y, top, share, best, worst, said.Split)
	}
}

// oneGroup reports whether a person declared all columns one group.
func oneGroup(t *nnvet.Trace, cols []nnvet.Column) bool {
	for _, f := range t.Declared.Families(cols) {
		if f.Declared && len(f.Members) == len(cols) {
			return true
		}
	}
	return false
}

// standing returns the pair of the output that dominates, and of the others
// that vary the one that is predicted worst.
func standing(pairs []nnvet.Pair, cols []nnvet.Column, top int) (best, worst *nnvet.Pair, ok bool) {
	for i := range pairs {
		o := &pairs[i]
		if !finite(o.R2()) || !(o.TruthStd > 0) {
			continue
		}
		switch {
		case o.Output == top:
			best = o
		case constantOutput(cols, o.Output):
		case worst == nil || o.R2() < worst.R2():
			worst = o
		}
	}
	return best, worst, best != nil && worst != nil
}

func constantOutput(cols []nnvet.Column, index int) bool {
	for _, c := range cols {
		if c.Index == index {
			return c.Constant()
		}
	}
	return false
}

func reportDominance(p *nnvet.Pass, h *nnvet.Head, y *nnvet.Profile, top nnvet.Column, share float64, best, worst *nnvet.Pair, split string) {
	behind := best.R2() - worst.R2()
	f := nnvet.Finding{
		Site: h.Name, Source: h.Source, Confidence: 0.7,
		Label: fmt.Sprintf("output %d owns %.0f %% of it", top.Index, 100*share),
		Span:  nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)},
		Brief: fmt.Sprintf("one: %.0f%%", 100*share),
		Message: fmt.Sprintf("one output owns the loss: output %d has std %s and holds %s of the variance of all %d, and output %d with std %s is predicted with R² %s where output %d has %s",
			top.Index, figure(top.Std), percent(share), y.Of, worst.Output, figure(worst.TruthStd), figure(worst.R2()), top.Index, figure(best.R2())),
		Evidence: []nnvet.Evidence{
			{What: "share of the variance of one output", Saw: share, Limit: "share"},
			{What: fmt.Sprintf("R² of output %d behind that of output %d, on the %s rows", worst.Output, top.Index, words[split]), Saw: behind, Limit: "behind"},
			{What: fmt.Sprintf("R² of output %d", worst.Output), Saw: worst.R2(), Limit: "skill"},
		},
		Treatments: []nnvet.Treatment{
			restore(p.Trace, eachOutput(y)),
			{Action: "leave an output small where it should matter less, and say so: declare all outputs one group"},
		},
	}
	switch {
	case behind < p.Limit("behind") || worst.R2() >= p.Limit("skill") || best.R2() < p.Limit("skill"):
		f.Severity = nnvet.Note // nothing shows that the small outputs paid for it
		f.Evidence = f.Evidence[:2]
		f.Evidence[1].Limit = ""
	case worst.R2() <= p.Limit("learned"):
		f.Severity = nnvet.Error
	}
	p.Report(f)
}

// percent writes a share, which is all only where it is.
func percent(share float64) string {
	if share < 1 && share >= 0.9995 {
		return "over 99.9 %"
	}
	return fmt.Sprintf("%.3g %%", 100*share)
}

// words says what a split is in a sentence.
var words = map[string]string{nnvet.Train: "training", nnvet.Validation: "validation"}

// eachOutput says how to bring outputs to one scale, with the figures where
// they are few.
func eachOutput(y *nnvet.Profile) string {
	const few = 4
	if len(y.Columns) > few {
		return "standardize every output with its own mean and std of the training rows, and turn predictions back before they are reported" + coded(y)
	}
	var each []string
	for _, c := range y.Columns {
		m := c.Moments
		if c.Constant() || !(c.Std > 0) {
			m.Std = 1
		}
		if out := fmt.Sprintf("y[:, %d]", c.Index); math.Abs(m.Mean) > 0.1 || math.Abs(m.Std-1) > 0.1 {
			each = append(each, standardized(out, m))
		}
	}
	return "standardize the outputs with the training set's figures: " + strings.Join(each, ", ") + "; turn predictions back before they are reported"
}

// apart returns how many times the larger of two deviations is the smaller.
func apart(a, b float64) float64 { return math.Max(a, b) / math.Min(a, b) }
