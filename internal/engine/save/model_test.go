package save_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/save"
)

// Every network of the exports comes back from its file bit for bit.
func TestModelRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	about := save.About{Experiment: "network:\n  - dense: 3 # ü\n", Version: "1.2.3"}
	for _, e := range exports {
		t.Run(e.name, func(t *testing.T) {
			n := scrambled(t, e)
			if err := save.WriteModel(path, n, about); err != nil {
				t.Fatal(err)
			}
			m, err := save.ReadModel(path)
			if err != nil {
				t.Fatal(err)
			}
			if m.About != about || m.Spec.Loss.Kind != e.loss {
				t.Errorf("got %+v and loss %s, want %+v and %s", m.About, m.Spec.Loss.Kind, about, e.loss)
			}
			again, err := m.Network(8)
			if err != nil {
				t.Fatal(err)
			}
			x := inputs(e, 3)
			if got, want := again.Forward(x, 3, false), n.Forward(x, 3, false); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestReadModelRefuses(t *testing.T) {
	good := func() *save.File { return modelFile(t) }
	for _, tt := range []struct {
		name   string
		change func(*save.File)
		want   string
	}{
		{"of another program", func(f *save.File) { delete(f.Metadata, "nnvet") }, "nnvet did not write it"},
		{"a state", func(f *save.File) { f.Metadata["identity"] = "{}" }, "it holds where a training was"},
		{"without a network", func(f *save.File) { delete(f.Metadata, "network") }, "no key network"},
		{"another experiment", func(f *save.File) { f.Metadata["experiment"] += "#" }, "does not have the hash"},
		{"a layer that is not known", func(f *save.File) { f.Edit("network", `"dense"`, `"lstm"`) }, "network: layers[0] lstm: this nnvet has no such layer"},
		{"a setting that is not known", func(f *save.File) { f.Edit("network", `"units"`, `"unit"`) }, "layers[0] dense"},
		{"no JSON", func(f *save.File) { f.Metadata["network"] = "{" }, "network: "},
		{"more units", func(f *save.File) { f.Edit("network", `"units":2}`, `"units":3}`) }, "tensor dense2.weight has shape [2 6]; the network wants [3 6]"},
		{"a size past all memory", func(f *save.File) { f.Edit("network", `"units":2}`, `"units":16777216}`) }, "layers[5] dense: a size of 16777216 in a file of"},
		{"an input past all memory", func(f *save.File) { f.Edit("network", `"input":[3]`, `"input":[16777216]`) }, "an input of 16777216 for a file of"},
		{"no loss", func(f *save.File) { f.Edit("network", `cross_entropy`, `perplexity`) }, "perplexity"},
		{"a tensor missing", func(f *save.File) { f.Tensors = f.Tensors[1:] }, "tensor dense1.weight is missing"},
		{"a tensor too many", func(f *save.File) { f.Tensors = append(f.Tensors, save.Tensor{Name: "dense9.weight"}) }, "dense9.weight belongs to no layer"},
		{"a broken preparation", func(f *save.File) { f.Metadata["preparation"] = "{}" }, "preparation: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := good()
			tt.change(f)
			_, err := save.ReadModelText(f)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	if _, err := save.ReadStateText(good()); err == nil || !strings.Contains(err.Error(), "nothing to resume from") {
		t.Errorf("got %v for a model where a state is due", err)
	}
}

// FuzzReadModel looks for metadata that panics, or makes a network that is not
// that of the file.
func FuzzReadModel(f *testing.F) {
	good := modelFile(f)
	f.Add(good.Metadata["network"])
	f.Add(`{"input": [2, 2, 1], "layers": [{"kind": "residual", "body": [{"kind": "conv2d", "settings": {"filters": 1, "kernel": [1, 1]}}]}], "loss": {"kind": "mse"}}`)
	f.Fuzz(func(t *testing.T, network string) {
		file := save.File{Metadata: maps.Clone(good.Metadata), Tensors: good.Tensors}
		file.Metadata["network"] = network
		m, err := save.ReadModelText(&file)
		if err != nil {
			return
		}
		if _, err := m.Network(2); err != nil {
			t.Errorf("%s: read, and then %v", network, err)
		}
	})
}

// modelFile returns a model in memory.
func modelFile(t testing.TB) *save.File {
	t.Helper()
	n, err := engine.New(spec("sgd"), 8)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := save.WriteModel(path, n, save.About{Version: "test"}); err != nil {
		t.Fatal(err)
	}
	return tensorsOf(t, path)
}

func tensorsOf(t testing.TB, path string) *save.File {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := save.ReadTensors(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}
