package hiddenunits

import (
	_ "embed"
	"fmt"
	"slices"

	"github.com/nnvet/nnvet"
)

//go:embed outside_usual_range.md
var outsideUsualRangeDoc string

// OutsideUsualRange tells of widths that few networks for such data have. It is
// information and no more.
var OutsideUsualRange = nnvet.Check{
	ID:       "NN1103",
	Name:     "outside-usual-range",
	Pitfall:  nnvet.HiddenUnits,
	Doc:      outsideUsualRangeDoc,
	Severity: nnvet.Note,
	Needs:    []nnvet.Need{nnvet.NeedParams},
	Limits: []nnvet.Limit{
		{Name: "classes", Default: 5, Source: "the classic advice: 5 to 10 times the classes"},
		{Name: "values", Default: 2, Source: "the classic advice: 2 to 3 times the inputs or outputs"},
		{Name: "start", Default: 256, Source: "the classic advice: start with 256 to 1024"},
		{Name: "most", Default: 1024, Source: "the classic advice: start with 256 to 1024"},
	},
	Run: outsideUsualRange,
}

// A span of widths, both ends included.
type span struct{ lo, hi int }

// usual returns the widths that the classic advice gives for such data: 5 to 10
// times the classes, 2 to 3 times the inputs or outputs, and not past 256 to
// 1024 without a reason.
func usual(n need) span {
	lo := max(5*n.classes, 2*n.outputs, min(2*n.columns, 256), 8)
	return span{min(lo, max(256, 5*n.classes)), max(1024, 3*n.columns, 10*n.classes)}
}

func outsideUsualRange(p *nnvet.Pass) {
	stages := slices.DeleteFunc(hidden(p.Trace), func(s nnvet.Stage) bool { return !dense(&s) })
	if len(stages) == 0 {
		p.Skip("there is no dense hidden layer")
		return
	}
	n, known := needOf(p.Trace)
	if !known {
		p.Skip("what the data needs is not known: no targets of one loss were recorded")
		return
	}
	u := usual(n)
	narrow := slices.MinFunc(stages, func(a, b nnvet.Stage) int { return a.Units() - b.Units() })
	wide := slices.MaxFunc(stages, func(a, b nnvet.Stage) int { return a.Units() - b.Units() })
	p.Measured("%s", units(wide.Units()))
	switch {
	case wide.Units() < u.lo:
		tell(p, wide, u, "narrower")
	case narrow.Units() > u.hi:
		tell(p, narrow, u, "wider")
	}
}

func tell(p *nnvet.Pass, s nnvet.Stage, u span, how string) {
	settings := []nnvet.Setting{{Name: "units", Site: s.Layer.Name, From: fmt.Sprint(s.Units()), To: fmt.Sprint(u.lo)}}
	if s.Units() < u.lo {
		settings = widen(p.Trace, s, u.lo).Settings
	}
	p.Report(nnvet.Finding{
		Confidence: 0.5,
		Site:       s.Layer.Name,
		Source:     s.Layer.Source,
		Label:      units(s.Units()),
		Span:       nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)},
		Brief:      units(s.Units()),
		Message:    fmt.Sprintf("hidden layers are %s than usual: %s at layer %s, where data like this mostly gets %d to %d", how, units(s.Units()), s.Layer.Name, u.lo, u.hi),
		Evidence:   []nnvet.Evidence{{What: "units", Saw: float64(s.Units()), Lo: float64(u.lo), Hi: float64(u.hi)}},
		Treatments: []nnvet.Treatment{{Action: fmt.Sprintf("take %d units, and more while the validation score rises: it matters less than most people think", u.lo),
			Settings: settings}},
	})
}
