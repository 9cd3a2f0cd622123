package hiddenunits

import (
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/vettest"
)

func TestChecks(t *testing.T) {
	for _, c := range []*nnvet.Check{&TooNarrow, &TooWide, &OutsideUsualRange, &WidthSweep} {
		t.Run(c.Name, func(t *testing.T) { vettest.Run(t, c) })
	}
}
