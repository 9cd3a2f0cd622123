package edit

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/experiment"
	"golang.org/x/tools/txtar"
)

// FuzzYAML holds that what is edited can be read, whatever the file is like,
// and that nothing but the changes differs.
func FuzzYAML(f *testing.F) {
	files, err := filepath.Glob("testdata/yaml/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		doc, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for i, k := range nnvet.Knobs {
			f.Add(string(doc.Files[0].Data), i, "0.5", k.Site != "")
		}
	}
	f.Add("data: {path: a, target: b}\r\noptimizer: \r\n  adam:\r\n", 0, "1", false)
	f.Add("data: {path: a, target: b}\nnetwork:\n- - relu\n- dense: &x 4\n- dense: *x", 23, "he", false)
	f.Fuzz(func(t *testing.T, text string, knob int, to string, site bool) {
		if knob < 0 || knob >= len(nnvet.Knobs) {
			return
		}
		read, err := experiment.Parse("a.yaml", []byte(text))
		if err != nil {
			return
		}
		s := nnvet.Setting{Name: nnvet.Knobs[knob].Name, To: to}
		var b nnvet.Builder
		for _, n := range read.Layers {
			b.Layers = append(b.Layers, nnvet.Layer{Name: n.Layer.Kind(), Source: n.Source})
			if site {
				s.Site = n.Layer.Kind()
			}
		}
		p, err := YAML("a.yaml", []byte(text), b.Snapshot(), nnvet.Treatment{Settings: []nnvet.Setting{s}})
		if err != nil {
			return
		}
		if _, err := experiment.Parse("a.yaml", p.Files[0].After); err != nil {
			t.Errorf("%q becomes %q: %v", text, p.Files[0].After, err)
		}
		if back, err := newFile("a.yaml", p.Files[0].Before, p.Files[0].changes); err != nil || string(back.After) != string(p.Files[0].After) {
			t.Errorf("%v", err)
		}
	})
}

// TestPythonRefuses holds what is no matter of a single knob.
func TestPythonRefuses(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.py", "import torch\n")
	write(t, dir, "latin.py", "x = '\xe9'\n")
	at := func(file string) []nnvet.Call {
		return []nnvet.Call{{Func: "SGD", Source: nnvet.Location{File: file, Line: 1}}}
	}
	lr := nnvet.Treatment{Action: "lower it", Settings: []nnvet.Setting{{Name: "lr", To: "0.1"}}}
	for name, c := range map[string]struct {
		calls    []nnvet.Call
		modified []string
		tr       nnvet.Treatment
	}{
		"in words":           {at("a.py"), nil, nnvet.Treatment{Action: "look at it"}},
		"changed":            {at("a.py"), []string{"a.py"}, lr},
		"no file":            {nil, nil, lr},
		"outside":            {at("/usr/lib/a.py"), nil, lr},
		"above":              {at("../a.py"), nil, lr},
		"gone":               {at("b.py"), nil, lr},
		"not UTF-8":          {at("latin.py"), nil, lr},
		"no optimizer":       {at("a.py"), nil, lr},
		"edit of other file": {at("a.py"), nil, nnvet.Treatment{Edits: []nnvet.Edit{{At: nnvet.Location{File: "b.py", Line: 1, Col: 1, EndLine: 1, EndCol: 2}}}}},
		"edit that breaks":   {at("a.py"), nil, nnvet.Treatment{Edits: []nnvet.Edit{{At: nnvet.Location{File: "a.py", Line: 1, Col: 1, EndLine: 1, EndCol: 2}, New: "("}}}},
		"edit of no line":    {at("a.py"), nil, nnvet.Treatment{Edits: []nnvet.Edit{{At: nnvet.Location{File: "a.py", Line: 9, Col: 1, EndLine: 9, EndCol: 2}, New: "("}}}},
	} {
		b := nnvet.Builder{}
		b.Calls, b.Modified = c.calls, c.modified
		if p, err := Python(t.Context(), python(t), dir, b.Snapshot(), c.tr); err == nil {
			t.Errorf("%s: got %s", name, p.Diff())
		}
	}
	if got, err := os.ReadFile(filepath.Join(dir, "a.py")); err != nil || string(got) != "import torch\n" {
		t.Errorf("a file was written: %q, %v", got, err)
	}
}
