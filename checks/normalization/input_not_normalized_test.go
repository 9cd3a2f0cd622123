package normalization

import (
	"testing"

	"github.com/nnvet/nnvet/vettest"
)

func TestInputNotNormalized(t *testing.T) { vettest.Run(t, &InputNotNormalized) }
