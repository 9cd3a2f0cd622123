package subject

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/prepare"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/stat"
)

// held returns the rows that were not trained on and their name: the test
// rows, which nothing was chosen by, or else those of validation.
func (e *Experiment) held() (string, engine.Data) {
	if e.test.Rows > 0 {
		return "test", e.test
	}
	return "val", e.val
}

// scores returns the scores that the plan asks for, in the target's own units.
func (e *Experiment) scores(n *engine.Network) ([]report.Score, error) {
	split, d := e.held()
	if d.Rows == 0 {
		return nil, nil
	}
	var values, baselines map[string]float64
	var err error
	if e.Preparation.Task() == prepare.Classification {
		values, err = accuracy(n, d)
		baselines = map[string]float64{"accuracy": e.commonest(d)}
	} else {
		values, baselines, err = e.distances(n, d)
	}
	if err != nil {
		return nil, err
	}
	var scores []report.Score
	for _, name := range e.Plan.Metrics {
		scores = append(scores, report.Score{
			Name: name, Split: split, Rows: d.Rows, Value: values[name], Baseline: baselines[name], Seeds: []float64{values[name]},
		})
	}
	return scores, nil
}

func accuracy(n *engine.Network, d engine.Data) (map[string]float64, error) {
	s, err := engine.Evaluate(n, d, n.Rows())
	return map[string]float64{"accuracy": s.Accuracy}, err
}

// commonest returns the share of rows that have the class which is commonest
// in training: what a constant answer reaches.
func (e *Experiment) commonest(d engine.Data) float64 {
	counts := make([]int, max(e.facts.Classes, 1))
	best := 0
	for i := range e.train.Rows {
		c := e.class(e.train, i)
		counts[c]++
		if counts[c] > counts[best] {
			best = c
		}
	}
	right := 0
	for i := range d.Rows {
		if e.class(d, i) == best {
			right++
		}
	}
	return float64(right) / float64(d.Rows)
}

// class returns the class of a row, whether the loss takes labels or indicators.
func (e *Experiment) class(d engine.Data, row int) int {
	if d.Labels != nil {
		return int(d.Labels[row])
	}
	width := e.outputs()
	if width == 1 {
		return int(d.Y[row])
	}
	for c, v := range d.Y[row*width : (row+1)*width] {
		if v > 0 {
			return c
		}
	}
	return 0
}

// distances returns how far predictions are from the truth, and how far the
// mean of the training targets is.
func (e *Experiment) distances(n *engine.Network, d engine.Data) (values, baselines map[string]float64, err error) {
	predicted := make([]float32, 0, len(d.Y))
	width := e.facts.Input.Size()
	for from := 0; from < d.Rows; from += n.Rows() {
		rows := min(n.Rows(), d.Rows-from)
		predicted = append(predicted, n.Forward(d.X[from*width:(from+rows)*width], rows, false)...)
	}
	if err := n.Err(); err != nil {
		return nil, nil, err
	}
	truth := e.Preparation.Decode(d.Y)
	constant := make([]float64, len(truth))
	means := columnMeans(e.Preparation.Decode(e.train.Y), e.Preparation.Outputs())
	for i := range constant {
		constant[i] = means[i%len(means)]
	}
	return distance(e.Preparation.Decode(predicted), truth, means), distance(constant, truth, means), nil
}

// distance compares predictions with the truth. R2 is taken against the means
// of training, so that 0 is what guessing them reaches.
func distance(predicted, truth, means []float64) map[string]float64 {
	var squares, spread, away float64
	for i, y := range truth {
		by := predicted[i] - y
		squares += by * by
		away += math.Abs(by)
		spread += (y - means[i%len(means)]) * (y - means[i%len(means)])
	}
	n := float64(len(truth))
	return map[string]float64{"r2": 1 - squares/spread, "rmse": math.Sqrt(squares / n), "mae": away / n}
}

func columnMeans(values []float64, columns int) []float64 {
	means := make([]float64, columns)
	for i, v := range values {
		means[i%columns] += v
	}
	for i := range means {
		means[i] /= float64(len(values) / columns)
	}
	return means
}

// headline says in a sentence how good the network is, and against what.
func headline(target string, scores []report.Score) string {
	if len(scores) == 0 {
		return "no rows were left to score it on"
	}
	s := scores[0]
	text := target + ": " + show(s.Name, s.Value)
	if len(s.Seeds) > 1 {
		text += fmt.Sprintf(" (%s to %s over %d seeds)", bare(s.Name, slices.Min(s.Seeds)), bare(s.Name, slices.Max(s.Seeds)), len(s.Seeds))
	}
	guess, baseline := "guessing the mean", bare(s.Name, s.Baseline)
	if s.Name == "accuracy" {
		guess = "always the commonest class"
	}
	if len(scores) > 1 { // R2 says how good, the next in whose units
		text += ", " + show(scores[1].Name, scores[1].Value)
		baseline += " and " + bare(scores[1].Name, scores[1].Baseline)
	}
	return text + fmt.Sprintf(" on %d rows that were not trained on, where %s gives %s", s.Rows, guess, baseline)
}

var metricNames = map[string]string{"accuracy": "accuracy ", "r2": "R2 ", "rmse": "RMSE ", "mae": "MAE "}

func show(name string, v float64) string { return metricNames[name] + bare(name, v) }

func bare(name string, v float64) string {
	if name == "accuracy" {
		return strconv.FormatFloat(100*v, 'f', 1, 64) + " %"
	}
	v = stat.Signif(v, 3)
	if a := math.Abs(v); a >= 1e-3 && a < 1e9 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}
