package gradients

import (
	_ "embed"
	"fmt"

	"github.com/nnvet/nnvet"
)

//go:embed gradients_not_zeroed.md
var notZeroedDoc string

// NotZeroed finds gradients that pile up from step to step.
var NotZeroed = nnvet.Check{
	ID:       "NN0808",
	Name:     "gradients-not-zeroed",
	Pitfall:  nnvet.Gradients,
	Doc:      notZeroedDoc,
	Severity: nnvet.Error,
	Needs:    []nnvet.Need{nnvet.NeedOptimizer},
	Limits: []nnvet.Limit{
		{Name: "share", Default: 0.5, Source: "convention: a script zeroes after nearly every step or after none; half tells them apart"},
		{Name: "times", Default: 3, Source: "convention: once or twice is a restart or a warm-up of its own"},
	},
	Explains: []string{"NN0601", "NN0603", "NN0602", "NN0801", "NN0805", "NN0201", "NN0604", "NN0802", "NN0803", "NN0804", "NN0408"},
	Run: func(p *nnvet.Pass) {
		e := p.Trace.Event(nnvet.GradNotZeroed)
		if e == nil {
			return
		}
		of := max(e.Of, e.Count) // not counted: every one of them
		share := float64(e.Count) / float64(of)
		p.Measured("%d of %d", e.Count, of)
		if float64(e.Count) < p.Limit("times") || !(share > p.Limit("share")) {
			return
		}
		p.Report(nnvet.Finding{
			Site:    e.Site,
			Source:  e.Source,
			Label:   "adds to the gradients of all steps before",
			Span:    nnvet.Span{To: max(e.Step, p.Trace.Run.Steps-1)}, // the loop, not one step, is at fault
			Brief:   fmt.Sprintf("%d of %d", e.Count, of),
			Message: fmt.Sprintf("gradients are not set to zero: in %d of the %d steps looked at those of the step before were still there, so each step follows the sum of all so far", e.Count, of),
			Evidence: []nnvet.Evidence{
				{What: "share with old gradients", Saw: share, Limit: "share"},
				{What: "steps with old gradients", Saw: float64(e.Count), Unit: "steps", Limit: "times"},
			},
			Treatments: []nnvet.Treatment{{
				Action:   "call optimizer.zero_grad() on the line before " + backward(e.Source),
				Settings: []nnvet.Setting{{Name: "zero_grad", From: "never", To: "every step"}},
				Safe:     true,
			}},
		})
	},
}

// backward names the backward call, with its place where that is known.
func backward(at nnvet.Location) string {
	if !at.Known() {
		return "loss.backward()"
	}
	return fmt.Sprintf("loss.backward() (%s:%d)", at.File, at.Line)
}
