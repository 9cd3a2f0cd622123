package experiment

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/prepare"
)

const head = "data: {path: a.csv, target: y}\n"

func parse(t *testing.T, text string) *File {
	t.Helper()
	f, err := Parse("e.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return f
}

// TestKeys holds what each key sets.
func TestKeys(t *testing.T) {
	of := func(change func(*File)) File {
		f := unset("e.yaml")
		f.Data.Path, f.Data.Options.Target, f.Data.Plan.Target, f.Seeds = "a.csv", "y", "y", []int64{0}
		change(f)
		return *f
	}
	dense := func(units int) engine.Node { return engine.Node{Layer: &engine.Dense{Units: units}} }
	for name, c := range map[string]struct {
		text string
		want File
	}{
		"nothing":         {"", of(func(*File) {})},
		"auto":            {"network: auto\nbatch: auto\nepochs: auto\npatience: auto\nloss: auto\nmetrics: auto\nkernels: auto\noutput: auto", of(func(*File) {})},
		"numbers":         {"batch: 64\nepochs: 1e2\npatience: 0\nseed: 7", of(func(f *File) { f.Batch, f.Epochs, f.Patience, f.Seeds = 64, 100, 0, []int64{7} })},
		"steps and seeds": {"steps: 500\nseeds: [0, 1, 2]", of(func(f *File) { f.Steps, f.Seeds = 500, []int64{0, 1, 2} })},
		"loss":            {"loss: mae", of(func(f *File) { f.Loss.Kind = engine.MAE })},
		"step, number":    {"schedule: {step: 5}", of(func(f *File) { f.Schedule.Kind, f.Schedule.Every = "step", 5 })},
		"linear, number":  {"schedule: {linear: 0.1}", of(func(f *File) { f.Schedule.Kind, f.Schedule.Floor = "linear", 0.1 })},
		"cosine, number":  {"schedule: {cosine: 0.1}", of(func(f *File) { f.Schedule.Kind, f.Schedule.Floor = "cosine", 0.1 })},
		"loss, number":    {"loss: {huber: 2}", of(func(f *File) { f.Loss.Kind, f.Loss.Delta = engine.Huber, 2 })},
		"loss, settings":  {"loss: {cross_entropy: {smoothing: 0.1}}", of(func(f *File) { f.Loss.Kind, f.Loss.Smoothing = engine.CrossEntropy, 0.1 })},
		"optimizer":       {"optimizer: sgd", of(func(f *File) { f.Optimizer.Kind = "sgd" })},
		"optimizer, settings": {"optimizer:\n  sgd:\n    lr: 1e-2\n    momentum: .9\n    nesterov: true", of(func(f *File) {
			f.Optimizer = engine.Optimizer{Kind: "sgd", LR: 0.01, Momentum: 0.9, Nesterov: true}
		})},
		"lr auto":  {"optimizer: {adamw: {lr: auto, decay: 0.1}}", of(func(f *File) { f.Optimizer = engine.Optimizer{Kind: "adamw", Decay: 0.1} })},
		"schedule": {"schedule: {cosine: {warmup: 10, floor: 0.1}}", of(func(f *File) { f.Schedule = engine.Schedule{Kind: "cosine", Warmup: 10, Floor: 0.1} })},
		"clip":     {"clip: {norm: 1, value: 0.5}", of(func(f *File) { f.Clip = engine.Clip{Norm: 1, Value: 0.5} })},
		"augment": {"augment: [{noise: 0.1}, {flip: {amount: 0.5}}]", of(func(f *File) {
			f.Augment = []engine.Augment{{Kind: "noise", Amount: 0.1}, {Kind: "flip", Amount: 0.5}}
		})},
		"augment, one": {"augment: {noise: 0.1}", of(func(f *File) { f.Augment = []engine.Augment{{Kind: "noise", Amount: 0.1}} })},
		"metrics":      {"metrics: [r2, mae]", of(func(f *File) { f.Metrics = []string{"r2", "mae"} })},
		"metric, one":  {"metrics: rmse", of(func(f *File) { f.Metrics = []string{"rmse"} })},
		"no hidden":    {"network: []\noutput: as_written", of(func(f *File) { f.Layers, f.Output = []engine.Node{}, AsWritten })},
		"network": {"network:\n- dense: 64\n- relu\n- dense: {units: 32, no_bias: true, init: he_normal, bias_init: {constant: -5}, name: last}\n- tanh:", of(func(f *File) {
			f.Layers = []engine.Node{dense(64), {Layer: &engine.ReLU{}}, {Name: "last", Layer: &engine.Dense{
				Units: 32, NoBias: true, Init: engine.Init{Kind: "he_normal"}, BiasInit: engine.Init{Kind: "constant", Value: -5},
			}}, {Layer: &engine.Tanh{}}}
		})},
		"initializers": {"network: [{dense: {units: 1, init: {normal: {std: 0.1}}, bias_init: {uniform: {lo: -1, hi: 1}}}}]", of(func(f *File) {
			f.Layers = []engine.Node{{Layer: &engine.Dense{Units: 1, Init: engine.Init{Kind: "normal", Std: 0.1}, BiasInit: engine.Init{Kind: "uniform", Lo: -1, Hi: 1}}}}
		})},
		"residual": {"network: [{residual: [{dense: 8}, relu]}]", of(func(f *File) {
			f.Layers = []engine.Node{{Layer: &engine.Residual{Body: []engine.Node{dense(8), {Layer: &engine.ReLU{}}}}}}
		})},
		"convolution": {"network: [{conv2d: {filters: 4, kernel: 3, stride: [1, 2], padding: valid}}, {max_pool: 2}]", of(func(f *File) {
			f.Layers = []engine.Node{
				{Layer: &engine.Conv2D{Filters: 4, Kernel: [2]int{3, 3}, Stride: [2]int{1, 2}, Padding: "valid"}}, {Layer: &engine.MaxPool{Size: [2]int{2, 2}}},
			}
		})},
		"aliases": {"network: [&d {dense: 8}, *d]", of(func(f *File) { f.Layers = []engine.Node{dense(8), dense(8)} })},
	} {
		t.Run(name, func(t *testing.T) {
			compare(t, head+c.text, c.want)
		})
	}
}

func TestData(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want Data
	}{
		"reading": {"path: x*.csv\ntarget: y\nformat: csv\ncolumns: [a, 2020]\nmissing: unknown\nlabels: l.npy", Data{
			Path: "x*.csv", Options: dataset.Options{Format: "csv", Target: "y", Columns: []string{"a", "2020"}, Missing: []string{"unknown"}, Labels: "l.npy"},
		}},
		"preparing": {"path: /x.csv\ntarget: y\nexclude: [id]\ntask: regression\nshuffle: false\nsplit: {val: 0.3, test: 0, seed: 4, by: order}\ntransform: {age: log, '*': none}", Data{
			Path: "/x.csv", Options: dataset.Options{Target: "y"}, Plan: prepare.Plan{
				Task: prepare.Regression, Exclude: []string{"id"}, Split: prepare.SplitPlan{Val: 0.3, Seed: 4, By: prepare.ByOrder},
				Transforms: map[string]prepare.Transform{"age": prepare.Log, "*": prepare.None},
			},
		}},
		"declared": {"path: x.csv\ntarget: y\ngroups:\n  - {name: hip, unit: m, columns: [hip_x, hip_y]}\n  - {name: year, columns: 2020}", Data{
			Path: "x.csv", Options: dataset.Options{Target: "y"}, Groups: []nnvet.ColumnGroup{
				{Name: "hip", Unit: "m", Columns: []string{"hip_x", "hip_y"}}, {Name: "year", Columns: []string{"2020"}},
			},
		}},
		"declared, one": {"path: x.csv\ntarget: y\ngroups: {name: a, columns: [b, c]}", Data{
			Path: "x.csv", Options: dataset.Options{Target: "y"}, Groups: []nnvet.ColumnGroup{{Name: "a", Columns: []string{"b", "c"}}},
		}},
		"groups, all alike": {"path: x.csv\ntarget: y\nsplit: {by: {group: patient}}\ntransform: none", Data{
			Path: "x.csv", Options: dataset.Options{Target: "y"}, Plan: prepare.Plan{
				Split:      prepare.SplitPlan{Val: 0.2, Test: 0.1, By: prepare.ByGroup, Group: "patient"},
				Transforms: map[string]prepare.Transform{"*": prepare.None},
			},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c.want.Plan.Target = "y"
			c.want.Shuffle = !strings.Contains(c.text, "shuffle")
			if c.want.Plan.Split == (prepare.SplitPlan{}) {
				c.want.Plan.Split = unset("").Data.Plan.Split
			}
			got := parse(t, "data:\n  "+strings.ReplaceAll(c.text, "\n", "\n  ")).Data
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("%s\ngot  %+v\nwant %+v", c.text, got, c.want)
			}
			if err := got.Plan.Check(); err != nil {
				t.Errorf("%s: refused by the data set: %v", c.text, err)
			}
		})
	}
}

// compare compares what a text says, its places aside.
func compare(t *testing.T, text string, want File) {
	t.Helper()
	got := *parse(t, text)
	got.Text, got.src, got.places, got.names, got.calls = nil, nil, nil, nil, nil
	unplace(reflect.ValueOf(&got).Elem())
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s\ngot  %+v\nwant %+v", text, got, want)
	}
}

// unplace forgets every Source in a value.
func unplace(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			unplace(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			unplace(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); v.Type().Field(i).Name == "Source" {
				f.SetZero()
			} else if f.CanSet() {
				unplace(f)
			}
		}
	}
}

func TestErrors(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":               {"", "e.yaml: an empty file: it must name at least the data, as `nnvet init` writes it"},
		"comments only":       {"# nothing\n", "e.yaml: an empty file"},
		"not a map":           {"- a\n", "e.yaml:1:1: the experiment must be a map of keys and values, not a list"},
		"no data":             {"batch: 1", `e.yaml:1:1: the experiment must say "data": what to learn from`},
		"no target":           {"data: {path: a.csv}", `e.yaml:1:7: data must say "target": the column to predict`},
		"data a path":         {"data: a.csv", "e.yaml:1:7: data must be a map of keys and values, not a single value"},
		"unknown key":         {head + "epoch: 3", `e.yaml:2:1: unknown key "epoch" in the experiment; did you mean "epochs"?`},
		"by another name":     {head + "optimizer:\n  adam:\n    learning_rate: 0.1", `e.yaml:4:5: unknown key "learning_rate" in adam; did you mean "lr"?`},
		"a rate on top":       {head + "learning_rate: 0.1", `e.yaml:2:1: unknown key "learning_rate" in the experiment; write optimizer: {adam: {lr: 0.1}}`},
		"a rate of sgd":       {head + "optimizer: sgd\nlr: 0.1", `e.yaml:3:1: unknown key "lr" in the experiment; write optimizer: {sgd: {lr: 0.1}}`},
		"momentum on top":     {head + "momentum: 0.9", `e.yaml:2:1: unknown key "momentum" in the experiment; write optimizer: {sgd: {momentum: 0.9}}`},
		"a share too high up": {head[:len(head)-2] + ", val: 0.1}", `e.yaml:1:32: unknown key "val" in data; write split: {val: 0.1}`},
		"another's key there": {head + "weight_decay: [1]", `e.yaml:2:1: unknown key "weight_decay" in the experiment; write optimizer: {adam: {decay: ...}}`},
		"nothing near":        {head + "clip: {zzz: 1}", `e.yaml:2:8: unknown key "zzz" in clip; there is norm, value`},
		"twice":               {head + "batch: 1\nbatch: 2", `e.yaml:3:1: key "batch" stands twice: it is in line 2 already`},
		"no value":            {head + "batch:", "e.yaml:2:1: batch has no value: give it one, or leave the key out"},
		"text for a number":   {head + "batch: many", `e.yaml:2:8: batch must be a number, or auto, not "many"`},
		"quoted number":       {head + "batch: '8'", `e.yaml:2:8: batch must be a number, or auto, not "8"`},
		"not a number":        {head + "clip: {norm: .nan}", `e.yaml:2:14: norm must be a number, not ".nan"`},
		"infinite":            {head + "clip: {norm: 1e999}", `e.yaml:2:14: norm must be a number, not "1e999"`},
		"fraction":            {head + "batch: 1.5", "e.yaml:2:8: batch must be a whole number, not 1.5"},
		"large":               {head + "seed: 1e300", "e.yaml:2:7: seed must be a whole number, not 1e300"},
		"negative":            {head + "batch: -4", "e.yaml:2:8: batch must be at least 1, not -4"},
		"negative size":       {head + "network: [{dense: -3}]", "e.yaml:2:19: units must be at least 1, not -3"},
		"list for a map":      {head + "clip: [1]", "e.yaml:2:7: clip must be a map of keys and values, not a list"},
		"map for a list":      {head + "network: {dense: 3}", "e.yaml:2:10: network must be a list of layers, - dense: 64 and so on, not a map"},
		"list for a number":   {head + "batch: [1]", `e.yaml:2:8: batch must be a number, or auto, not a list`},
		"yes":                 {head + "optimizer: {sgd: {nesterov: yes}}", `e.yaml:2:29: nesterov must be true or false, not "yes"`},
		"nesterov alone":      {head + "optimizer: {sgd: {nesterov: true}}", "e.yaml:2:12: nesterov takes a momentum and no dampening: set momentum to 0.9, say, and leave dampening out"},
		"default in disguise": {head + "optimizer: {adamw: {decay: 0}}", "e.yaml:2:28: decay must be above 0, not 0"},
		"slope 0":             {head + "network: [{leaky_relu: 0}]", "e.yaml:2:24: slope must be another number than 0, not 0"},
		"share":               {head + "loss: {cross_entropy: 1}", "e.yaml:2:23: smoothing must be at least 0 and below 1, not 1"},
		"unknown layer":       {head + "network:\n  - dense: 3\n  - rellu", `e.yaml:4:5: unknown layer "rellu"; did you mean "relu"?`},
		"other's layer":       {head + "network: [{Linear: 3}]", `e.yaml:2:12: unknown layer "Linear"; did you mean "dense"?`},
		"layer in a layer":    {head + "network: [{residual: [{dense: 1}, ralu]}]", `e.yaml:2:35: unknown layer "ralu"; did you mean "relu"?`},
		"two in one":          {head + "network: [{dense: 3, relu: 1}]", "e.yaml:2:11: layer must be a name, or a name and its settings as in {name: {...}}, not a map of several keys"},
		"no units":            {head + "network: [dense]", `e.yaml:2:11: dense must say "units": number of outputs`},
		"too many sizes":      {head + "network: [{max_pool: [1, 2, 3]}]", "e.yaml:2:22: size must be one number or two, [height, width], not 3"},
		"unknown optimizer":   {head + "optimizer: adan", `e.yaml:2:12: unknown optimizer "adan"; did you mean "adam"?`},
		"optimizer a number":  {head + "optimizer: {adam: 0.1}", "e.yaml:2:19: adam takes its settings by their names, as in {adam: {lr: ...}}"},
		"unknown transform":   {head[:len(head)-2] + ", transform: {a: logg}}", `e.yaml:1:47: unknown transform "logg"; did you mean "log"?`},
		"unknown metric":      {head + "metrics: [acc]", `e.yaml:2:11: unknown metric "acc"; did you mean "accuracy"?`},
		"goal":                {head + "goal: mae > 2", "e.yaml:2:7: goal: mae is better the smaller it is: write mae < 2"},
		"goal a number":       {head + "goal: 2", `e.yaml:2:7: goal: "2" is no goal: a goal is written as in "mae < 2" or "accuracy > 0.9"`},
		"group without name":  {head[:len(head)-2] + ", groups: [{columns: [a]}]}", `e.yaml:1:41: a group must say "name": by which messages speak of it`},
		"group, other key":    {head[:len(head)-2] + ", groups: [{name: a, columns: [a], units: m}]}", `e.yaml:1:65: unknown key "units" in a group; did you mean "unit"?`},
		"groups of names":     {head[:len(head)-2] + ", groups: [a]}", `e.yaml:1:41: a group must be a map of keys and values, not a single value`},
		"both seeds":          {head + "seed: 1\nseeds: [1, 2]", "e.yaml:3:8: seed and seeds exclude each other: keep one"},
		"seed twice":          {head + "seeds: [1, 1]", "e.yaml:2:12: seed 1 stands twice"},
		"no seeds":            {head + "seeds: []", "e.yaml:2:8: seeds lists none: name some, as in [0, 1, 2], or leave the key out"},
		"too many seeds":      {head + "seeds: [" + strings.Repeat("1, ", maxSeeds) + "1]", "e.yaml:2:8: seeds must list at most 1000, not 1001"},
		"epochs and steps":    {head + "epochs: 1\nsteps: 2", "e.yaml:3:8: epochs and steps exclude each other: keep one"},
		"nothing to train":    {head[:len(head)-2] + ", split: {val: 0.6, test: 0.4}}", "e.yaml:1:39: val 0.6 and test 0.4 leave no rows to train on"},
		"two documents":       {head + "---\n" + head, "e.yaml:3:1: a second document begins"},
		"not YAML":            {head + "network: [", "e.yaml:2:10: not YAML: sequence end token ']' not found"},
		"tag":                 {head + "batch: !!int 3", "e.yaml:2:8: the tag !!int is not read: take it out"},
		"merge key":           {"a: &a {b: 1}\nc: {<<: *a}", "e.yaml:2:5: a key must be a name"},
		"unknown alias":       {head + "batch: *b", "e.yaml:2:8: no anchor &b stands before the alias *b"},
		"alias of itself":     {head + "network: &n [*n]", "e.yaml:2:14: no anchor &n stands before the alias *n"},
		"not UTF-8":           {"a: 1\nb: \xff", "e.yaml:2: not UTF-8: save the file in that encoding"},
		"UTF-16":              {"\xff\xfed\x00", "e.yaml:1: not UTF-8: save the file in that encoding"},
		"control character":   {"a: \x1b[2J", `e.yaml:1:4: the control character '\x1b': take it out`},
		"deep":                {"a: " + strings.Repeat("[", 300), "e.yaml:1: more than 200 open brackets, or lists in lists"},
		"nested":              {"a: " + strings.Repeat("[", 30) + strings.Repeat("]", 30), "e.yaml:1:28: nested more than 24 deep"},
		"bomb":                {bomb(), "e.yaml:"},
		"long":                {strings.Repeat("a", maxFile+1), "e.yaml: larger than 32 KiB: an experiment file holds settings, no data"},
		"many lines":          {strings.Repeat("a:\n", maxLines), "e.yaml: more than 2000 lines: an experiment file holds settings, no data"},
		"dashes":              {strings.Repeat("- ", 1000), "e.yaml:1: more than 200 open brackets, or lists in lists"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("e.yaml", []byte(c.text))
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("%.300s\ngot  %v\nwant %s", c.text, err, c.want)
			}
		})
	}
}

// bomb is small, and a million values once its aliases are followed.
func bomb() string {
	text := "a0: &a0 [1]\n"
	for i := range 7 {
		was, is := string(rune('0'+i)), string(rune('1'+i))
		text += "a" + is + ": &a" + is + " [" + strings.TrimSuffix(strings.Repeat("*a"+was+", ", 8), ", ") + "]\n"
	}
	return text
}

// TestFrames holds how faults are shown, several at once and in order.
func TestFrames(t *testing.T) {
	text := "data:\n  path: a.csv\n  target: größe # é\nnetwork:\n\t\n  - dense: many\n  - {größe: 1}\noptimizer:\n  adam:\n    learning_rate: 0.1\n"
	_, err := Parse("dir/e.yaml", []byte(strings.ReplaceAll(text, "\t\n", "")))
	want := `dir/e.yaml:5:12: units must be a number, not "many"
5 |   - dense: many
  |            ^^^^
dir/e.yaml:6:6: unknown layer "größe"; there is ` + strings.Join(layerNames(), ", ") + `
6 |   - {größe: 1}
  |      ^^^^^
dir/e.yaml:9:5: unknown key "learning_rate" in adam; did you mean "lr"?
9 |     learning_rate: 0.1
  |     ^^^^^^^^^^^^^`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	var es Errors
	if !errors.As(err, &es) || len(es) != 3 || es[1].At.EndCol != 6+len("größe") {
		t.Errorf("got %+v", es)
	}
}

func layerNames() []string {
	var names []string
	for _, k := range engine.Kinds() {
		names = append(names, k.Name)
	}
	return names
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "e.yaml")
	if err := os.WriteFile(path, []byte("\ufeff"+strings.ReplaceAll(head, "\n", "\r\n")+"batch: 8\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "a.csv"); f.Data.Path != want || f.Batch != 8 {
		t.Errorf("got data %s and batch %d, want %s and 8", f.Data.Path, f.Batch, want)
	}
	if f, err := Parse("dir/e.yaml", []byte("data: {path: x.npy, target: y, labels: l.npy}")); err != nil || f.Data.Options.Labels != "dir/l.npy" {
		t.Errorf("got %v, want the labels beside the file", err)
	}
	if _, err := Read(dir); err == nil {
		t.Error("a folder was read")
	}
	if _, err := Read(filepath.Join(dir, "none.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v for a file that is not there", err)
	}
}

func TestGoal(t *testing.T) {
	got := parse(t, head+"goal: accuracy > 90%").Goal
	want := nnvet.Goal{Metric: "accuracy", Value: 0.9, Source: nnvet.Location{File: "e.yaml", Line: 2, Col: 7, EndLine: 2, EndCol: 21}}
	if got == nil || *got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
