package prepare

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/dataset"
)

// TestScikitLearn holds what becomes of columns against figures recorded from
// scikit-learn by testdata/sklearn_figures.py.
func TestScikitLearn(t *testing.T) {
	var recorded struct {
		Train   int
		Columns map[string][]any
		Want    map[string][][]float64
	}
	text, err := os.ReadFile("testdata/sklearn.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &recorded); err != nil {
		t.Fatal(err)
	}
	for name, want := range recorded.Want {
		t.Run(name, func(t *testing.T) {
			column, how, _ := strings.Cut(name, " ")
			rows := len(recorded.Columns[column])
			table := &dataset.Table{Rows: rows, Columns: []dataset.Column{columnOf(column, recorded.Columns[column]), ramp("y", rows)}}
			plan := Plan{Target: "y", Transforms: map[string]Transform{column: Transform(how)}}
			split := &Split{Train: allRows(recorded.Train)}
			p, err := plan.Fit(table, split)
			if err != nil {
				t.Fatal(err)
			}
			got, shape, err := p.Inputs(table, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(shape, []int{len(want[0])}) {
				t.Fatalf("got the shape %v, want %d features", shape, len(want[0]))
			}
			for i, w := range slices.Concat(want...) {
				if math.Abs(float64(got[i])-w) > 1e-6*(1+math.Abs(w)) {
					t.Fatalf("row %d, feature %d: got %v, want %v", i/shape[0], i%shape[0], got[i], w)
				}
			}
		})
	}
}

// columnOf makes a column of JSON's values, of which null is missing.
func columnOf(name string, values []any) dataset.Column {
	if slices.ContainsFunc(values, func(v any) bool { _, ok := v.(string); return ok }) {
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i], _ = v.(string)
		}
		return textsOf(name, texts...)
	}
	c := dataset.Column{Name: name, Kind: dataset.Number}
	for _, v := range values {
		x, ok := v.(float64)
		if !ok {
			x = math.NaN()
		}
		c.Numbers = append(c.Numbers, x)
	}
	return c
}

// textsOf makes a column of texts, of which "" is missing. Levels are in the
// order in which they come, as in a file.
func textsOf(name string, values ...string) dataset.Column {
	c := dataset.Column{Name: name, Kind: dataset.Category}
	for _, v := range values {
		code := int32(slices.Index(c.Levels, v))
		if code < 0 && v != "" {
			code = int32(len(c.Levels))
			c.Levels = append(c.Levels, v)
		}
		c.Codes = append(c.Codes, code)
	}
	return c
}

// numbersOf makes a column of numbers, of which NaN is missing.
func numbersOf(name string, values ...float64) dataset.Column {
	return dataset.Column{Name: name, Kind: dataset.Number, Numbers: values}
}

// ramp is a column of 0.5, 1.5, 2.5, ..., which are no labels.
func ramp(name string, rows int) dataset.Column {
	c := dataset.Column{Name: name, Kind: dataset.Number}
	for i := range rows {
		c.Numbers = append(c.Numbers, float64(i)+0.5)
	}
	return c
}

// tableOf makes a table of columns of the same length.
func tableOf(columns ...dataset.Column) *dataset.Table {
	t := &dataset.Table{Columns: columns}
	switch c := columns[0]; c.Kind {
	case dataset.Category, dataset.Text:
		t.Rows = len(c.Codes)
	case dataset.Array:
		t.Rows = len(c.Values) / extent(c.Shape)
	default:
		t.Rows = len(c.Numbers)
	}
	return t
}
