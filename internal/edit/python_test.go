package edit

import (
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/tracefile"
	"golang.org/x/tools/txtar"
)

// TestExamples edits the broken scripts of examples/, by traces of their runs.
// A case holds the settings of a treatment, a line each: name | site | from |
// to, and what comes of it, a diff or a refusal. NNVET_UPDATE=1 writes the latter.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) != 17 {
		t.Fatalf("got %d files of cases, want 17 (%v)", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			hold(t, file)
		})
	}
}

func hold(t *testing.T, file string) {
	doc, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	script := strings.TrimSuffix(filepath.Base(file), ".txtar") + ".py"
	text, err := os.ReadFile(filepath.Join("../../examples/broken", script))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, dir, script, string(text))
	trace := traceOf(t, section(doc, "trace"))
	for i, f := range doc.Files {
		name, ok := strings.CutSuffix(f.Name, ".settings")
		if !ok {
			continue
		}
		got := outcome(t, dir, trace, treatment(t, string(f.Data)))
		if want := string(doc.Files[i+1].Data); got != want {
			if os.Getenv("NNVET_UPDATE") == "" {
				t.Errorf("%s: %sgot:\n%swant:\n%s", name, f.Data, got, want)
			}
			doc.Files[i+1].Data = []byte(got)
		}
	}
	if os.Getenv("NNVET_UPDATE") != "" {
		if err := os.WriteFile(file, txtar.Format(doc), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// outcome returns the diff of a treatment, or the words of its refusal.
func outcome(t *testing.T, dir string, trace *nnvet.Trace, tr nnvet.Treatment) string {
	t.Helper()
	p, err := Python(t.Context(), python(t), dir, trace, tr)
	if r := (*Refused)(nil); errors.As(err, &r) {
		return fmt.Sprintf("refused: %v\ninstead: %s\n", r, r.Instead)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p.Diff()
}

// treatment reads lines of settings.
func treatment(t *testing.T, text string) (tr nnvet.Treatment) {
	t.Helper()
	for line := range strings.Lines(text) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), " | ")
		if len(f) != 4 {
			t.Fatalf("a setting of %d parts: %q", len(f), line)
		}
		if _, ok := nnvet.KnobOf(f[0]); !ok {
			t.Fatalf("%q is no knob", f[0])
		}
		tr.Settings = append(tr.Settings, nnvet.Setting{Name: f[0], Site: f[1], From: f[2], To: f[3]})
	}
	return tr
}

// traceOf reads a trace of plain JSON lines.
func traceOf(t *testing.T, lines string) *nnvet.Trace {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(lines) {
		line = strings.TrimSpace(line)
		fmt.Fprintf(&b, "%08x %s\n", crc32.ChecksumIEEE([]byte(line)), line)
	}
	dir := t.TempDir()
	write(t, dir, "r0-1.jsonl", b.String())
	trace, err := tracefile.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

func section(doc *txtar.Archive, name string) string {
	for _, f := range doc.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// python returns an interpreter; its standard library is all that is needed.
func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("NNVET_TEST_PYTHON"), "python3", "/usr/bin/python3"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	t.Skip("no Python: set NNVET_TEST_PYTHON")
	return ""
}
