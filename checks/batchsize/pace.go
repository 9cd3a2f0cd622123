package batchsize

import (
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// paceOf returns the median over weights of the median of their updates, as a
// share of the weight: how long a step is. NaN where none was looked at.
func paceOf(t *nnvet.Trace) float64 {
	var all []float64
	for s := range t.All(nnvet.Update) {
		q := t.Param(s.Key.Site)
		if q == nil || len(q.Shape) < 2 {
			continue
		}
		var looked, spans []float64 // first looks are dense, and must not count for more
		for i, v := range s.Values {
			if v > 0 && stat.Finite(v) {
				looked, spans = append(looked, v), append(spans, 1)
				if i+1 < s.Len() {
					spans[len(spans)-1] = float64(s.Steps[i+1] - s.Steps[i])
				}
			}
		}
		if len(looked) > 0 {
			all = append(all, stat.WeightedMedian(looked, spans))
		}
	}
	if len(all) == 0 {
		return math.NaN()
	}
	return stat.Median(all)
}
