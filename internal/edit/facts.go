package edit

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nnvet/nnvet"
)

// facts are what the editor needs to know of a trace.
type facts struct {
	Device     string      `json:"device"`
	Root       *layer      `json:"root"` // nil where no module was fed
	Layers     []layer     `json:"layers"`
	Params     []param     `json:"params"`
	Optimizers []optimizer `json:"optimizers"`
	Heads      []head      `json:"heads"`
	Inputs     *figures    `json:"inputs"`
	Targets    *figures    `json:"targets"`
	Rows       *int64      `json:"rows"` // of the training set; nil where unknown
}

// where is a place: file, line, column, end line, end column; nil if unknown.
type where []any

type layer struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	Leaf  bool   `json:"leaf"`
	At    where  `json:"at"`
	Shape []int  `json:"shape"` // of its weight
}

type param struct {
	Unregistered bool  `json:"unregistered"`
	At           where `json:"at"`
}

type optimizer struct {
	Kind string `json:"kind"`
	At   where  `json:"at"`
}

type head struct {
	Loss  string `json:"loss"`
	At    where  `json:"at"`
	Chain []op   `json:"chain"`
}

type op struct {
	Op    string `json:"op"`
	Layer string `json:"layer"`
	At    where  `json:"at"`
}

func at(l nnvet.Location) where {
	if !l.Known() {
		return nil
	}
	return where{l.File, l.Line, l.Col, l.EndLine, l.EndCol}
}

func factsOf(t *nnvet.Trace) facts {
	f := facts{
		Device: t.Run.Device, Root: rootOf(t), Inputs: inputsOf(t), Targets: targetsOf(t),
		Layers: []layer{}, Params: []param{}, Optimizers: []optimizer{}, Heads: []head{},
	}
	if x := t.Profile(nnvet.Input, nnvet.Train); x != nil && x.Total > 0 {
		rows := x.Total
		f.Rows = &rows
	}
	for i := range t.Layers {
		f.Layers = append(f.Layers, layerOf(t, &t.Layers[i]))
	}
	for _, p := range t.Params {
		f.Params = append(f.Params, param{p.Unregistered, at(p.Source)})
	}
	for _, o := range t.Optimizers {
		f.Optimizers = append(f.Optimizers, optimizer{o.Kind, at(o.Source)})
	}
	for _, h := range t.Heads {
		out := head{Loss: string(h.Loss), At: at(h.Source), Chain: []op{}}
		for _, o := range h.Chain {
			out.Chain = append(out.Chain, op{o.Kind, o.Layer, at(o.Source)})
		}
		f.Heads = append(f.Heads, out)
	}
	return f
}

func layerOf(t *nnvet.Trace, l *nnvet.Layer) layer {
	out := layer{Name: l.Name, Kind: l.Kind, Leaf: l.Leaf, At: at(l.Source), Shape: []int{}}
	if w := t.Param(l.Name + ".weight"); w != nil {
		out.Shape = w.Shape
	}
	return out
}

// rootOf returns the network that was fed most rows, or nil. Its layers hold
// it first, before what it is made of.
func rootOf(t *nnvet.Trace) *layer {
	x := t.Profile(nnvet.Input, nnvet.Train)
	for i := range t.Layers {
		if l := &t.Layers[i]; x == nil || l.Kind == x.Site || l.Name == x.Site {
			out := layerOf(t, l)
			return &out
		}
	}
	return nil
}

// Bounds of what is read.
const (
	maxFile  = 4 << 20
	maxFiles = 64
)

// sources reads the Python files below dir that a trace names, as a patch leaves them.
func sources(dir string, first *Patch, t *nnvet.Trace) (map[string][]byte, error) {
	out := make(map[string][]byte)
	for _, name := range Named(t) {
		if !filepath.IsLocal(name) || !strings.HasSuffix(name, ".py") {
			continue // of another place: an edit there is no edit of this program
		}
		if slices.Contains(t.Modified, name) {
			return nil, fmt.Errorf("%s: %w", name, ErrChanged)
		}
		text, err := first.read(dir, name)
		if err != nil {
			return nil, err
		}
		if len(out) == maxFiles {
			return nil, fmt.Errorf("%s: the trace names more than %d files", dir, maxFiles)
		}
		out[name] = text
	}
	if len(out) == 0 {
		return nil, &Refused{Why: "the trace names no Python file below the directory of the run"}
	}
	return out, nil
}

// read returns a file below dir as the patch leaves it.
func (p *Patch) read(dir, name string) ([]byte, error) {
	if p != nil {
		if i := slices.IndexFunc(p.Files, func(f File) bool { return f.Path == name }); i >= 0 {
			return p.Files[i].After, nil
		}
	}
	return read(filepath.Join(dir, name))
}

func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("%s: no regular file of at most %d bytes", path, maxFile)
	}
	text, err := os.ReadFile(path)
	if err == nil && !utf8.Valid(text) {
		err = errors.New(path + ": not UTF-8")
	}
	return text, err
}

// Named returns the files that anything in a trace lies in, sorted.
func Named(t *nnvet.Trace) []string {
	seen := make(map[string]bool)
	see := func(l nnvet.Location) { seen[l.File] = l.File != "" }
	for i := range t.Calls {
		see(t.Calls[i].Source)
	}
	for i := range t.Layers {
		see(t.Layers[i].Source)
	}
	for i := range t.Optimizers {
		see(t.Optimizers[i].Source)
	}
	for i := range t.Heads {
		see(t.Heads[i].Source)
	}
	for i := range t.Params {
		see(t.Params[i].Source)
	}
	delete(seen, "")
	return sorted(seen)
}

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
