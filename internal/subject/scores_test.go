package subject

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/save"
	"github.com/nnvet/nnvet/internal/experiment"
	"github.com/nnvet/nnvet/internal/report"
)

// targets writes a table of 200 rows with a target of each kind.
func targets(t *testing.T) string {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	b.WriteString("a,b,number,share,count,two,four,rare\n")
	for range 200 {
		a, c := r.NormFloat64(), r.NormFloat64()
		number := 3*a - c + 0.1*r.NormFloat64()
		share := 1 / (1 + math.Exp(-a))
		count := math.Floor(min(4, math.Exp(0.6*a)+r.Float64()))
		two := []string{"no", "yes"}[b2i(number > 0)]
		four := []string{"n", "e", "s", "w"}[b2i(a > 0)+2*b2i(c > 0)]
		rare := []string{"good", "bad"}[b2i(a > 1.6)]
		fmt.Fprintf(&b, "%.3f,%.3f,%.3f,%.3f,%.0f,%s,%s,%s\n", a, c, number, share, count, two, four, rare)
	}
	return write(t, filepath.Join(t.TempDir(), "targets.csv"), b.String())
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// run trains on one of the targets, and returns what is wrong or what was
// reached, and the model.
func run(t *testing.T, data, target, rest string) (*Experiment, *report.Outcome, error) {
	t.Helper()
	var others []string
	for _, name := range []string{"number", "share", "count", "two", "four", "rare"} {
		if name != target {
			others = append(others, name)
		}
	}
	text := fmt.Sprintf("data: {path: %s, target: %s, exclude: [%s]}\noptimizer: {adam: {lr: 0.01}}\nepochs: 2\n%s", data, target, strings.Join(others, ", "), rest)
	f, err := experiment.Parse(filepath.Join(t.TempDir(), "e.yaml"), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	e, err := Prepare(context.Background(), f)
	if err != nil {
		return nil, nil, err
	}
	o, err := (&Training{Experiment: e, Dir: t.TempDir(), Version: "0"}).Run(context.Background())
	return e, o, err
}

// predictedRows returns the truth and the model's predictions, as text, of the rows
// that the score is of.
func predictedRows(t *testing.T, e *Experiment) (truth, predicted []string) {
	t.Helper()
	table, err := dataset.Load(context.Background(), e.File.Data.Path, e.File.Data.Options)
	if err != nil {
		t.Fatal(err)
	}
	split, err := e.File.Data.Plan.Divide(table)
	if err != nil {
		t.Fatal(err)
	}
	m, err := save.ReadModel(e.ModelPath())
	if err != nil {
		t.Fatal(err)
	}
	src, err := dataset.Open(context.Background(), e.File.Data.Path, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := m.Predict(context.Background(), &b, src, save.PredictOptions{Keys: []string{e.File.Data.Options.Target}}); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range split.Test {
		truth, predicted = append(truth, rows[row+1][0]), append(predicted, rows[row+1][1])
	}
	return truth, predicted
}

// TestEveryLossOnEveryTarget holds every pair of a loss and a target to a score
// that is the one of the saved model's predictions, or to an error that says
// why there is none.
func TestEveryLossOnEveryTarget(t *testing.T) {
	data := targets(t)
	refused := map[string]map[string]string{ // by target and loss
		"number": {
			"cross_entropy": "takes classes", "categorical_cross_entropy": "takes classes",
			"bce": "the bce losses take shares from 0", "bce_logits": "the bce losses take shares from 0",
			"poisson": "is negative, and the poisson losses take counts", "poisson_log": "is negative, and the poisson losses take counts",
		},
		"share": {"cross_entropy": "takes classes", "categorical_cross_entropy": "takes classes"},
		"count": {}, // few look like labels, which every loss takes, those of counts as numbers
		"two":   {"poisson": "takes counts, and the target two has 2 classes", "poisson_log": "takes counts"},
		"four":  {"poisson": "takes counts, and the target four has 4 classes", "poisson_log": "takes counts"},
	}
	for _, target := range []string{"number", "share", "count", "two", "four"} {
		for _, kind := range engine.LossKinds() {
			t.Run(target+" "+kind[0], func(t *testing.T) {
				e, o, err := run(t, data, target, "loss: "+kind[0]+"\n")
				if want := refused[target][kind[0]]; want != "" {
					if err == nil || !strings.Contains(err.Error(), want) {
						t.Errorf("got %v, want an error with %q", err, want)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				truth, predicted := predictedRows(t, e)
				got := make(map[string]float64)
				for _, s := range o.Scores {
					got[s.Name] = s.Value
				}
				if counts := strings.HasPrefix(kind[0], "poisson"); target == "count" && counts != (e.facts.Classes == 0) {
					t.Errorf("got %d classes", e.facts.Classes)
				}
				if e.facts.Classes > 0 {
					agree(t, got, accuracies(truth, predicted))
				} else {
					agree(t, got, errorsOf(t, e, truth, predicted))
				}
			})
		}
	}
}

func agree(t *testing.T, got, want map[string]float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("got the scores %v, want %v", got, want)
	}
	for name, w := range want {
		if g := got[name]; !(math.Abs(g-w) <= 1e-4*math.Abs(w)+1e-6) {
			t.Errorf("%s: got %v, the predictions give %v", name, g, w)
		}
	}
}

// accuracies returns the share of rows that are right, and its mean by class.
func accuracies(truth, predicted []string) map[string]float64 {
	right, of := make(map[string]float64), make(map[string]float64)
	total := 0.0
	for i, y := range truth {
		of[y]++
		if predicted[i] == y {
			right[y]++
			total++
		}
	}
	mean := 0.0
	for y, n := range of {
		mean += right[y] / n / float64(len(of))
	}
	return map[string]float64{"accuracy": total / float64(len(truth)), "balanced_accuracy": mean}
}

func errorsOf(t *testing.T, e *Experiment, truth, predicted []string) map[string]float64 {
	t.Helper()
	mean := columnMeans(e.Preparation.Decode(e.train.Y), 1)[0]
	var squares, away, spread float64
	for i := range truth {
		y, err := strconv.ParseFloat(truth[i], 64)
		if err != nil {
			t.Fatal(err)
		}
		p, err := strconv.ParseFloat(predicted[i], 64)
		if err != nil {
			t.Fatal(err)
		}
		squares += (p - y) * (p - y)
		away += math.Abs(p - y)
		spread += (y - mean) * (y - mean)
	}
	n := float64(len(truth))
	return map[string]float64{"r2": 1 - squares/spread, "rmse": math.Sqrt(squares / n), "mae": away / n}
}

// TestAmountsStayAsTheyAre holds that no transform makes shares or counts
// something that their losses do not take, and that the report says so.
func TestAmountsStayAsTheyAre(t *testing.T) {
	data := targets(t)
	for loss, target := range map[string]string{"poisson": "count", "poisson_log": "count", "bce": "share", "bce_logits": "share"} {
		e, _, err := run(t, data, target, "loss: "+loss+"\n")
		if err != nil {
			t.Fatal(err)
		}
		if said := strings.Join(e.Data, "\n"); !strings.Contains(said, "target "+target+": regression, as it is, since the loss takes "+target+"s") {
			t.Errorf("%s: said\n%s", loss, said)
		}
	}
}

// TestOneSidedClasses holds that a headline on classes of which one is much the
// commonest says how many of each are right.
func TestOneSidedClasses(t *testing.T) {
	_, o, err := run(t, targets(t), "rare", "")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(o.Headline, "balanced accuracy") || !strings.HasSuffix(o.Headline, "% and 50.0 %") {
		t.Errorf("got %s", o.Headline)
	}
	if _, o, err = run(t, targets(t), "two", ""); err != nil || strings.Contains(o.Headline, "balanced") {
		t.Errorf("got %s, %v", o.Headline, err)
	}
	if _, o, err = run(t, targets(t), "two", "metrics: [balanced_accuracy]\n"); err != nil || !strings.HasPrefix(o.Headline, "two: balanced accuracy ") {
		t.Errorf("got %s, %v", o.Headline, err)
	}
}
