package dataset_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/nnvet/nnvet/internal/dataset"
)

func gz(t testing.TB, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zst(t testing.TB, content string) string {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(w.EncodeAll([]byte(content), nil))
}

func TestCompressed(t *testing.T) {
	table := "a,b\n" + strings.Repeat("1,x\n2,y\n", 20_000)
	matrix := npy(t, "<f8", "True", "(2, 2)", []float64{1, 3, 2, 4})
	for name, content := range map[string]string{
		"a.csv.gz": gz(t, table), "a.csv.zst": zst(t, table), "a.data": gz(t, table),
		"a.npy.gz": gz(t, matrix), "a.npy.zst": zst(t, matrix), "a.parquet.gz": gz(t, parquetOf(t, record(t, wideSchema, wideRows))),
		"a.arrow.zst": zst(t, ipcOf(t, record(t, wideSchema, wideRows), false)), "a.npz.gz": gz(t, npz(t, [2]string{"a.npy", matrix})),
	} {
		got, err := dataset.Load(context.Background(), write(t, name, content), dataset.Options{})
		if err != nil || got.Rows < 2 {
			t.Errorf("%s: got %v rows, %v", name, got, err)
			continue
		}
		for cut := range 4 {
			path := write(t, name, content[:len(content)*(cut+1)/5])
			if _, err := dataset.Load(context.Background(), path, dataset.Options{}); err == nil || !strings.HasPrefix(err.Error(), path) {
				t.Errorf("%s cut off: got %v, want an error that names it", name, err)
			}
		}
	}
}

func TestFiles(t *testing.T) {
	dir := folder(t, map[string]string{"a.csv": "a,b\n1,x\n", "b.csv": "b,a\ny,2\n", "c.csv": "a,c\n1,2\n", "other/d.csv": "a\n1\n", "notes.txt": "", "big/a.csv": "a\n1\n", "big/b.csv": "a\nx\n"})
	got, err := dataset.Load(context.Background(), filepath.Join(dir, "[ab].csv"), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, "a number: 1 2\nb category: x y\n")
	for pattern, want := range map[string]string{
		"[bc].csv": "c.csv: no column b, which the first file has: read files with the same columns",
		"a.cvs":    `a.cvs: no such file or directory; did you mean "a.csv"?`,
		"z*":       "z*: no such file",
		"[":        "[: no pattern",
		"a.csv/x":  "not a directory",
	} {
		if _, err := dataset.Open(context.Background(), filepath.Join(dir, pattern), dataset.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", pattern, err, want)
		}
	}
	if _, err := dataset.Open(context.Background(), "/dev/null", dataset.Options{}); err == nil {
		t.Error("a device was read")
	}
}

func TestScanAgain(t *testing.T) {
	s, err := dataset.Open(context.Background(), write(t, "a.csv", "n,c\n"+strings.Repeat("1,x\n2,y\n3,x\n", 3000)), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		rows, first := 0, int64(1)
		err := s.Scan(context.Background(), func(b *dataset.Batch) error {
			if b.First != first {
				t.Errorf("first row %d, want %d", b.First, first)
			}
			for i, code := range b.Columns[1].Codes {
				if want := []int32{0, 1, 0}[(rows+i)%3]; code != want {
					t.Fatalf("row %d: code %d, want %d", rows+i, code, want)
				}
			}
			rows += b.Rows
			first += int64(b.Rows)
			return nil
		})
		if err != nil || rows != 9000 {
			t.Errorf("got %d rows, %v", rows, err)
		}
	}
	stop := errors.New("enough")
	if err := s.Scan(context.Background(), func(*dataset.Batch) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v, want the error of the visitor", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Scan(ctx, func(*dataset.Batch) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
}

func TestChangedWhileRead(t *testing.T) {
	path := write(t, "a.csv", "a\n"+strings.Repeat("1\n", 300_000))
	s, err := dataset.Open(context.Background(), path, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := "changed while it was read (600002 bytes before, 2 now)"
	err = s.Scan(context.Background(), func(*dataset.Batch) error { return os.WriteFile(path, []byte("a\n"), 0o600) })
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("during a reading: got %v, want %q", err, want)
	}
	if err := s.Scan(context.Background(), func(*dataset.Batch) error { return nil }); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("before a reading: got %v, want %q", err, want)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := s.Scan(context.Background(), func(*dataset.Batch) error { return nil }); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("after it was removed: got %v", err)
	}
}

func TestTouchedWhileRead(t *testing.T) {
	path := write(t, "a.csv", "a\n1\n")
	s, err := dataset.Open(context.Background(), path, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, time.Time{}, time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if err := s.Scan(context.Background(), func(*dataset.Batch) error { return nil }); err == nil || !strings.Contains(err.Error(), "changed while it was read") {
		t.Errorf("got %v", err)
	}
}

func TestMillionColumns(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a gigabyte")
	}
	const columns = 1_000_000
	var b strings.Builder
	for i := range columns {
		fmt.Fprintf(&b, "c%d,", i)
	}
	b.WriteString("last\n")
	for range 2 {
		b.WriteString(strings.Repeat("1.5,", columns) + "7\n")
	}
	path := write(t, "a.csv", b.String())
	b.Reset()
	got, err := dataset.Load(context.Background(), path, dataset.Options{Target: "last"})
	if err != nil {
		t.Fatal(err)
	}
	if c := got.Column("last"); len(got.Columns) != columns+1 || got.Rows != 2 || c.Numbers[1] != 7 {
		t.Errorf("got %d columns, %d rows, %v", len(got.Columns), got.Rows, c)
	}
	const want = "1000001 columns take 1.0 GB of memory, and 1 MB may be used"
	if _, err := dataset.Load(context.Background(), path, dataset.Options{MaxBytes: 1 << 20}); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("in a megabyte: got %v, want %q", err, want)
	}
}

func TestManyTexts(t *testing.T) {
	var b strings.Builder
	b.WriteString("few,many\n")
	for i := range 120_000 {
		fmt.Fprintf(&b, "x,t%d\n", i/max(1, 20_000/(i+1)))
	}
	got, err := dataset.Load(context.Background(), write(t, "a.csv", b.String()), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c := got.Column("many"); c.Kind != dataset.Text || len(c.Levels) != 100_000 || c.Codes[got.Rows-1] != dataset.Beyond {
		t.Errorf("got a %v with %d levels, and the code %d for the last row", c.Kind, len(c.Levels), c.Codes[got.Rows-1])
	}
}

// TestScanMemory reads a large table and one column of it in little memory.
func TestScanMemory(t *testing.T) {
	path := write(t, "a.csv", "a,b\n"+strings.Repeat("1.25,some text\n", 2_000_000))
	s, err := dataset.Open(context.Background(), path, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := s.Scan(context.Background(), func(*dataset.Batch) error { return nil }); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 8<<20 {
		t.Errorf("30 MB were read with %d bytes of memory", got)
	}
}

func TestLongRow(t *testing.T) {
	long := strings.Repeat("x", 5<<20)
	got, err := dataset.Load(context.Background(), write(t, "a.csv", "a,b\n1,"+long+"\n2,y\n"), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c := got.Columns[1]; c.Levels[0] != long || c.Levels[1] != "y" {
		t.Errorf("got levels of %d and %d bytes", len(c.Levels[0]), len(c.Levels[1]))
	}
}
