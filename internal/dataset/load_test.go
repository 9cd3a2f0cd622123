package dataset_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nnvet/nnvet/internal/dataset"
)

// write makes a folder with files, and returns the path of the first part.
func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// show writes a table a column a line: "price number: 1 2 -".
func show(t *dataset.Table) string {
	var b strings.Builder
	for _, c := range t.Columns {
		fmt.Fprintf(&b, "%s %v", c.Name, c.Kind)
		if c.Shape != nil {
			fmt.Fprintf(&b, " %v", c.Shape)
		}
		b.WriteString(":")
		for i := range t.Rows {
			b.WriteString(" " + cell(&c, i))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func cell(c *dataset.Column, i int) string {
	switch c.Kind {
	case dataset.Number, dataset.Date:
		if math.IsNaN(c.Numbers[i]) {
			return "-"
		}
		if c.Kind == dataset.Date {
			return time.Unix(int64(c.Numbers[i]), 0).UTC().Format("2006-01-02T15:04:05")
		}
		return fmt.Sprint(c.Numbers[i])
	case dataset.Array:
		width := len(c.Values) / max(1, len(c.Values)/width(c.Shape))
		return fmt.Sprint(c.Values[i*width : (i+1)*width])
	}
	switch code := c.Codes[i]; code {
	case -1:
		return "-"
	case dataset.Beyond:
		return "..."
	default:
		return c.Levels[code]
	}
}

func width(shape []int) int {
	n := 1
	for _, extent := range shape {
		n *= extent
	}
	return n
}

// same compares a table, with leading tabs of want taken off.
func same(t *testing.T, got *dataset.Table, want string) {
	t.Helper()
	want = strings.TrimLeft(strings.ReplaceAll(want, "\t", ""), "\n")
	if g := show(got); g != want {
		t.Errorf("got\n%swant\n%s", g, want)
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		name, file, content, want string
		detected                  string // sentences, joined by "; "
		o                         dataset.Options
	}{
		{name: "numbers and categories", file: "a.csv", content: "price,color\n1.5,red\n-2e3,blue\n,red\n", want: `
			price number: 1.5 -2000 -
			color category: red blue red
			`},
		{name: "what is missing", file: "a.csv", content: "a,b\nNA,x\nNaN,?\n7,null\n9, none of it\n", want: `
			a number: - - 7 9
			b category: x - - none of it
			`},
		{name: "a text that means missing here", file: "a.csv", content: "a\n1\n-999\nmiss\n", o: dataset.Options{Missing: []string{"miss", "-999"}}, want: `
			a number: 1 - -
			`},
		{name: "a number that means missing here, as a file of measurements writes it", file: "a.csv", content: "a\n1.5\n-999.0\n-999\n-9.99e2\n-999.5\n", o: dataset.Options{Missing: []string{"-999"}}, want: `
			a number: 1.5 - - - -999.5
			`},
		{name: "what means missing and is not there", file: "a.csv", content: "a,b\n1,x\n-999,miss\n", o: dataset.Options{Missing: []string{"-3.45", "-999", "miss", "gone"}}, want: `
			a number: 1 -
			b category: x -
			`, detected: `"-3.45", which was to mean a missing value, stands in no column that was read; "gone", which was to mean a missing value, stands in no column that was read`},
		{name: "quotes", file: "a.csv", content: "a,b\n\"x, y\",\"1\"\n\"say \"\"so\"\"\",2\n\"two\nlines\",3\n5\" pipe,4\n", want: `
			a category: x, y say "so" two` + "\n" + `lines 5" pipe
			b number: 1 2 3 4
			`},
		{name: "no final newline, CRLF, empty lines, spaces", file: "a.csv", content: "a, b\r\n\r\n 1 , 2\r\n\n3,4", want: `
			a number: 1 3
			b number: 2 4
			`},
		{name: "byte order mark", file: "a.csv", content: "\xef\xbb\xbfa,b\n1,2\n", want: "a number: 1\nb number: 2\n", detected: "encoding UTF-8 with a byte order mark"},
		{name: "semicolons and a decimal comma", file: "a.csv", content: "a;b\n1,5;2\n-0,25;3\n", detected: "delimiter ;; decimal comma", want: `
			a number: 1.5 -0.25
			b number: 2 3
			`},
		{name: "tabs by name", file: "a.tsv", content: "a\tb\n1\tx y\n", detected: "delimiter tab", want: "a number: 1\nb category: x y\n"},
		{name: "bars", file: "a.txt", content: "a|b\n1|2\n", detected: "delimiter |", want: "a number: 1\nb number: 2\n"},
		{name: "no header", file: "a.csv", content: "1,x\n2,y\n", detected: "no header: columns are called column 1, column 2, ...", want: `
			column 1 number: 1 2
			column 2 category: x y
			`},
		{name: "no header, all texts", file: "a.csv", content: "x,a\ny,b\nx,c\n", detected: "no header: columns are called column 1, column 2, ...", want: `
			column 1 category: x y x
			column 2 category: a b c
			`},
		{name: "an index without a name", file: "a.csv", content: ",a\n0,5\n1,6\n", detected: "columns without a name are called by their number", want: `
			column 1 number: 0 1
			a number: 5 6
			`},
		{name: "windows-1252", file: "a.csv", content: "stra\xdfe,n\n\x80uro,1\n", detected: "texts that are not UTF-8 are read as windows-1252", want: `
			straße category: €uro
			n number: 1
			`},
		{name: "UTF-16", file: "a.csv", content: "\xff\xfea\x00,\x00b\x00\n\x001\x00,\x00\xe9\x00\n\x00", detected: "encoding UTF-16", want: `
			a number: 1
			b category: é
			`},
		{name: "UTF-16 without a mark, big end first", file: "a.csv", content: "\x00a\x00,\x00b\x00\n\x001\x00,\x002\x00\n", detected: "encoding UTF-16", want: "a number: 1\nb number: 2\n"},
		{name: "booleans", file: "a.csv", content: "a,b\ntrue,0\nFalse,1\n", want: "a category: true False\nb number: 0 1\n"},
		{name: "dates", file: "a.csv", content: "a\n2024-01-31\n2024-02-01T03:04:05Z\n2024-02-01 03:04:05+01:00\n\n", want: `
			a date: 2024-01-31T00:00:00 2024-02-01T03:04:05 2024-02-01T02:04:05
			`},
		{name: "days first, by one past 12", file: "a.csv", content: "a,n\n1/2/2024,1\n31/12/2024,2\n", detected: "column a: dates are day/month/year", want: `
			a date: 2024-02-01T00:00:00 2024-12-31T00:00:00
			n number: 1 2
			`},
		{name: "days or months first", file: "a.csv", content: "a,n\n1/2/2024,1\n", want: "a date: 2024-01-02T00:00:00\nn number: 1\n",
			detected: "column a: day and month may be swapped, since no day is past 12; dates are read as month/day/year"},
		{name: "what Go takes for numbers", file: "a.csv", content: "a,b,c\n1_000,0x1p4,1\n2_000,0x1p5,inf\n", want: `
			a category: 1_000 2_000
			b category: 0x1p4 0x1p5
			c number: 1 +Inf
			`},
		{name: "mostly numbers, in few rows", file: "a.csv", content: "a,b\n1,1\n2,1\n3,1\n12+5o,1\n", want: "a category: 1 2 3 12+5o\nb number: 1 1 1 1\n",
			detected: `column a: 3 of 4 values are numbers, but "12+5o" in row 4 is none: read as category`},
		{name: "no values", file: "a.csv", content: "a,b\n,1\n,2\n", want: "a number: - -\nb number: 1 2\n",
			detected: "column a: no value in the first 2 rows, taken for numbers"},
		{name: "one row", file: "a.csv", content: "a,b\n1,2\n", want: "a number: 1\nb number: 2\n"},
		{name: "only some columns, and the target", file: "a.csv", content: "a,b,c\n1,2,3\n", o: dataset.Options{Columns: []string{"c"}, Target: "a"}, want: "a number: 1\nc number: 3\n"},
		{name: "a target that is a year", file: "a.csv", content: "a,2020,2021\nx,1,2\ny,3,4\n", o: dataset.Options{Target: "2021"}, want: "a category: x y\n2020 number: 1 3\n2021 number: 2 4\n"},
		{name: "a text over numbers", file: "a.csv", content: "a,123\n1,2\n3,4\n", want: "a number: 1 3\n123 number: 2 4\n"},
		{name: "a missing value over numbers", file: "a.csv", content: "NA,123\n1,2\n3,4\n", want: "column 1 number: - 1 3\ncolumn 2 number: 123 2 4\n", detected: "no header: columns are called column 1, column 2, ..."},
		{name: "thousands apart", file: "a.csv", content: "a;b\n1.379,91;1\n-823,5;2\n1.153;3\n", detected: "delimiter ;; decimal comma; column a: numbers with a '.' between thousands", want: "a number: 1379.91 -823.5 1153\nb number: 1 2 3\n"},
		{name: "names that are asked for make a header", file: "a.csv", content: "2001,b\n2,x\n", o: dataset.Options{Target: "b"}, want: "2001 number: 2\nb category: x\n"},
		{name: "JSON Lines", file: "a.jsonl", content: `{"a": 1, "b": "x", "c": [1, 2.5], "d": true}` + "\n\n" + `{"c": [3, 4], "b": null, "e": "2024-01-31"}`, want: `
			a number: 1 -
			b category: x -
			c array [2]: [1 2.5] [3 4]
			d category: true -
			e date: - 2024-01-31T00:00:00
			`},
		{name: "texts of digits in JSON stay texts", file: "a.jsonl", content: `{"zip": "01234", "n": NaN}` + "\n" + `{"zip": "0\u0031", "n": -1e3}`, want: `
			zip category: 01234 01
			n number: - -1000
			`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := dataset.Load(context.Background(), write(t, c.file, c.content), c.o)
			if err != nil {
				t.Fatal(err)
			}
			same(t, got, c.want)
			if d := strings.Join(got.Detected, "; "); c.detected != d {
				t.Errorf("detected %q, want %q", d, c.detected)
			}
		})
	}
}

func TestTextErrors(t *testing.T) {
	many := strings.Repeat("1.5,x\n", 200)
	for _, c := range []struct {
		name, file, content, want string
		o                         dataset.Options
	}{
		{name: "empty", file: "a.csv", want: "the file is empty"},
		{name: "blank", file: "a.csv", content: "\n \n", want: "the file is empty"},
		{name: "a header only", file: "a.csv", content: "a,b\n", want: "no rows"},
		{name: "a text among numbers", file: "a.csv", content: "price,b\n" + many + "\"12,5o\",x\n",
			want: `row 201 (line 202), column price: "12,5o" is not a number, as the others are: correct it, or declare that it means a missing value`},
		{name: "a number too large", file: "a.csv", content: "price,b\n" + many + "1e999,x\n", want: `row 201 (line 202), column price: "1e999" is not a number`},
		{name: "a date of another form", file: "a.csv", content: "d\n" + strings.Repeat("1/31/2024\n", 200) + "31/1/2024\n", want: `row 201 (line 202), column d: "31/1/2024" is not a date in the form month/day/year`},
		{name: "too few values", file: "a.csv", content: "a,b\n1,2\n3\n", want: `row 2 (line 3): 1 value in a table of 2 columns`},
		{name: "too many values", file: "a.csv", content: "a,b\n1,2\n3,4,5\n", want: `row 2 (line 3): 3 values in a table of 2 columns: quote values that hold a ','`},
		{name: "a line counted through quotes", file: "a.csv", content: "a,b\n\"1\n\n2\",2\n3,4,5\n", want: `row 2 (line 5)`},
		{name: "an open quote", file: "a.csv", content: "a,b\n1,2\n3,\"4\n5,6\n", want: `row 2 (line 3), column b: a quote opens and is never closed`},
		{name: "text behind a quote", file: "a.csv", content: "a,b\n1,\"2\"3\n", want: `row 1 (line 2), column b: text behind the quote that closes`},
		{name: "a NUL byte", file: "a.csv", content: "a,b\n" + strings.Repeat("x,y\nz,w\n", 700) + "z\x00,1\n", want: `row 1401 (line 1402), column a: a NUL byte in a text`},
		{name: "a name twice", file: "a.csv", content: "a,b,a\n1,2,3\n", want: "two columns are called a: rename one"},
		{name: "no target", file: "a.csv", content: "prize,b\n1,2\n", o: dataset.Options{Target: "price"}, want: `there is no column "price" for the target; did you mean "prize"?`},
		{name: "no column", file: "a.csv", content: "a,b\n1,2\n", o: dataset.Options{Columns: []string{"zzz"}}, want: `there is no column "zzz"; there is a, b`},
		{name: "no format", file: "a.csv", content: "a\n1\n", o: dataset.Options{Format: "xml"}, want: `format "xml" is not known`},
		{name: "labels of a table", file: "a.csv", content: "a\n1\n", o: dataset.Options{Labels: "y"}, want: "csv files hold their labels themselves: name the target"},
		{name: "too large", file: "a.csv", content: "price,b\n" + many, o: dataset.Options{MaxBytes: 3000}, want: "200 rows of 2 columns take 4406 bytes in memory, and 3000 bytes may be used"},
		{name: "old line ends", file: "a.csv", content: "a,b\r1,2\r3,4\r", want: "lines that end with a carriage return alone"},
		{name: "cut UTF-16", file: "a.csv", content: "\xff\xfea\x00,\x00b\x00\n\x001", want: "UTF-16 that ends in the middle of a character"},
		{name: "a JSON array", file: "a.json", content: `[{"a": 1}]`, want: "a JSON array: write a line for each object"},
		{name: "broken JSON", file: "a.jsonl", content: `{"a": 1}` + "\n" + `{"a": 01}`, want: `row 2 (line 2): column a: broken JSON at "01}"`},
		{name: "JSON cut off", file: "a.jsonl", content: `{"a": 1}` + "\n" + `{"a": `, want: `row 2 (line 2): column a: broken JSON: the line ends inside the object`},
		{name: "nested JSON", file: "a.jsonl", content: `{"a": {"b": 1}}`, want: "row 1 (line 1): column a: an object inside the object: write its members as columns of their own"},
		{name: "lists of two lengths", file: "a.jsonl", content: `{"a": [1]}` + "\n" + `{"a": [1, 2]}`, want: "row 2 (line 2): column a: a list of 2 numbers, but of 1 in the rows before"},
		{name: "a key twice", file: "a.jsonl", content: `{"a": 1, "a": 2}`, want: `row 1 (line 1): two values for "a"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, c.file, c.content)
			got, err := dataset.Load(context.Background(), path, c.o)
			if err == nil {
				t.Fatalf("got\n%s\nwant the error %q", show(got), c.want)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %q, want %q", err, c.want)
			}
			if c.o.Format == "" && c.o.Labels == "" && !strings.HasPrefix(err.Error(), path) {
				t.Errorf("%q does not begin with the file", err)
			}
		})
	}
}
