package subject

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/engine/save"
	"github.com/nnvet/nnvet/internal/experiment"
	"github.com/nnvet/nnvet/internal/prepare"
	"github.com/nnvet/nnvet/internal/report"
)

// prices writes a table of rows whose price is a sum of its columns with noise.
func prices(t *testing.T, rows int) string {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("area,garden,price\n")
	for range rows {
		area, garden := 20+100*r.Float64(), []string{"no", "yes"}[r.IntN(2)]
		price := 3000*area + 20000*float64(len(garden)-2) + 5000*r.NormFloat64()
		fmt.Fprintf(&b, "%.2f,%s,%.0f\n", area, garden, price)
	}
	return write(t, filepath.Join(t.TempDir(), "prices.csv"), b.String())
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// trained runs an experiment on prices and returns what it reached, and the
// path of its model.
func trained(t *testing.T, data, rest string) (*report.Outcome, string) {
	t.Helper()
	path := write(t, filepath.Join(t.TempDir(), "e.yaml"), "data: {path: "+data+", target: price}\n"+rest)
	f, err := experiment.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	e, err := Prepare(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.FindRate(context.Background()); err != nil {
		t.Fatal(err)
	}
	o, err := (&Training{Experiment: e, Dir: t.TempDir(), Version: "0"}).Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return o, e.ModelPath()
}

// TestScores holds the scores against those that the saved model's predictions
// of the test rows give, by another way through the data.
func TestScores(t *testing.T) {
	data := prices(t, 400)
	o, model := trained(t, data, "optimizer: {adam: {lr: 0.01}}\nepochs: 20\n")

	table, err := dataset.Load(context.Background(), data, dataset.Options{Target: "price"})
	if err != nil {
		t.Fatal(err)
	}
	split, err := prepare.Plan{Target: "price", Split: prepare.SplitPlan{Val: 0.2, Test: 0.1}}.Divide(table)
	if err != nil {
		t.Fatal(err)
	}
	truth, predicted, mean := table.Column("price").Numbers, predictions(t, model, data), 0.0
	for _, i := range split.Train {
		mean += truth[i] / float64(len(split.Train))
	}
	var squares, away, spread float64
	for _, i := range split.Test {
		squares += (predicted[i] - truth[i]) * (predicted[i] - truth[i])
		away += math.Abs(predicted[i] - truth[i])
		spread += (truth[i] - mean) * (truth[i] - mean)
	}
	n := float64(len(split.Test))
	want := map[string][2]float64{ // value and baseline
		"r2": {1 - squares/spread, 0}, "rmse": {math.Sqrt(squares / n), math.Sqrt(spread / n)}, "mae": {away / n, math.NaN()},
	}
	if len(o.Scores) != 3 {
		t.Fatalf("got %d scores, want 3", len(o.Scores))
	}
	for _, s := range o.Scores {
		w := want[s.Name]
		if near := 1e-4 * math.Abs(w[0]); s.Split != "test" || s.Rows != len(split.Test) || !(math.Abs(s.Value-w[0]) <= near) {
			t.Errorf("got %+v, want %v of %d test rows", s, w[0], len(split.Test))
		}
		if s.Name != "mae" && !(math.Abs(s.Baseline-w[1]) <= 1e-4*math.Abs(w[1])+1e-9) {
			t.Errorf("%s: got the baseline %v, want %v", s.Name, s.Baseline, w[1])
		}
	}
	if !(o.Scores[0].Value > 0.95) {
		t.Errorf("R2 %v of a target that is nearly linear", o.Scores[0].Value)
	}
}

// predictions returns what a model predicts for every row of a file.
func predictions(t *testing.T, model, data string) []float64 {
	t.Helper()
	m, err := save.ReadModel(model)
	if err != nil {
		t.Fatal(err)
	}
	src, err := dataset.Open(context.Background(), data, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := m.Predict(context.Background(), &b, src, save.PredictOptions{}); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []float64
	for _, row := range rows[1:] {
		v, err := strconv.ParseFloat(row[0], 64)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// TestSeeds holds that the score of each seed is that of the seed alone.
func TestSeeds(t *testing.T) {
	data := prices(t, 200)
	const rest = "optimizer: {adam: {lr: 0.01}}\nepochs: 5\n"
	o, _ := trained(t, data, rest+"seeds: [3, 4, 5]\n")
	for i, seed := range []int{3, 4, 5} {
		alone, _ := trained(t, data, rest+fmt.Sprintf("seed: %d\n", seed))
		for k, s := range o.Scores {
			if got, want := s.Seeds[i], alone.Scores[k].Value; got != want {
				t.Errorf("%s of seed %d: got %v among others, %v alone", s.Name, seed, got, want)
			}
		}
	}
	if o.Scores[0].Seeds[0] == o.Scores[0].Seeds[1] {
		t.Error("two seeds reach the same to the last bit")
	}
}

// TestAccuracyBaseline holds the baseline of classes: how often the class that
// is commonest in training is right, whatever kind of target the loss takes.
func TestAccuracyBaseline(t *testing.T) {
	data := prices(t, 200)
	for _, loss := range []string{"cross_entropy", "bce_logits"} {
		path := write(t, filepath.Join(t.TempDir(), "e.yaml"), "data: {path: "+data+", target: garden}\nloss: "+loss+"\noptimizer: {adam: {lr: 0.01}}\nepochs: 3\n")
		f, err := experiment.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		e, err := Prepare(context.Background(), f)
		if err != nil {
			t.Fatal(err)
		}
		count := func(labels func(int) int, rows int) (yes int) {
			for i := range rows {
				yes += labels(i)
			}
			return yes
		}
		train := count(func(i int) int { return e.class(e.train, i) }, e.train.Rows)
		test := count(func(i int) int { return e.class(e.test, i) }, e.test.Rows)
		want := float64(test) / float64(e.test.Rows)
		if 2*train < e.train.Rows {
			want = 1 - want
		}
		if got := e.right(e.test, func(int) int { return e.commonest() })["accuracy"]; math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: got %v, want %v", loss, got, want)
		}
	}
}

// TestStem holds where models go.
func TestStem(t *testing.T) {
	for data, want := range map[string]string{
		"houses.csv": "houses", "data/houses.csv.gz": "houses", "/abs/x.parquet": "x", "days/day*.csv": "day_", ".hidden.csv": "hidden", "photos": "photos",
	} {
		e := &Experiment{File: experiment.Default(data, "y", nil)}
		if got := e.Stem(); got != want {
			t.Errorf("%s: got %q, want %q", data, got, want)
		}
	}
	if e := (&Experiment{File: &experiment.File{Name: "dir/e.yaml"}}); e.Stem() != "dir/e" {
		t.Errorf("got %q, want dir/e", e.Stem())
	}
}

// TestHeadline holds the sentence that reports begin with.
func TestHeadline(t *testing.T) {
	for _, c := range []struct {
		scores []report.Score
		want   string
	}{
		{nil, "no rows were left to score it on"},
		{[]report.Score{{Name: "accuracy", Rows: 9, Value: 0.97, Baseline: 0.4, Seeds: []float64{0.97}}},
			"y: accuracy 97.0 % on 9 rows that were not trained on, where always the commonest class gives 40.0 %"},
		{[]report.Score{{Name: "r2", Rows: 9, Value: 0.8123, Seeds: []float64{0.8123, 0.7}}, {Name: "rmse", Rows: 9, Value: 49812, Baseline: 115000}},
			"y: R2 0.812 (0.7 to 0.812 over 2 seeds), RMSE 49800 on 9 rows that were not trained on, where guessing the mean gives 0 and 115000"},
		{[]report.Score{{Name: "mae", Rows: 9, Value: 1e-9, Baseline: 2e12, Seeds: []float64{1e-9}}},
			"y: MAE 1e-09 on 9 rows that were not trained on, where guessing the mean gives 2e+12"},
		{[]report.Score{{Name: "r2", Rows: 9, Value: -0.35, Seeds: []float64{-0.35}}},
			"y: R2 -0.35 on 9 rows that were not trained on, where guessing the mean gives 0: the network is worse than that"},
	} {
		if got := headline("y", c.scores); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
