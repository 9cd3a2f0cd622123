package initialization

import (
	"testing"

	"github.com/nnvet/nnvet/vettest"
)

func TestFirstLossOff(t *testing.T) { vettest.Run(t, &FirstLossOff) }
