package record

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// lines trains with a clock that stands still, and returns what was written,
// without checksums.
func (tr training) lines(t *testing.T, o Options) []string {
	t.Helper()
	var file bytes.Buffer
	rec := New(tracefile.NewWriter(&file), o)
	rec.now = func() time.Time { return time.Unix(1700000000, 0) }
	tr.observe(t, rec)
	var out []string
	for line := range bytes.Lines(file.Bytes()) {
		out = append(out, string(line[9:]))
	}
	return out
}

func TestSameSeedSameTrace(t *testing.T) {
	for name, tr := range map[string]training{"moons": moons(), "pictures": pictures()} {
		if a, b := tr.lines(t, Options{}), tr.lines(t, Options{}); !slices.Equal(a, b) {
			t.Errorf("%s: two trainings of one seed left different traces", name)
		}
	}
}

// TestWatchedAsUnwatched holds that to look changes nothing.
func TestWatchedAsUnwatched(t *testing.T) {
	tr := pictures()
	train := func(o *engine.Observer) []float32 {
		n, err := engine.New(tr.spec, tr.spec.Batch)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := engine.Train(context.Background(), n, tr.spec, tr.train, tr.val, o); err != nil {
			t.Fatal(err)
		}
		values, _ := n.Arena()
		return values
	}
	watched := train(New(tracefile.NewWriter(io.Discard), Options{EveryStep: true}).Observer())
	if !slices.Equal(watched, train(nil)) {
		t.Error("a training that was recorded ended elsewhere than one that was not")
	}
}

// TestFileAndMemory holds that both ways to a trace lead to the same.
func TestFileAndMemory(t *testing.T) {
	tr := sums()
	var file bytes.Buffer
	tr.observe(t, New(tracefile.NewWriter(&file), Options{}))
	r := tracefile.NewReader("file")
	r.Write(file.Bytes())
	read, memory := r.Snapshot(), tr.run(t, Options{})
	if len(read.Lost) > 0 {
		t.Errorf("lost: %q", read.Lost)
	}
	series := 0
	for _, q := range nnvet.Quantities {
		for got := range read.All(q.Name) {
			series++
			want := memory.Series(got.Key)
			if want == nil || !slices.Equal(got.Steps, want.Steps) {
				t.Errorf("%v is not in both", got.Key)
				continue
			}
			for i, v := range got.Values {
				if d := v - want.Values[i]; d > 1e-5*max(v, -v) || -d > 1e-5*max(v, -v) {
					t.Errorf("%v at step %d: got %v, want %v", got.Key, got.Steps[i], v, want.Values[i])
				}
			}
		}
	}
	if series < 60 {
		t.Errorf("only %d series", series)
	}
}

// TestNoRows holds that of fewer than 8 rows there is no mean, and no smallest
// or largest element.
func TestNoRows(t *testing.T) {
	for _, batch := range []int{1, 3, 7} {
		tr := sums()
		tr.spec.Batch, tr.spec.Epochs = batch, 2
		data := 0
		for _, line := range tr.lines(t, Options{EveryStep: true}) {
			var r map[string]any
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			switch k := r["k"]; {
			case k == "data":
				data++
				if rows := r["rows"].(float64); rows < few {
					t.Errorf("batch %d: data of %v rows", batch, rows)
				}
			case k == "pred" && r["n"] != nil, k == "tens" && r["a"] != nil:
				t.Errorf("batch %d: figures of fewer than %d rows: %s", batch, few, line)
			}
		}
		if data == 0 {
			t.Errorf("batch %d: no data was described", batch)
		}
	}
	tr := sums()
	tr.spec.Batch = 4
	tr.train, tr.val = first(tr.train, 4, 4), first(tr.val, 4, 4)
	for _, line := range tr.lines(t, Options{}) {
		if kind := line[:12]; kind == `{"k":"data",` {
			t.Errorf("data of 4 rows in all is described: %s", line)
		}
	}
}

// TestPlaces holds that findings about inputs point to where they are made,
// and that what can be cut out of an experiment file is told.
func TestPlaces(t *testing.T) {
	tr := moons()
	fed := nnvet.Location{File: "e.yaml", Line: 2, Col: 9, EndLine: 2, EndCol: 13}
	cut := nnvet.Location{File: "e.yaml", Line: 7, Col: 1, EndLine: 8, EndCol: 4}
	got := tr.run(t, Options{Script: "e.yaml", Fed: fed, Calls: []nnvet.Call{{Func: "relu", Source: fed, Cut: cut}}})
	if !got.OfFile() {
		t.Errorf("a trace of the framework %q is not taken for one of an experiment file", got.Run.Framework)
	}
	for _, split := range []string{nnvet.Train, nnvet.Validation} {
		if p := got.Profile(nnvet.Input, split); p == nil || p.Source != fed {
			t.Errorf("%s: got the inputs %+v, want them from %v", split, p, fed)
		}
		if p := got.Profile(nnvet.Target, split); p == nil || p.Source.Known() {
			t.Errorf("%s: got the targets %+v, want them from nowhere", split, p)
		}
	}
	if c := got.CallAt(fed); c == nil || c.Cut != cut {
		t.Errorf("got the call %+v, want one with the cut %v", c, cut)
	}
}

// first returns the first rows of data with some inputs each.
func first(d engine.Data, rows, inputs int) engine.Data {
	return engine.Data{X: d.X[:rows*inputs], Y: d.Y[:rows], Rows: rows}
}

// TestResumed holds that a training in two parts leaves one whole trace where
// one recorder saw both, and else two that say where they begin.
func TestResumed(t *testing.T) {
	tr := moons()
	n, err := engine.New(tr.spec, tr.spec.Batch)
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := engine.NewTrainer(n, tr.spec, tr.train, tr.val)
	if err != nil {
		t.Fatal(err)
	}
	both, half := tracefile.NewReader("both"), tracefile.NewReader("half")
	trainer.Observer = New(tracefile.NewWriter(both), Options{}).Observer()
	trainer.Continue = func(e *engine.Evaluation) bool { return e.Epoch != 20 }
	if _, err := trainer.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	state := trainer.State()
	if _, err := trainer.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := trainer.Restore(state); err != nil {
		t.Fatal(err)
	}
	trainer.Observer = New(tracefile.NewWriter(half), Options{}).Observer()
	if _, err := trainer.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	loss := nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Train}
	for _, tt := range []struct {
		of   *tracefile.Reader
		from int64
	}{{both, 0}, {half, 200}} {
		got := tt.of.Snapshot()
		if s := got.Series(loss); len(got.Lost) > 0 || s.Steps[0] != tt.from || int64(s.Len()) != 400-tt.from || got.Run.Steps != 400 {
			t.Errorf("got %d losses from step %d on and %d steps, want them from %d to 399; lost: %q", s.Len(), s.Steps[0], got.Run.Steps, tt.from, got.Lost)
		}
	}
}

func TestCancelled(t *testing.T) {
	tr := moons()
	r := tracefile.NewReader("memory")
	rec := New(tracefile.NewWriter(r), Options{})
	n, err := engine.New(tr.spec, tr.spec.Batch)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	o := rec.Observer()
	after := o.After
	o.After = func(s *engine.Step) {
		after(s)
		if s.Number == 41 {
			cancel()
		}
	}
	if _, err := engine.Train(ctx, n, tr.spec, tr.train, tr.val, o); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if got := r.Snapshot().Run; got.Ended != nnvet.Raised || got.Exception != "cancelled" || got.Steps != 42 {
		t.Errorf("got %s (%s) after %d steps, want an exception, cancelled, after 42", got.Ended, got.Exception, got.Steps)
	}
}

// A full disk takes nothing more after some bytes.
type fullDisk struct{ left int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.left -= len(p); d.left < 0 {
		return 0, errors.New("no space left on device")
	}
	return len(p), nil
}

func TestFullDisk(t *testing.T) {
	tr := moons()
	rec := New(tracefile.NewWriter(&fullDisk{5000}), Options{})
	n, err := engine.New(tr.spec, tr.spec.Batch)
	if err != nil {
		t.Fatal(err)
	}
	res, err := engine.Train(context.Background(), n, tr.spec, tr.train, tr.val, rec.Observer())
	if err != nil || res.Epochs != tr.spec.Epochs {
		t.Errorf("the training ended after %d epochs: %v", res.Epochs, err)
	}
	if rec.Err() == nil || rec.drops == 0 {
		t.Errorf("err %v, %d records lost", rec.Err(), rec.drops)
	}
}

// TestUnsampledStepsAllocateNothing holds it of a step between two samples.
func TestUnsampledStepsAllocateNothing(t *testing.T) {
	tr := moons()
	tr.spec.Clip.Norm = 1
	var rec *Recorder
	n, err := engine.New(tr.spec, tr.spec.Batch)
	if err != nil {
		t.Fatal(err)
	}
	rec = New(tracefile.NewWriter(io.Discard), Options{})
	o := rec.Observer()
	sampled, plain := 0, 0
	after := o.After
	o.After = func(s *engine.Step) {
		after(s)
		if s.Sampled || s.Number < 300 {
			sampled++
			return
		}
		plain++
		if plain > 1 {
			return
		}
		step := *s
		number := s.Number
		if got := testing.AllocsPerRun(100, func() {
			number++
			step.Number = number
			rec.wants(300)
			o.Glance(&step)
			after(&step)
		}); got != 0 {
			t.Errorf("%v allocations", got)
		}
	}
	if _, err := engine.Train(context.Background(), n, tr.spec, tr.train, tr.val, o); err != nil {
		t.Fatal(err)
	}
	if sampled == 0 || plain == 0 {
		t.Errorf("%d steps sampled, %d not", sampled, plain)
	}
}
