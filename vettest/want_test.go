package vettest

import (
	"math"
	"testing"

	"github.com/nnvet/nnvet"
)

// noisy finds a loss above its limit, and says all that a finding can say.
var noisy = nnvet.Check{
	ID:       "NN0699",
	Name:     "loss-over-limit",
	Pitfall:  nnvet.LearningRate,
	Doc:      "# loss-over-limit: the loss is over a limit\n",
	Severity: nnvet.Warning,
	Needs:    []nnvet.Need{nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits:   []nnvet.Limit{{Name: "loss", Default: 2, Source: "convention"}},
	Run: func(p *nnvet.Pass) {
		s := p.Trace.Series(nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Train})
		step, v := s.Last()
		p.Measured("loss %.1f", v)
		switch {
		case math.IsNaN(v):
			p.Skip("the last loss is not a number")
		case v > p.Limit("loss"):
			at := nnvet.Location{File: "train.py", Line: 41, Col: 44, EndLine: 41, EndCol: 47}
			two := nnvet.Location{File: "train.py", Line: 41, Col: 44, EndLine: 42, EndCol: 3}
			p.Report(nnvet.Finding{
				Site: "fc1", Source: at, Span: nnvet.Span{To: step}, Confidence: 0.9, Brief: "loss 3", Label: "too much",
				Message: "the loss is over its limit",
				Evidence: []nnvet.Evidence{
					{What: "loss", Saw: v, Key: s.Key, Limit: "loss", Lo: 0.5, Hi: 1},
					{What: "share", Saw: math.NaN(), Unit: "%"},
				},
				Treatments: []nnvet.Treatment{
					{
						Action:   "lower the rate",
						Settings: []nnvet.Setting{{Name: "lr", From: "0.1", To: "0.003"}, {Name: "lr", Site: "SGD.1", From: "1", To: "0.1"}},
						Edits:    []nnvet.Edit{{At: at, New: "3e-3"}, {At: two, New: ""}},
						Safe:     true,
					},
					{Action: "wait"},
				},
			})
		}
	},
}

// TestRun reads what Run makes of every kind of ending, in
// testdata/loss_over_limit.txtar.
func TestRun(t *testing.T) { Run(t, &noisy) }
