package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

const experiments = "experiments"

// TestExperiments runs the experiment files on the embedded engine and holds
// the causes that their README names, and that repaired and healthy ones have none.
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
			got := train(t, nnvet, file, "").causes()
			if room == "healthy" {
				if len(got) > 0 {
					t.Errorf("causes named in a healthy experiment: %v", got)
				}
				return
			}
			if len(got) == 0 || got[0] != want {
				t.Errorf("got the causes %v, want %s first", got, want)
			}
			diff := filepath.Join(experiments, "repairs", name[:len(name)-len(".yaml")]+".diff")
			if got := train(t, nnvet, file, diff).causes(); len(got) > 0 {
				t.Errorf("causes named after the repair: %v", got)
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

// train runs a copy of an experiment, repaired if there is a repair, where it finds its data.
func train(t *testing.T, nnvet, file, repair string) *result {
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
	if repair != "" {
		run(t, room, "git", "apply", abs(t, repair))
	}
	cmd := exec.Command(nnvet, "run", copied)
	cmd.Dir = room
	const findings = 1 // the exit code where there are errors
	if out, err := cmd.CombinedOutput(); err != nil && cmd.ProcessState.ExitCode() != findings {
		t.Fatalf("nnvet run %s: %v\n%s", copied, err, out)
	}
	return diagnosis(t, room)
}
