package record

import (
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
)

// TestAccuracyOfClassesAlone holds that accuracy is recorded where targets are
// classes, and not where they are any numbers from 0 to 1.
func TestAccuracyOfClassesAlone(t *testing.T) {
	shares := binary()
	for _, d := range []*engine.Data{&shares.train, &shares.val} {
		for i := range d.Y {
			d.Y[i] = 0.1 + 0.8*d.Y[i]
		}
	}
	for name, c := range map[string]struct {
		training training
		want     bool
	}{"labels": {moons(), true}, "two classes": {binary(), true}, "shares": {shares, false}, "numbers": {sums(), false}} {
		c.training.spec.Epochs = 2
		trace := c.training.run(t, Options{})
		for _, split := range []string{nnvet.Train, nnvet.Validation} {
			s := trace.Series(nnvet.Key{Quantity: nnvet.Accuracy, Split: split})
			if got := s.Len() > 0; got != c.want {
				t.Errorf("%s: accuracy in %s is recorded: %t, want %t", name, split, got, c.want)
			}
		}
	}
}
