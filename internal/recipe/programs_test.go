package recipe

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

// learned are the recipes that change a target.
var learned = map[string]func() *nnvet.Trace{"regression": regression, "number": oneNumber}

// targetRows are rows to scale as targets, and to take back as predictions.
func targetRows(of int) [][]float64 {
	var out [][]float64
	for i := range 9 {
		row := make([]float64, of)
		for j := range row {
			row[j] = float64((i*5+j*3)%17-4) / 4
		}
		out = append(out, row)
	}
	return out
}

// there returns what a recipe, written and read, makes of such rows there and back.
func there(t *testing.T, r *Recipe) [][]float64 {
	t.Helper()
	b, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if r, err = Parse(b); err != nil {
		t.Fatal(err)
	}
	var out [][]float64
	for _, do := range []func([]float64) ([]float64, error){r.Target.Scale, r.Target.Restore} {
		for _, row := range targetRows(len(r.Target.Columns)) {
			v, err := do(row)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, v)
		}
	}
	return out
}

func targetInput(t *testing.T, dir string, of int) {
	t.Helper()
	b, err := json.Marshal(targetRows(of))
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "rows.json", string(b))
}

func TestTargetInPython(t *testing.T) {
	p := python(t, "numpy")
	for name, tr := range learned {
		r, dir := mustOf(t, tr()), t.TempDir()
		text, err := r.Python()
		if err != nil {
			t.Fatal(err)
		}
		targetInput(t, dir, len(r.Target.Columns))
		put(t, dir, "inputs.py", text)
		same(t, name, output(t, dir, p, "-c", "import json, inputs; y = json.load(open('rows.json')); print(json.dumps(inputs.scale_target(y).tolist() + inputs.restore_target(y).tolist()))"), there(t, r))
	}
}

// TestTargetInScikitLearn fits a regressor that says what it learned: it must
// be what it was given, but for what a target's logarithm takes for 0.
func TestTargetInScikitLearn(t *testing.T) {
	p := python(t, "sklearn")
	for name, tr := range learned {
		r, dir := mustOf(t, tr()), t.TempDir()
		text, err := r.ScikitLearn()
		if err != nil {
			t.Fatal(err)
		}
		targetInput(t, dir, len(r.Target.Columns))
		put(t, dir, "inputs.py", text)
		var want [][]float64
		for _, row := range targetRows(len(r.Target.Columns)) {
			for i := range row {
				if r.Target.Columns[i].How == Log {
					row[i] = max(row[i], 0)
				}
			}
			want = append(want, row)
		}
		same(t, name, output(t, dir, p, "-c", "import json, pickle, numpy, inputs; from sklearn.neighbors import KNeighborsRegressor as Net; y = numpy.array(json.load(open('rows.json'))); x = numpy.arange(len(y))[:, None]; "+
			"n = pickle.loads(pickle.dumps(inputs.regressor(Net(1)).fit(x, y.squeeze()))); print(json.dumps(n.predict(x).reshape(y.shape).tolist()))"), want)
	}
}

func TestTargetInGo(t *testing.T) {
	for name, tr := range learned {
		r, dir := mustOf(t, tr()), t.TempDir()
		text, err := r.Go("main")
		if err != nil {
			t.Fatal(err)
		}
		program := goMain
		for _, f := range []string{"ScaleTarget", "RestoreTarget"} {
			call := f + "(row)"
			if len(r.Target.Columns) == 1 {
				call = "[]float64{" + f + "(row[0])}, error(nil)"
			}
			program = strings.Replace(program, "func main", "func of"+f+"(row []float64) ([]float64, error) { return "+call+" }\n\nfunc main", 1)
		}
		program = strings.Replace(program, "for _, row := range rows {", "for i, row := range append(rows, rows...) {\nScale := ofScaleTarget\nif i >= len(rows) {\nScale = ofRestoreTarget\n}", 1)
		targetInput(t, dir, len(r.Target.Columns))
		put(t, dir, "inputs.go", text)
		put(t, dir, "main.go", program)
		put(t, dir, "go.mod", "module inputs\n\ngo 1.24\n")
		same(t, name, output(t, dir, "go", "run", "."), there(t, r))
	}
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
