package results

import (
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/vettest"
)

// TestFedDifferently builds its traces, since no record of the format holds a
// reference.
func TestFedDifferently(t *testing.T) {
	inputs := func(split string, rows int64, mean, std float64) []nnvet.Profile {
		column := func(i int, name string, mean, std float64) nnvet.Column {
			return nnvet.Column{Index: i, Name: name, Moments: nnvet.Moments{N: rows, Mean: mean, Std: std}}
		}
		return []nnvet.Profile{{Role: nnvet.Input, Split: split, Layout: "features", Of: 2, Rows: rows,
			Source:  nnvet.Location{File: "use.py", Line: 7},
			Columns: []nnvet.Column{column(0, "", 0, 1), column(1, "age", mean, std)}}}
	}
	training := inputs(nnvet.Train, 1000, 0.1, 1)
	for _, c := range []struct {
		name string
		b    nnvet.Builder
		want string
	}{
		{"not scaled", nnvet.Builder{Trace: nnvet.Trace{Reference: training, Profiles: inputs(nnvet.Validation, 200, 41, 12)}},
			`error[NN0217] use.py:7 steps 0 confidence 0.9 brief "1 of 2 off": the network is fed otherwise than in its training: age has mean 41 and std 12 here, and had mean 0.1 and std 1 there; 1 of 2 columns are that far off
    saw distance of the means, in standard deviations of training = 40.9 (limit shift 0.5)
    saw standard deviation over that of training = 12 (limit ratio 2; healthy 0.5..2)
    try prepare rows with the code and the figures of the training: save the fitted scaler with the network, and load both
    try put one row of the training through both programs and print what the network gets: the two must be equal
    label: feeds other numbers than the training did
`},
		{"near miss", nnvet.Builder{Trace: nnvet.Trace{Reference: training, Profiles: inputs(nnvet.Validation, 200, 0.6, 1.5)}},
			"clear \"0 of 2 off\"\n"},
		{"few rows", nnvet.Builder{Trace: nnvet.Trace{Reference: training, Profiles: inputs(nnvet.Validation, 8, 41, 12)}},
			"not checked: 8 rows were fed; it takes 30\n"},
		{"it trains", nnvet.Builder{Trace: nnvet.Trace{Run: nnvet.Run{Steps: 3}, Reference: training, Profiles: inputs(nnvet.Train, 200, 41, 12)}},
			"not checked: the run trains; it is compared with no other training\n"},
		{"no reference", nnvet.Builder{Trace: nnvet.Trace{Profiles: inputs(nnvet.Validation, 200, 41, 12)}},
			"not checked: the trace has no reference profile: the inputs of the training that made the network\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := nnvet.Vet(c.b.Snapshot(), []*nnvet.Check{&FedDifferently}, nnvet.Options{})
			if got := vettest.Render(res); got != c.want {
				t.Errorf("got:\n%swant:\n%s", got, c.want)
			}
		})
	}
}
