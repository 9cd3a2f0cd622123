package regularization

import (
	_ "embed"

	"github.com/nnvet/nnvet"
)

//go:embed unregularized.md
var unregularizedDoc string

// Unregularized is that some noise, decay or an earlier end would have helped.
var Unregularized = nnvet.Check{
	ID:         "NN0402",
	Name:       "unregularized",
	Pitfall:    nnvet.Regularization,
	Doc:        unregularizedDoc,
	Severity:   nnvet.Warning,
	Experiment: "the network again with weight decay, with noise on its inputs, and with dropout, each at a few strengths, on five seeds",
}

//go:embed memorizes.md
var memorizesDoc string

// Memorizes is that the network could learn any labels by heart in this budget.
var Memorizes = nnvet.Check{
	ID:         "NN0404",
	Name:       "memorizes",
	Pitfall:    nnvet.Regularization,
	Doc:        memorizesDoc,
	Severity:   nnvet.Warning,
	Experiment: "the network again on labels that are permuted between rows",
}
