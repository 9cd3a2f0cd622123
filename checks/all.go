// Package checks holds the table of every check that nnvet runs. Each pitfall
// has a package below; each check there, a file, a page and golden traces.
package checks

import (
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks/batchsize"
	"github.com/nnvet/nnvet/checks/depth"
	"github.com/nnvet/nnvet/checks/finalactivation"
	"github.com/nnvet/nnvet/checks/gradients"
	"github.com/nnvet/nnvet/checks/hiddenunits"
	"github.com/nnvet/nnvet/checks/initialization"
	"github.com/nnvet/nnvet/checks/learningrate"
	"github.com/nnvet/nnvet/checks/normalization"
	"github.com/nnvet/nnvet/checks/preprocessing"
	"github.com/nnvet/nnvet/checks/regularization"
	"github.com/nnvet/nnvet/checks/results"
)

// All lists the checks in causal order: what is upstream stands before what it
// can account for.
var All = []*nnvet.Check{
	// Whether inputs and targets belong together at all.
	&preprocessing.LabelsMisencoded,
	&preprocessing.ContradictingDuplicates,
	&results.LabelsUnrelated,
	&results.Overlap,

	// What the numbers are.
	&preprocessing.SortedFile,
	&preprocessing.SentinelValue,
	&preprocessing.NumberAsText,
	&preprocessing.CodeAsNumber,
	&preprocessing.CyclicFeature,
	&preprocessing.WrappedTarget,
	&preprocessing.GlobalFrame,
	&preprocessing.QuaternionSigns,
	&preprocessing.ColourRepresentation,
	&preprocessing.RowIDOrTimestamp,

	// Their scale: inputs, then targets.
	&normalization.StatisticsFromAllData,
	&normalization.NormalizedTwice,
	&normalization.InputNotNormalized,
	&normalization.InputShifted,
	&normalization.NearConstantFeature,
	&normalization.HeavyTailedFeature,
	&normalization.GroupScaledApart,
	&normalization.IllConditionedInputs,
	&normalization.SplitScaledDifferently,
	&normalization.TargetNotNormalized,
	&normalization.OutputDominated,
	&normalization.PredictionsNotUnnormalized,
	&results.SplitsDiffer,

	// What the network ends in.
	&results.SamplesMixed,
	&finalactivation.OutputCount,
	&finalactivation.SoftmaxOverOneUnit,
	&finalactivation.SoftmaxTwice,
	&finalactivation.LogitsIntoProbabilityLoss,
	&finalactivation.LabelsDoNotFit,
	&finalactivation.TargetOutsideRange,
	&finalactivation.TargetAtAsymptote,
	&finalactivation.ExclusiveOrNot,
	&finalactivation.MSEOnClasses,

	// How it begins.
	&initialization.SymmetricUnits,
	&initialization.WeightsOff,
	&initialization.BiasNotZero,
	&initialization.SpecialParameters,
	&initialization.SignalDrifts,
	&depth.InputsIndistinguishable,
	&initialization.GradientDrifts,

	// What keeps gradients from weights.
	&gradients.ZeroGradient,
	&gradients.NeverLearns,
	&gradients.NotZeroed,
	&gradients.NoNonlinearity,

	// How it is trained.
	&learningrate.Misconfigured,
	&learningrate.ScheduleBroken,
	&regularization.PenaltyDrownsLoss,
	&regularization.OverRegularized,
	&learningrate.TooHigh,
	&learningrate.ClippingHides,
	&learningrate.TooLow,
	&regularization.DropoutMisplaced,
	&batchsize.TooSmall,
	&batchsize.TooLarge,
	&batchsize.TooFewUpdates,
	&results.TrainEvalMismatch,

	// Depth and width, and units that die.
	&depth.TooDeep,
	&depth.NeedsSkips,
	&hiddenunits.TooNarrow,
	&gradients.DeadUnits,
	&gradients.Saturated,
	&gradients.Exploding,
	&gradients.Vanishing,
	&depth.StartsTooDeep,
	&hiddenunits.TooWide,
	&hiddenunits.WidthSweep,

	// What is learned by heart, and what is not covered.
	&preprocessing.UncoveredCombinations,
	&preprocessing.ClassImbalance,
	&regularization.ExtremeWeights,
	&regularization.Overfitting,
	&regularization.Unregularized,
	&regularization.Memorizes,
	&results.LossConcentrated,
	&learningrate.LossSpikes,

	// What came of it.
	&gradients.NotFinite,
	&finalactivation.OutputBiasOff,
	&initialization.FirstLossOff,
	&results.InputsIgnored,
	&results.CannotOverfit,
	&results.GradientDisagrees,
	&results.FedDifferently,
	&results.LearnedNothing,
	&results.Collapsed,
	&results.Miscalibrated,
	&results.MeaninglessUnits,
	&preprocessing.SameThingFarApart,

	// What is missing, and what is worth knowing.
	&results.NoValidation,
	&results.MetricDoesNotMeasure,
	&results.NotReproducible,
	&regularization.DecayOnNormOrBias,
	&batchsize.ResolutionCounts,
	&hiddenunits.OutsideUsualRange,
}

// Find returns the check of that id or name, or nil. Ids are taken in either case.
func Find(idOrName string) *nnvet.Check {
	for _, c := range All {
		if strings.EqualFold(c.ID, idOrName) || c.Name == idOrName {
			return c
		}
	}
	return nil
}
