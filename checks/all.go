// Package checks holds the table of every check that nnvet runs. Each pitfall
// has a package below; each check there, a file, a page and golden traces.
package checks

import (
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks/finalactivation"
	"github.com/nnvet/nnvet/checks/gradients"
	"github.com/nnvet/nnvet/checks/initialization"
	"github.com/nnvet/nnvet/checks/learningrate"
	"github.com/nnvet/nnvet/checks/normalization"
	"github.com/nnvet/nnvet/checks/results"
)

// All lists the checks, causes before what they explain: data, what the
// network ends in, how it begins, how it is trained, and the symptoms.
var All = []*nnvet.Check{
	&normalization.InputNotNormalized,
	&normalization.TargetNotNormalized,
	&finalactivation.SoftmaxTwice,
	&finalactivation.TargetOutsideRange,
	&finalactivation.SoftmaxOverOneUnit,
	&initialization.SymmetricUnits,
	&gradients.NeverLearns,
	&gradients.NotZeroed,
	&learningrate.TooHigh,
	&learningrate.ClippingHides,
	&learningrate.TooLow,
	&gradients.DeadUnits,
	&gradients.NotFinite,
	&initialization.FirstLossOff,
	&results.LearnedNothing,
	&results.NoValidation,
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
