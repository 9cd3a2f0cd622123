package finalactivation

import (
	"testing"

	"github.com/nnvet/nnvet/vettest"
)

func TestSoftmaxOverOneUnit(t *testing.T) { vettest.Run(t, &SoftmaxOverOneUnit) }
