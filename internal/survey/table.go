package survey

import "math"

// A table is the columns of a sample that are looked at, as they are.
type table struct {
	n       int
	index   []int // of each column
	columns [][]float64
	every   int // column of the rows that there is one of

	scale, shift []float64 // of each column, to what it was
}

// apart returns the odd distance that leaves at most most of n, as odd ones do
// not line up with channels and powers of two.
func apart(n, most int) int {
	if n <= most {
		return 1
	}
	return n/most | 1
}

func newTable(d Data, s sample) *table {
	t := &table{n: s.n(), every: apart(s.columns, mostColumns)}
	for c := 0; c < s.columns && len(t.columns) < mostColumns; c += t.every {
		x := make([]float64, t.n)
		for i := range x {
			x[i] = float64(s.inputs(i)[c])
		}
		t.index, t.columns = append(t.index, c), append(t.columns, x)
		scale, shift := 1.0, 0.0
		if c < len(d.Scale) && c < len(d.Shift) {
			scale, shift = d.Scale[c], d.Shift[c]
		}
		t.scale, t.shift = append(t.scale, scale), append(t.shift, shift)
	}
	return t
}

// rows are numbers by row.
type rows struct {
	n, width int
	x        []float64
}

func (r rows) row(i int) []float64 { return r.x[i*r.width : (i+1)*r.width] }

// standardized returns the columns that are not constant, standardized.
func (t *table) standardized() rows { return standardized(t.columns, t.n) }

func standardized(columns [][]float64, n int) rows {
	var kept [][]float64
	for _, x := range columns {
		if z, ok := standardize(x); ok {
			kept = append(kept, z)
		}
	}
	return rows{n, len(kept), byRow(kept)}
}

// byRow puts columns together row by row.
func byRow(columns [][]float64) []float64 {
	if len(columns) == 0 {
		return nil
	}
	n, width := len(columns[0]), len(columns)
	out := make([]float64, n*width)
	for c, x := range columns {
		for i, v := range x {
			out[i*width+c] = v
		}
	}
	return out
}

// standardize returns x less its mean over its standard deviation, and false
// where it is constant.
func standardize(x []float64) ([]float64, bool) {
	mean, std := moments(x)
	if std == 0 {
		return nil, false
	}
	z := make([]float64, len(x))
	for i, v := range x {
		z[i] = (v - mean) / std
	}
	return z, true
}

// moments returns the mean and the standard deviation. That of a constant is
// exactly 0.
func moments(x []float64) (mean, std float64) {
	constant := true
	for _, v := range x {
		mean += v
		constant = constant && v == x[0]
	}
	mean /= float64(len(x))
	if constant {
		return mean, 0
	}
	squares := 0.0
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(squares / float64(len(x)))
}

// distance returns the squared Euclidean distance.
func distance(a, b []float64) float64 {
	sum := 0.0
	b = b[:len(a)]
	for i, v := range a {
		d := v - b[i]
		sum += d * d
	}
	return sum
}
