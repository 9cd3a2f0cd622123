package record

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// TestSurvey holds that a survey arrives, with what the options say, on both
// ways to a trace, and that there is none where none was made.
func TestSurvey(t *testing.T) {
	tr := sums()
	o := Options{Columns: []string{"a", "b", "c_x", "c_y"}, Declared: nnvet.Declared{
		Groups: []nnvet.ColumnGroup{{Name: "c", Unit: "m", Columns: []string{"c_x", "c_y"}}},
		Goal:   &nnvet.Goal{Metric: "mae", Below: true, Value: 2, Source: nnvet.Location{File: "experiment.yaml", Line: 3}},
	}}
	if got := tr.run(t, o).Surveys; got != nil {
		t.Errorf("got %+v, want none", got)
	}
	o.Survey = Survey(tr.spec, tr.train, tr.val, o, nil)
	var file bytes.Buffer
	tr.observe(t, New(tracefile.NewWriter(&file), o))
	r := tracefile.NewReader("file")
	r.Write(file.Bytes())
	for name, trace := range map[string]*nnvet.Trace{"file": r.Snapshot(), "memory": tr.run(t, o)} {
		s := trace.SurveyOf("Sequential")
		if s == nil || s.Rows != 320 || s.Of != 4 || s.Head != "mse_loss" || len(s.Columns) != 4 || s.Columns[2].Name != "c_x" {
			t.Fatalf("%s: got %+v; lost %q", name, s, trace.Lost)
		}
		if s.Smooth.P != 0.01 || math.Abs(s.Order) > 0.2 || s.Overlap.Rows != 96 || s.Overlap.Shared != 0 || s.InputRank != 4 || !math.IsNaN(s.Brightness) {
			t.Errorf("%s: got %+v", name, s)
		}
		if got := trace.Profile(nnvet.Input, nnvet.Train); got.Total != 320 || got.Columns[3].Name != "c_y" {
			t.Errorf("%s: profile %+v", name, got)
		}
		if got := trace.Profile(nnvet.Target, nnvet.Validation); got.Total != 96 {
			t.Errorf("%s: profile %+v", name, got)
		}
		d := trace.Declared
		if len(d.Groups) != 1 || !slices.Equal(d.Groups[0].Columns, []string{"c_x", "c_y"}) || d.Goal == nil || *d.Goal != *o.Declared.Goal {
			t.Errorf("%s: declared %+v", name, d)
		}
	}
}

// TestSurveyOrder holds that rows are surveyed in the order in which they are fed.
func TestSurveyOrder(t *testing.T) {
	tr := sums()
	for i := range tr.train.Y {
		tr.train.Y[i] = float32(i)
	}
	if got := Survey(tr.spec, tr.train, tr.val, Options{}, nil).Order; math.Abs(got) > 0.2 {
		t.Errorf("shuffled: got %v", got)
	}
	tr.spec.KeepOrder = true
	if got := Survey(tr.spec, tr.train, tr.val, Options{}, nil).Order; got < 0.95 {
		t.Errorf("in order: got %v", got)
	}
}

// TestSurveyKinds holds what inputs are taken for.
func TestSurveyKinds(t *testing.T) {
	tokens := moons()
	tokens.spec.Layers = nodes(&engine.Embedding{Tokens: 10, Units: 4}, &engine.Flatten{}, &engine.Dense{Units: 2})
	if s := Survey(tokens.spec, tokens.train, tokens.val, Options{}, nil); s.Columns != nil || s.Rows != 320 {
		t.Errorf("tokens: got %+v", s)
	}
	p := pictures()
	if s := Survey(p.spec, p.train, p.val, Options{}, nil); len(s.Columns) != 64 || !math.IsNaN(s.Columns[0].Alone) || s.TargetRank != 1 {
		t.Errorf("pictures: got %+v", s)
	}
}

// TestRowSums holds the range of the sums over targets of several columns.
func TestRowSums(t *testing.T) {
	nan := float32(math.NaN())
	if got := rowSums([]float32{1, 2, 3, 4, nan, 1}, 2); got == nil || got.Lo != 3 || got.Hi != 7 {
		t.Errorf("got %+v, want 3 to 7", got)
	}
	if got := rowSums([]float32{1, 2}, 1); got != nil {
		t.Errorf("of one column: got %+v", got)
	}
	if got := rowSums([]float32{nan, 2}, 2); got != nil {
		t.Errorf("of nothing finite: got %+v", got)
	}
}
