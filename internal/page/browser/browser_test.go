package browser

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBrowser runs page.test.mjs. NNVET_UPDATE=1 rewrites its pictures.
func TestBrowser(t *testing.T) {
	packages, err := exec.Command("../../../tools/browser.sh", "--find").Output()
	if err != nil {
		t.Skip("no browser to test with: tools/browser.sh installs one")
	}
	dir := t.TempDir()
	build(t, dir, "./cmd/nnvet")
	build(t, dir, "./bench/page")
	train(t, dir, "broken/wine_raw.yaml")
	train(t, dir, "healthy/wine.yaml")
	run := exec.Command("node", "--test", "--test-reporter=tap", "page.test.mjs")
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip(err)
	}
	run.Env = append(os.Environ(), "CHROMIUM="+chromium, "PACKAGES="+strings.TrimSpace(string(packages)), "BIN="+dir)
	out, err := run.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if said, ok := strings.CutPrefix(line, "# said: "); ok {
			t.Log(strings.TrimSpace(said))
		}
	}
}

func build(t *testing.T, dir, pkg string) {
	t.Helper()
	cmd := exec.Command("go", "build", "-o", filepath.Join(dir, filepath.Base(pkg)), pkg)
	cmd.Dir = "../../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", pkg, err, out)
	}
}

// train trains an example into the store that is served.
func train(t *testing.T, dir, experiment string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(dir, "nnvet"), "run", "--dir", filepath.Join(dir, ".nnvet"), "--format", "concise", experiment)
	cmd.Dir = "../../../examples/experiments"
	out, err := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code > 1 { // 1: it has findings
		t.Fatalf("%s: %v\n%s", experiment, err, out)
	}
}
