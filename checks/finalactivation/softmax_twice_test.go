package finalactivation

import (
	"testing"

	"github.com/nnvet/nnvet/vettest"
)

func TestSoftmaxTwice(t *testing.T) { vettest.Run(t, &SoftmaxTwice) }
