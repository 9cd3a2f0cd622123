package save_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/save"
)

// TestTorch holds that a PyTorch module with layers of the same names takes
// the weights, and then gives what the engine gives.
func TestTorch(t *testing.T) {
	python := torchPython(t)
	e := exported{
		input: engine.Shape{4, 6, 2},
		layers: layers(conv(3, 3), &engine.BatchNorm{}, &engine.ReLU{}, &engine.MaxPool{}, &engine.Flatten{},
			dense(5), &engine.PReLU{}, &engine.LayerNorm{}, dense(4)),
		loss: engine.CrossEntropy,
	}
	n := scrambled(t, e)
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := save.WriteModel(path, n, save.About{Version: "test"}); err != nil {
		t.Fatal(err)
	}
	const rows = 3
	x := inputs(e, rows)
	var got struct {
		Format string
		Y      []string
	}
	converse(t, python, "testdata/torch_load.py", map[string]any{"path": path, "shape": append([]int{rows}, e.input...), "x": x}, &got)
	if got.Format != "pt" {
		t.Errorf("got format %q, want pt", got.Format)
	}
	agree(t, got.Y, n.Forward(x, rows, false))
}

// torchPython returns a Python with PyTorch and safetensors, or skips.
func torchPython(t *testing.T) string {
	t.Helper()
	// importing PyTorch takes seconds, and the script does it again
	const there = "from importlib.util import find_spec as f; assert f('torch') and f('safetensors')"
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip(err)
	}
	newest := filepath.Join(cache, "nnvet", "torch", "bin", "python") // of tools/torch.sh
	for _, python := range []string{os.Getenv("NNVET_TEST_PYTHON_NEWEST"), newest, os.Getenv("NNVET_TEST_PYTHON"), "python3"} {
		if python != "" && exec.Command(python, "-c", there).Run() == nil {
			return python
		}
	}
	t.Skip("no Python with PyTorch and safetensors: pip install safetensors into the one that tools/torch.sh --newest prints")
	return ""
}
