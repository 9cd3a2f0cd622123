package dataset_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/dataset"
)

// rowsWith returns a column of n values, of which one is a text.
func rowsWith(n int, value func(i int) string, at int, text string) string {
	var s strings.Builder
	s.WriteString("x,n\n")
	for i := range n {
		v := value(i)
		if i == at {
			v = text
		}
		fmt.Fprintf(&s, "%s,1\n", v)
	}
	return s.String()
}

func TestSlips(t *testing.T) {
	quantity := func(i int) string { return fmt.Sprintf("%d.%d", 3*i%101, i%9) }
	day := func(i int) string { return fmt.Sprintf("2024-%02d-%02d", 1+i/28, 1+i%28) }
	rooms := func(i int) string { return fmt.Sprint(i % 3) }
	percent := func(i int) string { return quantity(i) + "%" }
	for name, c := range map[string]struct {
		content string
		want    string // the kind, or an error
		said    string
	}{
		"among quantities":       {rowsWith(80, quantity, 33, "abc"), `row 34 (line 35), column x: "abc" is not a number, as the others are`, ""},
		"among dates":            {rowsWith(80, day, 33, "abc"), `row 34 (line 35), column x: "abc" is not a date`, ""},
		"among many":             {rowsWith(300, rooms, 250, "3+"), `row 251 (line 252), column x: "3+" is not a number`, ""},
		"levels":                 {rowsWith(80, rooms, 33, "3+"), "category", `column x: 79 of 80 values are numbers, but "3+" in row 34 is none: read as category`},
		"few rows":               {rowsWith(12, quantity, 3, "abc"), "category", `column x: 11 of 12 values are numbers, but "abc" in row 4 is none: read as category`},
		"percentages":            {rowsWith(80, percent, -1, ""), "number", "column x: percentages, read as numbers without their sign"},
		"percentages, a space":   {"x,n\n5 %,1\n-0.5 %,1\n", "number", "column x: percentages, read as numbers without their sign"},
		"percentages, a comma":   {"x;n\n5%;1\n0,5%;1\n", "number", "delimiter ;; decimal comma; column x: percentages, read as numbers without their sign"},
		"a comma in texts":       {"x;n\n1,5;1\nb;1\n", "category", "delimiter ;"},
		"thousands":              {"x,n\n\"1,379.91\",1\n823.24,1\n\"-1,234,567\",1\n", "number", "column x: numbers with a ',' between thousands"},
		"thousands, whole":       {"x,n\n\"1,379\",1\n823,1\n", "number", "column x: numbers with a ',' between thousands"},
		"thousands, comma":       {"x;n\n1.379,91;1\n823,24;1\n1.153;1\n", "number", "delimiter ;; decimal comma; column x: numbers with a '.' between thousands"},
		"thousands or decimals":  {"x;n\n1,379;1\n2,125;1\n", "number", "delimiter ;; decimal comma"},
		"thousands, not all":     {"x,n\n\"1,379.91\",1\n823.24,1\n$5,1\n", "category", `column x: "1,379.91" in row 1 has its thousands apart, and not every value is such a number: read as category; write numbers without the mark`},
		"no thousands":           {"x;n\n0.123,5;1\n12.34,5;1\n", "category", "delimiter ;"},
		"percentages, a slip":    {rowsWith(80, percent, 33, "7"), `row 34 (line 35), column x: "7" is not a percentage, as the others are`, ""},
		"percentages in numbers": {"x,n\n5%,1\n0.5,1\n7%,1\n", "category", "column x: numbers with a percent sign in 2 of 3 values: read as category"},
		"percentages, no header": {"5%,1\n6%,2\n", "number", "no header: columns are called column 1, column 2, ...; column column 1: percentages, read as numbers without their sign"},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := dataset.Load(context.Background(), write(t, "a.csv", c.content), dataset.Options{})
			if err != nil {
				if !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want %s", err, c.want)
				}
				return
			}
			if got := table.Columns[0].Kind.String(); got != c.want {
				t.Errorf("got a %s, want %s", got, c.want)
			}
			if got := strings.Join(table.Detected, "; "); got != c.said {
				t.Errorf("detected %q, want %q", got, c.said)
			}
			if got := table.Columns[0].Percent; got != strings.Contains(c.said, "percentages") {
				t.Errorf("got percent %v", got)
			}
		})
	}
}

func TestPercentages(t *testing.T) {
	table, err := dataset.Load(context.Background(), write(t, "a.csv", "x,n\n5%,1\n-0.5 %,1\nNA,1\n1e2%,1\n"), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	same(t, table, "x number: 5 -0.5 - 100\nn number: 1 1 1 1\n")
}

// What a column was in training decides where the rows to predict do not.
func TestExpect(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		kind    dataset.Kind
		want    string // the kind, or an error
	}{
		"numbers":                    {"x,n\n1.5,1\nbig,1\n", dataset.Number, `row 2 (line 3), column x: "big" is not a number`},
		"dates":                      {"x,n\n2024-01-31,1\nbig,1\nsmall,1\n", dataset.Date, `row 2 (line 3), column x: "big" is not a date`},
		"levels that look like some": {rowsWith(80, func(i int) string { return fmt.Sprint(i) }, 5, "3a"), dataset.Category, "category"},
		"levels of numbers alone":    {"x,n\n1,1\n2,1\n", dataset.Category, "number"},
		"the same":                   {"x,n\na,1\nb,1\n", dataset.Category, "category"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := dataset.Open(context.Background(), write(t, "a.csv", c.content), dataset.Options{})
			if err != nil {
				t.Fatal(err)
			}
			s.Expect("x", c.kind)
			got := s.Columns()[0].Kind.String()
			if err := s.Scan(context.Background(), func(*dataset.Batch) error { return nil }); err != nil {
				got = err.Error()
			}
			if !strings.Contains(got, c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestCompressionIsSaid(t *testing.T) {
	const content = "a,b\n1,x\n2,y\n"
	for name, c := range map[string]struct{ file, content, want string }{
		"gzip":  {"a.csv.gz", gz(t, content), "compressed with gzip"},
		"zstd":  {"a.csv.zst", zst(t, content), "compressed with zstd"},
		"plain": {"a.csv", content, ""},
		"short": {"a.csv", "1\n", "no header: columns are called column 1, column 2, ..."},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := dataset.Load(context.Background(), write(t, c.file, c.content), dataset.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(table.Detected, "; "); got != c.want {
				t.Errorf("detected %q, want %q", got, c.want)
			}
		})
	}
}
