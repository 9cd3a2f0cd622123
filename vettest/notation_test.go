package vettest

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

func TestParseSeries(t *testing.T) {
	tests := []struct{ line, want string }{
		{"loss/train: 2.5 nan inf -inf", "loss/train [0 1 2 3] [2.5 NaN +Inf -Inf]"},
		{"lr SGD.1: 0.1x3", "lr SGD.1 [0 1 2] [0.1 0.1 0.1]"},
		{"loss/val: @100 @+10 1 2 3", "loss/val [100 110 120] [1 2 3]"},
		{"loss/train: 8*0.5x4", "loss/train [0 1 2 3] [8 4 2 1]"},
		{"loss/train: 1+1x3", "loss/train [0 1 2] [1 2 3]"},
		{"loss/train: 3-1x3", "loss/train [0 1 2] [3 2 1]"},
		{"loss/train: -1e-3-1e-3x2", "loss/train [0 1] [-0.001 -0.002]"},
		{"loss/train: nanx2 1", "loss/train [0 1 2] [NaN NaN 1]"},
		{"grad.norm layers.0.weight: 1 @5 2", "grad.norm layers.0.weight [0 5] [1 2]"},
	}
	for _, tt := range tests {
		tr, _, err := Parse(tt.line)
		if err != nil {
			t.Errorf("Parse(%q): %v", tt.line, err)
			continue
		}
		var got []string
		for _, q := range nnvet.Quantities {
			for s := range tr.All(q.Name) {
				got = append(got, fmt.Sprint(s.Key, s.Steps, s.Values))
			}
		}
		if strings.Join(got, "\n") != tt.want {
			t.Errorf("Parse(%q) holds %q, want %q", tt.line, got, tt.want)
		}
	}
}

func TestParseSays(t *testing.T) {
	tests := []struct{ line, want string }{
		{"loss/train", "has no colon"},
		{"los/train: 1", `"los" is no quantity`},
		{"loss/test: 1", `"test" is no split`},
		{"loss/train: 1 two", `"two" is no point`},
		{"loss/train: 1x", `"1x" is no point`},
		{"loss/train: 1.2.3", "invalid syntax"},
		{"loss/train: 1x99999999", "more than"},
		{"loss/train: 1x99999999999999999999", "out of range"},
		{"loss/train: @99999999999999 1", "too large"},
		{"loss/train: 1 @0 2", "not past"},
		{"steps: many", "invalid syntax"},
		{"ended: well", "not \"well\""},
		{"limit NN0101.scale: low", "invalid syntax"},
		{"{", "JSON"},
		{`{"k":"data"}{}`, "after top-level value"},
		{`{"k":"initgrad","i":[7],"dup":[1]}`, "that no record describes"},
	}
	for _, tt := range tests {
		_, _, err := Parse("# a comment\n\n" + tt.line)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Parse(%q) gives the error %v, want one with %q", tt.line, err, tt.want)
		}
	}
}

func TestParseSaysWhere(t *testing.T) {
	_, _, err := Parse("# a comment\n\nloss/train: two")
	if want := `line 3: "two" is no point`; err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %s", err, want)
	}
}

func TestParseRun(t *testing.T) {
	tests := []struct {
		text  string
		steps int64
		ended nnvet.Ending
	}{
		{"", 0, nnvet.Exited},
		{"loss/train: 1x7\nloss/val: @50 1", 7, nnvet.Exited},
		{"loss/train: 1x7\nsteps: 500", 500, nnvet.Exited},
		{"ended: exception", 0, nnvet.Raised},
		{"ended: running", 0, nnvet.Running},
		{`{"k":"end","s":12,"t":1,"why":"exception","exc":"ValueError"}`, 12, nnvet.Raised},
	}
	for _, tt := range tests {
		tr, _, err := Parse(tt.text)
		if err != nil {
			t.Errorf("Parse(%q): %v", tt.text, err)
			continue
		}
		if tr.Run.Steps != tt.steps || tr.Run.Ended != tt.ended {
			t.Errorf("Parse(%q): %d steps, ended %q; want %d, %q", tt.text, tr.Run.Steps, tr.Run.Ended, tt.steps, tt.ended)
		}
	}
}

func TestParseLimit(t *testing.T) {
	_, opts, err := Parse("limit NN0101.scale: 0.3")
	if got := opts.Limits["NN0101.scale"]; err != nil || got != 0.3 {
		t.Errorf("the limit is %v (%v), want 0.3", got, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("loss/train: 2.3-0.1x4 nan @100 @+10 1*0.5x3\nsteps: 9\nended: exit\nlimit a: 1\n{\"k\":\"eval\",\"s\":1}")
	f.Fuzz(func(t *testing.T, text string) {
		tr, _, err := Parse(text)
		if err != nil {
			return
		}
		for _, q := range nnvet.Quantities {
			for s := range tr.All(q.Name) {
				for i := 1; i < s.Len(); i++ {
					if s.Steps[i] <= s.Steps[i-1] {
						t.Fatalf("%v: step %d follows %d", s.Key, s.Steps[i], s.Steps[i-1])
					}
				}
			}
		}
	})
}

func TestRampsDoNotDrift(t *testing.T) {
	got, err := run("1-0.1x11", 11)
	if err != nil || math.Abs(got[10]) > 1e-15 {
		t.Errorf("1-0.1x11 ends at %v (%v), want 0", got[len(got)-1], err)
	}
}
