package results

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed error_in_meaningless_units.md
var meaninglessDoc string

// MeaninglessUnits says what the final loss comes to in the units of the
// target, and finds goals that were missed.
var MeaninglessUnits = nnvet.Check{
	ID:       "NN0216",
	Name:     "error-in-meaningless-units",
	Pitfall:  nnvet.Results,
	Doc:      meaninglessDoc,
	Severity: nnvet.Note,
	Needs: []nnvet.Need{{What: "predictions beside the truth", Has: func(t *nnvet.Trace) bool {
		return lastPredictions(t) != nil || t.Declared.Goal != nil
	}}},
	Limits: []nnvet.Limit{
		{Name: "standard", Default: 0.3, Source: "convention: targets with a mean within 0.3 of 0 and a standard deviation within 30 % of 1 were standardized"},
		{Name: "rows", Default: 10, Source: "convention: the recall of a class of fewer rows is left out"},
	},
	Symptom: true,
	AtEnd:   true,
	Run: func(p *nnvet.Pass) {
		if g := p.Trace.Declared.Goal; g != nil {
			judgeGoal(p, g)
			return
		}
		said := lastPredictions(p.Trace)
		m := said.Merit()
		words := inWords(p, m)
		if words == "" {
			p.Skip("predictions of %s are not finite", said.Head)
			return
		}
		reportMeaning(p, said, m, words)
	},
}

// judgeGoal compares what was reached with what somebody said would be good.
func judgeGoal(p *nnvet.Pass, g *nnvet.Goal) {
	v, split, span, err := reached(p, g)
	if err != nil {
		p.Skip("the goal %s cannot be judged: %v", wordsOf(g), err)
		return
	}
	met := g.Met(v)
	if met && split == nnvet.Train {
		p.Skip("the goal %s is met on training rows; no other rows were looked at", wordsOf(g))
		return
	}
	p.Measured("%s", onBoard(g.Metric, v))
	if met {
		return
	}
	f := nnvet.Finding{
		Severity:   nnvet.Warning,
		Source:     g.Source,
		Label:      "ends at " + figure(v),
		Span:       span,
		Brief:      onBoard(g.Metric, v),
		Confidence: 0.95,
		Message:    fmt.Sprintf("the goal is missed: %s ends at %s on %s rows, and was to be %s", g.Metric, figure(v), rowsName[split], strings.TrimPrefix(wordsOf(g), g.Metric+" ")),
		Evidence:   []nnvet.Evidence{{What: g.Metric + " at the end", Saw: v}, {What: "the goal", Saw: g.Value}},
		Treatments: []nnvet.Treatment{
			{Action: "mend what else was found first, and measure again"},
			{Action: p.Trace.Say(whetherReachable)},
		},
	}
	if said := lastPredictions(p.Trace); said != nil && said.Split == split {
		if words := inWords(p, said.Merit()); words != "" {
			f.Message += "; " + words
		}
	}
	p.Report(f)
}

var whetherReachable = nnvet.Words{
	Program: "ask whether it can be reached: what do a linear model, a gradient-boosted tree, and a person reach on the same rows?",
	File:    "ask whether it can be reached: what does the network that nnvet makes by itself reach, without the keys network, loss and optimizer?",
}

// onBoard writes a metric in at most 12 characters.
func onBoard(metric string, v float64) string {
	if s := fmt.Sprintf("%.4s %s", metric, figure(v)); len(s) <= 12 {
		return s
	}
	return fmt.Sprintf("%.3s %.1e", metric, v)
}

// wordsOf writes a goal as it is declared: "mae < 2".
func wordsOf(g *nnvet.Goal) string {
	if g.Below {
		return fmt.Sprintf("%s < %g", g.Metric, g.Value)
	}
	return fmt.Sprintf("%s > %g", g.Metric, g.Value)
}

// reached returns the value of a goal's metric at the end, and on which rows.
func reached(p *nnvet.Pass, g *nnvet.Goal) (v float64, split string, span nnvet.Span, err error) {
	if g.Metric == "loss" {
		c, err := p.Trace.Course(nnvet.Validation)
		if c.Len() == 0 {
			c, err = p.Trace.Course(nnvet.Train)
		}
		if c.Len() == 0 {
			return 0, "", span, err
		}
		return c.Part(0.9, 1), c.Split, ending(c), nil
	}
	said := lastPredictions(p.Trace)
	if said == nil {
		return 0, "", span, fmt.Errorf("the trace has no predictions beside the truth")
	}
	m := said.Merit()
	v = m.Value(g.Metric)
	switch {
	case math.IsNaN(v):
		return 0, "", span, fmt.Errorf("predictions of %s do not tell it", said.Head)
	case (g.Metric == "mae" || g.Metric == "rmse") && standardized(p, said):
		return 0, "", span, fmt.Errorf("the loss compares standardized targets, whose units are gone; r2 needs none")
	}
	return v, said.Split, nnvet.Span{From: said.Step, To: max(said.Step, p.Trace.Run.Steps-1)}, nil
}

// standardized reports whether the truth looks as if its mean had been taken
// off and its standard deviation divided out: in which units it was, nobody knows then.
func standardized(p *nnvet.Pass, said *nnvet.Predictions) bool {
	for _, o := range said.Outputs {
		if off := p.Limit("standard"); math.Abs(o.Truth) > off || math.Abs(o.TruthStd-1) > off {
			return false
		}
	}
	return len(said.Outputs) > 0
}

// inWords says what predictions come to, or "" where they are not finite.
func inWords(p *nnvet.Pass, m nnvet.Merit) string {
	if len(m.Classes) > 0 {
		return classesInWords(p, m)
	}
	var worst *nnvet.Accord
	for i := range m.Outputs {
		if o := &m.Outputs[i]; !math.IsNaN(o.R2) && (worst == nil || o.R2 < worst.R2) {
			worst = o
		}
	}
	if worst == nil || math.IsInf(worst.R2, 0) {
		return ""
	}
	who := "predictions are"
	if len(m.Outputs) > 1 {
		who = fmt.Sprintf("predictions of output %d, the poorest of %d, are", worst.Output, len(m.Outputs))
	}
	off := ""
	if !math.IsNaN(worst.MAE) {
		off = fmt.Sprintf(" off by %s in the mean, and", figure(worst.MAE))
	}
	return fmt.Sprintf("%s%s by %s in the root mean square, where always answering the mean gives %s (R2 %.2f)", who, off, figure(worst.RMSE), figure(worst.Constant), worst.R2)
}

func classesInWords(p *nnvet.Pass, m nnvet.Merit) string {
	if math.IsNaN(m.Accuracy) {
		return ""
	}
	s := fmt.Sprintf("%s of the rows are right, where always saying the commonest class gives %s", percent(m.Accuracy), percent(m.Commonest))
	c := m.Scarcest(int64(p.Limit("rows")))
	if c == nil || c.Share >= m.Accuracy {
		return s
	}
	s += fmt.Sprintf("; of the %d rows of class %d, %s are found", c.Rows, c.Class, percent(c.Share))
	for _, x := range m.Confused {
		if x.True == c.Class {
			return s + fmt.Sprintf(", and %s are taken for class %d", percent(x.Share), x.Said)
		}
	}
	return s
}

func reportMeaning(p *nnvet.Pass, said *nnvet.Predictions, m nnvet.Merit, words string) {
	f := nnvet.Finding{
		Site:       said.Head,
		Span:       nnvet.Span{From: said.Step, To: max(said.Step, p.Trace.Run.Steps-1)},
		Confidence: 0.9,
	}
	example := "mae < 2"
	if len(m.Classes) > 0 {
		example = "accuracy > 0.9"
		f.Brief = fmt.Sprintf("acc %.0f%%", 100*m.Accuracy)
		f.Evidence = []nnvet.Evidence{{What: "accuracy", Saw: m.Accuracy}, {What: "share of the commonest class", Saw: m.Commonest}}
	} else {
		r2 := m.Value("r2")
		f.Brief = fmt.Sprintf("R2 %.2f", max(r2, -99))
		f.Evidence = []nnvet.Evidence{{What: "R2, mean over outputs", Saw: r2}, {What: "root mean square error", Saw: m.Value("rmse")}}
		if standardized(p, said) {
			words += ", in standard deviations of the target"
		}
	}
	f.Treatments = []nnvet.Treatment{{Action: fmt.Sprintf(p.Trace.Say(sayGoal), example)}}
	f.Message = "what the loss comes to"
	if c, err := p.Trace.Course(said.Split); err == nil {
		f.Message = fmt.Sprintf("what a loss of %s comes to", figure(c.Part(0.9, 1)))
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "loss, mean of the last tenth", Saw: c.Part(0.9, 1), Key: c.Key})
	}
	f.Message += fmt.Sprintf(" on %s rows: %s; nobody said what would be good enough", rowsName[said.Split], words)
	p.Report(f)
}

var sayGoal = nnvet.Words{
	Program: "say in nnvet.toml what would be good enough (goal = \"%s\"), and print it beside the loss, in the target's units",
	File:    "say in the file what would be good enough, as goal: %s",
}
