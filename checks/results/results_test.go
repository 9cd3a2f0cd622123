package results

import (
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/vettest"
)

func TestChecks(t *testing.T) {
	for _, c := range []*nnvet.Check{
		&InputsIgnored, &CannotOverfit, &LabelsUnrelated, &Overlap, &SplitsDiffer, &Collapsed, &TrainEvalMismatch, &SamplesMixed, &MetricDoesNotMeasure, &Miscalibrated, &LossConcentrated, &MeaninglessUnits, &GradientDisagrees, &NotReproducible,
	} {
		t.Run(c.Name, func(t *testing.T) { vettest.Run(t, c) })
	}
}
