package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const experiments = "experiments"

// TestExperiments runs the experiment files on the embedded engine and holds
// the causes that their README names, that healthy ones and repaired ones have
// none, and that what nnvet itself would change is a repair.
func TestExperiments(t *testing.T) {
	nnvet := build(t)
	causes := causesIn(t, filepath.Join(experiments, "README.md"))
	files, err := filepath.Glob(filepath.Join(experiments, "*", "*.yaml"))
	if err != nil || len(files) != len(causes) {
		t.Fatalf("%d experiment files, and %d in the tables (%v)", len(files), len(causes), err)
	}
	for _, file := range files {
		room, name := filepath.Base(filepath.Dir(file)), filepath.Base(file)
		t.Run(room+"/"+name, func(t *testing.T) {
			t.Parallel()
			want, ok := causes[room+"/"+name]
			if !ok {
				t.Fatal("no table lists it")
			}
			untouched := train(t, nnvet, file, func(string) {})
			got := untouched.causes()
			if room == "healthy" {
				if len(got) > 0 {
					t.Errorf("causes named in a healthy experiment: %v", got)
				}
				return
			}
			if len(got) == 0 || got[0] != want {
				t.Fatalf("got the causes %v, want %s first", got, want)
			}
			repaired := train(t, nnvet, file, func(copied string) {
				run(t, filepath.Dir(copied), "git", "apply", abs(t, filepath.Join(experiments, "repairs", strings.TrimSuffix(name, ".yaml")+".diff")))
			})
			if got := repaired.causes(); len(got) > 0 {
				t.Errorf("causes named after the repair: %v", got)
			}
			if was, is := untouched.Outcome.Scores[0].Value, repaired.Outcome.Scores[0].Value; !(is >= was+0.02) {
				t.Errorf("got a score of %.3f as written and %.3f repaired: that is no harm", was, is)
			}
			treated := train(t, nnvet, file, func(copied string) { apply(t, copied, untouched.Findings[0].Treatments[0].Edits) })
			if got := treated.causes(); len(got) > 0 {
				t.Errorf("causes named after the first treatment: %v", got)
			}
		})
	}
}

// causesIn returns the first cause of every experiment that the tables list,
// "" of healthy ones, by room and file.
func causesIn(t *testing.T, readme string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	causes := make(map[string]string)
	for _, m := range regexp.MustCompile(`(?m)^\| \[\w+\]\(((?:broken|healthy)/\w+\.yaml)\) .*?\|(?: (NN\d{4}) [\w-]+ \|)?$`).FindAllStringSubmatch(string(text), -1) {
		causes[m[1]] = m[2]
	}
	return causes
}

// An edit replaces the text at a place of an experiment file.
type edit struct {
	Line, Col int
	EndLine   int `json:"end_line"`
	EndCol    int `json:"end_col"`
	Text      string
}

// apply edits a file, whose places are those before any edit.
func apply(t *testing.T, file string, edits []edit) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil || len(edits) == 0 {
		t.Fatalf("%s: no edits (%v)", file, err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	at := func(line, col int) int { return len(strings.Join(lines[:line-1], "")) + col - 1 }
	slices.SortFunc(edits, func(a, b edit) int { return at(b.Line, b.Col) - at(a.Line, a.Col) })
	for _, e := range edits {
		text = slices.Replace(text, at(e.Line, e.Col), at(e.EndLine, e.EndCol), []byte(e.Text)...)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// train runs a copy of an experiment, mended, where it finds its data.
func train(t *testing.T, nnvet, file string, mend func(copied string)) *result {
	t.Helper()
	dir := t.TempDir()
	room := filepath.Join(dir, experiments, "copy")
	data, err := filepath.Abs("data")
	if err == nil {
		err = os.MkdirAll(room, 0o700)
	}
	if err == nil {
		err = os.Symlink(data, filepath.Join(dir, "data"))
	}
	if err != nil {
		t.Fatal(err)
	}
	copied := copyTo(t, room, file)
	mend(filepath.Join(room, copied))
	cmd := exec.Command(nnvet, "run", copied)
	cmd.Dir = room
	const findings = 1 // the exit code where there are errors
	if out, err := cmd.CombinedOutput(); err != nil && cmd.ProcessState.ExitCode() != findings {
		t.Fatalf("nnvet run %s: %v\n%s", copied, err, out)
	}
	return diagnosis(t, room)
}
