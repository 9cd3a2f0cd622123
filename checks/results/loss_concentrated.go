package results

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed loss_concentrated.md
var concentratedDoc string

// LossConcentrated finds losses that a few rows make up.
var LossConcentrated = nnvet.Check{
	ID:       "NN0214",
	Name:     "loss-concentrated",
	Pitfall:  nnvet.Results,
	Doc:      concentratedDoc,
	Severity: nnvet.Note,
	Presumed: true,
	Needs: []nnvet.Need{{What: "share of the loss that the costliest rows hold", Has: func(t *nnvet.Trace) bool {
		return costly(t) != nil
	}}},
	Limits: []nnvet.Limit{
		{Name: "share", Default: 0.3, Source: "convention: thirty times its share; errors of a normal law give the costliest hundredth about 8 %"},
		{Name: "rows", Default: 200, Source: "convention: of fewer, a hundredth is a single row"},
		nnvet.HealthySkill,
	},
	Explains: []string{"NN0604", "NN0216"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		said := costly(p.Trace)
		switch {
		case float64(said.Rows) < p.Limit("rows"):
			p.Short("the loss of %d rows was looked at; it takes %g", said.Rows, p.Limit("rows"))
		case math.IsNaN(said.TopShare):
			p.Skip("the loss of single rows of %s was not recorded", said.Head)
		case said.TopShare > p.Limit("share"):
			reportConcentrated(p, said)
		default:
			p.Measured("top %.0f%%", 100*said.TopShare)
		}
	},
}

// costly returns the last predictions that tell how the loss is spread over
// rows: of validation rows, or else of training rows; nil without.
func costly(t *nnvet.Trace) *nnvet.Predictions {
	for _, split := range []string{nnvet.Validation, nnvet.Train} {
		if p := t.Predicted(split, ""); p != nil && (!math.IsNaN(p.TopShare) || len(p.Worst) > 0) {
			return p
		}
	}
	return nil
}

func reportConcentrated(p *nnvet.Pass, said *nnvet.Predictions) {
	skill, split := endSkill(p.Trace)
	f := nnvet.Finding{
		Site:       said.Head,
		Span:       nnvet.Span{From: said.Step, To: max(said.Step, p.Trace.Run.Steps-1)},
		Brief:      fmt.Sprintf("top %.0f%%", 100*said.TopShare),
		Confidence: 0.7,
		Message: fmt.Sprintf("a few rows make up the loss: the costliest hundredth of %d %s rows holds %s of it",
			said.Rows, rowsName[said.Split], percent(said.TopShare)),
		Evidence: []nnvet.Evidence{
			{What: "share of the loss that the costliest hundredth of rows holds", Saw: said.TopShare, Limit: "share"},
		},
		Treatments: []nnvet.Treatment{
			{Action: fmt.Sprintf("look at %s: is the target right, is the input whole, are they of another kind", these(said))},
			{Action: p.Trace.Say(lessSteep)},
		},
	}
	if said.Worst != nil {
		f.Message += "; the worst: " + numbersOf(said.Worst)
	}
	if skill < p.Limit(nnvet.HealthySkill.Name) {
		f.Severity = nnvet.Warning
		f.Message += ", and little is learned beside them"
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "skill at the end (1 - loss / constant's loss)", Saw: skill, Limit: nnvet.HealthySkill.Name, Key: nnvet.Key{Quantity: nnvet.Loss, Split: split}})
	}
	p.Report(f)
}

var lessSteep = nnvet.Words{
	Program: "where they are right but rare, take a loss that grows less steeply, as nn.HuberLoss(), or the logarithm of the target",
	File:    "where they are right but rare, take a loss that grows less steeply, as loss: {huber: 1}, or data.transform: {the target: log}",
}

// these names the worst rows for a treatment.
func these(said *nnvet.Predictions) string {
	if len(said.Worst) == 0 {
		return "the rows that cost most"
	}
	return fmt.Sprintf("%s (counted from 0 in the order of evaluation)", numbersOf(said.Worst))
}

func numbersOf(rows []int64) string {
	s := make([]string, len(rows))
	for i, r := range rows {
		s[i] = fmt.Sprint(r)
	}
	if len(s) == 1 {
		return "row " + s[0]
	}
	return "rows " + strings.Join(s[:len(s)-1], ", ") + " and " + s[len(s)-1]
}
