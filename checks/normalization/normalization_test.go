package normalization

import (
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/vettest"
)

func TestCases(t *testing.T) {
	for _, c := range []*nnvet.Check{
		&InputNotNormalized, &InputShifted, &TargetNotNormalized, &NearConstantFeature, &HeavyTailedFeature, &OutputDominated,
		&GroupScaledApart, &SplitScaledDifferently, &PredictionsNotUnnormalized, &IllConditionedInputs, &NormalizedTwice, &StatisticsFromAllData,
	} {
		t.Run(c.Name, func(t *testing.T) { vettest.Run(t, c) })
	}
}
