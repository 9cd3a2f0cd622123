package edit

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func fileOf(t *testing.T, path, before string, changes ...change) File {
	t.Helper()
	f, err := newFile(path, []byte(before), changes)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestDiff(t *testing.T) {
	before := "a\nb\nc\nd\ne\nf\ng\nh\n"
	p := &Patch{[]File{fileOf(t, "x/y.py", before, change{14, 15, "H"}, change{0, 1, "A"}), fileOf(t, "z.py", "one", change{3, 3, "!"})}}
	want := `--- a/x/y.py
+++ b/x/y.py
@@ -1,4 +1,4 @@
-a
+A
 b
 c
 d
@@ -5,4 +5,4 @@
 e
 f
 g
-h
+H
--- a/z.py
+++ b/z.py
@@ -1,1 +1,1 @@
-one
\ No newline at end of file
+one!
\ No newline at end of file
`
	if got := p.Diff(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestThen(t *testing.T) {
	const before = "lr = 1\nbatch = 2\n"
	rate := &Patch{[]File{fileOf(t, "a.py", before, change{5, 6, "0.1"})}}
	batch := &Patch{[]File{fileOf(t, "a.py", before, change{15, 16, "64"}), fileOf(t, "b.py", "x", change{0, 0, "y"})}}
	after := &Patch{[]File{fileOf(t, "a.py", "lr = 0.1\nbatch = 2\n", change{17, 18, "64"})}}
	other := &Patch{[]File{fileOf(t, "a.py", before, change{5, 6, "0.2"})}}
	strange := &Patch{[]File{fileOf(t, "a.py", "something else", change{0, 1, "S"})}}

	const both = "lr = 0.1\nbatch = 64\n"
	for name, c := range map[string]struct {
		first, second *Patch
		want          string
	}{
		"of the same state":      {rate, batch, both},
		"in the other order":     {batch, rate, both},
		"of what the first left": {rate, after, both},
		"the same":               {rate, rate, "lr = 0.1\nbatch = 2\n"},
	} {
		p, err := c.first.Then(c.second)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := string(p.Files[0].After); got != c.want || string(p.Files[0].Before) != before {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	if _, err := rate.Then(other); !errors.Is(err, ErrConflict) {
		t.Errorf("got %v of two changes of one place, want %v", err, ErrConflict)
	}
	if _, err := rate.Then(strange); err == nil {
		t.Error("no error of a patch of another state")
	}
	if p, err := rate.Then(batch); err != nil || len(p.Files) != 2 || len(rate.Files) != 1 {
		t.Errorf("got %v, %v; and the first has %d files now, want 2 and 1", p, err, len(rate.Files))
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "train.py")
	write(t, dir, "train.py", "lr = 1\n")
	if err := os.Chmod(path, 0o750); err != nil {
		t.Fatal(err)
	}
	p := &Patch{[]File{fileOf(t, "train.py", "lr = 1\n", change{5, 6, "2"})}}
	again := &Patch{[]File{fileOf(t, "train.py", "lr = 2\n", change{5, 6, "3"})}}
	for i, c := range []struct {
		patch        *Patch
		text, backup string
	}{{p, "lr = 2\n", "train.py.nnvet-backup"}, {again, "lr = 3\n", "train.py.nnvet-backup-2"}} {
		backups, err := c.patch.Write(dir)
		if err != nil || len(backups) != 1 || backups[0] != c.backup {
			t.Fatalf("%d: got %v, %v; want %s", i, backups, err, c.backup)
		}
		if got := text(t, path); got != c.text {
			t.Errorf("%d: got %q, want %q", i, got, c.text)
		}
		if got, want := text(t, filepath.Join(dir, c.backup)), string(c.patch.Files[0].Before); got != want {
			t.Errorf("%d: the backup is %q, want %q", i, got, want)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o750 {
		t.Errorf("got %v, %v; want the mode as it was", info.Mode(), err)
	}
	names, err := fs.Glob(os.DirFS(dir), "*")
	if err != nil || len(names) != 3 {
		t.Errorf("left behind: %v", names)
	}
}

func text(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestWriteRefuses(t *testing.T) {
	outside := t.TempDir()
	write(t, outside, "train.py", "lr = 1\n")
	dir := t.TempDir()
	write(t, dir, "good.py", "lr = 1\n")
	write(t, dir, "changed.py", "lr = 1 # since\n")
	for link, to := range map[string]string{"link.py": filepath.Join(outside, "train.py"), "room": outside, "inside.py": "good.py"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	of := func(path string) File { return fileOf(t, path, "lr = 1\n", change{5, 6, "2"}) }
	for _, c := range []struct{ path, want string }{
		{"changed.py", "changed since the run"},
		{"link.py", "leads outside"},
		{"room/train.py", "leads outside"},
		{"../" + filepath.Base(outside) + "/train.py", "leads outside"},
		{filepath.Join(outside, "train.py"), "leads outside"},
		{"gone.py", "no such file"},
		{"", "leads outside"},
	} {
		p := &Patch{[]File{of("good.py"), of(c.path)}}
		backups, err := p.Write(dir)
		if err == nil || !strings.Contains(err.Error(), c.want) || len(backups) != 0 {
			t.Errorf("%s: got %v, %v; want %q", c.path, backups, err, c.want)
		}
		if got := text(t, filepath.Join(dir, "good.py")); got != "lr = 1\n" {
			t.Fatalf("%s: another file was written: %q", c.path, got)
		}
	}
	if got := text(t, filepath.Join(outside, "train.py")); got != "lr = 1\n" {
		t.Errorf("a file outside was written: %q", got)
	}

	if _, err := (&Patch{[]File{of("inside.py")}}).Write(dir); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(filepath.Join(dir, "inside.py")); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("a link within the directory is one no more: %v, %v", info, err)
	}
	if got := text(t, filepath.Join(dir, "good.py")); got != "lr = 2\n" {
		t.Errorf("got %q through a link within the directory", got)
	}
}
