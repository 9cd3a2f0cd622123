package results

import (
	_ "embed"
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed metric_does_not_measure.md
var metricDoc string

// MetricDoesNotMeasure finds figures of merit that say nothing about what was
// trained: accuracy of a regression, or one that goes its own way.
var MetricDoesNotMeasure = nnvet.Check{
	ID:       "NN0211",
	Name:     "metric-does-not-measure",
	Pitfall:  nnvet.Results,
	Doc:      metricDoc,
	Severity: nnvet.Warning,
	Needs:    []nnvet.Need{nnvet.NeedHead},
	Limits: []nnvet.Limit{
		{Name: "correlation", Default: 0.5, Source: "TheDeepChecker's default for loss against metric"},
		{Name: "evaluations", Default: 8, Source: "convention: of fewer points, a correlation below 0.5 is often chance"},
		{Name: "moved", Default: 0.1, Source: "convention: a loss that moved by less than a tenth of the constant's is noise around where it ended"},
	},
	AtEnd: true,
	Run: func(p *nnvet.Pass) {
		h, err := p.Trace.MainHead()
		if err != nil {
			p.Skip("%v", err)
			return
		}
		if numbers(p.Trace, h) {
			judgeRegression(p, h)
			return
		}
		judgeCorrelation(p)
	},
}

// numbers reports whether a head's targets are numbers, and neither classes
// nor flags nor counts.
func numbers(t *nnvet.Trace, h *nnvet.Head) bool {
	y := t.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
	return elementwise(h.Loss) && y != nil && slices.ContainsFunc(y.Columns, func(c nnvet.Column) bool { return c.N > 0 && !c.Whole })
}

// Names of calls that count how often a class is right.
var countsRight = []string{
	"accuracy_score", "balanced_accuracy_score", "f1_score", "classification_report", "confusion_matrix",
	"Accuracy", "BinaryAccuracy", "MulticlassAccuracy",
}

// judgeRegression looks for an accuracy of numbers: in the trace, and in the
// calls of the program.
func judgeRegression(p *nnvet.Pass, h *nnvet.Head) {
	t := p.Trace
	f := nnvet.Finding{
		Site: h.Name, Span: whole(t), Brief: "accuracy",
		Label: "counts how often numbers are equal",
		Treatments: []nnvet.Treatment{{Action: t.Say(nnvet.Words{
			Program: "report how far off predictions are, in the target's units: mean_absolute_error, or r2_score for the share that is explained",
			File:    "report how far off predictions are: metrics: [mae, r2]",
		})}},
	}
	for s := range t.All(nnvet.Accuracy) {
		if s.Len() > 0 {
			_, v := s.Last()
			f.Confidence = 0.9
			f.Message = fmt.Sprintf("the accuracy of a regression measures nothing: %s compares numbers, which are hardly ever equal, so that %s of right answers says nothing", h.Name, percent(v))
			f.Evidence = []nnvet.Evidence{{What: "accuracy of targets that are numbers", Saw: v, Key: s.Key}}
			p.Report(f)
			return
		}
	}
	for i := range t.Calls {
		if c := &t.Calls[i]; slices.Contains(countsRight, c.Func) {
			f.Source, f.Confidence = c.Source, 0.7
			f.Message = fmt.Sprintf("the accuracy of a regression measures nothing: the network is trained with %s on numbers, and %s counts how often classes are right", h.Name, c.Func)
			f.Evidence = []nnvet.Evidence{{What: "calls that count right classes, at least", Saw: 1}}
			p.Report(f)
			return
		}
	}
	if len(t.Calls) == 0 && !t.OfFile() {
		p.Skip("the calls of the program were not recorded, among which a metric would be")
		return
	}
	p.Measured("numbers")
}

// judgeCorrelation compares loss and accuracy over the evaluations.
func judgeCorrelation(p *nnvet.Pass) {
	acc := p.Trace.Series(nnvet.Key{Quantity: nnvet.Accuracy, Split: nnvet.Validation})
	c, err := p.Trace.Course(nnvet.Validation)
	if err != nil || acc.Len() == 0 {
		p.Skip("no evaluation has both a loss and an accuracy")
		return
	}
	losses, rights := common(c.Series, acc)
	if n := len(losses); float64(n) < p.Limit("evaluations") {
		p.Short("%d evaluations have a loss and an accuracy; it takes %g to compare them", n, p.Limit("evaluations"))
		return
	}
	r := correlation(losses, rights)
	moved := (slices.Max(losses) - slices.Min(losses)) / c.Scale.Loss
	if math.IsNaN(r) || moved < p.Limit("moved") {
		p.Measured("steady")
		return
	}
	p.Measured("r %.2f", r)
	if math.Abs(r) >= p.Limit("correlation") {
		return
	}
	last, _ := c.Last()
	p.Report(nnvet.Finding{
		Severity: nnvet.Note,
		Span:     nnvet.Span{From: c.Steps[0], To: last},
		Brief:    fmt.Sprintf("r %.2f", r), Confidence: 0.5,
		Message: fmt.Sprintf("accuracy and loss go their own ways: over %d evaluations they correlate by %.2f, where a loss that serves the accuracy gives nearly -1", len(losses), r),
		Evidence: []nnvet.Evidence{
			{What: "correlation of validation loss and accuracy, its size", Saw: math.Abs(r), Limit: "correlation"},
			{What: "range of the loss over the constant's", Saw: moved, Limit: "moved"},
		},
		Treatments: []nnvet.Treatment{
			{Action: "choose the checkpoint, and compare trainings, by the figure that you need, not by the loss"},
			{Action: "where the loss rises as the accuracy does, the network grows too sure of its mistakes: see overfitting and miscalibrated"},
		},
	})
}

// common returns the finite values of two series at the steps that both have.
func common(a, b *nnvet.Series) (x, y []float64) {
	at := make(map[int64]float64, b.Len())
	for i, s := range b.Steps {
		at[s] = b.Values[i]
	}
	for i, s := range a.Steps {
		if v, ok := at[s]; ok && stat.Finite(v) && stat.Finite(a.Values[i]) {
			x, y = append(x, a.Values[i]), append(y, v)
		}
	}
	return x, y
}

// correlation returns Pearson's, NaN where one of the two does not vary.
func correlation(x, y []float64) float64 {
	mx, my := stat.Mean(x), stat.Mean(y)
	var xx, yy, xy float64
	for i := range x {
		xx += (x[i] - mx) * (x[i] - mx)
		yy += (y[i] - my) * (y[i] - my)
		xy += (x[i] - mx) * (y[i] - my)
	}
	return xy / math.Sqrt(xx*yy)
}
