package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

var nan, inf = math.NaN(), math.Inf(1)

func same(a, b float64) bool {
	return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-12*math.Max(math.Abs(a), math.Abs(b))
}

// Of a straight line it is half a step's square, whatever the slope of the rest.
func TestScatter(t *testing.T) {
	tests := []struct {
		xs   []float64
		want float64
	}{
		{nil, nan},
		{[]float64{1}, nan},
		{[]float64{2, 2, 2}, 0},
		{[]float64{1, -1, 1}, 2 / math.Sqrt2},
		{[]float64{0, 1, 2}, 1 / math.Sqrt2},
	}
	for _, tt := range tests {
		if got := Scatter(tt.xs); !same(got, tt.want) {
			t.Errorf("Scatter(%v) = %v, want %v", tt.xs, got, tt.want)
		}
	}
}

func TestQuantile(t *testing.T) {
	tests := []struct {
		xs   []float64
		q    float64
		want float64
	}{
		{nil, 0.5, nan},
		{[]float64{nan, nan}, 0.5, nan},
		{[]float64{3}, 0.9, 3},
		{[]float64{4, 1, 3, 2}, 0.5, 2.5},
		{[]float64{4, nan, 1, 3, 2}, 0.5, 2.5},
		{[]float64{3, 1, 2}, 0, 1},
		{[]float64{3, 1, 2}, 1, 3},
		{[]float64{0, 10}, 0.9, 9},
		{[]float64{1, inf, inf}, 0.75, inf}, // not inf - inf
		{[]float64{-inf, 1, inf}, 0.5, 1},
		{[]float64{-inf, 1}, 0.5, -inf},
	}
	for _, tt := range tests {
		if got := Quantile(tt.xs, tt.q); !same(got, tt.want) {
			t.Errorf("Quantile(%v, %v) = %v, want %v", tt.xs, tt.q, got, tt.want)
		}
	}
}

// A whole weight is as many copies of the value, so that a plain median over
// copies is a second way to the weighted one.
func TestWeightedMedianIsMedianOfCopies(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var xs, weights, copies []float64
		for range 1 + r.IntN(9) {
			v, w := math.Round(r.NormFloat64()*3), r.IntN(4)
			xs, weights = append(xs, v), append(weights, float64(w))
			for range w {
				copies = append(copies, v)
			}
		}
		slices.Sort(copies)
		want := nan
		if n := len(copies); n > 0 {
			want = copies[(n-1)/2]
		}
		if got := WeightedMedian(xs, weights); !same(got, want) {
			t.Fatalf("WeightedMedian(%v, %v) = %v, want %v", xs, weights, got, want)
		}
	}
}

func TestWeightedMedianLeavesNaNOut(t *testing.T) {
	if got := WeightedMedian([]float64{nan, 2, 1}, []float64{100, 1, 2}); got != 1 {
		t.Errorf("got %v, want 1", got)
	}
}

func TestMean(t *testing.T) {
	tests := []struct {
		xs   []float64
		want float64
	}{
		{nil, nan}, {[]float64{1, 2, 6}, 3}, {[]float64{1, nan}, nan}, {[]float64{1, inf}, inf},
	}
	for _, tt := range tests {
		if got := Mean(tt.xs); !same(got, tt.want) {
			t.Errorf("Mean(%v) = %v, want %v", tt.xs, got, tt.want)
		}
	}
}

// The average by its definition: weights that shrink into the past, normalized.
func TestEMAIsWeightedMean(t *testing.T) {
	xs := []float64{5, 1, -2, 8, 3, 3}
	got := EMA(xs, 0.9)
	for i := range xs {
		sum, weight := 0.0, 0.0
		for j := 0; j <= i; j++ {
			w := math.Pow(0.9, float64(i-j))
			sum, weight = sum+w*xs[j], weight+w
		}
		if !same(got[i], sum/weight) {
			t.Errorf("EMA(%v)[%d] = %v, want %v", xs, i, got[i], sum/weight)
		}
	}
	if got := EMA([]float64{1, inf, 1}, 0.9); FirstBad(got) != 1 || Finite(got[2]) {
		t.Errorf("EMA of 1, inf, 1 = %v, want no finite value from the second on", got)
	}
}

func TestFirstBad(t *testing.T) {
	tests := []struct {
		xs   []float64
		want int
	}{
		{nil, -1}, {[]float64{1, 2}, -1}, {[]float64{1, nan, inf}, 1}, {[]float64{-inf}, 0},
	}
	for _, tt := range tests {
		if got := FirstBad(tt.xs); got != tt.want {
			t.Errorf("FirstBad(%v) = %d, want %d", tt.xs, got, tt.want)
		}
	}
}

func TestBetween(t *testing.T) {
	steps, xs := []int64{0, 10, 20, 30}, []float64{1, 2, 3, 4}
	tests := []struct {
		from, to int64
		want     []float64
	}{
		{0, 31, xs}, {10, 30, []float64{2, 3}}, {5, 11, []float64{2}}, {40, 50, nil}, {20, 10, nil},
	}
	for _, tt := range tests {
		if got := Between(steps, xs, tt.from, tt.to); !slices.Equal(got, tt.want) {
			t.Errorf("Between(%d, %d) = %v, want %v", tt.from, tt.to, got, tt.want)
		}
	}
}

func TestSignif(t *testing.T) {
	tests := []struct {
		v    float64
		n    int
		want float64
	}{
		{0.00347, 1, 0.003}, {0.0096, 1, 0.01}, {123456, 2, 120000}, {-0.25, 1, -0.2}, {0, 1, 0}, {inf, 1, inf}, {nan, 1, nan},
	}
	for _, tt := range tests {
		if got := Signif(tt.v, tt.n); !same(got, tt.want) {
			t.Errorf("Signif(%v, %d) = %v, want %v", tt.v, tt.n, got, tt.want)
		}
	}
}
