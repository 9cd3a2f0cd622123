package report

import (
	"math"
	"testing"

	"github.com/nnvet/nnvet"
)

func TestSure(t *testing.T) {
	tests := []struct {
		confidence  float64
		right, seen int
		want        string
	}{
		{1, 0, 0, "presumed (not measured on the casebook)"},
		{0.6, 0, 0, "presumed, 0.6 by the check's own word (not measured on the casebook)"},
		{math.NaN(), 0, 0, "presumed (not measured on the casebook)"},
		{0.96, 97, 100, "almost certain, 0.96 (in the casebook 97 of 100 such were right)"},
		{0.75, 2, 2, "likely, 0.75 (in the casebook 2 of 2 such were right)"},
		{0.98, 291, 337, "almost certain, 0.98 (in the casebook 291 of 337 such were right, 0.86; what else was found here raises it)"},
		{0.41, 291, 337, "about even, 0.41 (in the casebook 291 of 337 such were right, 0.86; what else was found here lowers it)"},
		{0.07, 0, 12, "a guess, 0.07 (in the casebook 0 of 12 such were right)"},
	}
	for _, tt := range tests {
		if got := sure(nnvet.Finding{Confidence: tt.confidence, Right: tt.right, Seen: tt.seen}); got != tt.want {
			t.Errorf("%v of %d in %d: got %q, want %q", tt.confidence, tt.right, tt.seen, got, tt.want)
		}
	}
}
