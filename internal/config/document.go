package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// A document is a TOML file that knows where each of its values stands.
type document struct {
	file  string
	tree  map[string]any
	lines map[string]int // by path
}

// A path leads from the root of a document to a value. Elements of arrays are
// numbered from 0.
type path []string

func (p path) key() string { return strings.Join(p, "\x00") }

func (p path) with(name string) path { return append(slices.Clip(p), name) }

func parse(file string, data []byte) (*document, error) {
	d := &document{file: file, lines: make(map[string]int)}
	if err := toml.Unmarshal(data, &d.tree); err != nil {
		text, line := strings.TrimPrefix(err.Error(), "toml: "), 1
		var at *toml.DecodeError
		if errors.As(err, &at) {
			line, _ = at.Position()
		}
		return nil, fmt.Errorf("%s:%d: %s", file, line, text)
	}
	d.locate(data)
	return d, nil
}

// locate notes the line of every key and element of a document that parses.
func (d *document) locate(data []byte) {
	var p unstable.Parser
	p.Reset(data)
	var table path
	elements := make(map[string]int) // of each array of tables, so far
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table:
			table = d.keys(&p, nil, e.Key(), elements)
		case unstable.ArrayTable:
			table = d.keys(&p, nil, e.Key(), nil)
			n := elements[table.key()]
			elements[table.key()] = n + 1
			line := d.lines[table.key()]
			table = table.with(strconv.Itoa(n))
			d.lines[table.key()] = line
		case unstable.KeyValue:
			d.value(&p, d.keys(&p, table, e.Key(), nil), e.Value())
		}
	}
}

// keys notes the parts of a dotted key and returns the path that it leads to.
// Where it passes through an array of tables it goes by the newest element.
func (d *document) keys(p *unstable.Parser, at path, it unstable.Iterator, elements map[string]int) path {
	for it.Next() {
		n := it.Node()
		at = at.with(string(n.Data))
		if _, known := d.lines[at.key()]; !known || it.IsLast() {
			d.lines[at.key()] = p.Shape(n.Raw).Start.Line
		}
		if c := elements[at.key()]; c > 0 {
			at = at.with(strconv.Itoa(c - 1))
		}
	}
	return at
}

// value notes what lies inside an inline table or an array.
func (d *document) value(p *unstable.Parser, at path, v *unstable.Node) {
	it := v.Children()
	switch v.Kind {
	case unstable.InlineTable:
		for it.Next() {
			d.value(p, d.keys(p, at, it.Node().Key(), nil), it.Node().Value())
		}
	case unstable.Array:
		for i := 0; it.Next(); i++ {
			e := at.with(strconv.Itoa(i))
			d.lines[e.key()] = d.lines[at.key()]
			if n := it.Node(); n.Raw.Length > 0 {
				d.lines[e.key()] = p.Shape(n.Raw).Start.Line
			}
			d.value(p, e, it.Node())
		}
	}
}

// errorf returns an error about the value at a path.
func (d *document) errorf(at path, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", d.file, max(1, d.lines[at.key()]), fmt.Sprintf(format, args...))
}
