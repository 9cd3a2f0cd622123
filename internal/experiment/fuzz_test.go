package experiment

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
)

// FuzzParse looks for files that are neither refused at a place nor usable,
// and for places that are none.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", head, placed, bomb(), string(starter("a.csv", "y", housing)), head + "network: [&a [*a]]", "? [a]\n: b", "{a, b: }", "a: |\n  b\n c", "- - - 1", "- a\n-",
		head + "network:\n- residual: [{residual: [relu]}]\nseeds: [1e3]", "\ufeffdata:\r\n\tpath: é", "a: \"\\\n b\"", "%YAML 1.2\n---\na: !!set {b}", "a: 'b''c' # é",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 4096 {
			t.Skip("slow to mutate")
		}
		e, err := Parse("e.yaml", text)
		lines := strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n")
		if err != nil {
			if !strings.HasPrefix(err.Error(), "e.yaml:") || !utf8.ValidString(err.Error()) {
				t.Errorf("%q: an error without its file: %v", text, err)
			}
			var es Errors
			if errors.As(err, &es) {
				for _, e := range es {
					inside(t, lines, e.At)
				}
			}
			return
		}
		for _, at := range e.places {
			inside(t, lines, at)
		}
		for _, c := range e.Calls() {
			inside(t, lines, c.Source)
			inside(t, lines, c.Cut)
		}
		if p, err := e.Plan(Facts{Input: engine.Shape{3}, Rows: 30, Val: 3}, 0); err == nil && (p.Spec.Batch < 1 || p.Spec.Batch > 30 || p.Spec.Patience < 0) {
			t.Errorf("%q: got %+v", text, p.Spec)
		}
	})
}

// inside checks that a place lies in the text.
func inside(t *testing.T, lines []string, at nnvet.Location) {
	t.Helper()
	switch {
	case at.Line == 0 && at.Col == 0:
	case at.Line < 1 || at.Line > len(lines) || at.Col < 0 || at.Col > len(lines[at.Line-1])+1:
		t.Errorf("%q: starts outside at %+v", lines, at)
	case at.Col == 0 && at.EndCol == 0:
	case at.EndLine < at.Line || at.EndLine > len(lines) || at.EndLine == at.Line && at.EndCol < at.Col || at.EndCol < 1 || at.EndCol > len(lines[at.EndLine-1])+1:
		t.Errorf("%q: ends outside at %+v", lines, at)
	}
}

// FuzzStarter looks for names that the file that is written does not give back.
func FuzzStarter(f *testing.F) {
	f.Add("a.csv", "price")
	f.Add("C:\\é\u2028 'x'.csv", "auto")
	f.Add("#", "- a: {b}")
	f.Add("\x7f", "\u0085")
	f.Fuzz(func(t *testing.T, path, target string) {
		if path == "" || target == "" || len(path)+len(target) > 1000 {
			t.Skip("names no file, or no column")
		}
		var b bytes.Buffer
		if err := Init(&b, "/"+path, target, nil); err != nil {
			if utf8.ValidString(path) && utf8.ValidString(target) {
				t.Errorf("%q, %q: %v", path, target, err)
			}
			return
		}
		e, err := Parse("e.yaml", b.Bytes())
		if err != nil {
			t.Fatalf("%q, %q: %v", path, target, err)
		}
		if e.Data.Path != "/"+path || e.Data.Options.Target != target {
			t.Errorf("got %q and %q, want %q and %q", e.Data.Path, e.Data.Options.Target, "/"+path, target)
		}
	})
}
