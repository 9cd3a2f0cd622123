package normalization

import (
	"testing"

	"github.com/nnvet/nnvet/vettest"
)

func TestTargetNotNormalized(t *testing.T) { vettest.Run(t, &TargetNotNormalized) }
