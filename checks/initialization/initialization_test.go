package initialization

import (
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/vettest"
)

func TestChecks(t *testing.T) {
	for _, c := range []*nnvet.Check{
		&SymmetricUnits, &SignalDrifts, &GradientDrifts, &FirstLossOff, &WeightsOff, &BiasNotZero, &SpecialParameters,
	} {
		t.Run(c.Name, func(t *testing.T) { vettest.Run(t, c) })
	}
}
