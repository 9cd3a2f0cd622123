package subject

import (
	"fmt"
	"math"
	"strconv"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/save"
	"github.com/nnvet/nnvet/internal/plural"
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
	out, err := e.predict(n, d)
	if err != nil {
		return nil, err
	}
	answer := save.NewAnswer(n.Spec().Loss.Kind, e.Preparation, n.Outputs().Size())
	var values, baselines map[string]float64
	if e.Preparation.Task() == prepare.Classification {
		values, baselines = e.rights(answer, out, d)
	} else {
		values, baselines = e.distances(answer, out, d)
	}
	var scores []report.Score
	for _, name := range e.Plan.Metrics {
		scores = append(scores, report.Score{
			Name: name, Split: split, Rows: d.Rows, Value: values[name], Baseline: baselines[name], Seeds: []float64{values[name]},
		})
	}
	return scores, nil
}

// predict returns what a network gives for rows.
func (e *Experiment) predict(n *engine.Network, d engine.Data) ([]float32, error) {
	width := e.facts.Input.Size()
	out := make([]float32, 0, d.Rows*n.Outputs().Size())
	for from := 0; from < d.Rows; from += n.Rows() {
		rows := min(n.Rows(), d.Rows-from)
		out = append(out, n.Forward(d.X[from*width:(from+rows)*width], rows, false)...)
	}
	return out, n.Err()
}

// rights returns how often the class is right, and how often the class is that
// is commonest in training: what a constant answer reaches.
func (e *Experiment) rights(a *save.Answer, out []float32, d engine.Data) (values, baselines map[string]float64) {
	width := len(out) / d.Rows
	best := e.commonest()
	values = e.right(d, func(row int) int { return a.Class(out[row*width : (row+1)*width]) })
	return values, e.right(d, func(int) int { return best })
}

// right scores an answer for each row. Balanced, every class counts the same
// however rare: the mean, over the classes that the rows have, of the share of
// a class's rows that is right.
func (e *Experiment) right(d engine.Data, answer func(row int) int) map[string]float64 {
	rows, right := make([]int, e.facts.Classes), make([]int, e.facts.Classes)
	for i := range d.Rows {
		c := e.class(d, i)
		rows[c]++
		if answer(i) == c {
			right[c]++
		}
	}
	total, shares, classes := 0, 0.0, 0
	for c, n := range rows {
		if n > 0 {
			total += right[c]
			shares += float64(right[c]) / float64(n)
			classes++
		}
	}
	return map[string]float64{"accuracy": float64(total) / float64(d.Rows), "balanced_accuracy": shares / float64(classes)}
}

// commonest returns the class that is commonest in training, of equal ones the
// first.
func (e *Experiment) commonest() int {
	counts, best := make([]int, e.facts.Classes), 0
	for i := range e.train.Rows {
		counts[e.class(e.train, i)]++
	}
	for c, n := range counts {
		if n > counts[best] {
			best = c
		}
	}
	return best
}

// class returns the class of a row, whether the loss takes labels or indicators.
func (e *Experiment) class(d engine.Data, row int) int {
	if d.Labels != nil {
		return int(d.Labels[row])
	}
	width := e.outputs()
	return engine.MSE.Class(d.Y[row*width : (row+1)*width]) // indicators are answers without an error
}

// distances returns how far predictions are from the truth, and how far the
// mean of the training targets is.
func (e *Experiment) distances(a *save.Answer, out []float32, d engine.Data) (values, baselines map[string]float64) {
	truth := e.Preparation.Decode(d.Y)
	constant := make([]float64, len(truth))
	means := columnMeans(e.Preparation.Decode(e.train.Y), e.Preparation.Outputs())
	for i := range constant {
		constant[i] = means[i%len(means)]
	}
	return distance(a.Values(out), truth, means), distance(constant, truth, means)
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

// oneSided is the share of rows with one class above which accuracy alone says
// little, as it is high without having learned anything (convention).
const oneSided = 0.8

// headline says in a sentence how good the network is, and against what.
func headline(target string, scores []report.Score) string {
	if len(scores) == 0 {
		return "no rows were left to score it on"
	}
	s := scores[0]
	text := target + ": " + show(s.Name, s.Value)
	if least, greatest, seeds := spread(s.Seeds); seeds > 1 {
		text += fmt.Sprintf(" (%s to %s over %d seeds)", bare(s.Name, least), bare(s.Name, greatest), seeds)
	}
	guess, baseline := "guessing the mean", bare(s.Name, s.Baseline)
	if share(s.Name) {
		guess = "always the commonest class"
	}
	if len(scores) > 1 && (s.Name != "accuracy" || s.Baseline > oneSided) { // R2 says how good, the next in whose units
		text += ", " + show(scores[1].Name, scores[1].Value)
		baseline += " and " + bare(scores[1].Name, scores[1].Baseline)
	}
	were := "were"
	if s.Rows == 1 {
		were = "was"
	}
	text += fmt.Sprintf(" on %s that %s not trained on, where %s gives %s", plural.Of(s.Rows, "row"), were, guess, baseline)
	if worse(s) {
		text += ": the network is worse than that"
	}
	return text
}

var metricNames = map[string]string{"accuracy": "accuracy ", "balanced_accuracy": "balanced accuracy ", "r2": "R2 ", "rmse": "RMSE ", "mae": "MAE "}

func show(name string, v float64) string { return metricNames[name] + bare(name, v) }

// worse reports whether a constant would have done better. R2 and shares are
// better the higher, errors the lower.
func worse(s report.Score) bool {
	if s.Name == "r2" || share(s.Name) {
		return s.Value < s.Baseline
	}
	return s.Value > s.Baseline
}

// share reports a score that is a share of what is right.
func share(name string) bool { return name == "accuracy" || name == "balanced_accuracy" }

func bare(name string, v float64) string {
	if share(name) {
		return apart(100*v, 100, 1) + " %"
	}
	if name == "r2" && v < 1 && stat.Signif(v, 3) == 1 {
		return apart(v, 1, 3)
	}
	v = stat.Signif(v, 3)
	if a := math.Abs(v); a >= 1e-3 && a < 1e9 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// apart writes a score with the decimals asked for, and with more where it
// would look like the best there is without being it.
func apart(v, best float64, decimals int) string {
	const most = 6
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	for v < best && decimals < most && text == strconv.FormatFloat(best, 'f', decimals, 64) {
		decimals++
		text = strconv.FormatFloat(v, 'f', decimals, 64)
	}
	return text
}
