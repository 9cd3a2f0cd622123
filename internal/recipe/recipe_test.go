package recipe

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

// column is a profiled column of 1000 rows.
func column(name string, m nnvet.Moments) nnvet.Column {
	if m.N == 0 && m.NonFinite == 0 {
		m.N = 1000
	}
	return nnvet.Column{Name: name, Moments: m}
}

func quantity(name string, mean, std float64) nnvet.Column {
	return column(name, nnvet.Moments{Mean: mean, Std: std, Min: mean - 3*std, Max: mean + 3*std})
}

// traceOf is a trace that fed such columns, with what a survey says of each.
func traceOf(layout string, of int, cols []nnvet.Column, survey map[string]nnvet.Feature) *nnvet.Trace {
	var b nnvet.Builder
	s := nnvet.Survey{Site: "Net", Rows: 1000, Of: of}
	for i := range cols {
		cols[i].Index = i
		f := survey[cols[i].Name]
		f.Index, f.Name = i, cols[i].Name
		s.Columns = append(s.Columns, f)
	}
	b.Profiles = []nnvet.Profile{{Role: nnvet.Input, Split: nnvet.Train, Site: "Net", DType: "float32", Layout: layout, Of: of, Rows: 1000, Columns: cols}}
	b.Surveys = []nnvet.Survey{s}
	b.Declared.Groups = []nnvet.ColumnGroup{{Name: "dose", Unit: "mg", Columns: []string{"morning", "evening"}}}
	return b.Snapshot()
}

// everyKind has a column for every treatment.
func everyKind() *nnvet.Trace {
	return traceOf("features", 14, []nnvet.Column{
		quantity("age", 48.5, 13.1),
		quantity("scaled", 0.01, 0.99),
		column("smoker", nnvet.Moments{Mean: 0.25, Std: 0.433, Max: 1, Zeros: 750, Whole: true}),
		column("visits", nnvet.Moments{Mean: 0.2, Std: 0.9, Max: 12, Zeros: 940, Whole: true}),
		column("income", nnvet.Moments{Mean: 52000, Std: 61000, Max: 1.2e6}),
		column("balance", nnvet.Moments{Mean: 3, Std: 80, Min: -1500, Max: 1700}),
		column("year", nnvet.Moments{Mean: 2020, Min: 2020, Max: 2020, Whole: true}),
		column("heated", nnvet.Moments{Mean: 0.002, Std: 0.05, Max: 1.5, Zeros: 998}),
		column("alarm", nnvet.Moments{Mean: 0.9, Std: 28.4, Max: 900, Zeros: 999}),
		column("broken", nnvet.Moments{NonFinite: 1000, Mean: math.NaN(), Std: math.NaN(), Min: math.NaN(), Max: math.NaN()}),
		quantity("pos_x", 1.5, 3),
		quantity("pos_y", -2, 4),
		quantity("morning", 20, 5),
		quantity("evening", 0.1, 0.02),
	}, map[string]nnvet.Feature{
		"income":  {Distinct: 900, Median: 31000, MAD: 12000, Skew: 6.5, Tail: 0.04},
		"balance": {Distinct: 900, Median: -0.5, MAD: 10, Skew: 0.3, Tail: 0.06},
		"heated":  {Distinct: 3, ModeShare: 0.998, Mode: 0},
		"alarm":   {Distinct: 2, ModeShare: 0.999, Mode: 0},
		"visits":  {Distinct: 8, ModeShare: 0.94},
	})
}

// pixels are of images that were laid flat.
func pixels() *nnvet.Trace {
	cols := make([]nnvet.Column, 9)
	for i := range cols {
		cols[i] = column("", nnvet.Moments{Mean: 90, Std: 70, Max: 255, Whole: true})
	}
	return traceOf("features", 64, cols, nil)
}

// regression learns numbers from them: an amount, a quantity, two of a kind, and
// what must stay as it is.
func regression() *nnvet.Trace {
	return targets([]nnvet.Column{
		column("", nnvet.Moments{Mean: 52000, Std: 61000, Min: 90, Max: 1.2e6}),
		quantity("", 155.375, 77.25),
		quantity("", -20, 0.25),
		column("", nnvet.Moments{Mean: 0.5, Std: 0.5, Max: 1, Zeros: 500, Whole: true}),
		quantity("", 0.02, 1.03),
		quantity("", 7, 0),
	})
}

// oneNumber learns one number from one column, of a part of the rows.
func oneNumber() *nnvet.Trace {
	tr := targets([]nnvet.Column{column("", nnvet.Moments{N: 144, Mean: 8, Std: 12, Min: 0.5, Max: 90})})
	tr.Profiles[0].Columns, tr.Profiles[0].Of = tr.Profiles[0].Columns[:1], 1
	tr.Profiles[0].Rows, tr.Profiles[0].Total = 144, 310
	return tr
}

// targets are what a mean squared error compares.
func targets(cols []nnvet.Column) *nnvet.Trace {
	tr := traceOf("features", 2, []nnvet.Column{quantity("age", 48.5, 13.1), quantity("scaled", 0.01, 0.99)}, nil)
	tr.Heads = []nnvet.Head{{Name: "mse_loss", Loss: nnvet.MSE, Chain: []nnvet.Op{{Kind: "linear"}}}}
	tr.Surveys[0].Head = "mse_loss"
	for i := range cols {
		cols[i].Index = i
	}
	tr.Profiles = append(tr.Profiles, nnvet.Profile{Role: nnvet.Target, Split: nnvet.Train, Site: "mse_loss", Layout: "features", Of: len(cols), Rows: 1000, Columns: cols})
	return tr
}

func mustOf(t *testing.T, tr *nnvet.Trace) *Recipe {
	t.Helper()
	r, err := Of(tr, "")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestGolden holds what is written of a recipe, in testdata.
func TestGolden(t *testing.T) {
	for name, tr := range tables {
		r := mustOf(t, tr())
		for ext, write := range map[string]func() (string, error){
			"json":     func() (string, error) { b, err := r.JSON(); return string(b), err },
			"numpy.py": r.Python, "sklearn.py": r.ScikitLearn,
			"go.txt":     func() (string, error) { return r.Go("inputs") },
			"txt":        func() (string, error) { return r.Text(80, false) },
			"linear.txt": func() (string, error) { return r.Text(80, true) },
		} {
			got, err := write()
			if err != nil {
				t.Fatalf("%s.%s: %v", name, ext, err)
			}
			file := "testdata/" + name + "." + ext
			if os.Getenv("NNVET_UPDATE") != "" {
				if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
			}
		}
	}
}

func TestRoundTrip(t *testing.T) {
	for name, tr := range tables {
		first, err := mustOf(t, tr()).JSON()
		if err != nil {
			t.Fatal(err)
		}
		r, err := Parse(first)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		again, err := r.JSON()
		if err != nil || string(again) != string(first) {
			t.Errorf("%s: reads back as\n%s (%v)", name, again, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"not JSON":         {`nan`, "invalid character"},
		"unknown field":    {`{"layout":"features","of":1,"offset":2}`, "offset"},
		"two values":       {`{"layout":"features","of":1,"every":{"how":"leave"}}{}`, "more than one value"},
		"no columns":       {`{"layout":"features","of":0}`, "of 0 columns"},
		"without end":      {`{"layout":"features","of":99999999999}`, "of 99999999999 columns"},
		"layout":           {`{"layout":"rows","of":1}`, `the layout "rows" is not known`},
		"missing columns":  {`{"layout":"features","of":2,"columns":[{"how":"leave"}]}`, "1 entries for 2 columns"},
		"out of order":     {`{"layout":"features","of":1,"columns":[{"index":1,"how":"leave"}]}`, "entry 0 is of column 1"},
		"unknown how":      {`{"layout":"features","of":1,"columns":[{"index":0,"how":"whiten"}]}`, `column 0: "whiten" is not known`},
		"divides by 0":     {`{"layout":"features","of":1,"columns":[{"index":0,"how":"standardize"}]}`, "column 0: the scale is 0"},
		"negative scale":   {`{"layout":"features","of":1,"columns":[{"index":0,"how":"scale","scale":-1}]}`, "column 0: the scale is -1"},
		"no cut":           {`{"layout":"features","of":1,"columns":[{"index":0,"how":"robust","scale":1}]}`, "column 0: cut at 0"},
		"nothing is left":  {`{"layout":"features","of":1,"columns":[{"index":0,"how":"drop"}]}`, "all columns are dropped"},
		"nothing to learn": {`{"layout":"features","of":1,"every":{"how":"leave"},"target":{"columns":[]}}`, "target: no columns"},
		"target cut":       {`{"layout":"features","of":1,"every":{"how":"leave"},"target":{"columns":[{"how":"robust","scale":1,"clip":8}]}}`, `output 0: "robust" is not for targets`},
		"no way back":      {`{"layout":"features","of":1,"every":{"how":"leave"},"target":{"columns":[{"how":"standardize","scale":2,"back":"p * 3"}]}}`, `output 0: back is "p * 3", and its figures say "p * 2"`},
		"every and others": {`{"layout":"features","of":1,"every":{"how":"leave"},"columns":[{"index":0,"how":"leave"}]}`, "every column is dropped, or some are named besides"},
	} {
		if _, err := Parse([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got the error %v, want %q", name, err, c.want)
		}
	}
}

func TestOfRefuses(t *testing.T) {
	tokens := traceOf("tokens", 1, []nnvet.Column{quantity("", 400, 100)}, nil)
	tokens.Profiles[0].DType = "int64"
	for name, c := range map[string]struct {
		trace *nnvet.Trace
		want  string
	}{
		"nothing was fed": {new(nnvet.Builder).Snapshot(), "no statistics of training inputs"},
		"no number":       {traceOf("features", 1, []nnvet.Column{column("", nnvet.Moments{NonFinite: 9})}, nil), "hold no finite number"},
		"some columns":    {traceOf("features", 300, []nnvet.Column{quantity("", 400, 100)}, nil), "1 of the 300 columns of Net were looked at"},
		"tokens":          {tokens, "are whole numbers (int64)"},
		"all constant":    {traceOf("features", 1, []nnvet.Column{quantity("", 400, 0)}, nil), "all columns are dropped"},
	} {
		if _, err := Of(c.trace, ""); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got the error %v, want %q", name, err, c.want)
		}
	}
}

// TestLayouts holds what is made of what is no table.
func TestLayouts(t *testing.T) {
	channel := func(mean, std, top float64, whole bool) nnvet.Column {
		return column("", nnvet.Moments{Mean: mean, Std: std, Max: top, Whole: whole})
	}
	for name, c := range map[string]struct {
		trace *nnvet.Trace
		want  []How
	}{
		"bytes":         {traceOf("channels", 3, []nnvet.Column{channel(120, 60, 255, true), channel(110, 60, 255, true), channel(100, 60, 255, true)}, nil), []How{Bytes}},
		"within 0 to 1": {traceOf("channels", 1, []nnvet.Column{channel(0.3, 0.3, 1, false)}, nil), []How{Leave}},
		"other images":  {traceOf("channels", 2, []nnvet.Column{channel(900, 300, 4000, true), channel(500, 100, 4000, true)}, nil), []How{Shared, Shared}},
		"one series":    {traceOf("values", 1, []nnvet.Column{quantity("", 15, 4)}, nil), []How{Standardize}},
		"a sequence":    {traceOf("tokens", 2, []nnvet.Column{quantity("a", 15, 4), quantity("b", 0, 1)}, nil), []How{Standardize, Leave}},
	} {
		r := mustOf(t, c.trace)
		if _, err := r.Text(80, false); err != nil {
			t.Errorf("%s: no text: %v", name, err)
		}
		var got []How
		if r.Every != nil {
			got = append(got, r.Every.How)
		}
		for _, col := range r.Columns {
			got = append(got, col.How)
		}
		if len(got) != len(c.want) || got[0] != c.want[0] {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
		if _, err := r.Python(); err != nil {
			t.Errorf("%s: no NumPy code: %v", name, err)
		}
		if _, err := r.ScikitLearn(); err == nil {
			t.Errorf("%s: scikit-learn code of what is no table", name)
		}
		if _, err := r.Go("inputs"); err == nil {
			t.Errorf("%s: Go code of what is no table", name)
		}
	}
}

// TestNamesStayInTheirLine holds that a column's name cannot end the comment
// that it stands in.
func TestNamesStayInTheirLine(t *testing.T) {
	name := "a\nimport os\u2028x\r\x00\u202e\xffb"
	r := mustOf(t, traceOf("features", 1, []nnvet.Column{quantity(name, 15, 4)}, nil))
	for _, write := range []func() (string, error){r.Python, r.ScikitLearn, func() (string, error) { return r.Go("inputs") }, func() (string, error) { return r.Text(80, false) }} {
		text, err := write()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(text) {
			if strings.HasPrefix(strings.TrimSpace(line), "import os") || strings.ContainsAny(line, "\u2028\u202e\x00\r") {
				t.Errorf("the name ends its comment: %q", line)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	b, err := os.ReadFile("testdata/table.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"layout":"features","of":2,"every":{"how":"bytes"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Parse(text)
		if err != nil || r.Of > 1000 {
			return
		}
		if _, err := r.Apply(make([]float64, r.Of)); err != nil {
			t.Error(err)
		}
		if _, err := r.Go("inputs"); err != nil && r.table() {
			t.Error(err)
		}
		if _, err := r.Text(60, false); err != nil {
			t.Error(err)
		}
	})
}

// TestLaidFlat holds that smooth images laid flat share one scale, and that
// columns of a table do not.
func TestLaidFlat(t *testing.T) {
	image := func(top float64) []nnvet.Column {
		var cols []nnvet.Column
		for i := range 36 { // six rows of six pixels, brighter inwards
			at := math.Sin(math.Pi*(float64(i%6)+0.5)/6) * math.Sin(math.Pi*(float64(i/6)+0.5)/6)
			cols = append(cols, column(fmt.Sprint("p", i), nnvet.Moments{Mean: top * at / 2, Std: top * at / 4, Min: 0, Max: top * (0.4 + at*0.6)}))
		}
		return cols
	}
	table := image(16)
	for i := range table { // the same columns in another order
		table[i], table[i*7%36] = table[i*7%36], table[i]
	}
	for name, c := range map[string]struct {
		cols []nnvet.Column
		want How
	}{
		"of 16 greys":  {image(16), Standardize},
		"from 0 to 1":  {image(1), Leave},
		"not in order": {table, ""},
	} {
		var got How
		if r := mustOf(t, traceOf("features", 36, c.cols, nil)); r.Every != nil {
			got = r.Every.How
		}
		if got != c.want {
			t.Errorf("%s: got %q of all columns, want %q", name, got, c.want)
		}
	}
}

// TestNoLogarithmOfNothing holds that an amount whose logarithm would be itself
// is scaled as it is.
func TestNoLogarithmOfNothing(t *testing.T) {
	for max, want := range map[float64]How{40: Log, 0.01: Standardize} {
		cols := []nnvet.Column{column("amount", nnvet.Moments{Mean: max / 20, Std: max / 10, Max: max}), quantity("other", 0, 1)}
		r := mustOf(t, traceOf("features", 2, cols, map[string]nnvet.Feature{"amount": {Skew: 5, Distinct: 500, Median: max / 40}}))
		if got := r.Columns[0].How; got != want {
			t.Errorf("up to %g: got %s, want %s", max, got, want)
		}
	}
}
