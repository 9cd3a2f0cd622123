package initialization

import (
	"testing"

	"github.com/nnvet/nnvet/vettest"
)

func TestSymmetricUnits(t *testing.T) { vettest.Run(t, &SymmetricUnits) }
