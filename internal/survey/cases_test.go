package survey_test

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/survey"
)

// made returns a data set of rows that a function makes.
func made(rows int, row func(i int) (x []float64, y float64)) survey.Data {
	var d survey.Data
	d.Train.Rows = rows
	for i := range rows {
		x, y := row(i)
		d.Columns = len(x)
		for _, v := range x {
			d.Train.X = append(d.Train.X, float32(v))
		}
		d.Train.Y = append(d.Train.Y, float32(y))
	}
	return d
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: got %v, want %v within %v", what, got, want, within)
	}
}

// TestSmooth holds a smooth target, and one that has nothing to do with its
// inputs.
func TestSmooth(t *testing.T) {
	next := numbers(7)
	smooth := survey.Of(made(800, func(int) ([]float64, float64) {
		a, b := next(), next()
		return []float64{a, b}, a + b*b
	})).Smooth
	if smooth.P != 0.01 || smooth.Permutations != 99 || smooth.Ratio > 0.02 {
		t.Errorf("smooth: got %+v", smooth)
	}
	random := survey.Of(noise(800, 2)).Smooth
	near(t, "ratio of noise", random.Ratio, 1, 0.15)
	if random.P < 0.05 {
		t.Errorf("noise: got %+v", random)
	}
}

// TestOrder holds that a large file in order is told by a sample of it, and one
// that is shuffled is not.
func TestOrder(t *testing.T) {
	const rows = 20000
	d := made(rows, func(i int) ([]float64, float64) { return []float64{float64(i)}, math.Sqrt(float64(i)) })
	s := survey.Of(d)
	near(t, "order", s.Order, 1, 0.01)
	if s.Rows != 1500 || s.Columns[0].Rising != 1 || s.Columns[0].Distinct != 1500 {
		t.Errorf("got %d rows, %+v", s.Rows, s.Columns[0])
	}
	for i := range rows {
		d.Order = append(d.Order, int32(i*7919%rows)) // a prime without a part in rows
	}
	s = survey.Of(d)
	if s.Order > 0.5 || s.Columns[0].Rising > 0.7 {
		t.Errorf("fed in another order: got %v, rising %v", s.Order, s.Columns[0].Rising)
	}
}

// TestSeam holds an hour whose target comes round, and one whose target does not.
func TestSeam(t *testing.T) {
	for _, c := range []struct {
		name      string
		of        func(hour float64) float64
		low, high float64
	}{
		{"round", func(h float64) float64 { return math.Sin(2 * math.Pi * h / 24) }, 1, 1.7},
		{"straight", func(h float64) float64 { return h }, 22.9, 23.1},
	} {
		s := survey.Of(made(1200, func(i int) ([]float64, float64) { return []float64{float64(i % 24), float64(i)}, c.of(float64(i % 24)) }))
		f := s.Columns[0]
		if !(f.Seam >= c.low && f.Seam <= c.high) || !(f.Rough < 0.1) {
			t.Errorf("%s: got %+v", c.name, f)
		}
		near(t, "within", f.Within, 0, 1e-6)
	}
}

// body is four points of a solid.
var body = [][3]float64{{0, 0, 0}, {1, 0, 0}, {0, 2, 0}, {0, 0, 3}}

// TestFrames holds the shares of bodies that move and turn, of points that do
// neither together, and how points are told.
func TestFrames(t *testing.T) {
	names := []string{"ax", "ay", "az", "hip_x", "hip_y", "hip_z", "x2", "y2", "z2", "kneeX", "kneeY", "kneeZ"}
	names[0], names[1], names[2] = "a.x", "a.y", "a.z"
	next := numbers(3)
	for _, c := range []struct {
		name                   string
		row                    func() []float64
		translation, moveBy    float64
		rotation, rotateWithin float64
	}{
		{"moves", func() []float64 {
			by := [3]float64{10 * next(), 10 * next(), 10 * next()}
			return each(func(p [3]float64, c int) float64 { return p[c] + by[c] + 0.1*next() })
		}, 1, 0.01, 0, 0.05},
		{"turns", func() []float64 {
			a, b := 3*next(), 3*next()
			return each(func(p [3]float64, c int) float64 { return turned(p, a, b)[c] })
		}, 0.3, 0.3, 1, 0.001},
		{"independent", func() []float64 {
			return each(func([3]float64, int) float64 { return next() })
		}, 0.25, 0.03, 0, 0.05},
	} {
		d := made(600, func(int) ([]float64, float64) { return c.row(), next() })
		d.Names = names
		frames := survey.Of(d).Frames
		if len(frames) != 1 || frames[0].Dim != 3 || !slices.Equal(frames[0].Columns, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}) {
			t.Errorf("%s: got %+v", c.name, frames)
			continue
		}
		near(t, c.name+": translation", frames[0].Translation, c.translation, c.moveBy)
		near(t, c.name+": rotation", frames[0].Rotation, c.rotation, c.rotateWithin)
	}
}

func each(of func(p [3]float64, c int) float64) []float64 {
	var out []float64
	for _, p := range body {
		for c := range p {
			out = append(out, of(p, c))
		}
	}
	return out
}

// turned turns a point about z, then about x.
func turned(p [3]float64, a, b float64) [3]float64 {
	x, y := p[0]*math.Cos(a)-p[1]*math.Sin(a), p[0]*math.Sin(a)+p[1]*math.Cos(a)
	return [3]float64{x, y*math.Cos(b) - p[2]*math.Sin(b), y*math.Sin(b) + p[2]*math.Cos(b)}
}

// TestDeclared holds which declared columns are points.
func TestDeclared(t *testing.T) {
	next := numbers(5)
	for _, c := range []struct {
		name   string
		names  []string
		group  []string
		points int
		dim    int
	}{
		{"by names", []string{"ax", "a_x", "a_y", "b_x", "b_y", "z"}, []string{"a_x", "a_y", "b_x", "b_y"}, 2, 2},
		{"in another order", []string{"a_y", "a_x", "b_x", "b_y", "c", "d"}, []string{"b_y", "a_x", "b_x", "a_y"}, 2, 2},
		{"names that tell nothing", []string{"width", "height", "depth", "length", "max", "tax"}, []string{"width", "height", "depth", "length"}, 0, 0},
		{"without names, in threes", nil, []string{"0", "1", "2", "3", "4", "5"}, 2, 3},
		{"without names, in twos", nil, []string{"0", "1", "2", "3"}, 2, 2},
		{"one that is not there", nil, []string{"0", "1", "2", "9"}, 0, 0},
	} {
		d := made(100, func(int) ([]float64, float64) {
			return []float64{next(), next(), next(), next(), next(), next()}, 0
		})
		d.Names, d.Groups = c.names, []nnvet.ColumnGroup{{Name: "g", Columns: c.group}}
		frames := survey.Of(d).Frames
		if c.points == 0 {
			if frames != nil {
				t.Errorf("%s: got %+v, want none", c.name, frames)
			}
			continue
		}
		if len(frames) != 1 || frames[0].Group != "g" || frames[0].Dim != c.dim || len(frames[0].Columns) != c.points*c.dim {
			t.Errorf("%s: got %+v, want %d points of %d", c.name, frames, c.points, c.dim)
		}
	}
}

// TestOverlap holds that rows of one kind are not told apart, that shifted ones
// are, and that a pair that never was is found.
func TestOverlap(t *testing.T) {
	next := numbers(9)
	row := func(int) ([]float64, float64) {
		a := math.Floor(2 * (next() + 1)) // 0 to 3
		return []float64{next() + next(), a, math.Mod(a+math.Floor(next()+1), 4)}, next()
	}
	d := made(1000, row)
	d.Val = made(400, row).Train
	s := survey.Of(d).Overlap
	near(t, "auc", s.AUC, 0.5, 0.06)
	if s.Rows != 400 || s.Shared != 0 || s.Coverage != 1 || s.Outside > 0.01 || s.NewPairs != 0 {
		t.Errorf("got %+v", s)
	}
	for i := range d.Val.Rows {
		d.Val.X[3*i] += 2
		if i < 100 {
			copy(d.Val.X[3*i:], d.Train.X[3*i:3*i+3])
		} else if i < 200 {
			d.Val.X[3*i+1], d.Val.X[3*i+2] = 0, 3
		}
	}
	s = survey.Of(d).Overlap
	if s.Shared != 100 || s.AUC < 0.7 || !(s.Outside > 0.2) {
		t.Errorf("shifted: got %+v", s)
	}
	near(t, "new pairs", s.NewPairs, 0.25, 1e-9)
}

// TestNothing holds that what cannot be measured is NaN, and that nothing makes
// it fall over.
func TestNothing(t *testing.T) {
	nan := float32(math.NaN())
	for name, d := range map[string]survey.Data{
		"no data":    {},
		"no rows":    {Columns: 3},
		"no targets": {Columns: 1, Train: survey.Split{Rows: 100, X: slices.Repeat([]float32{1, 2}, 50)}},
		"NaN":        {Columns: 1, Train: survey.Split{Rows: 100, X: slices.Repeat([]float32{nan}, 100), Y: make([]float32, 100)}},
		"one class":  {Columns: 1, Train: survey.Split{Rows: 100, X: make([]float32, 100), Labels: make([]int32, 100)}},
		"all alike":  {Columns: 2, Train: survey.Split{Rows: 100, X: make([]float32, 200), Y: make([]float32, 100)}},
	} {
		s := survey.Of(d)
		if !math.IsNaN(s.Smooth.Ratio) || !math.IsNaN(s.Order) || s.Smooth.Permutations != 0 || s.Columns != nil {
			t.Errorf("%s: got %+v", name, s)
		}
	}
	constant := made(100, func(i int) ([]float64, float64) { return []float64{float64(i), 5}, 3 })
	s := survey.Of(constant)
	if f := s.Columns[1]; f.Distinct != 1 || f.Mode != 5 || !math.IsNaN(f.Skew) || !math.IsNaN(f.Alone) {
		t.Errorf("a constant: got %+v", f)
	}
	if s.InputRank != 1 || s.TargetRank != 0 || !math.IsNaN(s.Smooth.P) || !math.IsNaN(s.Order) {
		t.Errorf("a constant target: got %+v", s)
	}
	near(t, "condition of one column", s.Covariance, 1, 1e-9)
}

// TestSame holds that the same rows have the same survey.
func TestSame(t *testing.T) {
	d := noise(2000, 5)
	d.Val = noise(300, 5).Train
	a, b := survey.Of(d), survey.Of(d)
	a.Brightness, b.Brightness = 0, 0 // NaN
	for i := range a.Columns {
		for _, f := range []*nnvet.Feature{&a.Columns[i], &b.Columns[i]} {
			f.Mode, f.Rough, f.Within, f.Spike, f.SpikeShare, f.SpikeGap = 0, 0, 0, 0, 0, 0
		}
	}
	a.Overlap.NewPairs, b.Overlap.NewPairs = 0, 0
	if !reflect.DeepEqual(a, b) {
		t.Errorf("got %+v\nand %+v", a, b)
	}
}

// TestUnits holds that an angle is told in the units in which it comes round.
func TestUnits(t *testing.T) {
	next := numbers(11)
	d := made(600, func(int) ([]float64, float64) {
		a, r := math.Pi*next(), 2+next()
		return []float64{r * math.Cos(a), r * math.Sin(a)}, (180 + a/math.Pi*180) / 104
	})
	if w := survey.Of(d).Wraps; len(w) != 1 || math.Abs(w[0].Period-360.0/104) > 0.02 {
		t.Errorf("standardized, it comes round after what it fills: got %+v", w)
	}
	d.Units = []float64{104}
	w := survey.Of(d).Wraps
	if len(w) == 0 || w[0].Period != 360 || !(w[0].Ratio > 5) || !(w[0].Low < w[0].Ratio) {
		t.Errorf("in degrees: got %+v", w)
	}
}

// TestScaled holds that codes are told however they were scaled; those that
// stand on no grid, by what they were.
func TestScaled(t *testing.T) {
	next := numbers(13)
	const mean, std = 3.25, 2.125
	codes := []float64{0, 1, 2, 3, 4, 5, 6}
	rows := func(i int) ([]float64, float64) {
		return []float64{(codes[i%7] - mean) / std, next()}, math.Mod(float64(i%7)*3, 7)
	}
	told := func(what string, f []nnvet.Feature) {
		t.Helper()
		near(t, what+": within", f[0].Within, 0, 1e-6)
		if !(f[0].Rough > 0.7) || !math.IsNaN(f[1].Within) {
			t.Errorf("%s: got %+v", what, f)
		}
	}
	told("on a grid", survey.Of(made(500, rows)).Columns)

	codes = []float64{0, 2, 5, 9, 14, 23, 30}
	d := made(500, rows)
	if f := survey.Of(d).Columns[0]; !math.IsNaN(f.Within) {
		t.Errorf("on none: got %+v", f)
	}
	d.Scale, d.Shift = []float64{std, 1}, []float64{mean, 0}
	told("on none, unscaled", survey.Of(d).Columns)
}

// TestOwnPeriod holds which targets are tried as a circle of their own.
func TestOwnPeriod(t *testing.T) {
	next := numbers(17)
	for _, c := range []struct {
		what string
		y    func(v float64) float64 // of 0 to 1
		want float64
	}{
		{"even", func(v float64) float64 { return 3 * v }, 3},
		{"on a grid", func(v float64) float64 { return 0.1 * math.Floor(20*v) }, 2},
		{"a sum", func(v float64) float64 { return v + next() + next() + next() }, 0},
		{"cut off", func(v float64) float64 { return 2 * math.Max(-1, math.Min(1, 10*(v-0.5))) }, 0},
	} {
		var own float64 // the one that nobody measures in
		for _, w := range survey.Of(made(600, func(int) ([]float64, float64) {
			v := (1 + next()) / 2
			return []float64{v, next()}, 1.7 + c.y(v)
		})).Wraps {
			if !slices.Contains([]float64{math.Pi, 2 * math.Pi, 7, 12, 24, 52, 60, 180, 360, 365.25}, w.Period) {
				own = w.Period
			}
		}
		near(t, c.what, own, c.want, 0.02)
	}
}
