package results

import (
	"testing"

	"github.com/nnvet/nnvet/vettest"
)

func TestLearnedNothing(t *testing.T) { vettest.Run(t, &LearnedNothing) }
