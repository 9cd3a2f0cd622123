package results

import (
	_ "embed"
	"fmt"

	"github.com/nnvet/nnvet"
)

//go:embed no_validation.md
var noValidationDoc string

// NoValidation finds runs that never looked at data they were not trained on.
var NoValidation = nnvet.Check{
	ID:       "NN0202",
	Name:     "no-validation",
	Pitfall:  nnvet.Results,
	Doc:      noValidationDoc,
	Severity: nnvet.Warning,
	Needs:    []nnvet.Need{nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: []nnvet.Limit{
		{Name: "steps", Default: 100, Source: "convention: fewer steps may be a trial whether the script runs at all"},
	},
	AtEnd: true,
	Run: func(p *nnvet.Pass) {
		r := p.Trace.Run
		switch n := evaluations(p.Trace); {
		case n > 0:
			p.Measured("%d seen", n)
		case r.Ended != nnvet.Exited:
			p.Skip("the run did not come to its own end, where it may have validated")
		case float64(r.Steps) < p.Limit("steps"):
			p.Short("the run has %d steps; it takes %g to judge", r.Steps, p.Limit("steps"))
		case len(p.Trace.Heads) == 0:
			p.Skip("no loss function that nnvet recognizes: there may be no rows to hold out")
		case loose(p.Trace):
			p.Skip("the network is no module, so that its evaluations are not seen")
		default:
			p.Report(nothingSeen(p.Trace))
		}
	},
}

// loose reports whether the network is made of tensors that no module holds.
func loose(t *nnvet.Trace) bool {
	x := t.Profile(nnvet.Input, nnvet.Train)
	return len(t.Layers) == 0 && (len(t.Params) > 0 || x != nil && x.Site == "")
}

func nothingSeen(t *nnvet.Trace) nnvet.Finding {
	f := nnvet.Finding{
		Span:       nnvet.Span{To: t.Run.Steps - 1},
		Brief:      "none",
		Confidence: 0.8, // it may happen in another process
		Message: fmt.Sprintf(t.Say(nnvet.Words{
			Program: "nothing is validated: in %d steps of training no evaluation was seen, neither in eval mode nor without gradients",
			File:    "nothing is validated: in %d steps of training no rows were held out to tell when to stop",
		}), t.Run.Steps),
		Evidence: []nnvet.Evidence{
			{What: "evaluations", Saw: 0},
			{What: "steps of training", Saw: float64(t.Run.Steps), Unit: "steps", Limit: "steps"},
		},
		Treatments: []nnvet.Treatment{{Action: t.Say(nnvet.Words{
			Program: "hold out 20 percent of the rows, shuffled first, and after every epoch take the loss on them with net.eval() and torch.no_grad()",
			File:    "hold out 20 percent of the rows: data.split.val: 0.2",
		})}},
	}
	if adversaries(t) {
		f.Severity = nnvet.Note
		f.Message += "; several optimizers train on several losses, so that no loss of other rows would tell when to stop"
	}
	if val, ok := t.Entry("split", "").Arg("val"); ok {
		f.Confidence, f.Source, f.Label = 1, val.Source, "no rows to validate on"
		f.Treatments[0].Edits = []nnvet.Edit{{At: val.Source, New: "0.2"}}
	}
	return f
}

// adversaries reports whether several networks are trained, each on a loss of its
// own, as in adversarial learning: what they make is judged by looking at it.
func adversaries(t *nnvet.Trace) bool {
	losses := 0
	for _, h := range t.Heads {
		if t.Series(nnvet.Key{Quantity: nnvet.HeadLoss, Site: h.Name, Split: nnvet.Train}).Len() > 0 {
			losses++
		}
	}
	return len(t.Optimizers) > 1 && losses > 1
}

// evaluations returns how often the run looked at validation data, as far as
// its trace shows: 0 only where there is no trace of it at all.
func evaluations(t *nnvet.Trace) int {
	most := 0
	for _, q := range nnvet.Quantities {
		for s := range t.All(q.Name) {
			if s.Key.Split == nnvet.Validation {
				most = max(most, s.Len())
			}
		}
	}
	for _, p := range t.Profiles {
		if p.Split == nnvet.Validation {
			most = max(most, 1)
		}
	}
	if e := t.Event(nnvet.ValidationInTrain); e != nil {
		most = max(most, int(e.Count), 1)
	}
	return most
}
