package regularization

import (
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// A gap is how validation fares beside training at the end of a run, in units
// of the loss of the best constant.
type gap struct {
	val   nnvet.Course
	train float64 // skill on training rows at the end
	skill float64 // and on validation rows
	best  float64 // skill at the lowest validation loss
	at    int64   // the step of that
	rise  float64 // of the validation loss since, less than what is noise
	noise float64 // two standard errors of a mean of its last tenth
	open  float64 // validation loss less training loss
}

// gapOf returns the gap of a run. The error says what is missing.
func gapOf(t *nnvet.Trace) (gap, error) {
	train, err := t.Course(nnvet.Train)
	if err != nil {
		return gap{}, err
	}
	val, err := t.Course(nnvet.Validation)
	if err != nil {
		return gap{}, err
	}
	g := gap{val: val, train: train.Skill(), skill: val.Skill()}
	lowest := math.Inf(1)
	for i, v := range smoothed(val.Values) {
		if v < lowest {
			lowest, g.at = v, val.Steps[i]
		}
	}
	g.best = val.Scale.Skill(lowest)
	end := val.Part(0.9, 1)
	g.noise = 2 * stat.Scatter(val.Values) / math.Sqrt(math.Max(1, float64(val.Len()/10))) / val.Scale.Loss
	g.rise = (end - lowest) / val.Scale.Loss
	g.open = (end - train.Part(0.9, 1)) / val.Scale.Loss
	return g, nil
}

// smoothed returns the means of each value and its neighbours, so that a single
// lucky evaluation is not taken for the best. The ends have one neighbour.
func smoothed(xs []float64) []float64 {
	out := make([]float64, len(xs))
	for i := range xs {
		out[i] = stat.Mean(xs[max(i-1, 0):min(i+2, len(xs))])
	}
	return out
}
