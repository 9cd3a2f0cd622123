package report

import (
	"fmt"
	"strings"

	"github.com/nnvet/nnvet"
)

// Status returns the line that is rewritten while training goes on, without a
// line end and narrower than the terminal, so that it never wraps:
//
//	nnvet  step 117  loss 870 ▁▁▂▂▃▄▅▆▇█  2 errors
//
// t may be nil.
func Status(t *nnvet.Trace, res nnvet.Result, s Style) string {
	p := newPage(s)
	if s.Width > 0 {
		p.width = s.Width
	}
	p.width--
	v := look(&Report{Trace: t, Result: res})
	spans := []span{{bold, "nnvet"}}
	add := func(parts ...span) { spans = append(append(spans, span{plain, "  "}), parts...) }
	cs := v.curves()
	if v.trace.Run.Steps == 0 && len(cs) == 0 {
		add(span{dim, "waiting for the first training step"})
	} else {
		add(span{plain, fmt.Sprintf("step %d", v.trace.Run.Steps)})
	}
	if len(cs) > 0 {
		c := cs[0]
		last, value := c.series.Last()
		add(span{plain, c.name + " " + c.show(value)})
		if !s.Linear {
			spans = append(spans, span{plain, " " + c.draw(last, 10)})
		}
	}
	if v.found() {
		add(v.counts().spans()...)
	}
	p.line(spans...)
	return strings.TrimSuffix(p.b.String(), "\n")
}

// Live returns the line that is printed once above the status when a finding
// is new, without a line end:
//
//	nnvet: step 41: error[NN0601] lr-too-high: the loss rises since step 30
func Live(f nnvet.Finding, s Style) string {
	p := newPage(s)
	p.long(span{bold, "nnvet: "}, span{plain, fmt.Sprintf("step %d: ", f.Span.To)},
		span{severityRole(f.Severity), id(f)}, span{plain, " " + f.Check.Name + ": " + f.Message})
	return strings.TrimSuffix(p.b.String(), "\n")
}
