package depth

import (
	_ "embed"

	"github.com/nnvet/nnvet"
)

//go:embed too_deep.md
var tooDeepDoc string

// TooDeep is that a shallower network does as well.
var TooDeep = nnvet.Check{
	ID:         "NN1001",
	Name:       "too-deep",
	Pitfall:    nnvet.Depth,
	Doc:        tooDeepDoc,
	Severity:   nnvet.Warning,
	Experiment: "networks of a half and a quarter of the layers and as many parameters, each at its own best learning rate",
}

//go:embed needs_skips.md
var needsSkipsDoc string

// NeedsSkips is that the depth would serve, if layers could be passed by.
var NeedsSkips = nnvet.Check{
	ID:         "NN1003",
	Name:       "needs-skips",
	Pitfall:    nnvet.Depth,
	Doc:        needsSkipsDoc,
	Severity:   nnvet.Warning,
	Experiment: "the same network with a residual connection round every two layers, at its own best learning rate",
}
