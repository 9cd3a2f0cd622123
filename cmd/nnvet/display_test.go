package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/config"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// record is a line of a trace.
type record map[string]any

// softmaxTwice is the trace of a training whose fault shows from the first step.
var softmaxTwice = []record{
	{"k": "run", "v": 1, "fw": "torch", "world": 1},
	{"k": "model", "s": 0, "c": "Net", "mods": []record{{"i": 0, "n": "fc", "c": "Linear", "leaf": true}}},
	{"k": "head", "h": 0, "loss": "cross_entropy", "red": "mean", "root": true, "shape": []int{32, 10}, "chain": []record{{"op": "softmax", "dim": 1, "size": 10}}},
}

func TestDisplay(t *testing.T) {
	dir := t.TempDir()
	w, err := tracefile.Create(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var b bytes.Buffer
	d := newDisplay(&b, report.Style{}, tracefile.OpenDir(dir), new(config.Settings))
	said := func(do func()) string {
		t.Helper()
		b.Reset()
		if err := d.dir.Poll(); err != nil {
			t.Fatal(err)
		}
		do()
		return b.String()
	}

	if got := said(d.draw); !strings.HasPrefix(got, clearLine+"nnvet") || !strings.HasSuffix(got, "\r") || strings.Contains(got, "\n") {
		t.Errorf("before the first step: got %q, want one line that can be rewritten", got)
	}
	if got := said(d.draw); got != "" {
		t.Errorf("nothing has changed: got %q, want nothing", got)
	}
	for _, r := range append(softmaxTwice, record{"k": "step", "s": []int{0, 1}, "loss": []float64{2.5, 2.25}, "lr": [][]float64{{0.1}}}) {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if got := said(d.draw); !strings.Contains(got, "2.25") {
		t.Errorf("two steps on: got %q, want the loss 2.25", got)
	}
	if got := said(d.judge); !strings.HasPrefix(got, clearLine+"nnvet: ") || !strings.Contains(got, "NN0703") || !strings.HasSuffix(got, "\n") {
		t.Errorf("a new error: got %q, want a line that stays", got)
	}
	if got := said(d.judge); got != "" {
		t.Errorf("the same error: got %q, want nothing", got)
	}
	if got := said(d.draw); !strings.Contains(got, "1 error") {
		t.Errorf("after it: got %q, want that the status counts 1 error", got)
	}
	done := make(chan struct{})
	close(done)
	if got := said(func() { d.follow(done) }); !strings.HasSuffix(got, clearLine) {
		t.Errorf("at the end: got %q, want the line cleared", got)
	}
}
