package prepare

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/dataset"
)

// TestAmounts holds what losses of counts and shares make of a target.
func TestAmounts(t *testing.T) {
	for name, c := range map[string]struct {
		amounts Amounts
		target  dataset.Column
		how     Transform
		want    string // targets, or an error
	}{
		"counts":                 {Counts, numbersOf("y", 0, 7, 2.5, 9), "", "[0 7 2.5 9]"},
		"counts like labels":     {Counts, numbersOf("y", 0, 1, 0, 1, 0, 1), "", "[0 1 0 1 0 1]"},
		"counts, asked as such":  {Counts, numbersOf("y", 0, 7, 2, 9), None, "[0 7 2 9]"},
		"shares":                 {Shares, numbersOf("y", 0, 0.5, 1, 0.25), "", "[0 0.5 1 0.25]"},
		"vectors of shares":      {Shares, rowsOf("y", []int{2}, 0, 0.5, 1, 0.25), "", "[0 0.5 1 0.25]"},
		"negative":               {Counts, numbersOf("y", 3, 7, -2, 9), "", "row 3, column y: -2 is negative, and the poisson losses take counts from 0: take loss mse, or leave the row out"},
		"negative in a vector":   {Counts, rowsOf("y", []int{2}, 0, 5, 1, -1), "", "row 2, column y: -1 is negative, and the poisson losses take counts from 0: take loss mse, or leave the row out"},
		"above 1":                {Shares, numbersOf("y", 0.5, 7, 0.25, 0), "", "row 2, column y: 7 is above 1, and the bce losses take shares from 0 to 1: divide the column, or take loss mse"},
		"no amounts any more":    {Counts, numbersOf("y", 0, 7, 2, 9), Standardize, "target y: standardize is not for the poisson losses, which take counts as they are: leave the transform out, or take loss mse"},
		"classes are no amounts": {Shares, textsOf("y", "a", "b", "a", "b"), "", "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			data := tableOf(ramp("x", max(len(c.target.Numbers), len(c.target.Codes), len(c.target.Values)/2)), c.target)
			plan := Plan{Target: "y", Amounts: c.amounts}
			if c.how != "" {
				plan.Transforms = map[string]Transform{"y": c.how}
			}
			got, err := "", error(nil)
			if p, e := plan.Fit(data, &Split{Train: allRows(data.Rows)}); e != nil {
				err = e
			} else {
				var y []float32
				y, _, err = p.Targets(data, nil)
				got = fmt.Sprint(y)
				if said := strings.Join(p.Said(), "\n"); y != nil && !strings.Contains(said, "as it is, since the loss takes "+string(c.amounts)) {
					t.Errorf("said\n%s", said)
				}
			}
			if err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("\ngot  %s\nwant %s", got, c.want)
			}
		})
	}
}
