package stat

import (
	"slices"
	"testing"
)

func TestSurvivors(t *testing.T) {
	tests := []struct {
		name   string
		scores [][]float64
		keep   int
		want   []int
	}{
		{"one seed each: by rank", [][]float64{{0.1}, {0.5}, {0.3}}, 2, []int{1, 2}},
		{"equal to the last", [][]float64{{0.3}, {0.5}, {0.3}}, 2, []int{1, 0, 2}},
		{"equal to the best", [][]float64{{0.5}, {0.5}, {0.3}}, 1, []int{0, 1}},
		// 0.05 behind, by 0.1 and 0: the standard error is 0.05.
		{"within one standard error", [][]float64{{0.5, 0.5}, {0.4, 0.5}}, 1, []int{0, 1}},
		// 0.1 behind on both seeds: the standard error is 0, though the seeds lie far apart.
		{"behind on every seed", [][]float64{{0.75, 0.25}, {0.625, 0.125}}, 1, []int{0}},
		{"without a score", [][]float64{{}, {0.2}, {0.1}}, 3, []int{1, 2}},
		{"blown up", [][]float64{{nan, 0.9}, {0.2, 0.2}, {inf, 1}, {0.1, 0.1}}, 3, []int{1, 3}},
		{"all blown up", [][]float64{{nan}, {-inf}}, 1, nil},
		{"more asked than there are", [][]float64{{0.1}, {0.2}}, 5, []int{1, 0}},
		{"none asked", [][]float64{{0.1}, {0.2}}, 0, nil},
		{"fewer than none", [][]float64{{0.1}, {0.2}}, -1, nil},
	}
	for _, tt := range tests {
		if got := Survivors(tt.scores, tt.keep); !slices.Equal(got, tt.want) {
			t.Errorf("%s: Survivors(%v, %d) = %v, want %v", tt.name, tt.scores, tt.keep, got, tt.want)
		}
	}
}

// A known sample: 2, 4, 4, 4, 5, 5, 7, 9 has a sum of squares of 32 about its mean.
func TestSD(t *testing.T) {
	tests := []struct {
		xs   []float64
		want float64
	}{
		{nil, nan}, {[]float64{1}, nan}, {[]float64{3, 3, 3}, 0}, {[]float64{2, 4, 4, 4, 5, 5, 7, 9}, 2.138089935299395}, {[]float64{1, nan}, nan}, {[]float64{1, inf}, nan},
	}
	for _, tt := range tests {
		if got := SD(tt.xs); !same(got, tt.want) {
			t.Errorf("SD(%v) = %v, want %v", tt.xs, got, tt.want)
		}
	}
}
