package prepare

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/dataset"
)

var nan, inf = math.NaN(), math.Inf(1)

// rowsOf makes a column of arrays.
func rowsOf(name string, shape []int, values ...float32) dataset.Column {
	return dataset.Column{Name: name, Kind: dataset.Array, Shape: shape, Values: values}
}

func datesOf(name string, seconds ...float64) dataset.Column {
	return dataset.Column{Name: name, Kind: dataset.Date, Numbers: seconds}
}

func textOf(name string, values ...string) dataset.Column {
	c := textsOf(name, values...)
	c.Kind = dataset.Text
	return c
}

// fitAll fits to all rows but the last held, and returns the inputs of all.
func fitAll(t *testing.T, plan Plan, data *dataset.Table, held int) (*Preparation, []float32) {
	t.Helper()
	all := allRows(data.Rows)
	p, err := plan.Fit(data, &Split{Train: all[:data.Rows-held], Val: all[data.Rows-held:]})
	if err != nil {
		t.Fatal(err)
	}
	x, _, err := p.Inputs(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p, x
}

func TestInputs(t *testing.T) {
	const hour, day = 3600, 86400
	for name, c := range map[string]struct {
		column dataset.Column
		how    Transform // "" for the default
		held   int       // rows at the end that are not for training
		want   string    // features and rows
		said   string    // part of what is said
	}{
		"numbers":           {numbersOf("x", 1, 3, 1, 3), "", 0, "x: -1; 1; -1; 1", "column x: standardized"},
		"held out":          {numbersOf("x", 1, 3, 5), "", 1, "x: -1; 1; 3", "column x: standardized"},
		"missing":           {numbersOf("x", 1, nan, 3, nan), "", 1, "x, x missing: -1 0; 0 1; 1 0; 0 1", "missing in some rows, which get the mean and a 0/1 feature"},
		"missing later":     {numbersOf("x", 1, 3, nan), "", 1, "x: -1; 1; 0", "column x: 1 missing value, none in training, the first in row 3: taken for the mean of training"},
		"minmax":            {numbersOf("x", 10, 30, 20, 40), MinMax, 1, "x: 0; 1; 0.5; 1.5", "column x: scaled to 0..1"},
		"minmax, missing":   {numbersOf("x", 10, 30, nan), MinMax, 0, "x, x missing: 0 0; 1 0; 0.5 1", "the mean"},
		"log":               {numbersOf("x", 0, math.E*math.E-1), Log, 0, "x: -1; 1", "column x: log(1+x), then standardized"},
		"none":              {numbersOf("x", 5, nan, inf), None, 0, "x: 5; NaN; +Inf", "missing in some rows, which stay NaN"},
		"none, constant":    {numbersOf("x", 7, 7), None, 0, "x: 7; 7", "column x: as it is"},
		"named, constant":   {numbersOf("x", 7, 7, 9), Standardize, 1, "x: 0; 0; 0", "column x: standardized"},
		"numbers one-hot":   {numbersOf("x", 10, 2, 30, nan), OneHot, 0, "x=2, x=10, x=30, x missing: 0 1 0 0; 1 0 0 0; 0 0 1 0; 0 0 0 1", "column x: one-hot"},
		"tokens":            {numbersOf("x", 2, 0, 5, nan), Index, 1, "x: 2; 0; 5; 0", "column x: whole numbers as they are"},
		"far from zero":     {numbersOf("x", 1e15, 1e15+2, 1e15, 1e15+2), Standardize, 0, "x: 0; 0; 0; 0", ""}, // within nine digits
		"none, infinite":    {numbersOf("x", 1, -inf), None, 0, "x: 1; -Inf", "column x: as it is"},
		"two levels":        {textsOf("x", "no", "yes", "no"), "", 0, "x=yes: 0; 1; 0", "column x: one-hot"},
		"two, neither":      {textsOf("x", "no", "yes", "maybe", ""), "", 2, "x=yes: 0; 1; 0.5; 0.5", "column x: 1 value that training did not see, the first in row 3, \"maybe\"; 1 missing value"},
		"two, missing":      {textsOf("x", "no", "yes", "", "maybe"), "", 1, "x=yes, x missing: 0 0; 1 0; 0 1; 0.5 0", "missing in some rows, which a 0/1 feature says"},
		"three levels":      {textsOf("x", "b", "a", "c", "d", ""), "", 2, "x=a, x=b, x=c: 0 1 0; 1 0 0; 0 0 1; 0 0 0; 0 0 0", "1 value that training did not see, the first in row 4, \"d\"; 1 missing value, none in training, the first in row 5: treated as none of the known values"},
		"one level or none": {textsOf("x", "a", "", "a"), "", 0, "x=a: 1; 0; 1", "column x: one-hot"},
		"levels by number":  {textsOf("x", "b", "a", "", "c"), Index, 1, "x: 2; 1; 0; 0", "column x: the number of its level, from 1 to 2, and 0 for none"},
		"levels raw":        {textsOf("x", "b", "a"), None, 0, "x: 2; 1", "the number of its level"},
		"texts as levels":   {textOf("x", "b", "a"), OneHot, 0, "x=b: 1; 0", "one-hot"},
		"dates": {datesOf("t", 0, 12*hour, 0, 12*hour), "", 0,
			"t, t hour cos: -1 1; 1 -1; -1 1; 1 -1", "column t: seconds standardized, with the hour"},
		"dates, of one hour": {datesOf("t", 10*hour, 10*hour+3600, 10*hour, 10*hour+3600), "", 0, // parts that vary little, scaled
			"t, t hour sin, t hour cos: -1 1 1; 1 -1 -1; -1 1 1; 1 -1 -1", ""},
		"dates, of one minute": {datesOf("t", 0, 20), "", 0,
			"t: -1; 1", "column t: seconds standardized"},
		"dates, missing": {datesOf("t", 0, 2*day, nan), Standardize, 0, "t, t missing: -1 0; 1 0; 0 1", "column t: seconds standardized"},
		"weekdays": {datesOf("t", 3*day, 3*day+7*day), "", 0, // two Sundays of one month
			"t: -1; 1", "column t: seconds standardized"},
		"dates raw": {datesOf("t", 5, 6), None, 0, "t: 5; 6", "as it is"},
		"vectors": {rowsOf("v", []int{2}, 1, 10, 3, 30), "", 0,
			"v[0], v[1]: -1 -1; 1 1", "column v: arrays of [2], standardized by feature"},
		"vectors, flat": {rowsOf("v", []int{2}, 1, 10, 3, 10), "", 0,
			"v[0], v[1]: -1 0; 1 0", "column v: 1 of 2 features hardly vary and become 0"},
		"vectors, missing": {rowsOf("v", []int{1}, 1, float32(nan), 3), "", 0,
			"v[0]: -1; 0; 1", "column v: 1 missing number filled with the mean"},
		"images": {rowsOf("i", []int{1, 1, 3}, 0, 0, 0, 255, 51, 255), MinMax, 0,
			"i[0,0,0], i[0,0,1], i[0,0,2]: 0 0 0; 1 0.2 1", "column i: [1 1 3] bytes divided by 255"},
		"images, by channel": {rowsOf("i", []int{1, 2, 1}, 0, 2, 2, 0), "", 0,
			"i[0,0,0], i[0,1,0]: -1 1; 1 -1", "column i: arrays of [1 2 1], standardized by channel"},
		"images raw":   {rowsOf("i", []int{1, 1, 1}, 0, 255), None, 0, "i[0,0,0]: 0; 255", "as they are"},
		"token arrays": {rowsOf("i", []int{2}, 0, 4, 2, 1), Index, 0, "i[0], i[1]: 0 4; 2 1", "whole numbers as they are"},
	} {
		t.Run(name, func(t *testing.T) {
			data := tableOf(c.column)
			data.Columns = append(data.Columns, ramp("y", data.Rows))
			plan := Plan{Target: "y"}
			if c.how != "" {
				plan.Transforms = map[string]Transform{c.column.Name: c.how}
			}
			p, x := fitAll(t, plan, data, c.held)
			if got := written(p, x); got != c.want {
				t.Errorf("\ngot  %s\nwant %s", got, c.want)
			}
			if said := strings.Join(p.Said(), "\n"); !strings.Contains(said, c.said) {
				t.Errorf("said\n%s\nwithout %q", said, c.said)
			}
		})
	}
}

// written shows features and rows: "a, b: 1 2; 3 4".
func written(p *Preparation, x []float32) string {
	var names, rows []string
	for _, f := range p.Features() {
		names = append(names, f.Name)
	}
	for row := range slices.Chunk(x, len(names)) {
		var values []string
		for _, v := range row {
			values = append(values, fmt.Sprintf("%.5g", math.Round(float64(v)*1e5)/1e5+0))
		}
		rows = append(rows, strings.Join(values, " "))
	}
	return strings.Join(names, ", ") + ": " + strings.Join(rows, "; ")
}

func TestManyLevels(t *testing.T) {
	var values []string
	for i := range 60 {
		values = append(values, fmt.Sprintf("id%02d", i))
	}
	values = append(values, "id59", "id58") // now they are common
	data := tableOf(textsOf("id", values...), ramp("y", len(values)))
	p, x := fitAll(t, Plan{Target: "y"}, data, 0)
	names := make([]string, 0, 51)
	for _, f := range p.Features() {
		names = append(names, f.Name)
	}
	if len(names) != 51 || names[0] != "id=id00" || names[49] != "id=id59" || names[50] != "id other" {
		t.Errorf("got the features %v", names)
	}
	if rare := x[50*51 : 51*51]; rare[50] != 1 || slices.Contains(rare[:50], 1) {
		t.Errorf("got %v for id50, which is none of the 50 most common", rare)
	}
	if said := strings.Join(p.Said(), "\n"); !strings.Contains(said, "column id: the 50 most common of 60 levels one-hot, the others as one") {
		t.Errorf("said\n%s", said)
	}
}

func TestWhichColumns(t *testing.T) {
	rare := make([]float64, 400)
	rare[7] = 1 // 0.25 % of the rows
	one := textsOf("one", slices.Repeat([]string{"same"}, 400)...)
	data := tableOf(ramp("a", 400), ramp("b", 400), numbersOf("rare", rare...), numbersOf("flat", make([]float64, 400)...),
		numbersOf("none", slices.Repeat([]float64{nan}, 400)...), one, ramp("y", 400))
	for name, c := range map[string]struct {
		plan Plan
		want string
	}{
		"by themselves":  {Plan{}, "a b"},
		"excluded":       {Plan{Exclude: []string{"a"}}, "b"},
		"dropped":        {Plan{Transforms: map[string]Transform{"b": Drop}}, "a"},
		"only the named": {Plan{Transforms: map[string]Transform{"b": Standardize, Rest: Drop}}, "b"},
		"rare by name":   {Plan{Transforms: map[string]Transform{"rare": Standardize}}, "a b rare"},
		"all raw":        {Plan{Transforms: map[string]Transform{Rest: None}}, "a b rare flat none one"},
		"groups":         {Plan{Split: SplitPlan{Group: "b"}}, "a"},
		"groups by name": {Plan{Split: SplitPlan{Group: "b"}, Transforms: map[string]Transform{"b": MinMax}}, "a b"},
	} {
		t.Run(name, func(t *testing.T) {
			c.plan.Target = "y"
			p, _ := fitAll(t, c.plan, data, 0)
			var got []string
			for _, f := range p.Features() {
				got = append(got, f.Column)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %v, want %s; said\n%s", got, c.want, strings.Join(p.Said(), "\n"))
			}
		})
	}
}

func TestShape(t *testing.T) {
	image := rowsOf("i", []int{1, 2, 1}, 0, 2, 2, 0)
	alone, _ := fitAll(t, Plan{Target: "y"}, tableOf(image, ramp("y", 2)), 0)
	if got := alone.Shape(); !slices.Equal(got, []int{1, 2, 1}) {
		t.Errorf("an image alone: got the shape %v", got)
	}
	beside, x := fitAll(t, Plan{Target: "y"}, tableOf(image, ramp("a", 2), ramp("y", 2)), 0)
	if got := beside.Shape(); !slices.Equal(got, []int{3}) || len(x) != 6 || beside.Bytes(2) != 24 {
		t.Errorf("an image beside a number: got the shape %v", got)
	}
	if said := strings.Join(beside.Said(), "\n"); !strings.Contains(said, "column i: arrays of [1 2 1] as a row of 2 features, since there are other columns") {
		t.Errorf("said\n%s", said)
	}
	tokens, _ := fitAll(t, Plan{Target: "y", Transforms: map[string]Transform{Rest: Index}},
		tableOf(rowsOf("words", []int{2}, 0, 9, 3, 1), textsOf("who", "a", "b"), ramp("y", 2)), 0)
	if got := tokens.Tokens(); got != 10 {
		t.Errorf("got %d tokens, want 10", got)
	}
}

func TestPreparationErrors(t *testing.T) {
	x, y := ramp("x", 6), ramp("y", 6)
	with := func(c dataset.Column) *dataset.Table { return tableOf(c, x, y) }
	transform := func(name string, how Transform) Plan {
		return Plan{Transforms: map[string]Transform{name: how}}
	}
	for name, c := range map[string]struct {
		data *dataset.Table
		plan Plan
		want string
	}{
		"no target":           {with(x), Plan{Target: "z"}, `target: there is no column z; there is x, x, y`},
		"near":                {tableOf(ramp("price", 6)), Plan{Target: "prize"}, `target: there is no column prize; did you mean "price"?`},
		"target excluded":     {with(x), Plan{Exclude: []string{"y"}}, `exclude: y is the target`},
		"excluded, unknown":   {with(x), Plan{Exclude: []string{"z"}}, `exclude: there is no column z; `},
		"transform, unknown":  {with(x), transform("x", "standardise"), `transform: x: unknown transform "standardise"; did you mean "standardize"?`},
		"transform of none":   {with(x), transform("z", Log), `transform: there is no column z; `},
		"task":                {with(x), Plan{Task: "clustering"}, `task: "clustering" is none of classification, regression`},
		"memory":              {with(x), Plan{MaxBytes: -1}, `memory: -1 bytes: it must be above 0, or 0 for half of what is free`},
		"split, group":        {with(x), Plan{Split: SplitPlan{Group: "z"}}, `split: there is no column z; `},
		"only free text":      {tableOf(textOf("name", "a", "b", "c", "d", "e", "f"), y), Plan{}, `no column is left to predict y from: column name: left out, since its texts differ in nearly every row (`},
		"unread":              {&dataset.Table{Columns: []dataset.Column{x, y}, Rows: 6, Unread: []string{"city"}}, Plan{Exclude: []string{"citty"}}, `exclude: there is no column citty; did you mean "city"?`},
		"unread group":        {&dataset.Table{Columns: []dataset.Column{x, y}, Rows: 6, Unread: []string{"city"}}, Plan{Split: SplitPlan{Group: "city"}}, `split: column city is not among those that are read: add it to columns`},
		"infinite":            {with(numbersOf("a", 1, 2, inf, 3, 4, 5)), Plan{}, `row 3, column a: +Inf is no finite number: mark it missing or leave the row out`},
		"too large":           {with(numbersOf("a", 1e308, -1e308, 1e308, 1e308, 1, 2)), Plan{}, `column a: its values, up to 1e+308, are too large to scale: divide them first`},
		"log of negative":     {with(numbersOf("a", 1, 2, 3, -4, 5, 6)), transform("a", Log), `row 4, column a: -4 is negative: log is for numbers from 0, so take another transform`},
		"single precision":    {with(numbersOf("a", 1, 2, 3, 1e39, 5, 6)), transform("a", None), `row 4, column a: 1e+39 is too large for single precision: divide the column first, or leave the row out`},
		"no tokens":           {with(numbersOf("a", 1, 2.5, 3, 4, 5, 6)), transform("a", Index), `row 2, column a: 2.5 is no index: it must be a whole number from 0`},
		"no transform for it": {with(textsOf("a", "b", "c", "b", "c", "b", "c")), transform("a", Log), `column a: log is not for a category: it can take onehot, index, none, drop`},
		"nothing left":        {tableOf(numbersOf("a", 1, 1, 1, 1, 1, 1), y), Plan{}, `no column is left to predict y from: column a: left out, since constant in the training rows`},
		"only the target":     {tableOf(y), Plan{}, `no column is left to predict y from: the table has no other`},
		"target, transform":   {with(x), transform("y", OneHot), `target y: onehot is not for a target: it can take standardize, minmax, log, none`},
	} {
		t.Run(name, func(t *testing.T) {
			if c.plan.Target == "" {
				c.plan.Target = "y"
			}
			p, err := c.plan.Fit(c.data, &Split{Train: allRows(c.data.Rows)})
			if err == nil {
				_, _, err = p.Inputs(c.data, nil)
			}
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("\ngot  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestMemory(t *testing.T) {
	data := tableOf(ramp("x", 1000), ramp("y", 1000))
	p, err := Plan{Target: "y", MaxBytes: 3999}.Fit(data, &Split{Train: allRows(1000)})
	if err != nil {
		t.Fatal(err)
	}
	const want = "1000 rows of 1 feature take 4000 bytes, and 3999 bytes may be used: use fewer rows or columns, or allow more memory"
	if _, _, err := p.Inputs(data, nil); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, _, err := p.Inputs(data, allRows(999)); err != nil {
		t.Error(err)
	}
	if got := p.Bytes(math.MaxInt); got <= 0 {
		t.Errorf("got %d bytes for as many rows as there can be", got)
	}
}

func TestManyColumns(t *testing.T) {
	const width = 100_000
	data := &dataset.Table{Rows: 3, Columns: make([]dataset.Column, 0, width+1)}
	for i := range width {
		data.Columns = append(data.Columns, numbersOf(fmt.Sprint("x", i), 1, 2, 3))
	}
	data.Columns = append(data.Columns, ramp("y", 3))
	p, x := fitAll(t, Plan{Target: "y"}, data, 0)
	if len(x) != 3*width {
		t.Errorf("got %d numbers, want %d", len(x), 3*width)
	}
	if said := p.Said(); len(said) > 4 {
		t.Errorf("said %d sentences of columns that are all alike", len(said))
	}
}

// TestOtherTables applies a preparation to tables that it was not fitted to.
func TestOtherTables(t *testing.T) {
	p, _ := fitAll(t, Plan{Target: "y"}, tableOf(
		numbersOf("age", 1, 3, 1, 3), textsOf("code", "1", "x", "2", "1"), datesOf("day", 0, 604800, 0, 604800), rowsOf("v", []int{1}, 1, 3, 1, 3), ramp("y", 4)), 0)
	for name, c := range map[string]struct {
		data *dataset.Table
		want string // of the first row, or an error
	}{
		"in another order": {tableOf(rowsOf("v", []int{1}, 3), datesOf("day", 0), textsOf("code", "x"), numbersOf("age", 3)), "1 0 0 1 -1 1"},
		"texts":            {tableOf(numbersOf("age", 1), textOf("code", "2"), datesOf("day", 0), rowsOf("v", []int{1}, 1)), "-1 0 1 0 -1 -1"},
		"numbers":          {tableOf(numbersOf("age", 1), numbersOf("code", 2), datesOf("day", 0), rowsOf("v", []int{1}, 1)), "-1 0 1 0 -1 -1"},
		"all missing":      {tableOf(textOf("age", ""), numbersOf("code", nan), numbersOf("day", nan), rowsOf("v", []int{1}, 1)), "0 0 0 0 0 -1"},
		"no column":        {tableOf(numbersOf("Age", 1), textsOf("code", "x"), datesOf("day", 0), rowsOf("v", []int{1}, 1)), `there is no column age, which the network was trained with; did you mean "Age"?`},
		"no column at all": {tableOf(numbersOf("z", 1)), "there is no column age, which the network was trained with; there is z\nthere is no column code, which the network was trained with; there is z\nthere is no column day, which the network was trained with; there is z\nnor 1 more"},
		"text for numbers": {tableOf(textsOf("age", "", "old"), textsOf("code", "x", "x"), datesOf("day", 0, 0), rowsOf("v", []int{1}, 1, 1)), `row 2, column age: "old" is not a number, and the column held numbers in training: correct it, or leave it empty`},
		"numbers for date": {tableOf(numbersOf("age", 1), textsOf("code", "x"), numbersOf("day", 3), rowsOf("v", []int{1}, 1)), `column day: it holds numbers (row 1: 3), but dates in training`},
		"another shape":    {tableOf(numbersOf("age", 1), textsOf("code", "x"), datesOf("day", 0), rowsOf("v", []int{2}, 1, 2)), `column v: it holds arrays of [2], but arrays of [1] in training`},
		"arrays for texts": {tableOf(numbersOf("age", 1), rowsOf("code", []int{1}, 1), datesOf("day", 0), rowsOf("v", []int{1}, 1)), `column code: it holds arrays of [1], but categories in training`},
		"infinite":         {tableOf(numbersOf("age", inf), textsOf("code", "x"), datesOf("day", 0), rowsOf("v", []int{1}, 1)), `row 1, column age: +Inf is no finite number: mark it missing or leave the row out`},
		"no date":          {tableOf(numbersOf("age", 1), textsOf("code", "x"), datesOf("day", 1e300), rowsOf("v", []int{1}, 1)), `row 1, column day: 1e+300 seconds since 1970 is no date: leave the row out`},
	} {
		t.Run(name, func(t *testing.T) {
			x, _, err := p.Inputs(c.data, nil)
			got := fmt.Sprint(err)
			if err == nil {
				_, got, _ = strings.Cut(written(p, x), ": ")
			}
			if got != c.want {
				t.Errorf("\ngot  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestBatches shows how who reads a file in batches says which row is wrong.
func TestBatches(t *testing.T) {
	p, _ := fitAll(t, Plan{Target: "y"}, tableOf(ramp("x", 4), ramp("y", 4)), 0)
	_, _, err := p.Inputs(tableOf(numbersOf("x", 1, inf)), nil)
	var at *RowError
	if !errors.As(err, &at) {
		t.Fatalf("got %v, which is no RowError", err)
	}
	at.Row += 4096
	if got := err.Error(); !strings.HasPrefix(got, "row 4098, column x: ") {
		t.Errorf("got %s", got)
	}
}
