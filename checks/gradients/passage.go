package gradients

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// A passage is how much of the gradient at the last hidden layer gets to the
// first, at every step that was looked at.
type passage struct {
	first, last nnvet.Stage
	between     int // layers that it passes
	steps       []int64
	drift       []float64 // decades from the first layer's gradient to the last's: above 0 where it fades; +Inf where nothing is left
	key         nnvet.Key
	direct      bool // of the layers' outputs; otherwise of their weights, which inputs scale too
}

// passageOf returns the passage of the trace's gradients. They are norms over
// the units of a layer, which do not change where only widths do.
func passageOf(t *nnvet.Trace) (passage, error) {
	hidden := slices.DeleteFunc(t.Stages(), func(s nnvet.Stage) bool { return s.Last })
	for _, direct := range []bool{true, false} {
		of := func(s nnvet.Stage) *nnvet.Series {
			if direct {
				return t.Series(nnvet.Key{Quantity: nnvet.ActGrad, Site: s.Layer.Name})
			}
			return t.Series(nnvet.Key{Quantity: nnvet.GradRMS, Site: s.Weight.Name})
		}
		seen := slices.DeleteFunc(slices.Clone(hidden), func(s nnvet.Stage) bool { return of(s).Len() == 0 })
		if len(seen) < 2 {
			continue
		}
		w := passage{first: seen[0], last: seen[len(seen)-1], between: len(seen) - 1, direct: direct, key: of(seen[0]).Key}
		w.compare(of(w.first), of(w.last))
		if len(w.steps) > 0 {
			return w, nil
		}
	}
	return passage{}, errors.New("it takes two hidden layers whose gradients were recorded at the same steps")
}

// compare fills in the drift at the steps at which both layers were looked at.
func (w *passage) compare(first, last *nnvet.Series) {
	widths := math.Sqrt(float64(w.last.Units()) / float64(w.first.Units()))
	for i, step := range first.Steps {
		j, ok := slices.BinarySearch(last.Steps, step)
		if !ok {
			continue
		}
		a, b := first.Values[i], last.Values[j]*widths
		if stat.Finite(a) && stat.Finite(b) && a >= 0 && b > 0 {
			w.steps, w.drift = append(w.steps, step), append(w.drift, math.Log10(b/a))
		}
	}
}

// typical returns the median drift over training.
func (w *passage) typical() float64 { return stat.Median(w.drift) }

// confidence is lower where gradients of weights stand in for those of outputs.
func (w *passage) confidence() float64 {
	if w.direct {
		return 0.75
	}
	return 0.55
}

// what names the figure.
func (w *passage) what() string {
	if w.direct {
		return "decades from the gradient at the first hidden layer to that at the last, median over training"
	}
	return "decades from the gradient of the first hidden layer's weights to that of the last's, median over training"
}

func (w *passage) span() nnvet.Span {
	return nnvet.Span{From: w.steps[0], To: w.steps[len(w.steps)-1]}
}

// suffers returns the loss of a run that came to little, or says why that
// cannot be told. It is ok where the run suffered.
func suffers(p *nnvet.Pass) (c nnvet.Course, ok bool, err error) {
	trained := 0
	for i := range p.Trace.Heads {
		if p.Trace.Series(nnvet.Key{Quantity: nnvet.HeadLoss, Site: p.Trace.Heads[i].Name, Split: nnvet.Train}).Len() > 0 {
			trained++
		}
	}
	if trained > 1 {
		return c, false, errors.New("several losses are trained at once, so that no one loss shows harm")
	}
	if c, err = p.Trace.Course(nnvet.Train); err != nil {
		return c, false, err
	}
	return c, c.Skill() < p.Limit("skill"), nil
}

// times writes decades as a factor: "30", "2e+06".
func times(decades float64) string {
	if decades > 300 {
		return "without end"
	}
	if v := math.Pow(10, decades); v < 1e5 {
		return fmt.Sprint(stat.Signif(v, 2))
	}
	return fmt.Sprintf("%.0e", math.Pow(10, decades))
}
