package report

import (
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
)

// Every pitfall has checks that decide, which are checks of it that judge runs.
func TestDeciding(t *testing.T) {
	for _, p := range nnvet.Pitfalls {
		if len(deciding[p]) == 0 {
			t.Errorf("nothing decides pitfall %d, %v", p, p)
		}
		for _, id := range deciding[p] {
			if c := checks.Find(id); c == nil || c.Pitfall != p || c.Experiment != "" {
				t.Errorf("%s is no check of pitfall %d, %v, that judges runs", id, p, p)
			}
		}
	}
}
