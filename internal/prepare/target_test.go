package prepare

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/dataset"
)

func TestTask(t *testing.T) {
	for name, c := range map[string]struct {
		target dataset.Column
		task   Task
		want   string // the task and classes, or an error
		said   string
	}{
		"texts":             {textsOf("y", "b", "a", "b", ""), "", "classification [a b]", "target y: 2 classes"},
		"bools":             {textsOf("y", "true", "false", "true"), "", "classification [false true]", "target y: 2 classes"},
		"labels from 0":     {numbersOf("y", 0, 1, 1, 0, 0, 1), "", "classification [0 1]", "target y: 2 classes; if they are quantities, write task: regression in an experiment file"},
		"labels from 1":     {numbersOf("y", 1, 2, 1, 2, 1, 2), "", "classification [1 2]", "write task: regression"},
		"asked for":         {numbersOf("y", 0, 1, 1, 0, 0, 1), Regression, "regression []", "target y: regression, standardized (mean 0.5, standard deviation 0.5)"},
		"one of a class":    {numbersOf("y", 0, 0, 1, 0, 0, 0), "", "classification [0 1]", "target y: 2 classes; if they are quantities"},
		"two rows each":     {numbersOf("y", 0, 1, 2, 0, 1, 2), "", "regression []", "standard deviation 0.8165); if its numbers are labels, write task: classification in an experiment file"},
		"a gap":             {numbersOf("y", 0, 2, 3, 0, 2, 3, 0, 2, 3), "", "regression []", "if its numbers are labels"},
		"two, in few rows":  {numbersOf("y", 7, 9, 7), "", "regression []", "if its numbers are labels"},
		"signs":             {numbersOf("y", -1, 1, 1, 1, 1, 1), "", "classification [-1 1]", "target y: 2 classes; if they are quantities"},
		"two halves":        {numbersOf("y", 0, .5, 0, .5, 0, .5), "", "classification [0 0.5]", "target y: 2 classes"},
		"halves":            {numbersOf("y", 0, .5, 1, 0, .5, 1, 0, .5, 1), "", "regression []", "regression"},
		"halves, asked":     {numbersOf("y", 0, .5, 0, .5, 0, .5), Classification, "classification [0 0.5]", "target y: 2 classes"},
		"numbers in order":  {numbersOf("y", 10, 9, 10, 9), Classification, "classification [9 10]", ""},
		"dates":             {datesOf("y", 5, 6, 7), "", "target y: dates are no quantities to predict: write a column of numbers instead, such as the days since the first of them", ""},
		"vectors":           {rowsOf("y", []int{2}, 1, 2, 3, 4), "", "regression []", "target y: regression of 2 numbers, standardized"},
		"texts, asked":      {textsOf("y", "b", "a"), Regression, `target y: it holds texts, as in row 2 ("a"): say task: classification`, ""},
		"dates, asked":      {datesOf("y", 5, 6), Classification, "target y: dates are no quantities to predict: write a column of numbers instead, such as the days since the first of them", ""},
		"constant":          {numbersOf("y", 3, 3, nan), "", "target y: it is 3 in every row: there is nothing to learn", ""},
		"constant text":     {textsOf("y", "a", "a"), "", "target y: it is a in every row: there is nothing to learn", ""},
		"missing":           {numbersOf("y", nan, nan), "", "target y: it is missing in every row", ""},
		"no rows":           {numbersOf("y"), "", "target y: the table has no rows", ""},
		"infinite":          {numbersOf("y", 1, -inf), "", "row 2, column y: -Inf is no finite number: mark it missing or leave the row out", ""},
		"too many classes":  {ramp("y", 30), Classification, "target y: 30 different values in 30 rows are too many for classes: say task: regression", ""},
		"too many texts":    {textOf("y", strings.Split("abcdefghijklmnopqrstuvwxyz", "")...), "", "target y: 26 different values in 26 rows are too many for classes: \"a\" in row 1 is no number: write quantities without signs and units, or take another target", ""},
		"a text in numbers": {textsOf("y", "0.5", "2", "abc", "4", "", "abc"), "", `row 3, column y: "abc" is not a number, as 3 of 5 values are: correct it, or declare that it means a missing value`, ""},
		"few whole levels":  {textsOf("y", "1", "2", "3+", "1", "2"), "", "classification [1 2 3+]", "target y: 3 classes"},
		"asked, in numbers": {textsOf("y", "1", "2", "3+", "1", "2"), Regression, `row 3, column y: "3+" is not a number, as 4 of 5 values are: correct it, or declare that it means a missing value`, ""},
		"beyond":            {dataset.Column{Name: "y", Kind: dataset.Text, Codes: []int32{dataset.Beyond}}, "", "row 1, column y: there are more different texts than are kept: take another target", ""},
	} {
		t.Run(name, func(t *testing.T) {
			data := tableOf(c.target)
			data.Columns = append(data.Columns, ramp("x", data.Rows))
			plan := Plan{Target: "y", Task: c.task}
			got, said := "", ""
			split, err := plan.Divide(data)
			if err == nil {
				var p *Preparation
				if p, err = plan.Fit(data, split); err == nil {
					got, said = fmt.Sprint(p.Task(), " ", p.Classes()), strings.Join(p.Said(), "\n")
				}
			}
			if err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("\ngot  %s\nwant %s", got, c.want)
			}
			if !strings.Contains(said, c.said) {
				t.Errorf("said\n%s\nwithout %q", said, c.said)
			}
		})
	}
}

func TestTargets(t *testing.T) {
	x := ramp("x", 4)
	for name, c := range map[string]struct {
		target dataset.Column
		how    Transform
		want   string // y, and what Decode makes of it
		scale  string
	}{
		"standardized": {numbersOf("y", 10, 30, 10, 30), "", "[-1 1 -1 1] [10 30 10 30]", "[10] true"},
		"minmax":       {numbersOf("y", 10, 30, 10, 20), MinMax, "[0 1 0 0.5] [10 30 10 20]", "[20] true"},
		"raw":          {numbersOf("y", 10, 30, 10, 30.5), None, "[10 30 10 30.5] [10 30 10 30.5]", "[1] true"},
		"log":          {numbersOf("y", 0, 3, 0, 3), Log, "[-1 1 -1 1] [0 3 0 3]", "[0.69315] false"},
		"vectors":      {rowsOf("y", []int{2}, 1, 10, 3, 30, 1, 10, 3, 30), "", "[-1 -1 1 1 -1 -1 1 1] [1 10 3 30 1 10 3 30]", "[1 10] true"},
	} {
		t.Run(name, func(t *testing.T) {
			plan := Plan{Target: "y"}
			if c.how != "" {
				plan.Transforms = map[string]Transform{"y": c.how}
			}
			data := tableOf(x, c.target)
			p, _ := fitAll(t, plan, data, 0)
			y, labels, err := p.Targets(data, nil)
			if err != nil || labels != nil {
				t.Fatal(labels, err)
			}
			if p.Outputs() != len(y)/4 {
				t.Errorf("got %d outputs for %d numbers in 4 rows", p.Outputs(), len(y))
			}
			if got := fmt.Sprint(y, " ", rounded(p.Decode(y))); got != c.want {
				t.Errorf("\ngot  %s\nwant %s", got, c.want)
			}
			scale, linear := p.Units()
			if got := fmt.Sprint(rounded(scale), " ", linear); got != c.scale {
				t.Errorf("got the scale %s, want %s", got, c.scale)
			}
		})
	}
}

// rounded returns numbers to five digits behind the point.
func rounded(xs []float64) []float64 {
	out := make([]float64, len(xs))
	for i, x := range xs {
		out[i] = math.Round(x*1e5) / 1e5
	}
	return out
}

func TestLabels(t *testing.T) {
	data := tableOf(ramp("x", 5), textsOf("y", "b", "a", "", "b", "c"))
	plan := Plan{Target: "y"}
	p, err := plan.Fit(data, &Split{Train: []int{0, 1, 3}, Val: []int{4}})
	if err != nil {
		t.Fatal(err)
	}
	const want = `class "c" (1 row, in validation): cannot be learned without training rows, and the score counts it as wrong`
	if !slices.Contains(p.Said(), want) {
		t.Errorf("said\n%s\nwithout %s", strings.Join(p.Said(), "\n"), want)
	}
	usable := p.Usable(data)
	_, labels, err := p.Targets(data, usable)
	if err != nil || !slices.Equal(labels, []int32{1, 0, 1, 2}) || p.Outputs() != 3 {
		t.Errorf("got the labels %v of rows %v, %d outputs, %v", labels, usable, p.Outputs(), err)
	}
	for name, c := range map[string]struct {
		data *dataset.Table
		want string
	}{
		"missing":   {data, "row 3, column y: the target is missing: leave the row out"},
		"unknown":   {tableOf(textsOf("y", "a", "d")), `row 2, column y: "d" is none of the classes (a, b, c): the network has no output for it: leave the row out, or train with such rows`},
		"a number":  {tableOf(numbersOf("y", 7)), `row 1, column y: 7 is none of the classes (a, b, c): `},
		"no target": {tableOf(numbersOf("x", 7)), `target: there is no column y; there is x`},
		"dates":     {tableOf(datesOf("y", 7)), `target y: it holds a date, but classes in training`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := p.Targets(c.data, nil); err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("\ngot  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestTargetOfAnotherTable(t *testing.T) {
	p, _ := fitAll(t, Plan{Target: "y"}, tableOf(ramp("x", 3), ramp("y", 3)), 0)
	for name, c := range map[string]struct {
		data *dataset.Table
		want string
	}{
		"missing":  {tableOf(numbersOf("y", 1, nan)), "row 2, column y: the target is missing: leave the row out"},
		"infinite": {tableOf(numbersOf("y", inf)), "row 1, column y: +Inf is no finite number: mark it missing or leave the row out"},
		"texts":    {tableOf(textsOf("y", "a")), `row 1, column y: "a" is not a number, and the column held numbers in training: correct it, or leave it empty`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := p.Targets(c.data, nil); err == nil || err.Error() != c.want {
				t.Errorf("\ngot  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestIndicators(t *testing.T) {
	if got := Indicators([]int32{0, 1}, 1); !slices.Equal(got, []float32{0, 1}) {
		t.Errorf("one output: got %v", got)
	}
	if got := Indicators([]int32{2, 0}, 3); !slices.Equal(got, []float32{0, 0, 1, 1, 0, 0}) {
		t.Errorf("three outputs: got %v", got)
	}
}

// TestScales holds that a scale turns features back into the table's numbers.
func TestScales(t *testing.T) {
	data := tableOf(ramp("x", 6), ramp("z", 6), textsOf("c", "a", "b", "a", "b", "a", "b"), ramp("y", 6))
	plan := Plan{Target: "y", Transforms: map[string]Transform{"z": Log}}
	p, err := plan.Fit(data, &Split{Train: []int{0, 1, 2, 3, 4, 5}})
	if err != nil {
		t.Fatal(err)
	}
	x, _, err := p.Inputs(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	scale, shift := p.Scales()
	features := p.Features()
	if len(scale) != len(features) || len(shift) != len(features) {
		t.Fatalf("got %d scales of %d features", len(scale), len(features))
	}
	for j, f := range features {
		switch f.Column {
		case "x":
			for i, want := range data.Column("x").Numbers {
				if got := float64(x[i*len(features)+j])*scale[j] + shift[j]; math.Abs(got-want) > 1e-5 {
					t.Errorf("row %d: got %v, want %v", i, got, want)
				}
			}
		case "z":
			if scale[j] != 0 {
				t.Errorf("of a logarithm: got %v", scale[j])
			}
		default:
			if scale[j] != 1 || shift[j] != 0 {
				t.Errorf("%s: got %v, %v", f.Name, scale[j], shift[j])
			}
		}
	}
}
