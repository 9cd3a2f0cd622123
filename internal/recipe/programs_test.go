package recipe

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/nnvet/nnvet"
)

// rows are numbers to try a recipe on: usual ones, far ones, and odd ones.
func rows(of int) [][]float64 {
	out := make([][]float64, 12)
	for i := range out {
		for j := range of {
			v := float64((i*7+j*13)%23-11) * math.Pow(10, float64((i+j)%5-1))
			if i < 3 {
				v = []float64{0, 1, -1}[i]
			}
			out[i] = append(out[i], v)
		}
	}
	return out
}

// want returns what a recipe makes of rows after it was written and read.
func want(t *testing.T, r *Recipe) [][]float64 {
	t.Helper()
	b, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if r, err = Parse(b); err != nil {
		t.Fatal(err)
	}
	var out [][]float64
	for _, row := range rows(r.Of) {
		x, err := r.Apply(row)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	return out
}

// same compares what a program printed, rows as JSON, with what a recipe makes.
func same(t *testing.T, name string, printed []byte, want [][]float64) {
	t.Helper()
	var got [][]float64
	if err := json.Unmarshal(printed, &got); err != nil {
		t.Fatalf("%s: %v: %s", name, err, printed)
	}
	if len(got) != len(want) {
		t.Fatalf("%s: %d rows, want %d", name, len(got), len(want))
	}
	for i := range want {
		if len(got[i]) != len(want[i]) {
			t.Fatalf("%s: row %d has %d numbers, want %d", name, i, len(got[i]), len(want[i]))
		}
		for j, w := range want[i] {
			if g := got[i][j]; math.Abs(g-w) > 1e-12*(1+math.Abs(w)) {
				t.Errorf("%s: row %d, number %d: got %v, want %v", name, i, j, g, w)
			}
		}
	}
}

var tables = map[string]func() *nnvet.Trace{"table": everyKind, "pixels": pixels, "regression": regression, "number": oneNumber}

// python returns a Python that can import a module, or skips.
func python(t *testing.T, module string) string {
	t.Helper()
	for _, p := range []string{os.Getenv("NNVET_TEST_PYTHON"), "python3", "/usr/bin/python3"} {
		if p != "" && exec.Command(p, "-c", "import "+module).Run() == nil {
			return p
		}
	}
	t.Skipf("no Python with %s: set NNVET_TEST_PYTHON", module)
	return ""
}

// input writes rows where a program finds them.
func input(t *testing.T, dir string, of int) {
	t.Helper()
	b, err := json.Marshal(rows(of))
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "rows.json", string(b))
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func output(t *testing.T, dir, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		said := ""
		if e, ok := err.(*exec.ExitError); ok {
			said = string(e.Stderr)
		}
		t.Fatalf("%s: %v\n%s", name, err, said)
	}
	return out
}

func TestPythonRuns(t *testing.T) {
	p := python(t, "numpy")
	for name, tr := range tables {
		r, dir := mustOf(t, tr()), t.TempDir()
		text, err := r.Python()
		if err != nil {
			t.Fatal(err)
		}
		input(t, dir, r.Of)
		put(t, dir, "inputs.py", text)
		same(t, name, output(t, dir, p, "-c", "import json, inputs; print(json.dumps(inputs.scale(json.load(open('rows.json'))).tolist()))"), want(t, r))
	}
}

func TestScikitLearnRuns(t *testing.T) {
	p := python(t, "sklearn")
	for name, tr := range tables {
		r, dir := mustOf(t, tr()), t.TempDir()
		text, err := r.ScikitLearn()
		if err != nil {
			t.Fatal(err)
		}
		input(t, dir, r.Of)
		put(t, dir, "inputs.py", text)
		// fitted to other rows and pickled, it must do the same
		same(t, name, output(t, dir, p, "-c", "import json, pickle, numpy, inputs; x = numpy.array(json.load(open('rows.json'))); "+
			"p = pickle.loads(pickle.dumps(inputs.pipeline().fit(x[:3]))); print(json.dumps(p.transform(x).tolist()))"), want(t, r))
	}
}

const goMain = `package main

import (
	"encoding/json"
	"os"
)

func main() {
	var rows, out [][]float64
	b, err := os.ReadFile("rows.json")
	if err == nil {
		err = json.Unmarshal(b, &rows)
	}
	for _, row := range rows {
		x, bad := Scale(row)
		if bad != nil {
			panic(bad)
		}
		out = append(out, x)
	}
	if err != nil {
		panic(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		panic(err)
	}
}
`

func TestGoRuns(t *testing.T) {
	for name, tr := range tables {
		r, dir := mustOf(t, tr()), t.TempDir()
		text, err := r.Go("main")
		if err != nil {
			t.Fatal(err)
		}
		input(t, dir, r.Of)
		put(t, dir, "inputs.go", text)
		put(t, dir, "main.go", goMain)
		put(t, dir, "go.mod", "module inputs\n\ngo 1.24\n")
		same(t, name, output(t, dir, "go", "run", "."), want(t, r))
	}
}
