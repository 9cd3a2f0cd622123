package script

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCopy(t *testing.T) {
	root := project(t, map[string]string{
		"p/train.py": "x", "p/.git/HEAD": "x", "p/.nnvet/runs/a/meta.json": "x", "p/a/__pycache__/b.pyc": "x", "p/a/b.py": "b",
		"p/env/pyvenv.cfg": "x", "p/env/lib/x.py": "x", "p/node_modules/x/y": "x", "data/x.csv": "1,2", "p2/.git/HEAD": "x",
	})
	dir := filepath.Join(root, "p")
	for link, target := range map[string]string{"inside": "a/b.py", "a/up": "../train.py", "outside": "../data/x.csv", "absolute": filepath.Join(root, "data"), "broken": "nowhere"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Unix(1e9, 0)
	if err := errorsOf(os.Chmod(filepath.Join(dir, "a/b.py"), 0o755), os.Chtimes(filepath.Join(dir, "a/b.py"), old, old)); err != nil {
		t.Fatal(err)
	}
	tree, err := list(t.Context(), dir, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	if err := linkAbove(to, dir, "/nowhere"); err != nil {
		t.Fatal(err)
	}
	if err := errorsOf(os.Mkdir(to+dir, 0o700), tree.copy(t.Context(), to+dir)); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(to + dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		name := e.Name()
		if target, err := os.Readlink(filepath.Join(to+dir, name)); err == nil {
			name += " -> " + strings.ReplaceAll(target, root, "ROOT")
		}
		got = append(got, name)
	}
	want := []string{"a", "absolute -> ROOT/data", "broken -> nowhere", "env -> ROOT/p/env", "inside -> a/b.py", "node_modules -> ROOT/p/node_modules",
		"outside -> ROOT/data/x.csv", "train.py"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	info, err := os.Lstat(to + dir + "/a/b.py")
	if err != nil || info.Mode() != 0o755 || !info.ModTime().Equal(old) {
		t.Errorf("the copy has %v, %v", info, err)
	}
	if b, err := os.ReadFile(to + dir + "/../data/x.csv"); string(b) != "1,2" {
		t.Errorf("../data/x.csv holds %q, %v", b, err)
	}
	if has(to+dir, "a/__pycache__") {
		t.Error("__pycache__ was copied")
	}
}

func TestTooLarge(t *testing.T) {
	dir := project(t, map[string]string{"small": "x", "data/a": strings.Repeat("x", 3<<20), "data/b": strings.Repeat("x", 2<<20), "out/c": strings.Repeat("x", 100<<10)})
	_, err := list(t.Context(), dir, 1<<20)
	if want := dir + " holds 5 MiB to copy for every trial, more than 1 MiB: data 5 MiB, out 100 KiB, small 1 KiB; move data"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestParse(t *testing.T) {
	for command, want := range map[string]string{
		"python train.py":                 "train.py",
		"/v/bin/python3.11 -u -B x.py y":  "-u -B | x.py y",
		"python -uB -W ignore -Xdev x.py": "-uB -W ignore -Xdev | x.py",
		"python -m pkg.train --lr 1":      "module pkg.train --lr 1",
		"python -mpkg":                    "no",
		"python -c pass":                  "no",
		"python -":                        "no",
		"python":                          "no",
		"python -i x.py":                  "no",
		"python dir":                      "no",
		"torchrun x.py":                   "no",
		"bash run.sh":                     "no",
	} {
		p, ok := parse(strings.Fields(command))
		got := strings.Join(p.argv, " ")
		if len(p.flags) > 0 {
			got = strings.Join(p.flags, " ") + " | " + got
		}
		if p.module {
			got = "module " + got
		}
		if !ok {
			got = "no"
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", command, got, want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		command []string
		want    string
	}{
		"nothing":  {nil, "no command"},
		"isolated": {[]string{"python3", "-I", "x.py"}, "-I keeps Python from reading PYTHONPATH"},
		"missing":  {[]string{"no-such-program"}, "command not found"},
	} {
		b, err := Open(t.Context(), Program{c.command, dir}, Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
		if b != nil {
			b.Close()
		}
	}
}

// TestPlainProgram runs a program that is no Python.
func TestPlainProgram(t *testing.T) {
	dir := project(t, map[string]string{"run.sh": "cat in; cat in >out; echo; pwd; cat; exit 3", "in": "old"})
	b, err := Open(t.Context(), Program{[]string{"sh", filepath.Join(dir, "run.sh")}, dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	out, err := b.Run(t.Context(), Order{Files: map[string][]byte{"in": []byte("new")}})
	if err != nil {
		t.Fatal(err)
	}
	if want := "new\n" + b.root + "/1/tree" + dir + "\n"; string(out.Output) != want || out.Exit != 3 || out.Ended != Exit || out.Trace != nil {
		t.Errorf("got %q and %d, want %q and 3", out.Output, out.Exit, want)
	}
	if has(dir, "out") {
		t.Error("it wrote into the user's directory")
	}
	if _, err := b.Run(t.Context(), Order{Files: map[string][]byte{"../in": nil}}); err == nil {
		t.Error("a file outside the directory was edited")
	}
}
