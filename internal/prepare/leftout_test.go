package prepare

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/dataset"
)

// counted makes a column that counts n rows.
func counted(name string, n int, first float64) dataset.Column {
	c := ramp(name, n)
	for i := range c.Numbers {
		c.Numbers[i] = first + float64(i)
	}
	return c
}

func wave(name string, n int) dataset.Column {
	c := ramp(name, n)
	for i := range c.Numbers {
		c.Numbers[i] = float64(i * i % 17)
	}
	return c
}

func TestRowCounters(t *testing.T) {
	const n = 30
	gap := counted("id", n, 0)
	gap.Numbers[n-1]++
	for name, c := range map[string]struct {
		columns []dataset.Column
		plan    Plan
		want    string // the features
	}{
		"from 0":        {[]dataset.Column{counted("id", n, 0), wave("x", n)}, Plan{}, "x"},
		"from 1":        {[]dataset.Column{counted("id", n, 1), wave("x", n)}, Plan{}, "x"},
		"from 2":        {[]dataset.Column{counted("id", n, 2), wave("x", n)}, Plan{}, "id x"},
		"a gap":         {[]dataset.Column{gap, wave("x", n)}, Plan{}, "id x"},
		"few rows":      {[]dataset.Column{counted("id", 12, 0), wave("x", 12)}, Plan{}, "id x"},
		"named":         {[]dataset.Column{counted("id", n, 0), wave("x", n)}, Plan{Transforms: map[string]Transform{"id": Standardize}}, "id x"},
		"all as is":     {[]dataset.Column{counted("id", n, 0), wave("x", n)}, Plan{Transforms: map[string]Transform{Rest: None}}, "id x"},
		"all scaled":    {[]dataset.Column{counted("id", n, 0), wave("x", n)}, Plan{Transforms: map[string]Transform{Rest: MinMax}}, "x"},
		"nothing else":  {[]dataset.Column{counted("id", n, 0)}, Plan{}, "id"},
		"the same once": {[]dataset.Column{counted("id", n, 0), counted("row", n, 1), wave("x", n)}, Plan{}, "x"},
	} {
		t.Run(name, func(t *testing.T) {
			rows := len(c.columns[0].Numbers)
			y := wave("y", rows)
			y.Numbers[3] = 0.5
			data := tableOf(append(c.columns, y)...)
			c.plan.Target = "y"
			p, err := c.plan.Fit(data, &Split{Train: allRows(rows)})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range p.Features() {
				got = append(got, f.Name)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got the features %v, want %s", got, c.want)
			}
			said := strings.Contains(strings.Join(p.Said(), "\n"), "left out, since it counts the rows")
			if left := !strings.Contains(c.want, "id"); said != left {
				t.Errorf("said\n%s", strings.Join(p.Said(), "\n"))
			}
		})
	}
}

// TestNothingLeft holds that every column which is not there is named.
func TestNothingLeft(t *testing.T) {
	const n = 30
	slips := textOf("size")
	for i := range n {
		text := fmt.Sprintf("%d.5", i)
		if i%10 == 4 {
			text = fmt.Sprint("about ", i)
		}
		slips.Codes = append(slips.Codes, int32(i))
		slips.Levels = append(slips.Levels, text)
	}
	same, y, other := wave("same", n), wave("y", n), wave("other", n)
	clear(same.Numbers)
	data := tableOf(slips, same, other, y)
	plan := Plan{Target: "y", Exclude: []string{"other"}}
	_, err := plan.Fit(data, &Split{Train: allRows(n)})
	const want = `no column is left to predict y from: column other: excluded; ` +
		`column size: left out as texts: 27 of 30 values are numbers, but "about 4" in row 5 is none: correct such values; ` +
		`column same: left out, since constant in the training rows`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestRareClasses(t *testing.T) {
	y := textsOf("y", strings.Split("aaaaaabbbccd", "")...)
	data := tableOf(ramp("x", len(y.Codes)), y)
	p, err := Plan{Target: "y"}.Fit(data, &Split{Train: []int{0, 1, 2, 3, 6, 7}, Val: []int{4, 8, 9}, Test: []int{5, 10, 11}})
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(p.Said(), "\n")
	for _, want := range []string{
		`class "b" (3 rows, 2 in training, 1 in validation): too few rows to learn from`,
		`2 classes ("c" (2 rows, 1 in validation, 1 in test), "d" (1 row, in test)): cannot be learned without training rows, and the score counts it as wrong`,
	} {
		if !strings.Contains(said, want) {
			t.Errorf("said\n%s\nwithout %s", said, want)
		}
	}
}

// TestPercentages holds that numbers with a percent sign and without are not
// mixed up.
func TestPercentages(t *testing.T) {
	x, y := wave("x", 10), wave("y", 10)
	x.Percent = true
	data := tableOf(x, y)
	p, err := Plan{Target: "y"}.Fit(data, &Split{Train: allRows(10)})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := p.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if p, err = Read(kept); err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Inputs(data, nil); err != nil {
		t.Error(err)
	}
	empty := numbersOf("x", nan, nan)
	if _, _, err := p.Inputs(tableOf(empty), nil); err != nil {
		t.Error(err)
	}
	const want = "column x: numbers without the percent sign that they had in training: write it, so that it is sure what they mean"
	if _, _, err := p.Inputs(tableOf(wave("x", 10)), nil); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
