package dataset_test

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/nnvet/nnvet/internal/dataset"
)

var wideSchema = arrow.NewSchema([]arrow.Field{
	{Name: "i", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
	{Name: "f", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
	{Name: "text", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "flag", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
	{Name: "day", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
	{Name: "time", Type: arrow.FixedWidthTypes.Timestamp_ms, Nullable: true},
	{Name: "money", Type: &arrow.Decimal128Type{Precision: 9, Scale: 2}, Nullable: true},
	{Name: "vector", Type: arrow.ListOf(arrow.PrimitiveTypes.Float32), Nullable: true},
	{Name: "kind", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, Nullable: true},
	{Name: "blob", Type: arrow.BinaryTypes.Binary, Nullable: true},
}, nil)

const wideRows = `[
	{"i": 1, "f": 0.5, "text": "x", "flag": true, "day": "1970-01-02", "time": "1970-01-01T00:00:01.5Z", "money": "12.34", "vector": [1, 2], "kind": "a", "blob": "AA=="},
	{"i": null, "f": null, "text": null, "flag": null, "day": null, "time": null, "money": null, "vector": null, "kind": null, "blob": null},
	{"i": -3, "f": 1e9, "text": "0123", "flag": false, "day": "1969-12-31", "time": "1970-01-02T00:00:00Z", "money": "-1.00", "vector": [3, 4], "kind": "b", "blob": null}]`

const wideTable = `
	i number: 1 - -3
	f number: 0.5 - 1e+09
	text category: x - 0123
	flag category: true - false
	day date: 1970-01-02T00:00:00 - 1969-12-31T00:00:00
	time date: 1970-01-01T00:00:01 - 1970-01-02T00:00:00
	money number: 12.34 - -1
	vector array [2]: [1 2] [NaN NaN] [3 4]
	kind category: a - b
	`

func record(t testing.TB, schema *arrow.Schema, rows string) arrow.RecordBatch {
	t.Helper()
	r, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(rows))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func parquetOf(t testing.TB, r arrow.RecordBatch) string {
	t.Helper()
	var b bytes.Buffer
	w, err := pqarrow.NewFileWriter(r.Schema(), &b, parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Snappy)), pqarrow.DefaultWriterProps())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(r); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// ipcOf returns a file in Arrow's file or stream format with a record twice.
func ipcOf(t testing.TB, r arrow.RecordBatch, stream bool) string {
	t.Helper()
	var b bytes.Buffer
	var w interface {
		Write(arrow.RecordBatch) error
		Close() error
	}
	w, err := ipc.NewFileWriter(&b, ipc.WithSchema(r.Schema()), ipc.WithZstd())
	if stream {
		b.Reset()
		w, err = ipc.NewWriter(&b, ipc.WithSchema(r.Schema())), nil
	}
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestArrowFormats(t *testing.T) {
	r := record(t, wideSchema, wideRows)
	twice := func(s string) string {
		var out []string
		for line := range strings.Lines(s) {
			head, values, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			if ok {
				line = head + ": " + values + " " + values + "\n"
			}
			out = append(out, line)
		}
		return strings.Join(out, "")
	}
	for _, c := range []struct{ name, file, content, want string }{
		{"parquet", "a.parquet", parquetOf(t, r), wideTable},
		{"arrow file", "a.arrow", ipcOf(t, r, false), twice(wideTable)},
		{"arrow stream", "a.arrows", ipcOf(t, r, true), twice(wideTable)},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, c.file, c.content)
			got, err := dataset.Load(context.Background(), path, dataset.Options{})
			if err != nil {
				t.Fatal(err)
			}
			same(t, got, c.want)
			if want := "column blob is left out: its type is binary"; strings.Join(got.Detected, "; ") != want {
				t.Errorf("detected %q, want %q", got.Detected, want)
			}
			if _, err := dataset.Load(context.Background(), path, dataset.Options{Target: "blob"}); err == nil || !strings.Contains(err.Error(), "column blob: values of type binary are not read") {
				t.Errorf("with blob as the target: got %v", err)
			}
		})
	}
}

// TestArrowDamaged cuts files and turns bytes round: an error, or a table, but
// no panic and no endless memory.
func TestArrowDamaged(t *testing.T) {
	r := record(t, wideSchema, wideRows)
	for name, whole := range map[string]string{"a.parquet": parquetOf(t, r), "a.arrow": ipcOf(t, r, false), "a.arrows": ipcOf(t, r, true)} {
		for n := 8; n < len(whole); n += 53 {
			path := write(t, name, whole[:n])
			if got, err := dataset.Load(context.Background(), path, dataset.Options{}); err == nil && !strings.HasSuffix(name, "s") {
				t.Errorf("%s, %d bytes of %d: got\n%s", name, n, len(whole), show(got))
			} else if err != nil && !strings.HasPrefix(err.Error(), path) {
				t.Errorf("%s, %d bytes: %q does not begin with the file", name, n, err)
			}
		}
		for n := 0; n < len(whole); n += 37 {
			damaged := []byte(whole)
			damaged[n] ^= 0xff
			dataset.Load(context.Background(), write(t, name, string(damaged)), dataset.Options{MaxBytes: 1 << 28})
		}
	}
}

// TestPandas reads what pandas writes through PyArrow; testdata/pandas holds
// the script.
func TestPandas(t *testing.T) {
	for _, name := range []string{"a.parquet", "a.feather"} {
		got, err := dataset.Load(context.Background(), filepath.Join("testdata", "pandas", name), dataset.Options{})
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, `
			a number: 1.5 -
			b category: x y
			c date: 2024-01-31T00:00:00 -
			d category: u v
			e array [2]: [1 2] [3 4]
			`)
	}
}
