// Package notebook_test runs the tests of the Python package beside it, in a real
// IPython and with nnvet as it is.
package notebook_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestPython(t *testing.T) {
	out, err := exec.Command("../tools/ipython.sh", "--find").Output()
	if err != nil {
		t.Skip("no Python with IPython and PyTorch: tools/ipython.sh installs it, or NNVET_TEST_IPYTHON names one")
	}
	python := string(out[:max(0, len(out)-1)])
	nnvet := filepath.Join(t.TempDir(), "nnvet")
	if msg, err := exec.Command("go", "build", "-o", nnvet, "../cmd/nnvet").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, msg)
	}
	cmd := exec.Command(python, "-m", "unittest", "discover", "-v", "-s", "tests")
	cmd.Env = append(os.Environ(), "NNVET_PROGRAM="+nnvet, "PYTHONDONTWRITEBYTECODE=1", "IPYTHONDIR="+t.TempDir())
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", python, err, msg)
	}
}
