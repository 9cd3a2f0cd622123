package hiddenunits

import (
	_ "embed"

	"github.com/nnvet/nnvet"
)

//go:embed too_wide.md
var tooWideDoc string

// TooWide is that a narrower network does as well.
var TooWide = nnvet.Check{
	ID:         "NN1102",
	Name:       "too-wide",
	Pitfall:    nnvet.HiddenUnits,
	Doc:        tooWideDoc,
	Severity:   nnvet.Note,
	Experiment: "the network at a half and at a quarter of its width, each at its own best learning rate",
}

//go:embed width_sweep.md
var widthSweepDoc string

// WidthSweep is that another width does better.
var WidthSweep = nnvet.Check{
	ID:         "NN1104",
	Name:       "width-sweep",
	Pitfall:    nnvet.HiddenUnits,
	Doc:        widthSweepDoc,
	Severity:   nnvet.Warning,
	Experiment: "the network at a quarter, a half, twice and four times its width, each at its own best learning rate, on three seeds",
}
