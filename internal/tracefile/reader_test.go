package tracefile

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

// framed turns plain JSON Lines into lines of the format.
func framed(plain string) []byte {
	var out []byte
	for line := range strings.Lines(plain) {
		out = append(out, frame([]byte(strings.TrimSuffix(line, "\n")))...)
	}
	return out
}

func readFile(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// read reads a whole file given as its bytes.
func read(file []byte) *Reader {
	r := NewReader("r0-12.jsonl")
	r.Write(file)
	r.Finish()
	return r
}

// describe writes a trace out, for people and for comparing.
func describe(t *nnvet.Trace) string {
	var b strings.Builder
	fmt.Fprintf(&b, "run %+v\n", t.Run)
	each(&b, "layer", t.Layers)
	each(&b, "param", t.Params)
	each(&b, "optimizer", t.Optimizers)
	each(&b, "head", t.Heads)
	each(&b, "profile", t.Profiles)
	each(&b, "survey", t.Surveys)
	for _, p := range t.Predictions {
		if p.Joint != nil {
			fmt.Fprintf(&b, "joint %+v\n", *p.Joint)
		}
		p.Joint = nil
		fmt.Fprintf(&b, "predictions %+v\n", p)
	}
	each(&b, "node", t.Graph)
	each(&b, "group", t.Declared.Groups)
	if t.Declared.Goal != nil {
		fmt.Fprintf(&b, "goal %+v\n", *t.Declared.Goal)
	}
	each(&b, "call", t.Calls)
	each(&b, "event", t.Events)
	for _, q := range nnvet.Quantities {
		for s := range t.All(q.Name) {
			fmt.Fprintf(&b, "series %v:", s.Key)
			for i, v := range s.Values {
				fmt.Fprintf(&b, " %d=%.6g", s.Steps[i], v)
			}
			b.WriteByte('\n')
		}
	}
	each(&b, "lost", t.Lost)
	return b.String()
}

func each[T any](b *strings.Builder, what string, list []T) {
	for _, v := range list {
		fmt.Fprintf(b, "%s %+v\n", what, v)
	}
}

// TestRead holds what becomes of every kind of record.
func TestRead(t *testing.T) {
	for _, name := range []string{"classifier", "gan"} {
		t.Run(name, func(t *testing.T) {
			r := read(framed(readFile(t, name+".jsonl")))
			if d := r.Damage(); d != nil {
				t.Errorf("damage: %v", d)
			}
			golden(t, name+".trace", describe(r.Snapshot()))
		})
	}
}

// golden compares with a file in testdata, or rewrites it with NNVET_UPDATE=1.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if os.Getenv("NNVET_UPDATE") != "" {
		if err := os.WriteFile(filepath.Join("testdata", name), []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := readFile(t, name); got != want {
		t.Errorf("%s: got:\n%s\nwant:\n%s", name, got, want)
	}
}

// TestMalformed holds what is said of records that are not as the format says.
// Nothing of them may be applied.
func TestMalformed(t *testing.T) {
	const network = `{"k":"model","s":0,"mods":[{"i":1,"n":"fc","c":"Linear","leaf":true}],"params":[{"i":0,"n":"fc.weight","m":1,"shape":[2,2]}]}
{"k":"optim","i":0,"c":"SGD","groups":[]}
{"k":"head","h":0,"loss":"mse_loss"}
`
	tests := []struct{ record, want string }{
		{`[]`, `not a JSON object with a kind: json: cannot unmarshal array into Go value of type struct { K string }`},
		{`{"k":`, `not a JSON object with a kind: unexpected end of JSON input`},
		{`{"k":5}`, `not a JSON object with a kind: json: cannot unmarshal number into Go struct field .K of type string`},
		{`{"k":"step","s":[0,1]`, `step: unexpected end of JSON input`},
		{`{"k":"step","s":[0]}`, `step: s is no range of steps`},
		{`{"k":"step","s":[-1,0]}`, `step: s is no range of steps`},
		{`{"k":"step","s":[0,9007199254740993]}`, `step: s is no range of steps`},
		{`{"k":"step","s":[0,1],"loss":[1,2,3]}`, `step: 3 losses for 2 steps`},
		{`{"k":"step","s":[0,1],"loss":[1,"x"]}`, `step: "\"x\"" is no number`},
		{`{"k":"step","s":[0,1],"loss":[null]}`, `step: 1 losses for 2 steps`},
		{`{"k":"step","s":[0,1],"loss":[[1]]}`, `step: "[1]" is no number`},
		{`{"k":"step","s":[0,1],"loss":1}`, `step: not an array`},
		{`{"k":"step","s":[0,1],"loss":[1e999]}`, `step: "1e999" is no number`},
		{`{"k":"step","s":[0,1],"clip":{"s":[1],"norm":[1,2]}}`, `step: columns of 1 and of 2`},
		{`{"k":"step","s":[0,1],"clip":{"s":[-1],"norm":[1]}}`, `step: a count of -1`},
		{`{"k":"tens","s":0,"w":{"i":[0],"mean":[1]}}`, `tens: a stat block without n`},
		{`{"k":"tens","s":0,"w":{"i":[0],"n":[4],"mean":[1,2]}}`, `tens: columns of 1 and of 2`},
		{`{"k":"tens","s":0,"w":{"i":[0],"n":[4],"nz":[5]}}`, `tens: column nz counts 5 of 4`},
		{`{"k":"tens","s":0,"w":{"i":[1000001],"n":[4]}}`, `tens: id 1000001 is not one of 0 to 1000000`},
		{`{"k":"tens","s":-1}`, `tens: step -1`},
		{`{"k":"model","s":0,"mods":[{"i":1,"n":"fc2"}]}`, `model: module 1 is described twice`},
		{`{"k":"model","s":0,"mods":[{"i":2,"n":"a"},{"i":2,"n":"b"}]}`, `model: module 2 is described twice`},
		{`{"k":"model","s":0,"mods":[{"i":2,"n":"a"}],"params":[{"i":0,"n":"b"}]}`, `model: parameter 0 is described twice`},
		{`{"k":"model","s":0,"params":[{"i":1,"n":"b","shape":[2,-2]}]}`, `model: a shape with an extent of -2`},
		{`{"k":"orphan","s":0,"i":0,"n":"b"}`, `orphan: parameter 0 is described twice`},
		{`{"k":"optim","i":0,"c":"SGD"}`, `optim: optimizer 0 is described twice`},
		{`{"k":"init","w":{"i":[0],"n":[4]},"rows":[]}`, `init: columns of 1 and of 0`},
		{`{"k":"initgrad","i":[0]}`, `initgrad: no dup`},
		{`{"k":"head","h":1}`, `head: no loss`},
		{`{"k":"head","h":-1,"loss":"mse_loss"}`, `head: id -1 is not one of 0 to 1000000`},
		{`{"k":"data","role":"inputs","split":"train"}`, `data: "inputs" is no role`},
		{`{"k":"data","role":"input","split":"test"}`, `data: "test" is no split`},
		{`{"k":"data","role":"input","split":"val","of":1,"cols":[1],"n":[1],"mean":[1],"std":[1]}`, `data: column 1 of 1`},
		{`{"k":"data","role":"input","split":"val","of":2,"cols":[1,0],"n":[1,1],"mean":[1,1],"std":[1,1]}`, `data: column 0 of 2`},
		{`{"k":"data","role":"input","split":"val","of":1,"cols":[0]}`, `data: columns without n, mean and std`},
		{`{"k":"data","role":"target","split":"val","site":"0","of":3,"classes":[1,2]}`, `data: 2 classes of 3`},
		{`{"k":"data","role":"target","split":"val","site":"0","of":2,"classes":[1,-2]}`, `data: a count of -2`},
		{`{"k":"data","role":"target","split":"val","site":"Net"}`, `data: site "Net" is no number of a head`},
		{`{"k":"data","role":"target","split":"val","site":"0","ranges":{"n":-1}}`, `data: a count of -1`},
		{`{"k":"pred","s":0,"h":0,"split":""}`, `pred: "" is no split`},
		{`{"k":"units","s":[0,1],"dead":{"i":[0],"dead":[1],"units":[]}}`, `units: columns of different lengths`},
		{`{"k":"units","s":[0,1],"dead":{"i":[0],"dead":[3],"units":[2]}}`, `units: 3 of 2 units`},
		{`{"k":"units","s":[0,1],"bound":{"i":[0],"share":[]}}`, `units: columns of different lengths`},
		{`{"k":"survey","s":-1,"site":"Net"}`, `survey: step -1`},
		{`{"k":"survey","s":0,"site":"Net","rows":-1}`, `survey: a count of -1`},
		{`{"k":"survey","s":0,"site":"Net","of":2,"cols":[2]}`, `survey: column 2 of 2`},
		{`{"k":"survey","s":0,"site":"Net","of":2,"cols":[0,1],"names":["a"]}`, `survey: 1 names of 2 columns`},
		{`{"k":"survey","s":0,"site":"Net","of":2,"cols":[0,1],"mad":[1]}`, `survey: columns of 2 and of 1`},
		{`{"k":"survey","s":0,"site":"Net","overlap":{"rows":1,"shared":-1}}`, `survey: a count of -1`},
		{`{"k":"survey","s":0,"site":"Net","frames":[{"cols":[-1]}]}`, `survey: a count of -1`},
		{`{"k":"results","s":0,"h":0,"split":"test"}`, `results: "test" is no split`},
		{`{"k":"results","s":0,"h":0,"split":"val","rows":-1}`, `results: -1 rows`},
		{`{"k":"results","s":0,"h":0,"split":"val","matrix":[[1,2],[3]]}`, `results: a row of 1 counts in a square of 2`},
		{`{"k":"results","s":0,"h":0,"split":"val","edges":[0,1],"joint":[[1,2],[3,4]]}`, `results: 2 edges of 2 bins`},
		{`{"k":"results","s":0,"h":0,"split":"val","edges":[0,0],"joint":[[1]]}`, `results: edges that do not rise`},
		{`{"k":"results","s":0,"h":0,"split":"val","worst":[-1]}`, `results: a count of -1`},
		{`{"k":"results","s":0,"h":0,"split":"val","best":[1,2,3,4,5,6,7,8,9]}`, `results: a list without end`},
		{`{"k":"depth","s":0,"i":[1],"cos":[1,2]}`, `depth: columns of 1 and of 2`},
		{`{"k":"noise","s":-1}`, `noise: step -1`},
		{`{"k":"event","s":0}`, `event: no name`},
		{`{"k":"event","what":"nonfinite","s":0,"n":-1}`, `event: a negative count`},
		{`{"k":"source"}`, `source: no file`},
		{`{"k":"end","why":"bored"}`, `end: "bored" is no way to end`},
	}
	before := describe(read(framed(network)).Snapshot())
	for _, test := range tests {
		r := read(framed(network + test.record))
		d := r.Damage()
		if len(d) != 1 || d[0].Reason != test.want || d[0].Offset != int64(len(framed(network))) {
			t.Errorf("%s:\ngot  %v\nwant %s", test.record, d, test.want)
		}
		after, said, _ := strings.Cut(describe(r.Snapshot()), "lost ")
		if after != before {
			t.Errorf("%s: was applied in part:\n%s", test.record, after)
		}
		want := fmt.Sprintf("r0-12.jsonl: 1 malformed record at byte %d (%s)\n", d[0].Offset, test.want)
		if said != want {
			t.Errorf("%s:\ngot  %s\nwant %s", test.record, said, want)
		}
		if err := NewReader("").Record([]byte(test.record)); err == nil && strings.Contains(test.want, "JSON") {
			t.Errorf("Record(%s) is silent", test.record)
		}
	}
}

// TestLost holds what is said of what could not be read.
func TestLost(t *testing.T) {
	step := func(i int) string { return fmt.Sprintf(`{"k":"step","s":[%d,%d],"loss":[%d]}`+"\n", i, i, i) }
	a, b, c := framed(step(0)), framed(step(1)), framed(step(2))
	bad := bytes.Replace(b, []byte("loss"), []byte("gain"), 1)
	long := append(bytes.Repeat([]byte("x"), maxLine), '\n')
	tests := []struct {
		name  string
		lines [][]byte
		want  string
	}{
		{"whole", [][]byte{a, b, c}, ""},
		{"empty lines", [][]byte{a, []byte("\n\n"), b}, ""},
		{"damaged", [][]byte{a, bad, c}, "1 damaged line at byte 43; 2 good lines read"},
		{"damaged twice", [][]byte{bad, a, bad}, "2 damaged lines, the first at byte 0; 1 good line read"},
		{"too long", [][]byte{a, long, c}, "1 damaged line at byte 43; 2 good lines read"},
		{"too long and cut off", [][]byte{a, long[:maxLine]}, "the last line is cut off at byte 43; 1 good line read"},
		{"cut off", [][]byte{a, b[:20]}, "the last line is cut off at byte 43; 1 good line read"},
		{"upper case", [][]byte{a, bytes.ToUpper(b)}, "1 damaged line at byte 43; 1 good line read"},
		{"again", [][]byte{a, b, b, a}, ""},
		{"disorder", [][]byte{b, a}, "1 value left out since their steps do not increase, the first of loss/train"},
		{"unknown optimizer", [][]byte{framed(`{"k":"optim","i":1,"c":"SGD"}` + "\n" + `{"k":"step","s":[0,0],"lr":[[1],[2]]}`)},
			"1 figure of layers, parameters, losses or optimizers that no record describes"},
		{"unknown ids", [][]byte{framed(`{"k":"tens","s":1,"w":{"i":[0,1],"n":[1,1]}}`)},
			"2 figures of layers, parameters, losses or optimizers that no record describes"},
	}
	for _, test := range tests {
		got := read(slices.Concat(test.lines...)).Snapshot().Lost
		var want []string
		if test.want != "" {
			want = []string{"r0-12.jsonl: " + test.want}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", test.name, got, want)
		}
	}
}

// TestTruncated cuts a trace at every byte: every complete line is read, and
// what is cut off is told from damage.
func TestTruncated(t *testing.T) {
	whole := framed(readFile(t, "classifier.jsonl"))
	for n := range len(whole) {
		r := read(whole[:n])
		complete := int64(bytes.Count(whole[:n], []byte("\n")))
		if r.lines.good != complete || r.Damage() != nil {
			t.Fatalf("cut at byte %d: read %d of %d lines, damage %v", n, r.lines.good, complete, r.Damage())
		}
		lost := r.Snapshot().Lost
		if said := len(lost) > 0 && strings.Contains(lost[len(lost)-1], "cut off"); said != (n > 0 && whole[n-1] != '\n') {
			t.Fatalf("cut at byte %d: lost %q", n, lost)
		}
	}
}

// TestChunks feeds a trace in pieces: the same must come out.
func TestChunks(t *testing.T) {
	whole := framed(readFile(t, "classifier.jsonl"))
	want := describe(read(whole).Snapshot())
	for _, size := range []int{1, 2, 7, 100, 4096} {
		r := NewReader("r0-12.jsonl")
		for chunk := range slices.Chunk(whole, size) {
			r.Write(slices.Clone(chunk))
		}
		if got := describe(r.Snapshot()); got != want {
			t.Errorf("in pieces of %d bytes: got:\n%s", size, got)
		}
	}
}

// TestBitFlips flips every bit of a trace. The lines that it is in are lost
// and that is said; all others are read as ever.
func TestBitFlips(t *testing.T) {
	whole := framed(readFile(t, "classifier.jsonl"))
	lines, _ := split(whole)
	for i := range whole {
		for bit := range 8 {
			whole[i] ^= 1 << bit
			got, reported := split(whole)
			whole[i] ^= 1 << bit
			lost := len(lines) - len(got)
			joins := whole[i] == '\n' // two lines, or the last one and nothing
			if lost == 0 || lost > 1 && !joins || reported == 0 {
				t.Fatalf("bit %d of byte %d: %d lines are lost, %d reported", bit, i, lost, reported)
			}
			if !isSubsequence(got, lines) {
				t.Fatalf("bit %d of byte %d: a line is read that was not written", bit, i)
			}
		}
	}
}

// split returns the good lines of a file, and how many others it reports.
func split(file []byte) (good [][]byte, reported int) {
	var s splitter
	s.take = func(json []byte) { good = append(good, json) }
	s.lose = func(string) { reported++ }
	s.write(file)
	if s.held() > 0 {
		reported++
	}
	return good, reported
}

func isSubsequence(part, whole [][]byte) bool {
	for _, line := range whole {
		if len(part) > 0 && bytes.Equal(part[0], line) {
			part = part[1:]
		}
	}
	return len(part) == 0
}

func TestNewer(t *testing.T) {
	r := NewReader("r0-12.jsonl")
	_, err := r.Write(framed(`{"k":"run","v":2}` + "\n" + `{"k":"step","s":[0,0]}`))
	const want = "r0-12.jsonl: the trace is of a newer format: version 2, and this nnvet reads up to version 1"
	if !errors.Is(err, ErrNewer) || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	if r.LastStep() != -1 {
		t.Error("something was read of a trace of a newer format")
	}
}

// TestSnapshot holds that what is read later does not change a snapshot.
func TestSnapshot(t *testing.T) {
	file := framed(readFile(t, "classifier.jsonl"))
	for n := 0; n < len(file); n += 101 {
		r := NewReader("r0-12.jsonl")
		r.Write(file[:n])
		snapshot := r.Snapshot()
		before := describe(snapshot)
		r.Write(file[n:])
		if after := describe(snapshot); after != before {
			t.Fatalf("after %d bytes: before:\n%s\nafter:\n%s", n, before, after)
		}
	}
}

// TestMoments holds that batches merged are as the data that they came from.
func TestMoments(t *testing.T) {
	batches := [][]float64{{1, 2, 3, 4}, {0, 0, 10}, {-5}}
	r := NewReader("")
	var all []float64
	for s, x := range batches {
		mean, std := meanStd(x)
		record := fmt.Sprintf(`{"k":"data","s":%d,"role":"input","split":"train","site":"Net","layout":"features","of":1,"rows":%d,`+
			`"cols":[0],"n":[%d],"mean":[%.17g],"std":[%.17g]}`, s, len(x), len(x), mean, std)
		if err := r.Record([]byte(record)); err != nil {
			t.Fatal(err)
		}
		all = append(all, x...)
	}
	got := r.Snapshot().Profiles[0].Columns[0]
	mean, std := meanStd(all)
	if math.Abs(got.Mean-mean) > 1e-12 || math.Abs(got.Std-std) > 1e-12 || got.N != int64(len(all)) {
		t.Errorf("got mean %v, std %v of %d; want %v, %v of %d", got.Mean, got.Std, got.N, mean, std, len(all))
	}
}

func meanStd(x []float64) (mean, std float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		std += (v - mean) * (v - mean) / float64(len(x))
	}
	return mean, math.Sqrt(std)
}

// TestLong reads ten million losses: the memory that they take stays bounded,
// the curve stays whole, and it is said that it was thinned.
func TestLong(t *testing.T) {
	const steps, each = 10_000_000, 1000
	r := NewReader("r0-12.jsonl")
	values := strings.TrimSuffix(strings.Repeat("0.5,", each), ",")
	for first := 0; first < steps; first += each {
		r.Write(framed(fmt.Sprintf(`{"k":"step","s":[%d,%d],"loss":[%s]}`, first, first+each-1, values)))
	}
	t0 := r.Snapshot()
	s := t0.Series(nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Train})
	if s.Len() > nnvet.MaxPoints+1 || s.Len() < nnvet.MaxPoints/2 {
		t.Errorf("%d values are kept", s.Len())
	}
	if step, v := s.Last(); v != 0.5 || step < steps-2*s.Every || r.LastStep() != steps-1 || t0.Run.Steps != steps {
		t.Errorf("the last of %d values is %v at step %d", t0.Run.Steps, v, step)
	}
	if want := []string{"loss/train: each value stands for 256 recorded ones"}; !slices.Equal(t0.Lost, want) {
		t.Errorf("got %q, want %q", t0.Lost, want)
	}
}

// TestDeep reads the trace of a network of ten thousand layers.
func TestDeep(t *testing.T) {
	const layers, at = 10_000, 100 // layers to a record
	r := NewReader("r0-12.jsonl")
	for first := 0; first < layers; first += at {
		var mods, params, ids, ones []string
		for i := first; i < first+at; i++ {
			mods = append(mods, fmt.Sprintf(`{"i":%d,"n":"l%d","c":"Linear","leaf":true}`, i, i))
			params = append(params, fmt.Sprintf(`{"i":%d,"n":"l%d.weight","m":%d,"shape":[1,1],"rg":true}`, i, i, i))
			ids, ones = append(ids, fmt.Sprint(i)), append(ones, "1")
		}
		block := fmt.Sprintf(`{"i":[%s],"n":[%[2]s],"mean":[%[2]s],"std":[%[2]s],"min":[%[2]s],"max":[%[2]s],"l2":[%[2]s],"nz":[%[2]s]}`,
			strings.Join(ids, ","), strings.Join(ones, ","))
		r.Write(framed(fmt.Sprintf(`{"k":"model","s":0,"mods":[%s],"params":[%s]}`, strings.Join(mods, ","), strings.Join(params, ","))))
		r.Write(framed(fmt.Sprintf(`{"k":"tens","s":0,"w":%[1]s,"g":%[1]s,"u":%[1]s,"a":%[1]s}`, block)))
	}
	trace := r.Snapshot()
	if len(trace.Layers) != layers || len(trace.Params) != layers || trace.Lost != nil {
		t.Errorf("%d layers, %d parameters, lost %q", len(trace.Layers), len(trace.Params), trace.Lost)
	}
	for _, k := range []nnvet.Key{{Quantity: nnvet.Update, Site: "l9999.weight"}, {Quantity: nnvet.ActMax, Site: "l9999"}} {
		if s := trace.Series(k); s.Len() != 1 || s.Values[0] != 1 {
			t.Errorf("%v: %v", k, s)
		}
	}
}

func FuzzReader(f *testing.F) {
	for _, name := range []string{"classifier.jsonl", "gan.jsonl"} {
		plain := readFile(f, name)
		f.Add([]byte(plain), true)
		f.Add(framed(plain), false)
		for line := range strings.Lines(plain) {
			f.Add([]byte(line), true)
		}
	}
	f.Fuzz(func(t *testing.T, file []byte, plain bool) {
		if plain {
			file = framed(string(file))
		}
		r := read(file)
		lines := int64(bytes.Count(file, []byte("\n")))
		if r.lines.good > lines || r.lines.offset+r.lines.held() != int64(len(file)) {
			t.Errorf("%d of %d lines, to byte %d of %d", r.lines.good, lines, r.lines.offset+r.lines.held(), len(file))
		}
		trace := r.Snapshot()
		for _, q := range nnvet.Quantities {
			for s := range trace.All(q.Name) {
				if !slices.IsSorted(s.Steps) || len(s.Steps) != len(s.Values) {
					t.Errorf("%v: steps %v", s.Key, s.Steps)
				}
			}
		}
		if (len(r.Damage()) > 0 || r.lines.held() > 0) && len(trace.Lost) == 0 {
			t.Errorf("damage %v is not said", r.Damage())
		}
	})
}

// BenchmarkRead reads the trace of a small network, over and over.
func BenchmarkRead(b *testing.B) {
	var file []byte
	ids := "0,1,2,3,4,5,6,7,8,9,10,11"
	figures := strings.TrimSuffix(strings.Repeat("0.0123456,", 12), ",")
	counts := strings.TrimSuffix(strings.Repeat("16384,", 12), ",")
	none := strings.TrimSuffix(strings.Repeat("0,", 12), ",")
	block := fmt.Sprintf(`{"i":[%s],"n":[%[3]s],"mean":[%[2]s],"std":[%[2]s],"min":[%[2]s],"max":[%[2]s],"l2":[%[2]s],"nz":[%[3]s],"nf":[%[4]s]}`,
		ids, figures, counts, none)
	losses := strings.TrimSuffix(strings.Repeat("2.34567,", 64), ",")
	var mods, params []string
	for i := range 12 {
		mods = append(mods, fmt.Sprintf(`{"i":%d,"n":"layer%d","c":"Linear","leaf":true}`, i, i))
		params = append(params, fmt.Sprintf(`{"i":%d,"n":"layer%d.weight","m":%d,"shape":[512,512],"rg":true}`, i, i, i))
	}
	file = framed(fmt.Sprintf(`{"k":"model","s":0,"mods":[%s],"params":[%s]}`, strings.Join(mods, ","), strings.Join(params, ",")))
	for first := 0; len(file) < 32<<20; first += 64 {
		file = append(file, framed(fmt.Sprintf(`{"k":"step","s":[%d,%d],"t":1.5,"loss":[%s],"lr":[[0.1]],"bs":64,"bw":1,"ov":0.01}`, first, first+63, losses))...)
		file = append(file, framed(fmt.Sprintf(`{"k":"tens","s":%d,"w":%[2]s,"u":%[2]s,"g":%[2]s,"a":%[2]s}`, first+63, block))...)
	}
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		if r := read(file); r.Damage() != nil {
			b.Fatal(r.Damage())
		}
	}
}
