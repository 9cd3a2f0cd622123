package treat

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/stat"
)

// A spelling is what one column becomes: several, in its place.
type spelling func(v float64) []float64

// spelled replaces columns by what figures of their training rows make of them,
// in both splits. A part that is named after the column is "hour sin".
func (s *Subject) spelled(chosen []int, by func(values []float64) (spelling, []string, error)) error {
	if len(s.Spec.Input) != 1 {
		return fmt.Errorf("inputs of %v have no columns to take the place of one", s.Spec.Input)
	}
	width := s.Spec.Input.Last()
	each := make([]spelling, width)
	var names []string
	for c := range width {
		if !slices.Contains(chosen, c) {
			each[c] = func(v float64) []float64 { return []float64{v} }
			names = append(names, s.nameOf(c))
			continue
		}
		f, parts, err := by(strided(s.Train.X, c, width))
		if err != nil {
			return fmt.Errorf("column %s: %w", s.nameOf(c), err)
		}
		each[c] = f
		for _, p := range parts {
			names = append(names, strings.TrimSpace(s.nameOf(c)+" "+p))
		}
	}
	spell := func(x []float32) []float32 {
		out := make([]float32, 0, len(x)/width*len(names))
		for i, v := range x {
			for _, w := range each[i%width](float64(v)) {
				out = append(out, float32(w))
			}
		}
		return out
	}
	s.Train.X, s.Val.X = spell(s.Train.X), spell(s.Val.X)
	s.Spec.Input, s.Names = engine.Shape{len(names)}, names
	return nil
}

func (s *Subject) nameOf(c int) string {
	if c < len(s.Names) {
		return s.Names[c]
	}
	return strconv.Itoa(c)
}

// filled returns the change that gives cells of a marker the mean of the others,
// says in a column of its own which they were, and standardizes the rest.
func (s *Subject) filled(marker string) func([]float64) (spelling, []string, error) {
	return func(values []float64) (spelling, []string, error) {
		at, err := markerOf(values, marker)
		if err != nil {
			return nil, nil, err
		}
		gone := func(v float64) bool { return float32(v) == float32(at) || math.IsNaN(v) }
		others := slices.DeleteFunc(slices.Clone(values), gone)
		if len(others) == len(values) || len(others) == 0 {
			return nil, nil, fmt.Errorf("%g is none of its values, or all of them", at)
		}
		scale := s.standardize(others)
		return func(v float64) []float64 {
			if gone(v) {
				return []float64{0, 1}
			}
			return []float64{scale(v), 0}
		}, []string{"", "missing"}, nil
	}
}

// markerOf reads the marker; where it is not told, it is the value that stands
// apart as nnvet.Feature.Spike has it.
func markerOf(values []float64, text string) (float64, error) {
	if text != "" {
		return strconv.ParseFloat(text, 64)
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	best, marker := 0.0, math.NaN()
	for _, end := range []float64{sorted[0], sorted[n-1]} {
		others := slices.DeleteFunc(slices.Clone(sorted), func(v float64) bool { return v == end })
		const few = 8
		if n-len(others) < 2 || len(others) < few {
			continue
		}
		nearest := others[0]
		if end > others[0] {
			nearest = others[len(others)-1]
		}
		if gap := math.Abs(end-nearest) / (stat.Quantile(others, 0.75) - stat.Quantile(others, 0.25)); gap > best {
			best, marker = gap, end
		}
	}
	if math.IsNaN(marker) {
		return 0, fmt.Errorf("no value of it stands apart")
	}
	return marker, nil
}

// turned returns the change of a number that comes round to its place on a
// circle. Without a period it has as many steps as there are values.
func turned(period string) func([]float64) (spelling, []string, error) {
	return func(values []float64) (spelling, []string, error) {
		from, length := 0.0, 0.0
		if period == "" {
			levels := levels(values)
			if len(levels) < 3 {
				return nil, nil, fmt.Errorf("%d values make no circle", len(levels))
			}
			from = levels[0]
			length = (levels[len(levels)-1] - from) / float64(len(levels)-1) * float64(len(levels))
		} else if v, err := strconv.ParseFloat(period, 64); err != nil || !(v > 0) {
			return nil, nil, fmt.Errorf("%q is no period", period)
		} else {
			length = v
		}
		return func(v float64) []float64 {
			sin, cos := math.Sincos(2 * math.Pi * (v - from) / length)
			return []float64{sin, cos}
		}, []string{"sin", "cos"}, nil
	}
}

// mostSpread is how many values are spread over columns, as an experiment file's
// onehot does.
const mostSpread = 50

// spread gives every value of the training rows a column of its own.
func spread(values []float64) (spelling, []string, error) {
	levels := levels(values)
	if len(levels) < 2 || len(levels) > mostSpread {
		return nil, nil, fmt.Errorf("it has %d values; from 2 to %d are spread over columns", len(levels), mostSpread)
	}
	var names []string
	for _, v := range levels {
		names = append(names, fmt.Sprintf("= %g", v))
	}
	return func(v float64) []float64 {
		out := make([]float64, len(levels))
		if i := slices.Index(levels, v); i >= 0 {
			out[i] = 1
		}
		return out
	}, names, nil
}

func levels(values []float64) []float64 {
	return slices.Compact(slices.Sorted(slices.Values(values)))
}

// robust scales by the median and the spread about it, and cuts what is far out.
// Of a normal distribution 1.4826 times that spread is the standard deviation.
func (s *Subject) robust(values []float64) func(float64) float64 {
	const normal = 1.4826
	middle := stat.Median(values)
	off := make([]float64, len(values))
	for i, v := range values {
		off[i] = math.Abs(v - middle)
	}
	spread := normal * stat.Median(off)
	if !(spread > 0) {
		return s.standardize(values)
	}
	return func(v float64) float64 { return min(max((v-middle)/spread, -cut), cut) }
}

// byLargest divides by the largest size, so that zeros stay zeros.
func byLargest(values []float64) func(float64) float64 {
	largest := 0.0
	for _, v := range values {
		if stat.Finite(v) {
			largest = max(largest, math.Abs(v))
		}
	}
	if largest == 0 {
		largest = 1
	}
	return func(v float64) float64 { return v / largest }
}

// classWeights repeats the rows of rare classes until all have about as many, as
// the engine's losses weigh no rows. The updates stay as many as they were.
func (s *Subject) classWeights(set nnvet.Setting) error {
	if set.To != "balanced" {
		return fmt.Errorf("it can be balanced only")
	}
	of, err := classesOf(&s.Train)
	if err != nil {
		return err
	}
	rows := make(map[int32][]int)
	for r, c := range of {
		rows[c] = append(rows[c], r)
	}
	if len(rows) < 2 {
		return fmt.Errorf("there is one class alone")
	}
	most := 0
	for _, r := range rows {
		most = max(most, len(r))
	}
	var order []int
	for r, c := range of { // a row stands behind itself, as often as its class asks for; rows that are not shuffled keep their order
		n := len(rows[c])
		rank, _ := slices.BinarySearch(rows[c], r)
		for range most*(rank+1)/n - most*rank/n {
			order = append(order, r)
		}
	}
	was := s.Train.Rows
	s.Train = taken(s.Train, order)
	if s.Spec.Epochs > 0 {
		s.Spec.Epochs = max(1, int(math.Round(float64(s.Spec.Epochs)*float64(was)/float64(s.Train.Rows))))
	}
	return nil
}

// classesOf returns the class of each row: its label, whether it is one of two,
// or where its indicator is 1.
func classesOf(d *engine.Data) ([]int32, error) {
	if d.Labels != nil {
		return d.Labels, nil
	}
	width := len(d.Y) / max(1, d.Rows)
	out := make([]int32, 0, d.Rows)
	for r := range d.Rows {
		row := d.Y[r*width : (r+1)*width]
		sum := float32(0)
		for _, v := range row {
			if sum += v; v != 0 && v != 1 {
				return nil, fmt.Errorf("the targets of row %d are no class", r)
			}
		}
		switch {
		case width == 1:
			out = append(out, int32(row[0]))
		case sum == 1:
			out = append(out, int32(slices.Index(row, 1)))
		default:
			return nil, fmt.Errorf("row %d has %g classes", r, sum)
		}
	}
	return out, nil
}

// taken returns rows by their numbers.
func taken(d engine.Data, order []int) engine.Data {
	out := engine.Data{Rows: len(order)}
	wide, tall := len(d.X)/max(1, d.Rows), len(d.Y)/max(1, d.Rows)
	for _, r := range order {
		out.X = append(out.X, d.X[r*wide:(r+1)*wide]...)
		out.Y = append(out.Y, d.Y[r*tall:(r+1)*tall]...)
		if d.Labels != nil {
			out.Labels = append(out.Labels, d.Labels[r])
		}
	}
	return out
}
