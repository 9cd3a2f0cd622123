package save_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/save"
	"github.com/nnvet/nnvet/internal/prepare"
)

// houses is a table with numbers, a category and missing values; its target
// price suits a regression and its target sold a classification.
const houses = `id,area,city,price,sold
a1,50,Rome,100,no
a2,70,Paris,180,yes
a3,,Rome,150,yes
a4,90,Oslo,260,no
a5,65,Paris,170,yes
a6,82,Oslo,240,no
a7,58,Rome,130,no
a8,77,Paris,210,yes
`

// A trained model of the table, with the weights that it starts with.
type trained struct {
	model       *save.Model
	preparation *prepare.Preparation
	network     *engine.Network
}

func model(t *testing.T, target string, how prepare.Transform, outputs int, loss engine.LossKind) trained {
	t.Helper()
	table, err := dataset.Load(context.Background(), file(t, "train.csv", houses), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	exclude := []string{"id", "price", "sold"}
	for i, name := range exclude {
		if name == target {
			exclude = append(exclude[:i], exclude[i+1:]...)
			break
		}
	}
	plan := prepare.Plan{Target: target, Exclude: exclude}
	if how != "" {
		plan.Transforms = map[string]prepare.Transform{target: how}
	}
	split, err := plan.Divide(table)
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Fit(table, split)
	if err != nil {
		t.Fatal(err)
	}
	n := scrambled(t, exported{input: p.Shape(), layers: layers(dense(4), &engine.Tanh{}, dense(outputs)), loss: loss})
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := save.WriteModel(path, n, save.About{Preparation: p}); err != nil {
		t.Fatal(err)
	}
	m, err := save.ReadModel(path)
	if err != nil {
		t.Fatal(err)
	}
	return trained{m, p, n}
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// fresh is what predictions are asked for: without targets, columns in another
// order, a city that training did not see.
const fresh = `city,id,area
Paris,b1,66
Rome,b2,
Lima,b3,91.5
`

func predict(t *testing.T, m *save.Model, text string, keys ...string) ([][]string, save.Predictions, error) {
	t.Helper()
	source, err := dataset.Open(context.Background(), file(t, "fresh.csv", text), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	done, err := m.Predict(context.Background(), &out, source, save.PredictOptions{Keys: keys})
	if err != nil {
		return nil, done, err
	}
	records, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records, done, nil
}

// outputs returns what the network makes of the fresh rows.
func (tr trained) outputs(t *testing.T) [][]float64 {
	t.Helper()
	table, err := dataset.Load(context.Background(), file(t, "fresh.csv", fresh), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	x, _, err := tr.preparation.Inputs(table, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := tr.network.Forward(x, table.Rows, false)
	rows := make([][]float64, table.Rows)
	for i := range out {
		rows[i*table.Rows/len(out)] = append(rows[i*table.Rows/len(out)], float64(out[i]))
	}
	return rows
}

func TestPredictClasses(t *testing.T) {
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	for _, tt := range []struct {
		loss    engine.LossKind
		outputs int
		yes     func(out []float64) (yes bool, probability string)
	}{
		{engine.CrossEntropy, 2, func(out []float64) (bool, string) {
			p := math.Exp(out[1]) / (math.Exp(out[0]) + math.Exp(out[1]))
			return p > 0.5, fmt.Sprintf("%.4f", max(p, 1-p))
		}},
		{engine.BCELogits, 1, func(out []float64) (bool, string) {
			p := sigmoid(out[0])
			return p > 0.5, fmt.Sprintf("%.4f", max(p, 1-p))
		}},
		{engine.BCELogits, 2, func(out []float64) (bool, string) {
			return out[1] > out[0], fmt.Sprintf("%.4f", sigmoid(max(out[0], out[1])))
		}},
		{engine.MSE, 1, func(out []float64) (bool, string) { return out[0] > 0.5, "" }},
		{engine.MAE, 2, func(out []float64) (bool, string) { return out[1] > out[0], "" }},
	} {
		t.Run(fmt.Sprintf("%s of %d", tt.loss, tt.outputs), func(t *testing.T) {
			tr := model(t, "sold", "", tt.outputs, tt.loss)
			want := [][]string{{"id", "predicted_sold", "probability"}}
			for i, out := range tr.outputs(t) {
				yes, p := tt.yes(out)
				want = append(want, []string{fmt.Sprint("b", i+1), map[bool]string{true: "yes", false: "no"}[yes], p})
				if p == "" { // the outputs are no probabilities
					want[0], want[i+1] = want[0][:2], want[i+1][:2]
				}
			}
			got, done, err := predict(t, tr.model, fresh, "id")
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got %q, %v, want %q", got, err, want)
			}
			if said := strings.Join(done.Said, "\n"); done.Rows != 3 || !strings.Contains(said, "rows 1 to 3: column city") {
				t.Errorf("got %+v, want 3 rows and a word on the city", done)
			}
		})
	}
}

func TestPredictNumbers(t *testing.T) {
	for _, tt := range []struct {
		how  prepare.Transform
		loss engine.LossKind
		want func(out float64) float64
	}{ // the prices have mean 180 and std sqrt(20800/8)
		{"", engine.MSE, func(out float64) float64 { return out*math.Sqrt(20800./8) + 180 }},
		{prepare.MinMax, engine.MAE, func(out float64) float64 { return out*160 + 100 }},
		{prepare.None, engine.PoissonLog, math.Exp},
		{prepare.None, engine.BCELogits, func(out float64) float64 { return 1 / (1 + math.Exp(-out)) }},
	} {
		t.Run(string(tt.how)+" "+string(tt.loss), func(t *testing.T) {
			tr := model(t, "price", tt.how, 1, tt.loss)
			got, _, err := predict(t, tr.model, fresh)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 4 || got[0][0] != "predicted_price" {
				t.Fatalf("got %q", got)
			}
			for i, out := range tr.outputs(t) {
				v, err := strconv.ParseFloat(got[i+1][0], 64)
				if want := tt.want(out[0]); err != nil || math.Abs(v-want) > 1e-5*math.Abs(want) {
					t.Errorf("row %d: got %v, %v, want %v", i+1, v, err, want)
				}
			}
		})
	}
}

// A file of many batches gives each row what it gives alone, and takes it in order.
func TestPredictManyRows(t *testing.T) {
	tr := model(t, "price", "", 1, engine.MSE)
	const rows = 10_000
	var text strings.Builder
	text.WriteString("id,area,city\n")
	for i := range rows {
		fmt.Fprintf(&text, "%d,%d,Rome\n", i, i%7)
	}
	got, done, err := predict(t, tr.model, text.String(), "id", "city")
	if err != nil || len(got) != rows+1 || done.Rows != rows {
		t.Fatalf("got %d records, %+v, %v", len(got), done, err)
	}
	for i, r := range got[1:] {
		if want := []string{strconv.Itoa(i), "Rome", got[1+i%7][2]}; !reflect.DeepEqual(r, want) {
			t.Fatalf("row %d: got %q, want %q", i, r, want)
		}
	}
}

func TestPredictRefuses(t *testing.T) {
	tr := model(t, "price", "", 1, engine.MSE)
	bare := modelFile(t)
	without, err := save.ReadModelText(bare)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		model *save.Model
		text  string
		key   string
		want  string
	}{
		{"no such key", tr.model, fresh, "name", "key name: the data has no such column"},
		{"a column missing", tr.model, "id,area\nb1,66\nb2,70\n", "id", "no column city"},
		{"a text among numbers", tr.model, "id,area,city\nb1,66,Rome\nb2,big,Rome\n", "id", `fresh.csv: row 2 (line 3), column area: "big" is not a number`},
		{"an infinity behind the first batch", tr.model, "id,area,city\n" + strings.Repeat("b1,66,Rome\n", 9000) + "b2,inf,Rome\n", "id", "fresh.csv: row 9001 (line 9002), column area: +Inf is no finite number"},
		{"another sign", tr.model, "id,area,city\nb1,66%,Rome\n", "id", "column area: numbers with a percent sign, which they had not in training"},
		{"no preparation", without, fresh, "id", "does not say how its data was prepared"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, err := predict(t, tt.model, tt.text, tt.key); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// A network that gives NaN gives no prediction, which is counted.
func TestPredictLost(t *testing.T) {
	tr := model(t, "sold", "", 2, engine.CrossEntropy)
	n := tr.network
	n.Params()[0].Value[0] = float32(math.NaN())
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := save.WriteModel(path, n, save.About{Preparation: tr.preparation}); err != nil {
		t.Fatal(err)
	}
	m, err := save.ReadModel(path)
	if err != nil {
		t.Fatal(err)
	}
	got, done, err := predict(t, m, fresh, "id")
	if err != nil || done.Lost != 3 || !reflect.DeepEqual(got[1], []string{"b1", "", ""}) {
		t.Errorf("got %q, %+v, %v", got, done, err)
	}
}
