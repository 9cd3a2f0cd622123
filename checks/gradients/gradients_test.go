package gradients

import (
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/vettest"
)

func TestChecks(t *testing.T) {
	for _, c := range []*nnvet.Check{
		&DeadUnits, &Saturated, &Vanishing, &Exploding, &NotFinite, &ZeroGradient, &NeverLearns, &NotZeroed, &NoNonlinearity,
	} {
		t.Run(c.Name, func(t *testing.T) { vettest.Run(t, c) })
	}
}
