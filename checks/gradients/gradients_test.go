package gradients

import (
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/vettest"
)

func TestChecks(t *testing.T) {
	for _, c := range []*nnvet.Check{&DeadUnits, &NotFinite, &NeverLearns, &NotZeroed} {
		t.Run(c.Name, func(t *testing.T) { vettest.Run(t, c) })
	}
}
