package finalactivation

import (
	"testing"

	"github.com/nnvet/nnvet/vettest"
)

func TestTargetOutsideRange(t *testing.T) { vettest.Run(t, &TargetOutsideRange) }
