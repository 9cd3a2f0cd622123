package treat

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/engine"
)

// hours is a training on a column of hours, standardized or not, and one that
// has a marker in every tenth row.
func hours() *Subject {
	s := numbers()
	s.Spec.Input, s.Names = engine.Shape{2}, []string{"hour", "income"}
	for _, d := range []*engine.Data{&s.Train, &s.Val} {
		d.X = nil
		for i := range d.Rows {
			income := float32(100 + i%7)
			if i%10 == 3 {
				income = -999
			}
			d.X = append(d.X, float32(i%24), income)
		}
	}
	return s
}

func TestColumns(t *testing.T) {
	for _, c := range []struct {
		settings string
		names    string
		row      int // whose inputs are want
		want     []float32
	}{
		{"inputs@hour = circle 24", "hour sin,hour cos,income", 6, []float32{1, 0, 106}},
		{"inputs@hour = circle", "hour sin,hour cos,income", 6, []float32{1, 0, 106}},
		{"inputs@hour = maxabs", "hour,income", 23, []float32{1, -999}},
		{"inputs@income = missing -999", "hour,income,income missing", 3, []float32{3, 0, 1}},
		{"inputs@income = missing", "hour,income,income missing", 3, []float32{3, 0, 1}},
	} {
		s := hours()
		was := slices.Clone(s.Train.X)
		original := s.Train.X
		if err := Apply(s, nil, settings(c.settings)); err != nil {
			t.Errorf("%s: %v", c.settings, err)
			continue
		}
		if got := strings.Join(s.Names, ","); got != c.names || s.Spec.Input.Last() != len(c.want) {
			t.Errorf("%s: columns %s, want %s", c.settings, got, c.names)
		}
		for i, v := range s.Train.X[c.row*len(c.want) : (c.row+1)*len(c.want)] {
			if math.Abs(float64(v-c.want[i])) > 1e-6 {
				t.Errorf("%s: value %d of row %d is %g, want %g", c.settings, i, c.row, v, c.want[i])
			}
		}
		if len(s.Val.X) != s.Val.Rows*len(c.want) || !slices.Equal(original, was) {
			t.Errorf("%s: validation rows are not changed alike, or the data in place", c.settings)
		}
	}
}

func TestSpread(t *testing.T) {
	s := hours()
	if err := Apply(s, nil, settings("inputs@hour = onehot")); err != nil {
		t.Fatal(err)
	}
	row := s.Train.X[30*25 : 31*25]
	for i, v := range row[:24] {
		if want := float32(0); i == 6 && v != 1 || i != 6 && v != want {
			t.Errorf("column %d of hour 6 is %g", i, v)
		}
	}
}

func TestClassWeights(t *testing.T) {
	s := classes()
	for i := range s.Train.Rows {
		s.Train.Labels[i] = 0
		if i%10 == 0 {
			s.Train.Labels[i] = 1
		}
	}
	clear(s.Val.Labels)
	s.Spec.Layers = nodes(dense(8), &engine.ReLU{}, dense(2))
	if err := Apply(s, nil, settings("class weights = balanced")); err != nil {
		t.Fatal(err)
	}
	count := make(map[int32]int)
	for _, c := range s.Train.Labels {
		count[c]++
	}
	if count[0] != 450 || count[1] != 450 || s.Train.Rows != 900 || s.Spec.Epochs != 17 { // 30 * 500 / 900
		t.Errorf("classes %v of %d rows in %d epochs, want 450 each in 17", count, s.Train.Rows, s.Spec.Epochs)
	}
}

func TestZeroOne(t *testing.T) {
	s := numbers(dense(8), &engine.ReLU{}, dense(2))
	for _, y := range [][]float32{s.Train.Y, s.Val.Y} {
		for i := range y {
			y[i] = float32(2*(i%2) - 1)
		}
	}
	if err := Apply(s, nil, settings("targets = 0/1")); err != nil {
		t.Fatal(err)
	}
	if y := s.Train.Y[:4]; !slices.Equal(y, []float32{0, 1, 0, 1}) {
		t.Errorf("targets %v, want 0 and 1", y)
	}
}

func TestColumnsRefused(t *testing.T) {
	for text, why := range map[string]string{
		"inputs@income = missing 7":   "none of its values",
		"inputs@hour = circle x":      "no period",
		"targets = 0/1":               "values, and not 2",
		"class weights = balanced":    "no class",
		"inputs@income = onehot more": "none of",
	} {
		if err := Apply(hours(), nil, settings(text)); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, want an error with %q", text, err, why)
		}
	}
}
