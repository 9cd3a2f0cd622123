package results

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

// TestOddRecords holds that predictions and surveys that no recorder would
// write make no check panic, nor say what cannot be shown.
func TestOddRecords(t *testing.T) {
	checks := []*nnvet.Check{
		&LabelsUnrelated, &Collapsed, &Overlap, &SplitsDiffer, &TrainEvalMismatch, &SamplesMixed, &MetricDoesNotMeasure,
		&Miscalibrated, &LossConcentrated, &MeaninglessUnits, &FedDifferently, &LearnedNothing, &NoValidation,
	}
	fired := make(map[string]bool)
	for seed := range uint64(400) {
		res := nnvet.Vet(oddTrace(rand.New(rand.NewPCG(seed, 2))), checks, nnvet.Options{})
		for _, f := range res.Findings {
			fired[f.Check.ID] = true
			if f.Message == "" || strings.Contains(f.Message, "%!") || len([]rune(f.Brief)) > 12 || len(f.Treatments) == 0 || f.Span.From > f.Span.To {
				t.Errorf("seed %d: %s says %q, brief %q, steps %v", seed, f.Check.Name, f.Message, f.Brief, f.Span)
			}
		}
		for _, c := range res.Clear {
			if len([]rune(c.Brief)) > 12 || strings.Contains(c.Brief, "NaN") {
				t.Errorf("seed %d: %s measured %q", seed, c.Check.Name, c.Brief)
			}
		}
		for _, s := range res.NotChecked {
			if s.Reason == "" || strings.Contains(s.Reason, "%!") {
				t.Errorf("seed %d: %s is not checked: %q", seed, s.Check.Name, s.Reason)
			}
		}
	}
	if len(fired) < 10 {
		t.Errorf("only %d checks fired: the records are not odd enough", len(fired))
	}
}

func oddTrace(r *rand.Rand) *nnvet.Trace {
	draw := func() float64 {
		switch r.IntN(6) {
		case 0:
			return math.NaN()
		case 1:
			return math.Inf(1 - 2*r.IntN(2))
		case 2:
			return 0
		}
		return math.Exp(4 * r.NormFloat64())
	}
	some := func() bool { return r.IntN(3) > 0 }
	var b nnvet.Builder
	b.Run = nnvet.Run{Steps: int64(r.IntN(3) * 300), Ended: nnvet.Exited}
	b.Layers = []nnvet.Layer{{Name: "norm", Kind: "BatchNorm1d", Leaf: true}}
	kinds := []nnvet.LossKind{nnvet.CrossEntropy, nnvet.MSE, nnvet.BCE}
	b.Heads = []nnvet.Head{{Name: "h", Loss: kinds[r.IntN(3)], Reduction: "mean", Root: true, Shape: []int{8, 1, 8}[:r.IntN(4)]}}
	column := nnvet.Moments{N: 400, Mean: draw(), Std: math.Abs(draw()), Whole: some()}
	b.Profiles = []nnvet.Profile{{Role: nnvet.Target, Split: nnvet.Train, Site: "h", Of: 1, Rows: 400, Columns: []nnvet.Column{{Moments: column}}, Shape: []int{8}, Classes: []int64{300, 100}[:2*r.IntN(2)]}}
	if some() {
		b.Profiles = append(b.Profiles, nnvet.Profile{Role: nnvet.Input, Split: nnvet.Validation, Of: 1, Rows: 400, Columns: []nnvet.Column{{Moments: column}}})
		b.Reference = []nnvet.Profile{{Role: nnvet.Input, Of: 1, Rows: 400, Columns: []nnvet.Column{{Moments: nnvet.Moments{N: 400, Mean: draw(), Std: math.Abs(draw())}}}}}
	}
	if some() {
		b.Surveys = []nnvet.Survey{{Rows: r.IntN(2000), Repeated: r.IntN(99), Head: "h", Smooth: nnvet.Smoothness{Ratio: draw(), P: r.Float64(), Permutations: r.IntN(120)},
			Overlap: nnvet.Overlap{Rows: r.IntN(500), Shared: r.IntN(500), Coverage: draw(), AUC: draw()}}}
	}
	for range r.IntN(4) {
		b.Predictions = append(b.Predictions, oddPredictions(r, draw))
	}
	if !some() {
		b.Declared.Goal = &nnvet.Goal{Metric: []string{"mae", "rmse", "r2", "accuracy", "loss"}[r.IntN(5)], Below: some(), Value: draw()}
	}
	for _, k := range []nnvet.EventKind{nnvet.BackwardInEval, nnvet.ValidationInTrain} {
		if r.IntN(6) == 0 {
			b.Events = append(b.Events, nnvet.Event{Kind: k, Step: int64(r.IntN(900)), Count: int64(1 + r.IntN(99))})
		}
	}
	for _, k := range []nnvet.Key{{Quantity: nnvet.Loss, Split: nnvet.Train}, {Quantity: nnvet.HeadLoss, Site: "h", Split: nnvet.Train}, {Quantity: nnvet.Loss, Split: nnvet.Validation},
		{Quantity: nnvet.Accuracy, Split: nnvet.Validation}, {Quantity: nnvet.PredStd, Site: "h", Split: nnvet.Train}, {Quantity: nnvet.PredMean, Site: "h", Split: nnvet.Train}} {
		for i := range r.IntN(12) {
			v := draw()
			if k.Quantity == nnvet.Accuracy {
				v = r.Float64()
			}
			if err := b.Add(k, int64(i*9), v); err != nil {
				panic(err) // steps only grow
			}
		}
	}
	return b.Snapshot()
}

func oddPredictions(r *rand.Rand, draw func() float64) nnvet.Predictions {
	p := nnvet.Predictions{Head: "h", Split: []string{nnvet.Train, nnvet.Validation}[r.IntN(2)], Step: int64(r.IntN(900)), Rows: int64(r.IntN(900)), TopShare: draw()}
	for i := range r.IntN(3) {
		p.Outputs = append(p.Outputs, nnvet.Pair{Output: i, N: p.Rows, Truth: draw(), TruthStd: math.Abs(draw()), Guess: draw(), GuessStd: math.Abs(draw()), Covariance: draw(), MAE: draw()})
		p.Bins = append(p.Bins, nnvet.Bin{N: int64(r.IntN(300)), Confidence: draw(), Right: r.Float64()})
		p.Worst = append(p.Worst, int64(r.IntN(900)))
	}
	if r.IntN(2) == 0 {
		p.Outputs = nil
		n := 1 + r.IntN(3)
		for range n {
			row := make([]int64, n)
			for j := range row {
				row[j] = int64(r.IntN(200) * r.IntN(2))
			}
			p.Matrix = append(p.Matrix, row)
		}
	}
	return p
}

func TestCalibrationOfWhatIsCalibrated(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	alarms := 0
	for range 500 { // 15 bins of 20 rows, each right as often as it says
		var bins []nnvet.Bin
		for i := range 15 {
			b := nnvet.Bin{N: 20, Confidence: 0.5 + 0.03*float64(i)}
			for range 20 {
				if r.Float64() < b.Confidence {
					b.Right += 1. / 20
				}
			}
			bins = append(bins, b)
		}
		if calibrationOf(bins).least(2) > 0.05 {
			alarms++
		}
	}
	if alarms > 15 {
		t.Errorf("%d of 500 calibrated networks alarm", alarms)
	}
}
