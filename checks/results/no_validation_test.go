package results

import (
	"testing"

	"github.com/nnvet/nnvet/vettest"
)

func TestNoValidation(t *testing.T) { vettest.Run(t, &NoValidation) }
