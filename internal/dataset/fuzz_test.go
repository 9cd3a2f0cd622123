package dataset_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nnvet/nnvet/internal/dataset"
)

// load reads a file that may be anything. What comes out has to be whole, and
// an error has to name the file and be no accident of ours.
func load(t *testing.T, name string, content []byte, o dataset.Options) *dataset.Table {
	t.Helper()
	o.MaxBytes = 64 << 20
	path := write(t, name, string(content))
	got, err := dataset.Load(context.Background(), path, o)
	if err != nil {
		if !strings.HasPrefix(err.Error(), path+": ") || strings.Contains(err.Error(), "runtime error") {
			t.Fatalf("%q: %v", content, err)
		}
		return nil
	}
	if got.Rows == 0 || len(got.Columns) == 0 {
		t.Fatalf("%q: %d rows of %d columns", content, got.Rows, len(got.Columns))
	}
	for _, c := range got.Columns {
		if err := check(&c, got.Rows); err != nil {
			t.Fatalf("%q: column %q: %v", content, c.Name, err)
		}
	}
	return got
}

func check(c *dataset.Column, rows int) error {
	switch c.Kind {
	case dataset.Number, dataset.Date:
		if len(c.Numbers) != rows {
			return fmt.Errorf("%d numbers in %d rows", len(c.Numbers), rows)
		}
	case dataset.Category, dataset.Text:
		if len(c.Codes) != rows {
			return fmt.Errorf("%d codes in %d rows", len(c.Codes), rows)
		}
		for _, code := range c.Codes {
			if code < dataset.Beyond || int(code) >= len(c.Levels) {
				return fmt.Errorf("the code %d of %d levels", code, len(c.Levels))
			}
		}
	case dataset.Array:
		if len(c.Values) != rows*width(c.Shape) {
			return fmt.Errorf("%d values in %d rows of %v", len(c.Values), rows, c.Shape)
		}
	default:
		return fmt.Errorf("kind %v", c.Kind)
	}
	return nil
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "a;b\r\n1,5;\"x\"\"y\"\r\n", "\xff\xfea\x00\n\x001\x00", "a\n\"", "a|b|c\n1|2\n", "\xef\xbb\xbfa\n2024-01-31\n", "a\tb\n\xe9\t1e400\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { load(t, "a.csv", data, dataset.Options{Format: "csv"}) })
}

// FuzzJSONL compares with encoding/json which lines are objects.
func FuzzJSONL(f *testing.F) {
	for _, s := range []string{`{"a": 1, "b": "x\u00e9"}`, `{"a": [1, 2.5e-3], "b": null, "c": true}`, `{}`, `{"a": NaN}`, "{\"a\":1}\n\n{\"a\":\"2\"}", `{"a": 01}`, "{\"a\": \"\\x\"}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got := load(t, "a.jsonl", data, dataset.Options{Format: "jsonl"})
		if got == nil || !utf8.Valid(data) || strings.ContainsAny(string(data), "\x00NI\ufeff") {
			return // what Python writes, and other encodings, are no JSON
		}
		for line := range strings.Lines(string(data)) {
			if line = strings.TrimSpace(line); line != "" && !json.Valid([]byte(line)) {
				t.Errorf("%q was read, and is no JSON", line)
			}
		}
	})
}

func FuzzNPY(f *testing.F) {
	f.Add([]byte(npy(f, "<f8", "False", "(2, 3)", []float64{1, 2, 3, 4, 5, 6})))
	f.Add([]byte(npy(f, ">i2", "True", "(2, 2, 1)", []int16{1, 2, 3, 4})))
	f.Add([]byte(npy(f, "<U2", "False", "(2,)", []uint32{'a', 0, 'b', 'c'})))
	f.Fuzz(func(t *testing.T, data []byte) { load(t, "x.npy", data, dataset.Options{Format: "npy"}) })
}

func FuzzNPZ(f *testing.F) {
	f.Add([]byte(npz(f, [2]string{"a.npy", npy(f, "<f4", "True", "(2, 2)", []float32{1, 2, 3, 4})}, [2]string{"b.npy", npy(f, "|S1", "False", "(2,)", []byte("xy"))})))
	f.Fuzz(func(t *testing.T, data []byte) { load(t, "x.npz", data, dataset.Options{Format: "npz"}) })
}

func FuzzIDX(f *testing.F) {
	f.Add([]byte(idx(f, 8, []uint32{2, 1, 2}, []uint8{0, 255, 7, 8})))
	f.Add([]byte(idx(f, 0x0e, []uint32{1}, []float64{1.5})))
	f.Fuzz(func(t *testing.T, data []byte) { load(t, "x.idx", data, dataset.Options{Format: "idx"}) })
}

// FuzzDetect lets the content decide.
func FuzzDetect(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\x80\x04\x95", "PK\x03\x04", "\x1f\x8b\x08", "\x28\xb5\x2f\xfd", `{"a":1}`, "GIF89a", "\x00\x00\x08\x01\x00\x00\x00\x01\x05"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if !strings.HasPrefix(string(data), "PAR1") && !strings.HasPrefix(string(data), "ARROW1") && !strings.HasPrefix(string(data), "\xff\xff\xff\xff") {
			load(t, "data", data, dataset.Options{})
		}
	})
}

// FuzzArrow looks for files that make arrow-go take all memory, which cannot
// be caught; its panics are.
func FuzzArrow(f *testing.F) {
	r := record(f, wideSchema, wideRows)
	f.Add([]byte(ipcOf(f, r, true)))
	f.Add([]byte(ipcOf(f, r, false)))
	f.Add([]byte(parquetOf(f, r)))
	f.Fuzz(func(t *testing.T, data []byte) {
		dataset.Load(context.Background(), write(t, "data", string(data)), dataset.Options{MaxBytes: 64 << 20})
	})
}
