package prepare

import "fmt"

// Amounts say which numbers a loss takes as the target of a regression. Where
// it does not take every number, the target goes in as it is: scaled it would
// be no amount any more.
type Amounts string

// The amounts.
const (
	Counts Amounts = "counts" // from 0, as how often something happened
	Shares Amounts = "shares" // from 0 to 1
)

// losses names the losses of such amounts.
func (a Amounts) losses() string {
	if a == Counts {
		return "the poisson losses"
	}
	return "the bce losses"
}

// reads reports how the amounts decide a task that is not asked for: counts
// look like labels where there are few.
func (a Amounts) reads(asked Task, numbers bool) Task {
	if a == Counts && asked == "" && numbers {
		return Regression
	}
	return asked
}

// transform returns what becomes of a target, or refuses what was asked for.
func (a Amounts) transform(target string, asked Transform) (Transform, error) {
	switch {
	case a == "" && asked == "":
		return Standardize, nil
	case a != "" && asked != "" && asked != None:
		return "", fmt.Errorf("target %s: %s is not for %s, which take %s as they are: leave the transform out, or take loss mse", target, asked, a.losses(), a)
	case a != "":
		return None, nil
	}
	return asked, nil
}

// check refuses the first target that is no such amount, in any part of the split.
func (a Amounts) check(g *goal) error {
	if a == "" || g.task != Regression {
		return nil
	}
	for _, row := range g.rows {
		for j := range extent(g.column.Shape) {
			switch v := elementOf(g.column, row, j); {
			case v < 0:
				return atRow(row, fmt.Errorf("%g is negative, and %s take %s from 0: take loss mse, or leave the row out", v, a.losses(), a))
			case a == Shares && v > 1:
				return atRow(row, fmt.Errorf("%g is above 1, and %s take %s from 0 to 1: divide the column, or take loss mse", v, a.losses(), a))
			}
		}
	}
	return nil
}
