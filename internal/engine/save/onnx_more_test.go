package save_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/save"
	"github.com/nnvet/nnvet/internal/prepare"
)

// A regression comes out in the target's own units, whatever was done to it.
func TestONNXUnits(t *testing.T) {
	python := onnxPython(t)
	for _, how := range []prepare.Transform{prepare.Standardize, prepare.MinMax, prepare.Log} {
		t.Run(string(how), func(t *testing.T) {
			tr := model(t, "price", how, 1, engine.MSE)
			path := filepath.Join(t.TempDir(), "model.onnx")
			if err := tr.model.WriteONNX(path, save.ONNXOptions{}); err != nil {
				t.Fatal(err)
			}
			table, err := dataset.Load(context.Background(), file(t, "fresh.csv", fresh), dataset.Options{})
			if err != nil {
				t.Fatal(err)
			}
			x, shape, err := tr.preparation.Inputs(table, nil)
			if err != nil {
				t.Fatal(err)
			}
			var want []float32
			for _, v := range tr.preparation.Decode(tr.network.Forward(x, table.Rows, false)) {
				want = append(want, float32(v))
			}
			var got []struct{ Y []string }
			converse(t, python, "testdata/onnx_run.py", []any{map[string]any{"path": path, "shape": append([]int{table.Rows}, shape...), "x": x}}, &got)
			agree(t, got[0].Y, want)
		})
	}
}

// Images are turned once on their way in and once on their way out.
func TestONNXTransposes(t *testing.T) {
	for name, want := range map[string]int{
		"dense": 0, "conv2d": 2, "a whole CNN": 2, "flatten": 2, "conv2d of one channel": 1, "conv2d to one pixel": 1,
		"global_avg_pool": 1, "global_avg_pool of an image as it is": 0, "batch_norm of pixels": 0,
		"softmax of planes": 2, "layer_norm of planes": 4,
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.Count(string(onnxOf(t, name)), "\x22\x09Transpose"); got != want { // field 4 of a node, nine letters
				t.Errorf("got %d, want %d", got, want)
			}
		})
	}
}

// The same model gives the same bytes.
func TestONNXSame(t *testing.T) {
	if !bytes.Equal(onnxOf(t, "a whole CNN"), onnxOf(t, "a whole CNN")) {
		t.Error("two exports differ")
	}
}

func onnxOf(t *testing.T, name string) []byte {
	t.Helper()
	for _, e := range exports {
		if e.name != name {
			continue
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "model.safetensors")
		if err := save.WriteModel(path, scrambled(t, e), save.About{}); err != nil {
			t.Fatal(err)
		}
		m, err := save.ReadModel(path)
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, "model.onnx")
		if err := m.WriteONNX(to, save.ONNXOptions{}); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(to)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	t.Fatalf("no case %s", name)
	return nil
}
