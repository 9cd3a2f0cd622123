package preprocessing

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/vettest"
)

// all lists the room's checks in the order of the table: what a label is comes
// before what an input is.
var all = []*nnvet.Check{
	&LabelsMisencoded, &ContradictingDuplicates, &SortedFile, &SentinelValue, &NumberAsText, &CodeAsNumber, &CyclicFeature,
	&WrappedTarget, &GlobalFrame, &QuaternionSigns, &ColourRepresentation, &RowIDOrTimestamp, &ClassImbalance,
	&UncoveredCombinations, &SameThingFarApart,
}

func TestCases(t *testing.T) {
	for _, c := range all {
		t.Run(c.Name, func(t *testing.T) { vettest.Run(t, c) })
	}
}

// TestOddSurveys holds that figures of any size, and NaN, end in a finding
// that can be shown, or in none.
func TestOddSurveys(t *testing.T) {
	for seed := range uint64(300) {
		tr := odd(rand.New(rand.NewPCG(seed, 3)))
		res := nnvet.Vet(tr, all, nnvet.Options{})
		for _, f := range res.Findings {
			switch {
			case len([]rune(f.Brief)) > 12:
				t.Errorf("seed %d: %s has the brief %q", seed, f.Check.Name, f.Brief)
			case f.Message == "" || strings.HasSuffix(f.Message, ".") || strings.Contains(f.Message, "%!"):
				t.Errorf("seed %d: %s says %q", seed, f.Check.Name, f.Message)
			case !(f.Confidence > 0 && f.Confidence <= 1) || len(f.Treatments) == 0:
				t.Errorf("seed %d: %s has confidence %g and %d treatments", seed, f.Check.Name, f.Confidence, len(f.Treatments))
			}
			for _, tried := range f.Treatments {
				if strings.Contains(tried.Action, "%!") || tried.Action == "" {
					t.Errorf("seed %d: %s has the treatment %q", seed, f.Check.Name, tried.Action)
				}
			}
		}
		for _, c := range res.Clear {
			if len([]rune(c.Brief)) > 12 {
				t.Errorf("seed %d: %s measured %q", seed, c.Check.Name, c.Brief)
			}
		}
		if n := len(res.Findings) + len(res.Clear) + len(res.NotChecked); n < len(all) {
			t.Errorf("seed %d: %d of %d checks ended", seed, n, len(all))
		}
	}
}

// TestEmptyTrace holds that nothing is judged of nothing.
func TestEmptyTrace(t *testing.T) {
	res := nnvet.Vet(new(nnvet.Builder).Snapshot(), all, nnvet.Options{})
	if len(res.NotChecked) != len(all) {
		t.Errorf("%d of %d checks judge an empty trace", len(all)-len(res.NotChecked), len(all))
	}
}

// odd returns a trace whose surveys, targets and predictions hold numbers of any kind.
func odd(r *rand.Rand) *nnvet.Trace {
	num := func() float64 {
		switch r.IntN(6) {
		case 0:
			return math.NaN()
		case 1:
			return math.Inf(1 - 2*r.IntN(2))
		case 2:
			return math.Exp(20 * r.NormFloat64())
		}
		return r.Float64()
	}
	count := func(n int) int64 { return int64(r.IntN(n)) }
	var b nnvet.Builder
	b.Run = nnvet.Run{Steps: 500, Ended: nnvet.Exited, Framework: []string{"torch", nnvet.Engine}[r.IntN(2)]}
	losses := []nnvet.LossKind{nnvet.MSE, nnvet.CrossEntropy, nnvet.BCE}
	b.Heads = []nnvet.Head{{Name: "h", Loss: losses[r.IntN(3)], Reduction: "mean", Root: true, Shape: []int{8, 1 + r.IntN(5)}}}
	columns := func(n int) (out []nnvet.Column) {
		for i := range n {
			out = append(out, nnvet.Column{Index: i, Moments: nnvet.Moments{N: count(300), Mean: num(), Std: math.Abs(num()),
				Min: num(), Max: num(), Whole: r.IntN(2) == 0}})
		}
		return out
	}
	y := nnvet.Profile{Role: nnvet.Target, Split: nnvet.Train, Site: "h", Of: 1, Rows: 300, Columns: columns(1), Ranges: nnvet.Ranges{N: count(9), Above1: count(9)}}
	if r.IntN(2) == 0 {
		y.Columns, y.Classes = nil, []int64{count(2), count(300), count(300)}
	}
	b.Profiles = []nnvet.Profile{
		{Role: nnvet.Input, Split: nnvet.Train, Site: "Net", Layout: "features", Of: 4, Columns: columns(4)}, y,
		{Role: nnvet.Input, Split: nnvet.Train, Site: "CNN", Layout: "channels", Shape: []int{8, 9, 9, 3}, Of: 3, Columns: columns(3)},
		{Role: nnvet.Input, Split: nnvet.Validation, Site: "CNN", Layout: "channels", Shape: []int{8, 9, 9, 3}, Of: 3, Columns: columns(3)},
	}
	s := nnvet.Survey{Site: "Net", Head: "h", Rows: 64 + r.IntN(99), Of: 4, InputRank: r.IntN(20), Order: num(), Contradicting: r.IntN(99),
		Brightness: num(), Smooth: nnvet.Smoothness{Ratio: num(), P: num(), Permutations: 99},
		Wraps:   []nnvet.Wrap{{Period: num(), Ratio: num(), Low: num()}},
		Overlap: nnvet.Overlap{Rows: r.IntN(200), Coverage: num(), Outside: num(), NewPairs: num()},
		Frames:  []nnvet.Frame{{Columns: []int{0, 1, 2, 3, 4, 5}, Dim: r.IntN(4), Translation: num(), Rotation: num()}}, Quaternions: []nnvet.Quaternion{{Flips: num()}}}
	for i := range 4 {
		s.Columns = append(s.Columns, nnvet.Feature{Index: i, Distinct: r.IntN(200), Median: num(), MAD: num(), Rising: num(), Alone: num(),
			Spike: num(), SpikeShare: num(), SpikeGap: num(), Rough: num(), Within: num(), Seam: num()})
	}
	if r.IntN(5) > 0 {
		other := s
		other.Site = "CNN"
		b.Surveys = []nnvet.Survey{s, other}
	}
	if r.IntN(2) == 0 {
		b.Predictions = []nnvet.Predictions{{Head: "h", Split: nnvet.Validation, Step: 500,
			Matrix: [][]int64{{count(99), count(9), count(9)}, {count(9), count(9), count(9)}, {count(3), count(3), count(3)}}}}
	}
	for step := range int64(200) {
		for _, k := range []nnvet.Key{{Quantity: nnvet.Loss, Split: nnvet.Train}, {Quantity: nnvet.HeadLoss, Site: "h", Split: nnvet.Train}, {Quantity: nnvet.Loss, Split: nnvet.Validation}} {
			if err := b.Add(k, step, math.Abs(num())); err != nil {
				panic(err) // steps only grow
			}
		}
	}
	return b.Snapshot()
}
