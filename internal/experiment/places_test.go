package experiment

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

const placed = `# a comment
data: {path: a.csv, target: größe}
network:
  - dense: 64
  - dropout: {rate: 0.5} # half
  - residual:
      - dense:
          units: 8
      - relu
  - clip: {lo: -1, hi: 1}
loss: {huber: 1.5}
optimizer:
  adam:
    lr: 1e-2
    decay: 0.1
schedule: cosine
clip: {norm: 1, value: "x"} # é
batch: 32
`

// TestPlaces holds that what a place covers is what stands there.
func TestPlaces(t *testing.T) {
	text := strings.Replace(placed, `"x"`, "2", 1)
	f := parse(t, text)
	for _, c := range []struct {
		what string
		at   nnvet.Location
		want string
	}{
		{"layer", f.Layers[0].Source, "dense: 64"},
		{"layer with settings", f.Layers[1].Source, "dropout: {rate: 0.5}"},
		{"residual", f.Layers[2].Source, "residual:\n      - dense:\n          units: 8\n      - relu"},
		{"loss", f.Loss.Source, "{huber: 1.5}"},
		{"optimizer", f.Optimizer.Source, "adam:\n    lr: 1e-2\n    decay: 0.1"},
		{"schedule", f.Schedule.Source, "cosine"},
		{"clip", f.Clip.Source, "{norm: 1, value: 2}"},
		{"target", f.Place("data.target"), "größe"},
		{"batch", f.Place("batch"), "32"},
		{"learning rate", f.Place("optimizer.lr"), "1e-2"},
	} {
		if got := covered(text, c.at); got != c.want {
			t.Errorf("%s: %+v covers %q, want %q", c.what, c.at, got, c.want)
		}
	}
}

// covered returns the text at a place.
func covered(text string, at nnvet.Location) string {
	lines := strings.SplitAfter(text, "\n")
	offset := func(line, col int) int { return len(strings.Join(lines[:line-1], "")) + col - 1 }
	return text[offset(at.Line, at.Col):offset(at.EndLine, at.EndCol)]
}

// TestCalls holds what edits of treatments go by.
func TestCalls(t *testing.T) {
	text := strings.Replace(placed, `"x"`, "2", 1)
	var b strings.Builder
	for _, c := range parse(t, text).Calls() {
		fmt.Fprintf(&b, "%d %s(", c.Source.Line, c.Func)
		for _, a := range c.Args {
			fmt.Fprintf(&b, " %s=%s", a.Name, a.Text)
			if got := covered(text, a.Source); got != a.Text && a.Text != "" {
				t.Errorf("%s: %s is at %q, want %q", c.Func, a.Name, got, a.Text)
			}
		}
		b.WriteString(" )\n")
	}
	const want = `4 Linear( out_features=64 )
5 Dropout( p=0.5 )
6 residual( body= )
7 Linear( out_features=8 )
9 relu( )
10 clip( lo=-1 hi=1 )
11 huber( delta=1.5 )
13 Adam( lr=1e-2 weight_decay=0.1 )
17 clip_grad_norm_( max_norm=1 )
17 clip_grad_value_( clip_value=2 )
18 DataLoader( batch_size=32 )
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// TestTransformCalls holds that the transform of the target, whose name a
// trace does not have, is told from those of the inputs.
func TestTransformCalls(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"transform: none", "inputs(*=none at none)"},
		{`transform: {"*": none, y: 'log', b: drop}`, "inputs(*=none at none b=drop at drop) target(y=log at 'log')"},
		{"transform:\n    y: none", "inputs() target(y=none at none)"},
	} {
		text := "data:\n  path: a.csv\n  target: y\n  " + tt.text + "\n"
		var got []string
		for _, c := range parse(t, text).Calls() {
			var args []string
			for _, a := range c.Args {
				args = append(args, a.Name+"="+a.Text+" at "+covered(text, a.Source))
			}
			got = append(got, c.In+"("+strings.Join(args, " ")+")")
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

// TestCallOfOptimizer holds that checks find the learning rate's place, also
// where it is auto and the value is not on the optimizer's line.
func TestCallOfOptimizer(t *testing.T) {
	for _, text := range []string{"optimizer: {sgd: {lr: auto}}", "optimizer:\n  sgd:\n    lr: auto"} {
		f := parse(t, head+text)
		trace := nnvet.Trace{Calls: f.Calls()}
		a, ok := trace.CallAt(f.Optimizer.Source).Arg("lr")
		if got := covered(head+text, a.Source); !ok || got != "auto" {
			t.Errorf("%s\nthe place of lr is %+v, %q", text, a.Source, got)
		}
	}
}

func TestQuote(t *testing.T) {
	f := parse(t, head+"batch: 4\n")
	got := f.Quote(f.Place("data.target"), "no column %q", "y").Error()
	want := "e.yaml:1:29: no column \"y\"\n1 | data: {path: a.csv, target: y}\n  |                             ^"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := f.Quote(f.Place("epochs"), "too long").Error(); got != "e.yaml: too long" {
		t.Errorf("without a place: got %s", got)
	}
}

// TestMention holds which place an error about a setting of the data quotes:
// the name in it, its value, or the nearest key above that is written.
func TestMention(t *testing.T) {
	const text = `data:
  path: a.csv
  target: y
  exclude: [id, "the note"]
  columns: a
  split: {by: {group: site}}
  transform: {x.y: log, y: none}
`
	f := parse(t, text)
	for _, c := range []struct{ key, name, want string }{
		{"data.target", "y", "y"},
		{"data.exclude", "the note", `"the note"`},
		{"data.exclude", "other", `[id, "the note"]`},
		{"data.columns", "a", "a"},
		{"data.split.by", "", "{group: site}"},
		{"data.split.by.column", "", "site"},
		{"data.split.val", "", "{by: {group: site}}"},
		{"data.transform", "x.y", "x.y"},
		{"data.transform.x.y", "", "log"},
		{"data.task", "", ""},
		{"data.missing", "NA", ""},
	} {
		at := f.Mention(c.key, c.name)
		if c.want == "" {
			if at.Known() {
				t.Errorf("%s: got %+v, want no place", c.key, at)
			}
		} else if got := covered(text, at); got != c.want {
			t.Errorf("%s, %s: %+v covers %q, want %q", c.key, c.name, at, got, c.want)
		}
	}
}
