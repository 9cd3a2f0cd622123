package store_test

import (
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/nnvet/nnvet/internal/store"
)

// create makes a run of a store, or fails the test.
func create(t *testing.T, dir string) *store.Run {
	t.Helper()
	r, err := store.Create(dir, "0.1.0", []string{"python", "train.py"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCreate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".nnvet")
	r := create(t, dir)
	if err := r.End(3); err != nil {
		t.Fatal(err)
	}
	got, err := store.Open(r.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if got.Meta.Exit == nil || *got.Meta.Exit != 3 || got.Meta.Ended.Before(got.Meta.Started) {
		t.Errorf("got %+v, want exit 3 and an end after the start", got.Meta)
	}
	if got.Meta.ID != r.Meta.ID || !reflect.DeepEqual(got.Meta.Command, []string{"python", "train.py"}) {
		t.Errorf("got %+v, want what was created, %+v", got.Meta, r.Meta)
	}
	if b, err := os.ReadFile(filepath.Join(dir, ".gitignore")); string(b) != "*\n" {
		t.Errorf("got .gitignore %q, %v", b, err)
	}
}

func TestModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".nnvet")
	create(t, dir)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		if err == nil && fi.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v, others can read it", path, fi.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCreateAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".nnvet")
	const n = 50
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if _, err := store.Create(dir, "0.1.0", []string{"true"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	ids, err := store.IDs(dir)
	if err != nil || len(ids) != n {
		t.Errorf("got %d runs, %v, want %d", len(ids), err, n)
	}
}

// named makes a store whose runs have chosen ids, the oldest first.
func named(t *testing.T, ids ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), ".nnvet")
	for _, id := range ids {
		r := create(t, dir)
		if err := os.Rename(r.Dir, filepath.Join(dir, "runs", id)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFind(t *testing.T) {
	dir := named(t, "7f3ac1", "7f99aa", "81c0d2")
	bare := filepath.Join(t.TempDir(), "bare")
	if err := os.Mkdir(bare, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		store.Last:                           "81c0d2",
		"7f3ac1":                             "7f3ac1",
		"7f9":                                "7f99aa",
		"8":                                  "81c0d2",
		filepath.Join(dir, "runs", "7f3ac1"): "7f3ac1",
		bare:                                 "bare",
	} {
		r, err := store.Find(dir, name)
		if err != nil || filepath.Base(r.Dir) != want {
			t.Errorf("%s: got %+v, %v, want %s", name, r, err, want)
		}
	}
}

func TestFindErrors(t *testing.T) {
	dir := named(t, "7f3ac1", "7f99aa")
	for name, want := range map[string]string{
		"7f":     "run 7f: 2 runs begin so: 7f99aa, 7f3ac1",
		"zz":     "run zz: not in " + dir + "; the newest is 7f99aa",
		"./none": "run ./none: no such directory",
	} {
		if _, err := store.Find(dir, name); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
	empty := filepath.Join(t.TempDir(), ".nnvet")
	if _, err := store.Find(empty, store.Last); err == nil || err.Error() != empty+" holds no runs" {
		t.Errorf("got %v, want that there are no runs", err)
	}
}

func TestOpenDamaged(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "meta.json"), `{"id": `)
	if _, err := store.Open(dir); err == nil || !strings.Contains(err.Error(), "meta.json") {
		t.Errorf("got %v, want an error that names meta.json", err)
	}
}

func TestModified(t *testing.T) {
	t.Chdir(t.TempDir())
	sum := func(text string) uint32 { return crc32.ChecksumIEEE([]byte(text)) }
	put(t, "same.py", "a = 1\n")
	put(t, "other.py", "a = 2\n")
	if err := os.Mkdir("pkg", 0o700); err != nil {
		t.Fatal(err)
	}
	sources := map[string]uint32{
		"same.py": sum("a = 1\n"), "other.py": sum("a = 1\n"), "gone.py": sum(""), "pkg": sum(""), "/dev/zero": sum(""),
	}
	r := create(t, ".nnvet")
	t.Chdir(t.TempDir()) // the run still knows where its sources lie
	want := []string{"/dev/zero", "gone.py", "other.py", "pkg"}
	if got := r.Modified(sources); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSource(t *testing.T) {
	t.Chdir(t.TempDir())
	r := create(t, ".nnvet")
	for text, want := range map[string][]string{
		"a\nb\n":     {"a", "b"},
		"a\r\n\nb":   {"a", "", "b"},
		"a\n\n":      {"a", ""},
		"one line":   {"one line"},
		"tab\there ": {"tab\there "},
	} {
		put(t, "x.py", text)
		if got, err := r.Source("x.py"); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %q, %v, want %q", text, got, err, want)
		}
	}
	if got, err := r.Source("/dev/zero"); err == nil {
		t.Errorf("got %d lines of a device, want an error", len(got))
	}
}
