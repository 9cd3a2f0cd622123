package examples_test

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// proven are the scripts that `nnvet prove` and `nnvet fix --write` repair in
// this test, one of each kind of edit. NNVET_TEST_PROVE=all repairs them all,
// which takes some ten minutes.
var proven = []string{"breast_cancer_sgd", "diabetes_functional", "digits_functional"}

// left is what nnvet still finds in a script that it has repaired, and a person
// must decide.
var left = map[string]string{"wine_cultivars": "NN0202"}

func TestProveAndFix(t *testing.T) {
	nnvet := build(t)
	python := pythons(t)["python"]
	if python == "" {
		t.Skip("no Python with PyTorch, NumPy and scikit-learn: make test finds or installs one")
	}
	scripts := proven
	if os.Getenv("NNVET_TEST_PROVE") == "all" {
		scripts = nil
		for _, e := range read(t, "README.md") {
			if e.room == "broken" {
				scripts = append(scripts, e.name)
			}
		}
	}
	for _, name := range scripts {
		t.Run(name, func(t *testing.T) { repair(t, nnvet, python, name) })
	}
}

// repair lets nnvet mend a script, and holds that it scores better afterwards,
// that nothing is found in it any more, and that the proof itself left the
// directory as it was.
func repair(t *testing.T, nnvet, python, name string) {
	dir := t.TempDir()
	script := copyTo(t, dir, filepath.Join("broken", name+".py"))
	before := lastNumber(t, run(t, dir, nnvet, "run", "--", python, script))
	text := contents(t, dir, script)

	cmd := exec.Command(nnvet, "prove")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("nnvet prove: %v\n%s", err, out)
	}
	if !strings.HasPrefix(string(out), "nnvet: proven: ") {
		t.Fatalf("nnvet prove proves nothing:\n%s", out)
	}
	if contents(t, dir, script) != text {
		t.Error("nnvet prove changed the script")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 { // the script, and .nnvet
		t.Errorf("nnvet prove left %v, %v", entries, err)
	}

	run(t, dir, nnvet, "fix", "--write", "--fail-on", "error")
	fixed := watch(t, nnvet, python, filepath.Join(dir, script), "")
	if !(fixed.score >= before+0.02) && !math.IsNaN(before) {
		t.Errorf("got a score of %.3f as written and %.3f fixed", before, fixed.score)
	}
	for _, cause := range fixed.causes() {
		if cause != left[name] {
			t.Errorf("%s is named after the fix\n%s", cause, out)
		}
	}
}

func contents(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
