// Package torch_test runs a few of the casebook's PyTorch programs under nnvet;
// run.py runs them all.
package torch_test

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/checks"
)

// smoke are the programs that every test runs, quick ones in different styles.
var smoke = []string{"cars_01", "xor_2", "xor", "cars_02", "cars_15"}

// A run is what run.py found of one run of a program.
type run struct {
	Program, Kind, Failed string
	Causes, Named         []string
	Right                 bool
}

// TestSmoke: healthy programs raise no alarm, and in faulty ones the first cause is right.
func TestSmoke(t *testing.T) {
	python := python(t)
	bin := filepath.Join(t.TempDir(), "nnvet")
	out := filepath.Join(t.TempDir(), "runs.json")
	execute(t, "go", "build", "-o", bin, "../../cmd/nnvet")
	printed := execute(t, python, append([]string{"run.py", "--nnvet", bin, "--json", out}, smoke...)...)
	doc, err := os.ReadFile(out)
	if err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	var runs []run
	if err := json.Unmarshal(doc, &runs); err != nil {
		t.Fatal(err)
	}
	if len(runs) != len(smoke) {
		t.Fatalf("got %d runs, want %d:\n%s", len(runs), len(smoke), printed)
	}
	for _, r := range runs {
		switch {
		case r.Failed != "":
			t.Errorf("%s: %s", r.Program, r.Failed)
		case !r.Right && r.Kind != "faulty":
			t.Errorf("%s is healthy; got %v", r.Program, r.Named)
		case !r.Right:
			t.Errorf("%s: the first cause is wrong; got %v", r.Program, r.Causes)
		}
	}
}

// agreed are programs whose cases are in the part to learn from.
var agreed = []string{"xor", "clouds", "four_times"}

// TestAgreement: the probe and the engine name a first cause of the same
// pitfall for the same case.
func TestAgreement(t *testing.T) {
	python := python(t)
	dir := t.TempDir()
	bin, engine := filepath.Join(dir, "nnvet"), filepath.Join(dir, "engine.json")
	execute(t, "go", "build", "-o", bin, "../../cmd/nnvet")
	execute(t, "go", "run", "../../cmd/nnvet-casebook", "run", "--root", "../..", "--only", "R0", "--seeds", "1", "--json", engine)
	printed := execute(t, python, append([]string{"run.py", "--nnvet", bin, "--engine", engine}, agreed...)...)
	if want := "by probe and engine: 3 of 3 programs"; !strings.Contains(printed, want) {
		t.Errorf("want %q; got\n%s", want, printed)
	}
}

// TestTable: README.md lists every program once, and the answers that it takes
// for right are checks that there are.
func TestTable(t *testing.T) {
	unlisted := make(map[string]bool)
	programs, err := filepath.Glob("programs/*.py")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range programs {
		unlisted[strings.TrimSuffix(filepath.Base(p), ".py")] = true
	}
	delete(unlisted, "cars") // the table that others read
	f, err := os.Open("README.md")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	row := regexp.MustCompile(`^\| \[(\w+)\]\(programs/(\w+)\.py\) \|`)
	id := regexp.MustCompile(`NN\d+`)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		m := row.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		if m[1] != m[2] || !unlisted[m[1]] {
			t.Errorf("README.md lists %s, which is not there or listed twice", m[1])
		}
		delete(unlisted, m[1])
		for _, answer := range id.FindAllString(lines.Text(), -1) {
			if checks.Find(answer) == nil {
				t.Errorf("%s: there is no check %s", m[1], answer)
			}
		}
	}
	for p := range unlisted {
		t.Errorf("README.md does not list %s", p)
	}
	for _, s := range smoke {
		if !slices.Contains(programs, filepath.Join("programs", s+".py")) {
			t.Errorf("there is no program %s", s)
		}
	}
}

// python returns a Python that has PyTorch and NumPy.
func python(t *testing.T) string {
	t.Helper()
	for _, p := range []string{os.Getenv("NNVET_TEST_PYTHON"), "python3", "/usr/bin/python3"} {
		if p != "" && exec.Command(p, "-c", "import numpy, torch").Run() == nil {
			return p
		}
	}
	t.Skip("no Python with PyTorch and NumPy: make test finds or installs one")
	return ""
}

// execute runs a command and returns what it prints. What run.py makes of a
// program that fails is in its file.
func execute(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Logf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}
