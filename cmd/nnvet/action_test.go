package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// TestAction runs the script of the GitHub action as GitHub would, on a training
// of its own: it annotates, writes the summary and SARIF, and fails where asked to.
func TestAction(t *testing.T) {
	text, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var action struct {
		Inputs map[string]any
		Runs   struct {
			Steps []struct {
				Name, Run string
				Env       map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(text, &action); err != nil {
		t.Fatal(err)
	}
	train := action.Runs.Steps[len(action.Runs.Steps)-1]
	for name, value := range train.Env {
		input := strings.TrimSuffix(strings.TrimPrefix(value, "${{ inputs."), " }}")
		if _, ok := action.Inputs[input]; !ok {
			t.Errorf("%s is %s, which is no input", name, value)
		}
	}
	if strings.Contains(train.Run, "${{") {
		t.Error("an input is pasted into the script")
	}
	nnvet, err := exec.LookPath("nnvet") // which TestMain puts there
	if err != nil {
		t.Fatal(err)
	}
	data := "x,y\n"
	for i := range 60 {
		data += strings.Repeat("1", i%7+1) + "," + string(rune('a'+i%2)) + "\n"
	}
	for _, c := range []struct{ train, failOn, want string }{
		{`echo "trained 'so'" | cat; exit 3`, "", "exit status 3"},
		{"data.csv --target y", "", ""},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "data.csv"), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", train.Run)
		cmd.Dir = dir
		summary := filepath.Join(dir, "summary.md")
		cmd.Env = append(os.Environ(), "RUNNER_TEMP="+filepath.Dir(nnvet), "GITHUB_STEP_SUMMARY="+summary, "TRAIN="+c.train, "NNVET_FAIL_ON="+c.failOn, "SARIF=nnvet.sarif")
		out, err := cmd.CombinedOutput()
		if c.want != "" {
			if err == nil || err.Error() != c.want || !strings.Contains(string(out), "trained 'so'\n") {
				t.Errorf("%s: got %v, want %s:\n%s", c.train, err, c.want, out)
			}
			continue
		}
		if err != nil && err.Error() != "exit status 1" { // findings are findings
			t.Errorf("%s: %v:\n%s", c.train, err, out)
		}
		if !strings.Contains(string(out), "::notice title=nnvet::") {
			t.Errorf("%s: it annotates nothing:\n%s", c.train, out)
		}
		for _, file := range []string{summary, filepath.Join(dir, "nnvet.sarif")} {
			if fi, err := os.Stat(file); err != nil || fi.Size() == 0 {
				t.Errorf("%s: %s: %v", c.train, file, err)
			}
		}
	}
}
