package edit

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/experiment"
	"golang.org/x/tools/txtar"
)

// TestYAML edits experiment files. A case holds settings, a line each: name |
// site | from | to, and what comes of it: the diff, and what it changes of the
// plan that the file is read as. NNVET_UPDATE=1 writes the latter.
func TestYAML(t *testing.T) {
	files, err := filepath.Glob("testdata/yaml/*.txtar")
	if err != nil || len(files) < 4 {
		t.Fatalf("got %d files of cases (%v)", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			doc, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			source := doc.Files[0]
			if strings.HasPrefix(string(doc.Comment), "CRLF") {
				source.Data = []byte(strings.ReplaceAll(string(source.Data), "\n", "\r\n"))
			}
			trace := ofFile(t, source.Name, source.Data)
			for i, f := range doc.Files {
				if !strings.HasSuffix(f.Name, ".settings") {
					continue
				}
				got := edited(t, source, trace, treatment(t, string(f.Data)))
				if want := string(doc.Files[i+1].Data); got != want {
					if os.Getenv("NNVET_UPDATE") == "" {
						t.Errorf("%s: %sgot:\n%swant:\n%s", f.Name, f.Data, got, want)
					}
					doc.Files[i+1].Data = []byte(got)
				}
			}
			if os.Getenv("NNVET_UPDATE") != "" {
				doc.Files[0].Data = []byte(strings.ReplaceAll(string(doc.Files[0].Data), "\r", ""))
				if err := os.WriteFile(file, txtar.Format(doc), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func edited(t *testing.T, source txtar.File, trace *nnvet.Trace, tr nnvet.Treatment) string {
	t.Helper()
	p, err := YAML(source.Name, source.Data, trace, tr)
	if r := (*Refused)(nil); errors.As(err, &r) {
		return fmt.Sprintf("refused: %v\ninstead: %s\n", r, r.Instead)
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(p.Diff(), "\r", "") + "plan:\n" + changed(plan(t, source.Name, p.Files[0].Before), plan(t, source.Name, p.Files[0].After))
}

// plan returns a line for each part of what a file is read as.
func plan(t *testing.T, name string, text []byte) []string {
	t.Helper()
	f, err := experiment.Parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.Plan(experiment.Facts{Input: engine.Shape{10}, Rows: 1000, Val: 200}, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := p.Spec
	s.Loss.Source, s.Optimizer.Source, s.Schedule.Source, s.Clip.Source = nnvet.Location{}, nnvet.Location{}, nnvet.Location{}, nnvet.Location{}
	out := []string{
		fmt.Sprintf("loss %+v", s.Loss), fmt.Sprintf("optimizer %+v", s.Optimizer), fmt.Sprintf("schedule %+v", s.Schedule),
		fmt.Sprintf("clip %+v", s.Clip), fmt.Sprint("batch ", s.Batch), fmt.Sprint("epochs ", s.Epochs), fmt.Sprint("patience ", s.Patience),
		fmt.Sprint("keep order ", s.KeepOrder), fmt.Sprint("transforms ", f.Data.Plan.Transforms),
	}
	for _, a := range s.Augment {
		out = append(out, fmt.Sprint("augment ", a.Kind, a.Amount))
	}
	for _, n := range s.Layers {
		text, err := json.Marshal(n.Layer)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, "layer "+n.Layer.Kind()+" "+string(text))
	}
	return out
}

// changed returns the lines that one of two plans has and the other has not.
func changed(before, after []string) string {
	count := make(map[string]int)
	for _, l := range after {
		count[l]++
	}
	var b strings.Builder
	for _, l := range before {
		if count[l]--; count[l] < 0 {
			b.WriteString("- " + l + "\n")
		}
	}
	for _, l := range after {
		if count[l] > 0 {
			count[l]--
			b.WriteString("+ " + l + "\n")
		}
	}
	return b.String()
}

// ofFile returns what a trace of a file knows of its layers.
func ofFile(t *testing.T, name string, text []byte) *nnvet.Trace {
	t.Helper()
	f, err := experiment.Parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	var b nnvet.Builder
	kinds := make(map[string]int)
	for _, n := range f.Layers {
		k := n.Layer.Kind()
		kinds[k]++
		if n.Name == "" {
			n.Name = fmt.Sprint(k, kinds[k])
		}
		b.Layers = append(b.Layers, nnvet.Layer{Name: n.Name, Kind: k, Source: n.Source, Leaf: true})
	}
	return b.Snapshot()
}
