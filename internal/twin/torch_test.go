package twin_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/subject"
	"github.com/nnvet/nnvet/internal/tracefile"
	"github.com/nnvet/nnvet/internal/trial/script"
	"github.com/nnvet/nnvet/internal/twin"
)

// few are a table, images, and two that have no twin.
var few = []string{"healthy/breast_cancer", "healthy/digits_cnn", "broken/digits_sgd", "broken/digits_blocks"}

// TestExamples runs example programs with their rows kept, builds their twins,
// and holds these against the programs, over three seeds of each. What a refusal
// says stands beside the program.
func TestExamples(t *testing.T) {
	python := torch(t)
	all := os.Getenv("NNVET_TEST_TWIN") == "all" // minutes; else those of every kind
	for _, c := range []struct{ name, refused string }{
		{"healthy/breast_cancer", ""},
		{"healthy/diabetes_estimator", ""},
		{"healthy/digits_cnn", ""},
		{"healthy/digits_mlp", ""},
		{"healthy/digits_transformer", "parameters of its own"},
		{"healthy/wine_nll", ""},
		{"broken/breast_cancer", ""},
		{"broken/breast_cancer_sgd", "gradients are not set to zero"},
		{"broken/diabetes_estimator", ""},
		{"broken/diabetes_functional", "no layer with parameters"},
		{"broken/digits_blocks", "not trained"},
		{"broken/digits_cnn", ""},
		{"broken/digits_deep_mlp", ""},
		{"broken/digits_dropout", ""},
		{"broken/digits_embedding", "no loss"},
		{"broken/digits_functional", ""},
		{"broken/digits_mlp", ""},
		{"broken/digits_sgd", another}, // all weights are equal: what rounding makes of that is each machine's own
	} {
		t.Run(c.name, func(t *testing.T) {
			if !all && !slices.Contains(few, c.name) {
				t.Skip("NNVET_TEST_TWIN=all tries all examples")
			}
			file, err := filepath.Abs(filepath.Join("../../examples", c.name+".py"))
			if err != nil {
				t.Fatal(err)
			}
			trace, rows, err := keep(t, python, file)
			if err != nil {
				refused(t, err, c.refused)
				return
			}
			built, err := twin.Build(trace, rows)
			if err != nil {
				refused(t, err, c.refused)
				return
			}
			s, err := twin.New(built, "test", nil)
			if err != nil {
				t.Fatal(err)
			}
			f, err := s.Compare(context.Background(), append(seeds(t, python, file), trace), nil)
			if err != nil {
				refused(t, err, c.refused)
				return
			}
			t.Log(f)
			if c.refused == another {
				if f.Faithful() {
					t.Errorf("the twin is taken for the same training: %v", f)
				}
				return
			}
			if c.refused != "" {
				t.Errorf("it was built, want a refusal with %q", c.refused)
			}
			if !f.Faithful() {
				t.Errorf("the twin is another training: %v", f)
			}
		})
	}
}

// another stands for a twin that can be built, and does otherwise than its program.
const another = "another training"

func refused(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" || !strings.Contains(err.Error(), want) {
		t.Errorf("got the refusal %q, want one with %q", err, want)
	}
}

// keep runs a program with its rows kept.
func keep(t *testing.T, python, file string) (*nnvet.Trace, *twin.Rows, error) {
	t.Helper()
	w := &subject.Watch{Dir: t.TempDir(), Version: "test", Overhead: 0.02, Twin: true}
	if err := w.Install(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, file)
	cmd.Env, cmd.Dir = w.Environ(os.Environ()), t.TempDir()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	rows, err := twin.Read(filepath.Join(w.Dir, twin.File))
	if kept := (*twin.NotKept)(nil); err != nil && !errors.As(err, &kept) {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(w.Dir, twin.File)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the rows are kept with mode %v (%v), want 0600", info.Mode(), err)
	}
	trace, loadErr := tracefile.Load(w.Dir)
	if loadErr != nil {
		t.Fatal(loadErr)
	}
	return trace, rows, err
}

// seeds trains a program from two other seeds.
func seeds(t *testing.T, python, file string) (out []*nnvet.Trace) {
	t.Helper()
	b, err := script.Open(context.Background(), script.Program{Command: []string{python, filepath.Base(file)}, Dir: filepath.Dir(file)}, script.Options{Jobs: 1, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for seed := range int64(2) {
		o, err := b.Run(context.Background(), script.Order{Seed: seed + 1, Trace: t.TempDir()})
		if err != nil || o.Trace == nil {
			t.Fatalf("seed %d: no trace (%v)\n%s", seed+1, err, o.Output)
		}
		out = append(out, o.Trace)
	}
	return out
}

// torch returns a Python with PyTorch and scikit-learn, or skips.
func torch(t *testing.T) string {
	t.Helper()
	const there = "from importlib.util import find_spec as f; assert f('torch') and f('sklearn')"
	for _, python := range []string{os.Getenv("NNVET_TEST_PYTHON"), "python3", "/usr/bin/python3"} {
		if python != "" && exec.Command(python, "-c", there).Run() == nil {
			return python
		}
	}
	t.Skip("no Python with PyTorch and scikit-learn: make test finds or installs one")
	return ""
}
