package depth

import (
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/vettest"
)

func TestChecks(t *testing.T) {
	for _, c := range []*nnvet.Check{&TooDeep, &InputsIndistinguishable, &NeedsSkips, &StartsTooDeep} {
		t.Run(c.Name, func(t *testing.T) { vettest.Run(t, c) })
	}
}
