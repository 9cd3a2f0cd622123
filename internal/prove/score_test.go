package prove

import (
	"math"
	"testing"

	"github.com/nnvet/nnvet"
)

// TestLabels: numbers beside zeros and ones are answers, so that a network that
// was trained on differences is held against a classifier by the same figure.
func TestLabels(t *testing.T) {
	edges := []float64{-1, -0.25, 0.5, 1.25, 2}
	for _, tt := range []struct {
		name             string
		truth, std       float64
		edges            []float64
		counts           [][]int64 // truth 0 lies in the second bin, 1 in the third
		right, commonest float64
		ok               bool
	}{
		{"always one", 0.5, 0.5, edges, [][]int64{{0, 0, 0, 0}, {0, 0, 10, 0}, {0, 0, 10, 0}, {0, 0, 0, 0}}, 0.5, 0.5, true},
		{"three of four", 0.25, math.Sqrt(0.1875), edges, [][]int64{{0, 0, 0, 0}, {1, 13, 1, 0}, {0, 4, 0, 1}, {0, 0, 0, 0}}, 0.75, 0.75, true},
		{"any number", 0.5, 0.3, edges, [][]int64{{0, 0, 0, 0}, {0, 0, 10, 0}, {0, 0, 10, 0}, {0, 0, 0, 0}}, 0, 0, false},
		{"a truth of two", 0.5, 0.5, edges, [][]int64{{0, 0, 0, 0}, {0, 0, 10, 0}, {0, 0, 5, 0}, {0, 0, 5, 0}}, 0, 0, false},
		{"nobody can tell", 0.5, 0.5, []float64{-1, -0.25, 0.6, 1.25, 2}, [][]int64{{0, 0, 0, 0}, {0, 10, 0, 0}, {0, 0, 10, 0}, {0, 0, 0, 0}}, 0, 0, false},
	} {
		p := &nnvet.Predictions{
			Outputs: []nnvet.Pair{{Truth: tt.truth, TruthStd: tt.std}}, Joint: &nnvet.Joint{Edges: tt.edges, Counts: tt.counts},
		}
		right, commonest, ok := labels(p)
		if ok != tt.ok || ok && (right != tt.right || commonest != tt.commonest) {
			t.Errorf("%s: got %v right of %v, %v; want %v of %v, %v", tt.name, right, commonest, ok, tt.right, tt.commonest, tt.ok)
		}
	}
	if _, _, ok := labels(&nnvet.Predictions{}); ok {
		t.Error("classes are no numbers")
	}
}
