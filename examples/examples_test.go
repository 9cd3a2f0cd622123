// Package examples_test runs the example scripts under nnvet, as a user would,
// and holds the causes that README.md names for them.
package examples_test

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// An example is a row of README.md's tables.
type example struct {
	room string // "broken" or "healthy"
	name string
	want string // the id of the first cause, for broken ones
}

func TestExamples(t *testing.T) {
	list := read(t, "README.md")
	listed(t, list)
	nnvet := build(t)
	// More runs at once, or more threads in each, would only wait for each other.
	turn := make(chan struct{}, 2)
	for name, python := range pythons(t) {
		t.Run(name, func(t *testing.T) {
			if python == "" {
				t.Skip("no Python with PyTorch, NumPy and scikit-learn: make test finds or installs one")
			}
			for _, e := range list {
				t.Run(e.room+"/"+e.name, func(t *testing.T) {
					t.Parallel()
					turn <- struct{}{}
					defer func() { <-turn }()
					hold(t, nnvet, python, e)
				})
			}
		})
	}
}

// hold runs an example, and a repaired copy of one that is broken.
func hold(t *testing.T, nnvet, python string, e example) {
	script := filepath.Join(e.room, e.name+".py")
	got := watch(t, nnvet, python, script, "")
	if e.room == "healthy" {
		if causes := got.causes(); len(causes) > 0 {
			t.Errorf("causes named in a healthy script: %v", causes)
		}
		if floor := 0.35; !(got.score > floor) {
			t.Errorf("got a score of %.3f, want above %v", got.score, floor)
		}
		return
	}

	if causes := got.causes(); len(causes) == 0 || causes[0] != e.want {
		t.Errorf("got the causes %v, want %s first; not checked: %v", causes, e.want, got.NotChecked)
	}
	repaired := watch(t, nnvet, python, script, filepath.Join("repairs", e.name+".diff"))
	for _, cause := range repaired.causes() {
		if cause != also[e.name] {
			t.Errorf("%s is named after the repair", cause)
		}
	}
	if better := repaired.score >= got.score+0.02; !better && !math.IsNaN(got.score) {
		t.Errorf("got a score of %.3f as written and %.3f repaired: that is no harm", got.score, repaired.score)
	}
}

// also holds what is wrong with a script besides its fault.
var also = map[string]string{"wine_cultivars": "NN0202", "diabetes_estimator": "NN0401"}

// A result is what a run under nnvet came to: a part of diagnosis.json, and
// the last number that the script printed.
type result struct {
	Findings []struct {
		ID         string
		Severity   string
		CausedBy   []string `json:"caused_by"`
		Treatments []struct{ Edits []edit }
	}
	NotChecked []struct{ ID, Reason string } `json:"not_checked"`
	Outcome    struct {
		Scores []struct{ Value float64 }
	}
	score float64
}

// causes returns the ids of the findings that nothing else explains, without notes.
func (r *result) causes() []string {
	var ids []string
	for _, f := range r.Findings {
		if f.Severity != "note" && len(f.CausedBy) == 0 {
			ids = append(ids, f.ID)
		}
	}
	return ids
}

// watch runs a copy of a script under nnvet, with the repair applied if there is one.
func watch(t *testing.T, nnvet, python, script, repair string) *result {
	t.Helper()
	dir := t.TempDir()
	copyTo(t, dir, script)
	if repair != "" {
		run(t, dir, "git", "apply", abs(t, repair))
	}
	out := run(t, dir, nnvet, "run", "--", python, filepath.Base(script))
	r := diagnosis(t, dir)
	r.score = lastNumber(t, out)
	return r
}

// copyTo copies a file into a directory and returns its name there.
func copyTo(t *testing.T, dir, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, filepath.Base(file)), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Base(file)
}

func abs(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// diagnosis reads what the only run in a directory came to.
func diagnosis(t *testing.T, dir string) *result {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, ".nnvet", "runs", "*", "diagnosis.json"))
	if err != nil || len(found) != 1 {
		t.Fatalf("got %d diagnoses, want 1 (%v)", len(found), err)
	}
	doc, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	var r result
	if err := json.Unmarshal(doc, &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

// run runs a command that has to end with 0, and returns what it prints.
func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "OMP_NUM_THREADS=1")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

var number = regexp.MustCompile(`-?\d+\.\d+|\bnan\b`)

// lastNumber returns the score of a script: the last number that it prints.
func lastNumber(t *testing.T, out string) float64 {
	t.Helper()
	all := number.FindAllString(out, -1)
	if len(all) == 0 {
		t.Fatalf("the script printed no score:\n%s", out)
	}
	v, err := strconv.ParseFloat(all[len(all)-1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// read returns the examples in the tables of README.md.
func read(t *testing.T, readme string) []example {
	t.Helper()
	f, err := os.Open(readme)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	row := regexp.MustCompile(`^\| \[(\w+)\]\((broken|healthy)/(\w+)\.py\) \|`)
	id := regexp.MustCompile(`\| (NN\d{4}) `)
	var out []example
	for lines := bufio.NewScanner(f); lines.Scan(); {
		m := row.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		e := example{room: m[2], name: m[3]}
		if c := id.FindStringSubmatch(lines.Text()); c != nil {
			e.want = c[1]
		}
		if (e.want != "") != (e.room == "broken") {
			t.Errorf("%s: a broken example names a cause, a healthy one none: %s", readme, lines.Text())
		}
		out = append(out, e)
	}
	return out
}

// listed holds that the tables name every script and no other.
func listed(t *testing.T, list []example) {
	t.Helper()
	unlisted := make(map[string]bool)
	for _, room := range []string{"broken", "healthy"} {
		scripts, err := filepath.Glob(filepath.Join(room, "*.py"))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range scripts {
			unlisted[s] = true
		}
	}
	for _, e := range list {
		script := filepath.Join(e.room, e.name+".py")
		if !unlisted[script] {
			t.Errorf("README.md lists %s, which is not there or listed twice", script)
		}
		delete(unlisted, script)
	}
	for s := range unlisted {
		t.Errorf("README.md does not list %s", s)
	}
}

func build(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "nnvet")
	run(t, "..", "go", "build", "-o", bin, "./cmd/nnvet")
	return bin
}

// pythons returns the interpreters to run with, by name: one that has PyTorch,
// or "" where there is none, and the one with the newest release, where the
// environment names it.
func pythons(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{"python": ""}
	for _, p := range []string{os.Getenv("NNVET_TEST_PYTHON"), "python3", "/usr/bin/python3"} {
		if p != "" && exec.Command(p, "-c", "import numpy, sklearn, torch").Run() == nil {
			found["python"] = p
			break
		}
	}
	if p := os.Getenv("NNVET_TEST_PYTHON_NEWEST"); p != "" && p != found["python"] {
		found["newest"] = p
	}
	return found
}
