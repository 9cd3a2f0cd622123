package probe_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/probe"
)

// pythons lists the interpreters that the probe is tested under: the one that
// the Makefile found, and a second one with the newest PyTorch where there is
// one (NNVET_TEST_PYTHON and NNVET_TEST_PYTHON_NEWEST).
func pythons(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, name := range []string{os.Getenv("NNVET_TEST_PYTHON"), os.Getenv("NNVET_TEST_PYTHON_NEWEST"), "python3", "/usr/bin/python3"} {
		if name == "" || strings.HasPrefix(name, "p") && len(found) > 0 || name == "/usr/bin/python3" && len(found) > 0 {
			continue // the last two are guesses, for want of the others
		}
		if exec.Command(name, "-c", "import torch").Run() == nil {
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		t.Skip("no python with PyTorch: set NNVET_TEST_PYTHON")
	}
	return found
}

// skipped matches a test that Python's unittest skipped, and its reason.
var skipped = regexp.MustCompile(`(?m)^(\w+) \(.*\.\.\. skipped '(.*)'$`)

// TestPython runs the probe's own tests, in the process that it lives in: all
// of them under the first PyTorch, and under a second one, for the sake of
// time, those that hold that it does no harm. make test-newest runs all of
// them under the newest.
func TestPython(t *testing.T) {
	for i, python := range pythons(t) {
		which := "test*.py"
		if i > 0 {
			which = "test_harmless.py"
		}
		t.Run(torchOf(t, python), func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(python, "-m", "unittest", "discover", "-v", "-s", "tests", "-p", which)
			cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%s: %v\n%s", python, err, out)
			}
			t.Log(lastLine(string(out)))
			for _, m := range skipped.FindAllStringSubmatch(string(out), -1) {
				t.Run(m[1], func(t *testing.T) { t.Skip(m[2]) }) // so that the summary names it
			}
		})
	}
}

func torchOf(t *testing.T, python string) string {
	out, err := exec.Command(python, "-c", "import torch; print(torch.__version__)").Output()
	if err != nil {
		t.Fatal(err)
	}
	return "torch-" + strings.TrimSpace(string(out))
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

// TestInstall holds that every Python file is there and readable by nobody else.
func TestInstall(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "probe")
	if err := probe.Install(dir); err != nil {
		t.Fatal(err)
	}
	want, err := filepath.Glob("_nnvet/*.py")
	if err != nil || len(want) == 0 {
		t.Fatalf("no sources: %v", err)
	}
	for _, name := range append(want, "sitecustomize.py") {
		got, err := os.ReadFile(filepath.Join(dir, name))
		source, err2 := os.ReadFile(name)
		if errors.Join(err, err2) != nil || string(got) != string(source) {
			t.Errorf("%s: installed %d bytes, want %d (%v)", name, len(got), len(source), errors.Join(err, err2))
		}
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, want 0600", name, info.Mode().Perm())
		}
	}
	if probe.Install(dir) == nil {
		t.Error("a second Install into the same directory did not fail")
	}
}
