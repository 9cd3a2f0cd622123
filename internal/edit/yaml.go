package edit

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/experiment"
)

// YAML returns a treatment as a change of an experiment file: comments, order
// and form stay. The trace, of a run of this text, tells which layer a site
// names. The error is a [*Refused] where the file cannot say it.
func YAML(path string, source []byte, t *nnvet.Trace, tr nnvet.Treatment) (*Patch, error) {
	if r := words(tr); r != nil {
		return nil, r
	}
	file, err := experiment.Parse(path, source)
	if err != nil {
		return nil, err
	}
	d, err := readDocument(string(source))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	x := &experimentEdit{document: d, file: file, trace: t}
	if err := x.all(tr); err != nil {
		if r := (*Refused)(nil); errors.As(err, &r) && r.Setting.Name != "" { // its words are of programs
			r.Instead = fmt.Sprintf("change the file by hand so that its %s becomes %s: docs/experiment.md says what it can say", strings.TrimSpace(r.Setting.Name+" "+r.Setting.Site), r.Setting.To)
		}
		return nil, err
	}
	f, err := newFile(filepath.ToSlash(path), source, d.ofFile())
	if err != nil {
		return nil, &Refused{Why: err.Error(), Instead: tr.Action}
	}
	if _, err := experiment.Parse(path, f.After); err != nil {
		return nil, &Refused{Why: "the changed file would not be read: " + err.Error(), Instead: tr.Action}
	}
	if string(f.After) == string(f.Before) {
		return nil, &Refused{Why: "the file says so already", Instead: "look for what else the finding may come from"}
	}
	return &Patch{[]File{f}}, nil
}

// An experimentEdit is an experiment file whose settings are being changed.
type experimentEdit struct {
	*document
	file  *experiment.File
	trace *nnvet.Trace
}

func (x *experimentEdit) all(tr nnvet.Treatment) error {
	if covers(tr) {
		for _, e := range tr.Edits {
			from, okFrom := x.at(e.At.Line, e.At.Col)
			to, okTo := x.at(e.At.EndLine, e.At.EndCol)
			if !okFrom || !okTo {
				return &Refused{Why: e.At.String() + " is no place of the file", Instead: tr.Action}
			}
			x.edit(from, to, e.New)
		}
		return nil
	}
	for _, s := range tr.Settings {
		change, ok := inFiles[s.Name]
		if !ok {
			return refuse(s, "a change of %s is no change of one place", s.Name)
		}
		err := change(x, s)
		if r := (*Refused)(nil); err != nil && !errors.As(err, &r) {
			err = refuse(s, "%v", err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// at returns the byte of a line and a column, both from 1, the column in bytes.
func (d *document) at(line, col int) (int, bool) {
	if line < 1 || line > len(d.lines) || col < 1 || d.lines[line-1]+col-1 > len(d.text) {
		return 0, false
	}
	return d.lines[line-1] + col - 1, true
}

// inFiles holds how a setting is written in an experiment file.
var inFiles = map[string]func(*experimentEdit, nnvet.Setting) error{
	"lr": ofOptimizer("lr"), "momentum": ofOptimizer("momentum"), "beta1": ofOptimizer("beta1"), "beta2": ofOptimizer("beta2"),
	"eps": ofOptimizer("eps"), "weight decay": ofOptimizer("decay"),
	"optimizer": kindOfOptimizer, "schedule": schedule, "warmup": warmup, "clip": clip, "batch": wholeKey("batch"), "epochs": epochs,
	"early stopping": patienceKey, "shuffle": shuffle, "inputs": inputs, "targets": targets, "input noise": noise,
	"loss": loss, "delta": delta, "final activation": finalActivation, "activation": activation, "dropout": dropout,
	"weight init": weightInit, "bias init": biasInit, "units": units, "norm": norm, "layer": takeOut,
}

// order is that in which keys of a file are written.
var order = []string{
	"data", "network", "output", "loss", "optimizer", "schedule", "clip", "augment", "batch", "epochs", "steps", "patience", "seed", "seeds", "metrics", "goal",
}

func (x *experimentEdit) setKey(key, value string) error { return x.set(x.root, key, value, order...) }

// A picked is what a key names, with its settings, as in `{adam: {lr: 0.1}}`.
type picked struct {
	node     ast.Node              // the whole
	entry    *ast.MappingValueNode // nil where the name stands alone
	name     string
	settings ast.Node // nil where there are none
}

func pick(n ast.Node) picked {
	if m := mappingOf(n); m != nil && len(m.Values) == 1 {
		p := picked{node: n, entry: m.Values[0], name: keyOf(m.Values[0])}
		if !absent(m.Values[0].Value) {
			p.settings = m.Values[0].Value
		}
		return p
	}
	if absent(n) {
		return picked{}
	}
	return picked{node: n, name: n.GetToken().Value}
}

// configure gives what is picked a setting. Where a value stands alone behind
// the name, it is that of the main setting.
func (x *experimentEdit) configure(p picked, key, value, main string) error {
	switch m := mappingOf(p.settings); {
	case p.entry == nil:
		return x.replace(p.node, "{"+p.name+": {"+key+": "+value+"}}")
	case p.settings == nil:
		_, to, err := x.span(p.entry)
		if err == nil {
			x.edit(to, to, " {"+key+": "+value+"}")
		}
		return err
	case m != nil:
		return x.set(m, key, value)
	case key == main:
		return x.replace(p.settings, value)
	default:
		from, to, err := x.span(p.settings)
		if err == nil {
			x.edit(from, to, "{"+main+": "+x.text[from:to]+", "+key+": "+value+"}")
		}
		return err
	}
}

// picked returns what a key at the top names; no name where it is left out.
func (x *experimentEdit) picked(key string) picked {
	if e := entry(x.root, key); e != nil {
		return pick(e.Value)
	}
	return picked{}
}

func number(s nnvet.Setting) error {
	if _, err := strconv.ParseFloat(s.To, 64); err != nil {
		return refuse(s, "%q is no number", s.To)
	}
	return nil
}

func wholeKey(key string) func(*experimentEdit, nnvet.Setting) error {
	return func(x *experimentEdit, s nnvet.Setting) error {
		if _, err := strconv.Atoi(s.To); err != nil {
			return refuse(s, "%q is no whole number", s.To)
		}
		return x.setKey(key, s.To)
	}
}

func epochs(x *experimentEdit, s nnvet.Setting) error {
	if x.file.Steps > 0 {
		return refuse(s, "the file counts steps")
	}
	return wholeKey("epochs")(x, s)
}

func patienceKey(x *experimentEdit, s nnvet.Setting) error {
	if x.file.Patience != 0 {
		return refuse(s, "the file keeps the best weights already")
	}
	return x.setKey("patience", "auto")
}

func shuffle(x *experimentEdit, s nnvet.Setting) error {
	if s.To != "true" && s.To != "false" {
		return refuse(s, "%q is neither true nor false", s.To)
	}
	return x.set(x.data(), "shuffle", s.To)
}
