package results

import (
	_ "embed"

	"github.com/nnvet/nnvet"
)

// The pages of the checks that take a training of their own.
var (
	//go:embed inputs_ignored.md
	inputsIgnoredDoc string
	//go:embed cannot_overfit_one_batch.md
	cannotOverfitDoc string
	//go:embed gradient_disagrees.md
	gradientDisagreesDoc string
	//go:embed not_reproducible.md
	notReproducibleDoc string
)

// InputsIgnored finds networks that do as well on another row's inputs.
var InputsIgnored = nnvet.Check{
	ID:       "NN0203",
	Name:     "inputs-ignored",
	Pitfall:  nnvet.Results,
	Doc:      inputsIgnoredDoc,
	Severity: nnvet.Error,
	Limits: []nnvet.Limit{
		{Name: "gain", Default: 0.02, Source: "the smallest effect worth claiming; below it the inputs bought nothing"},
	},
	Explains:   []string{"NN0206", "NN0216", "NN0201"},
	Experiment: "the same network trained again on inputs permuted between rows",
}

// CannotOverfit finds networks that cannot learn a few rows by heart.
var CannotOverfit = nnvet.Check{
	ID:       "NN0204",
	Name:     "cannot-overfit-one-batch",
	Pitfall:  nnvet.Results,
	Doc:      cannotOverfitDoc,
	Severity: nnvet.Error,
	Limits: []nnvet.Limit{
		{Name: "left", Default: 1e-3, Source: "convention: a thousandth of the constant's loss is nothing left to learn"},
		{Name: "rows", Default: 16, Source: "TheDeepChecker takes 16 rows"},
		{Name: "steps", Default: 1000, Source: "TheDeepChecker takes 1000 iterations"},
	},
	Explains:   []string{"NN0206", "NN0216", "NN0201"},
	Experiment: "the same network on 16 rows alone, without regularization, at several learning rates",
}

// GradientDisagrees finds gradients that are not the slope of the loss.
var GradientDisagrees = nnvet.Check{
	ID:       "NN0212",
	Name:     "gradient-disagrees",
	Pitfall:  nnvet.Results,
	Doc:      gradientDisagreesDoc,
	Severity: nnvet.Error,
	Limits: []nnvet.Limit{
		{Name: "float32", Default: 1e-2, Source: "TheDeepChecker's default for the relative error in single precision"},
		{Name: "float64", Default: 1e-5, Source: "convention: central differences leave about 1e-10 in double precision, and kinks more"},
	},
	Explains:   []string{"NN0206", "NN0216", "NN0201"},
	Experiment: "the loss a small step to either side of the weights, against the gradient along that step",
}

// NotReproducible finds trainings that come out differently from one seed.
var NotReproducible = nnvet.Check{
	ID:       "NN0215",
	Name:     "not-reproducible",
	Pitfall:  nnvet.Results,
	Doc:      notReproducibleDoc,
	Severity: nnvet.Note,
	Limits: []nnvet.Limit{
		{Name: "apart", Default: 0, Source: "by definition: the same seed, machine and versions give the same bits"},
	},
	Experiment: "the same training twice from one seed, compared step by step",
}
