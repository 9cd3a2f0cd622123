package prove

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// points lays out the values of a sweep, ascending, the one in use among them.
func (l *laboratory) points(s *Sweep, values []float64) error {
	make, ok := map[string]func([]float64) ([]Point, error){
		"lr": l.ofRate, "batch": l.ofBatch, "width": l.ofWidth, "depth": l.ofDepth, "dropout": l.ofDropout, "decay": l.ofDecay, "data": l.ofData,
	}[s.Knob]
	if !ok {
		return fmt.Errorf("there is no sweep of %q", s.Knob)
	}
	points, err := make(values)
	if err != nil {
		return err
	}
	tried := 0
	for _, p := range points {
		if !p.Yours && p.Refused == "" {
			tried++
		}
	}
	if tried == 0 {
		for _, p := range points {
			if p.Refused != "" {
				return fmt.Errorf("sweep of %s: no other value can be tried: %s", s.Knob, p.Refused)
			}
		}
		return fmt.Errorf("sweep of %s: there is no other value to try than the one in use, %s", s.Knob, points[0].Label)
	}
	if slices.ContainsFunc(points, func(p Point) bool { return p.Series == equalEpochs }) && !slices.ContainsFunc(points, func(p Point) bool { return p.Series == equalUpdates }) {
		s.Notes = append(s.Notes, "at equal epochs alone: equal updates take an experiment file")
	}
	s.Points = points
	return nil
}

// one returns the point of a value, which is yours where it is the one in use.
func (l *laboratory) one(value, yours float64, label string, a Alteration) Point {
	p := Point{Value: Figure(value), Label: label, Yours: math.Abs(value-yours) <= 1e-3*math.Abs(yours)}
	if p.Yours {
		return p // as it is written
	}
	v, err := l.alter(l.ctx, nil, l.t, a)
	if err != nil {
		p.Refused = err.Error()
	}
	p.variant = v
	return p
}

// around returns a value's multiples and itself, ascending; those that were asked
// for instead, with the value in use, where there are any.
func around(yours float64, factors, asked []float64) []float64 {
	out := []float64{yours}
	for _, f := range factors {
		if f != 1 && len(asked) == 0 {
			out = append(out, yours*f)
		}
	}
	out = append(out, asked...)
	slices.Sort(out)
	return slices.CompactFunc(out, func(a, b float64) bool { return math.Abs(a-b) <= 1e-3*math.Abs(a) })
}

// rateFactors are half decades.
var rateFactors = []float64{0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100}

func (l *laboratory) ofRate(asked []float64) ([]Point, error) {
	rate, ok := rateOf(l.t)
	if !ok {
		return nil, errors.New("the learning rate was not recorded")
	}
	var out []Point
	for _, v := range around(rate, rateFactors, asked) {
		to := number(v)
		out = append(out, l.one(v, rate, to, Alteration{settings: []nnvet.Setting{{Name: "lr", From: number(rate), To: to}}}))
	}
	return out, nil
}

// Batches compare in two ways: who sees as many rows, and who takes as many steps.
const (
	equalEpochs  = "equal epochs"
	equalUpdates = "equal updates"
)

var batchFactors = []float64{1. / 16, 0.25, 1, 4}

func (l *laboratory) ofBatch(asked []float64) ([]Point, error) {
	rows, ok := batchOf(l.t)
	if !ok {
		return nil, errors.New("the batch size was not recorded")
	}
	var out []Point
	_, file := l.subject.(Alterable)
	for _, series := range []string{equalEpochs, equalUpdates} {
		if series == equalUpdates && !file {
			break
		}
		seen := make(map[int]bool)
		for _, v := range around(rows, batchFactors, asked) {
			n := max(1, int(v+0.5))
			if seen[n] {
				continue
			}
			seen[n] = true
			to := strconv.Itoa(n)
			p := l.one(float64(n), rows, to, Alteration{settings: []nnvet.Setting{{Name: "batch", From: number(rows), To: to}}, sameUpdates: series == equalUpdates})
			if p.Yours && series == equalUpdates { // no early end, like the others
				p.variant, _ = l.alter(l.ctx, nil, l.t, Alteration{sameUpdates: true}) // a training that there is
			}
			p.Series = series
			out = append(out, p)
		}
	}
	return out, nil
}

var widthFactors = []float64{0.25, 0.5, 1, 2, 4}

func (l *laboratory) ofWidth(asked []float64) ([]Point, error) {
	layers, _ := hiddenOf(l.t)
	if len(layers) == 0 {
		return nil, errors.New("it has no hidden layer of units")
	}
	widest := 0
	for _, h := range layers {
		widest = max(widest, h.units)
	}
	var out []Point
	for _, v := range around(float64(widest), widthFactors, asked) {
		settings := scaled(layers, v/float64(widest))
		label := fmt.Sprintf("%d", int(v+0.5))
		out = append(out, l.one(v, float64(widest), label, Alteration{settings: settings}))
	}
	return out, nil
}

func (l *laboratory) ofDepth(asked []float64) ([]Point, error) {
	layers, _ := hiddenOf(l.t)
	n := len(layers)
	if n == 0 {
		return nil, errors.New("it has no hidden layer")
	}
	values := []float64{float64(n)}
	for _, v := range depthsOf(n) {
		if v > 0 && len(asked) == 0 {
			values = append(values, float64(v))
		}
	}
	values = append(values, asked...)
	slices.Sort(values)
	var out []Point
	for _, v := range slices.Compact(values) {
		to := strconv.Itoa(int(v))
		out = append(out, l.one(v, float64(n), to, Alteration{settings: []nnvet.Setting{{Name: "hidden layers", From: strconv.Itoa(n), To: to}}}))
	}
	return out, nil
}

// depthsOf returns the numbers of hidden layers that are tried beside n.
func depthsOf(n int) []int { return []int{n / 4, n / 2, n - 1, n + 1, 2 * n} }

// Figures that are tried whatever is in use.
var (
	usualDropout = []float64{0, 0.1, 0.2, 0.3, 0.5, 0.7}
	usualDecay   = []float64{0, 1e-5, 1e-4, 1e-3, 1e-2, 0.1}
	usualShares  = []float64{0.25, 0.5, 1} // of the training rows
)

func (l *laboratory) ofDropout(asked []float64) ([]Point, error) {
	yours := 0.0
	for i := range l.t.Layers {
		if p, ok := l.t.Layers[i].Settings["p"]; ok {
			yours = max(yours, p)
		}
	}
	return l.plainly("dropout", yours, usualDropout, asked), nil
}

func (l *laboratory) ofDecay(asked []float64) ([]Point, error) {
	return l.plainly("weight decay", decayOf(l.t), usualDecay, asked), nil
}

// plainly returns the points of a knob at figures that do not depend on yours.
func (l *laboratory) plainly(knob string, yours float64, usual, asked []float64) []Point {
	if len(asked) > 0 {
		usual = asked
	}
	values := append(slices.Clone(usual), yours)
	slices.Sort(values)
	var out []Point
	for _, v := range slices.Compact(values) {
		to := number(v)
		out = append(out, l.one(v, yours, to, Alteration{settings: []nnvet.Setting{{Name: knob, From: number(yours), To: to}}}))
	}
	return out
}

func (l *laboratory) ofData(asked []float64) ([]Point, error) {
	shares := usualShares
	if len(asked) > 0 {
		shares = append(slices.Clone(asked), 1)
		slices.Sort(shares)
	}
	var out []Point
	for _, v := range slices.Compact(shares) {
		if !(v > 0 && v <= 1) {
			return nil, fmt.Errorf("%g is no share of the rows", v)
		}
		out = append(out, l.one(v, 1, percentOf(v), Alteration{data: dataChange{how: someRows, share: v}}))
	}
	return out, nil
}

func percentOf(share float64) string {
	return strconv.FormatFloat(stat.Signif(100*share, 3), 'g', -1, 64) + " %"
}
