package tracefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/nnvet/nnvet"
)

// run makes a run's directory of files given as plain JSON Lines.
func run(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, plain := range files {
		write(t, filepath.Join(dir, name), framed(plain))
	}
	return dir
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func points(t *nnvet.Trace, k nnvet.Key) string {
	s := t.Series(k)
	var out []string
	for i := range s.Len() {
		out = append(out, fmt.Sprintf("%d=%.6g", s.Steps[i], s.Values[i]))
	}
	return strings.Join(out, " ")
}

var trainLoss = nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Train}

// TestRanks holds how the files of two ranks become one trace: against the
// figures of all rows together, worked out by hand.
func TestRanks(t *testing.T) {
	const network = `{"k":"model","s":0,"mods":[{"i":0,"n":"fc","c":"Linear","leaf":true}]}` + "\n"
	dir := run(t, map[string]string{
		"r0-100.jsonl": `{"k":"run","v":1,"world":2,"rank":0,"script":"a.py"}` + "\n" + network +
			`{"k":"data","s":0,"role":"input","split":"train","site":"Net","layout":"features","of":2,"rows":2,"cols":[0,1],"n":[2,2],"mean":[1,5],"std":[1,0],"nz":[1,2],"nf":[0,0]}
{"k":"event","what":"nonfinite","s":1,"text":"loss"}
{"k":"step","s":[0,2],"loss":[4,2,"nan"],"bs":2}
{"k":"step","s":[3,3],"loss":[1]}
{"k":"head","h":0,"loss":"mse_loss"}
{"k":"declared","groups":[{"name":"g","unit":"","cols":["a"]}]}
{"k":"survey","s":3,"site":"Net","rows":100,"of":2}
{"k":"results","s":3,"h":0,"split":"val","rows":50}
{"k":"noise","s":3,"row":4,"batch":1}`,
		"r1-99.jsonl": `{"k":"run","v":1,"world":2,"rank":1,"script":"b.py"}` + "\n" + network +
			`{"k":"data","s":0,"role":"input","split":"train","site":"Net","layout":"features","of":2,"rows":3,"cols":[0,1],"n":[3,2],"mean":[4,5],"std":[0,0],"nz":[3,2],"nf":[0,1]}
{"k":"event","what":"nonfinite","s":0,"text":"input"}
{"k":"event","what":"backward_in_eval","s":0}
{"k":"step","s":[0,2],"loss":[2,1,1],"bs":4}
{"k":"head","h":0,"loss":"mse_loss"}
{"k":"survey","s":3,"site":"Net","rows":90,"of":2}
{"k":"results","s":3,"h":0,"split":"val","rows":40}
{"k":"noise","s":3,"row":2,"batch":0.5}`,
	})
	trace, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	// A survey and predictions are of one rank's rows: they are the lowest's.
	if s, p := trace.Surveys, trace.Predictions; len(s) != 1 || s[0].Rows != 100 || len(p) != 1 || p[0].Rows != 50 || len(trace.Declared.Groups) != 1 {
		t.Errorf("surveys %+v, predictions %+v, declared %+v", s, p, trace.Declared)
	}
	if got, want := points(trace, nnvet.Key{Quantity: nnvet.RowGrad}), "3=3"; got != want {
		t.Errorf("gradients of rows: got %s, want %s", got, want)
	}
	if got, want := points(trace, trainLoss), "0=3 1=1.5 2=NaN 3=1"; got != want {
		t.Errorf("loss: got %s, want %s", got, want)
	}
	if got, want := points(trace, nnvet.Key{Quantity: nnvet.BatchRows}), "2=3"; got != want {
		t.Errorf("rows: got %s, want %s", got, want)
	}
	// The rows of column 0 are 0 2 on one rank, 4 4 4 on the other.
	mean, std := meanStd([]float64{0, 2, 4, 4, 4})
	c := trace.Profiles[0].Columns
	if math.Abs(c[0].Mean-mean) > 1e-12 || math.Abs(c[0].Std-std) > 1e-12 || c[0].N != 5 || c[0].Zeros != 1 || trace.Profiles[0].Rows != 5 {
		t.Errorf("column 0: got %+v, want mean %v, std %v", c[0], mean, std)
	}
	if c[1].N != 4 || c[1].Mean != 5 || c[1].Std != 0 || c[1].NonFinite != 1 {
		t.Errorf("column 1: got %+v", c[1])
	}
	if len(trace.Layers) != 1 || trace.Run.Script != "a.py" || trace.Run.World != 2 || trace.Run.Steps != 4 || trace.Lost != nil {
		t.Errorf("got %d layers, run %+v, lost %q", len(trace.Layers), trace.Run, trace.Lost)
	}
	if e := trace.Events; len(e) != 2 || e[0].Text != "loss" || e[1].Kind != nnvet.BackwardInEval {
		t.Errorf("events: %+v", e)
	}
}

// TestThinnedRanks holds that values are averaged with values that stand for
// as many steps, where one rank's series was thinned and the other's not yet.
func TestThinnedRanks(t *testing.T) {
	var a, b nnvet.Builder
	for step := range int64(nnvet.MaxPoints + 10) {
		_ = a.Add(trainLoss, step, float64(step))
		if step < nnvet.MaxPoints {
			_ = b.Add(trainLoss, step, float64(step)+2)
		}
	}
	trace := mergeRanks([]*nnvet.Trace{a.Snapshot(), b.Snapshot()})
	s := trace.Series(trainLoss)
	for i, step := range s.Steps {
		want := float64(step) + 0.5 + 1 // the mean of two steps, and of two ranks
		if step >= nnvet.MaxPoints {
			want--
		}
		if step != int64(2*i) || s.Values[i] != want {
			t.Fatalf("value %d is %v at step %d, want %v at %d", i, s.Values[i], step, want, 2*i)
		}
	}
	if want := []string{"loss/train: each value stands for 2 recorded ones"}; s.Every != 2 || !slices.Equal(trace.Lost, want) {
		t.Errorf("every %d, lost %q", s.Every, trace.Lost)
	}
}

// TestProcesses holds which file is read where a rank has several.
func TestProcesses(t *testing.T) {
	dir := run(t, map[string]string{
		"r0-9.jsonl":   `{"k":"run","v":1}` + "\n" + `{"k":"eval","s":0,"loss":1}`,
		"r0-10.jsonl":  `{"k":"step","s":[0,4],"loss":[1,1,1,1,1]}` + "\n" + `{"k":"source","file":"b.py","crc":5}`,
		"r0-11.jsonl":  `{"k":"step","s":[0,1],"loss":[2,2]}` + "\n" + `{"k":"source","file":"c.py","crc":6}`,
		"r0-x.jsonl":   `{"k":"step","s":[0,9]}`,
		"meta.json":    `{}`,
		"r00-9.jsonl~": `{}`,
	})
	d := OpenDir(dir)
	if err := d.Finish(); err != nil {
		t.Fatal(err)
	}
	trace := d.Trace()
	if got, want := points(trace, trainLoss), "0=1 1=1 2=1 3=1 4=1"; got != want {
		t.Errorf("loss: got %s, want %s", got, want)
	}
	want := []string{
		"r0-9.jsonl: another process of rank 0, with 0 steps; not part of this trace",
		"r0-11.jsonl: another process of rank 0, with 2 steps; not part of this trace",
	}
	if !slices.Equal(trace.Lost, want) {
		t.Errorf("lost: got %q, want %q", trace.Lost, want)
	}
	if s := d.Sources(); len(s) != 1 || s["b.py"] != 5 {
		t.Errorf("sources: %v", s)
	}
}

// TestFollow reads a run while it grows, and after its directory has vanished.
func TestFollow(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	d := OpenDir(dir)
	poll := func(want string) {
		t.Helper()
		if err := d.Poll(); err != nil {
			t.Fatal(err)
		}
		if got := points(d.Trace(), trainLoss); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	poll("")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	poll("")
	w, err := Create(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	step := func(i int) map[string]any {
		return map[string]any{"k": "step", "s": []int{i, i}, "loss": []float64{float64(i)}}
	}
	if err := w.Write(step(0)); err != nil {
		t.Fatal(err)
	}
	poll("0=0")
	line := framed(`{"k":"step","s":[1,1],"loss":[7]}`)
	w.out.Write(line[:20])
	poll("0=0")
	w.out.Write(line[20:])
	poll("0=0 1=7")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	poll("0=0 1=7")
	if err := d.Finish(); err != nil || d.Trace().Lost != nil {
		t.Errorf("err %v, lost %q", err, d.Trace().Lost)
	}
}

// TestWriter holds that what is written comes back, and how it looks in the file.
func TestWriter(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(dir, 3)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Create(dir, 3); !errors.Is(err, os.ErrExist) {
		t.Errorf("a second writer of the same file: %v", err)
	}
	nan, inf := math.NaN(), math.Inf(1)
	type clip struct {
		Max   float64   `json:"max"`
		S     []int     `json:"s"`
		Norm  []float32 `json:"norm"`
		Src   string    `json:"src,omitempty"`
		plain int
	}
	type record struct {
		K    string    `json:"k"`
		S    [2]int    `json:"s"`
		Loss []float64 `json:"loss"`
		Clip *clip     `json:"clip"`
		Free any       `json:"free"`
	}
	records := []any{
		map[string]any{"k": "run", "v": Version, "t": inf, "a": map[string]float64{"x": nan, "y": 0.5}, "none": nil},
		record{K: "step", S: [2]int{0, 1}, Loss: []float64{nan, -inf}, Clip: &clip{Max: inf, S: []int{1}, Norm: []float32{1.5}, plain: 1}},
		record{K: "step", S: [2]int{2, 2}, Loss: []float64{1.25}},
	}
	for _, r := range records {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Write(map[string]any{"f": func() {}}); err == nil {
		t.Error("a function was written")
	}
	if err := w.Write(strings.Repeat("x", maxLine)); err == nil {
		t.Error("a line was written that is too long")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, fmt.Sprintf("r3-%d.jsonl", os.Getpid()))
	if fi, err := os.Stat(name); err != nil || fi.Mode() != 0o600 {
		t.Errorf("the file: %v, %v", fi.Mode(), err)
	}
	var plain bytes.Buffer
	if err := Plain(&plain, dir); err != nil {
		t.Fatal(err)
	}
	const want = `{"a":{"x":"nan","y":0.5},"k":"run","none":null,"t":"inf","v":1}
{"clip":{"max":"inf","norm":[1.5],"s":[1]},"free":null,"k":"step","loss":["nan","-inf"],"s":[0,1]}
{"k":"step","s":[2,2],"loss":[1.25],"clip":null,"free":null}
`
	if plain.String() != want {
		t.Errorf("got:\n%swant:\n%s", plain.String(), want)
	}
	trace, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := points(trace, trainLoss), "0=NaN 1=-Inf 2=1.25"; got != want {
		t.Errorf("loss: got %s, want %s", got, want)
	}
}

// TestTorn holds that a write that was cut short costs its own line only.
func TestTorn(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	io.WriteString(w.out, "0123abcd {\"k\":")
	w.torn = true
	if err := w.Write(map[string]any{"k": "step", "s": []int{0, 0}, "loss": []int{1}}); err != nil {
		t.Fatal(err)
	}
	trace, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Base(w.name)
	if got, want := trace.Lost, []string{name + ": 1 damaged line at byte 0; 1 good line read"}; !slices.Equal(got, want) {
		t.Errorf("lost: got %q, want %q", got, want)
	}
	if got, want := points(trace, trainLoss), "0=1"; got != want {
		t.Errorf("loss: got %s, want %s", got, want)
	}
}

// TestRefused holds what is not read: pipes, links, directories, what has
// shrunk, what is newer, and nothing at all.
func TestRefused(t *testing.T) {
	const step = `{"k":"step","s":[0,0],"loss":[1]}`
	tests := []struct {
		name string
		make func(t *testing.T, dir string)
		is   error
		want string // of the error, or else of what is lost
	}{
		{"nothing", func(*testing.T, string) {}, ErrEmpty, "DIR: no trace was written"},
		{"no directory", func(t *testing.T, dir string) { os.Remove(dir) }, ErrEmpty, "DIR: no trace was written"},
		{"empty", func(t *testing.T, dir string) { write(t, dir+"/r0-1.jsonl", nil) }, ErrEmpty, "DIR: no trace was written"},
		{"garbage", func(t *testing.T, dir string) { write(t, dir+"/r0-1.jsonl", []byte("garbage\n")) }, ErrEmpty,
			"DIR: no trace was written (r0-1.jsonl: 1 damaged line at byte 0; 0 good lines read)"},
		{"newer", func(t *testing.T, dir string) { write(t, dir+"/r0-1.jsonl", framed(`{"k":"run","v":3}`)) }, ErrNewer,
			"r0-1.jsonl: the trace is of a newer format: version 3, and this nnvet reads up to version 1"},
		{"pipe", func(t *testing.T, dir string) {
			if err := syscall.Mkfifo(dir+"/r0-1.jsonl", 0o600); err != nil {
				t.Skip(err)
			}
		}, ErrEmpty, "DIR: no trace was written (r0-1.jsonl: not a regular file; not read)"},
		{"link", func(t *testing.T, dir string) {
			write(t, dir+"/elsewhere", framed(step))
			if err := os.Symlink("elsewhere", dir+"/r0-1.jsonl"); err != nil {
				t.Skip(err)
			}
			write(t, dir+"/r1-1.jsonl", framed(step))
		}, nil, "r0-1.jsonl: a symbolic link; not followed"},
		{"directory", func(t *testing.T, dir string) {
			os.Mkdir(dir+"/r0-1.jsonl", 0o700)
			write(t, dir+"/r1-1.jsonl", framed(step))
		}, nil, "r0-1.jsonl: not a regular file; not read"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			test.make(t, dir)
			trace, err := Load(dir)
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				got = strings.Join(trace.Lost, "\n")
			}
			if want := strings.ReplaceAll(test.want, "DIR", dir); got != want || !errors.Is(err, test.is) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// TestShrunk holds that a file which loses bytes is not read any further.
func TestShrunk(t *testing.T) {
	dir := run(t, map[string]string{"r0-1.jsonl": `{"k":"step","s":[0,0],"loss":[1]}`})
	d := OpenDir(dir)
	if err := d.Poll(); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(dir+"/r0-1.jsonl", 5); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := d.Finish(); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"r0-1.jsonl: it has shrunk to 5 bytes after 43 were read"}
	if got := d.Trace().Lost; !slices.Equal(got, want) {
		t.Errorf("lost: got %q, want %q", got, want)
	}
	if got, want := points(d.Trace(), trainLoss), "0=1"; got != want {
		t.Errorf("loss: got %s, want %s", got, want)
	}
}

// TestPlain holds that what is printed is what was written, but for damaged
// lines, which the error tells.
func TestPlain(t *testing.T) {
	plain := readFile(t, "classifier.jsonl")
	dir := run(t, map[string]string{"r0-10.jsonl": plain, "r0-9.jsonl": `{"k":"weather"}`})
	var got bytes.Buffer
	if err := Plain(&got, dir); err != nil || got.String() != `{"k":"weather"}`+"\n"+plain {
		t.Errorf("%v; got:\n%s", err, got.String())
	}
	got.Reset()
	write(t, dir+"/r0-9.jsonl", append([]byte("00000000 {}\n"), framed("17\n"+`{"k":"rain"}`)...))
	const want = "r0-9.jsonl: 2 damaged lines, the first at byte 0; 1 good line read"
	if err := Plain(&got, dir); err == nil || err.Error() != want || got.String() != `{"k":"rain"}`+"\n"+plain {
		t.Errorf("got %v, want %s; got:\n%s", err, want, got.String())
	}
	if err := Plain(&got, t.TempDir()); !errors.Is(err, ErrEmpty) {
		t.Errorf("of an empty directory: %v", err)
	}
}
