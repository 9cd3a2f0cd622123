package experiment

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
	"github.com/nnvet/nnvet"
)

// A form is how a value is written.
type form uint8

const (
	nothing form = iota // no value behind a key
	scalar
	list
	mapping
)

func (f form) String() string { return [...]string{"nothing", "a single value", "a list", "a map"}[f] }

// A value is a part of the file.
type value struct {
	form   form
	text   string // of a scalar, without its quotes
	quoted bool   // a text even where it reads like a number
	items  []*value
	keys   []entry
	at     nnvet.Location
}

// An entry is a key of a map and its value.
type entry struct {
	name  string
	at    nnvet.Location
	value *value
}

// Bounds of a file: beyond them nobody wrote it by hand. Aliases count as
// what they stand for, each time.
const (
	maxValues = 20_000
	maxDepth  = 24
)

// A converter makes values of what the YAML parser gives.
type converter struct {
	src     *source
	anchors map[string]ast.Node
	values  int
}

// tree parses the text of a file into one value.
func tree(src *source) (*value, error) {
	file, err := parseYAML(src.text)
	if err != nil {
		return nil, src.syntax(err)
	}
	var root ast.Node
	for _, d := range file.Docs {
		switch {
		case absent(d.Body):
		case root != nil:
			at := src.place(d.Body.GetToken().Position.Line, 1, "")
			return nil, src.errorf(at, "a second document begins: an experiment is one document, so write another file")
		default:
			root = d.Body
		}
	}
	if root == nil {
		return nil, fmt.Errorf("%s: an empty file: it must name at least the data, as `nnvet init` writes it", src.name)
	}
	c := &converter{src: src, anchors: make(map[string]ast.Node)}
	return c.value(root, 0)
}

// parseYAML guards against slips of the parser on damaged files.
func parseYAML(text string) (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("not YAML")
		}
	}()
	return parser.ParseBytes([]byte(text), 0, parser.AllowDuplicateMapKey())
}

// syntax places an error of the parser.
func (s *source) syntax(err error) error {
	var at interface {
		GetMessage() string
		GetToken() *token.Token
	}
	if errors.As(err, &at) && at.GetToken() != nil && at.GetToken().Position != nil {
		p := at.GetToken().Position
		return s.errorf(s.place(p.Line, p.Column, at.GetToken().Value), "not YAML: %s", at.GetMessage())
	}
	return s.errorf(nnvet.Location{File: s.name, Line: 1}, "not YAML")
}

// errorf returns one fault as an error.
func (s *source) errorf(at nnvet.Location, format string, args ...any) error {
	return Errors{{At: at, Says: fmt.Sprintf(format, args...), quote: s.quote(at)}}
}

func absent(n ast.Node) bool {
	return n == nil || reflect.ValueOf(n).IsNil()
}

// at returns the place of a node's first token.
func (c *converter) at(n ast.Node) nnvet.Location {
	t := n.GetToken()
	if t == nil || t.Position == nil {
		return nnvet.Location{File: c.src.name, Line: 1}
	}
	return c.src.place(t.Position.Line, t.Position.Column, t.Value)
}

func (c *converter) value(n ast.Node, depth int) (*value, error) {
	if absent(n) {
		return &value{}, nil
	}
	at := c.at(n)
	c.values++
	switch {
	case c.values > maxValues:
		return nil, c.src.errorf(at, "more than %d values: an experiment file holds settings, no data", maxValues)
	case depth > maxDepth:
		return nil, c.src.errorf(at, "nested more than %d deep", maxDepth)
	}
	switch n := n.(type) {
	case *ast.NullNode:
		return &value{at: at}, nil
	case *ast.MappingNode:
		return c.mapping(n.Values, at, n.IsFlowStyle, n.End, depth)
	case *ast.MappingValueNode:
		return c.mapping([]*ast.MappingValueNode{n}, at, false, nil, depth)
	case *ast.SequenceNode:
		return c.list(n, at, depth)
	case *ast.AnchorNode:
		v, err := c.value(n.Value, depth+1)
		if err == nil && !absent(n.Name) {
			c.anchors[n.Name.GetToken().Value] = n.Value
		}
		return v, err
	case *ast.AliasNode:
		return c.alias(n, at, depth)
	case *ast.LiteralNode:
		return &value{form: scalar, text: n.Value.Value, quoted: true, at: at}, nil
	case *ast.StringNode:
		t := n.GetToken().Type
		return &value{form: scalar, text: n.Value, quoted: t == token.SingleQuoteType || t == token.DoubleQuoteType, at: at}, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return &value{form: scalar, text: n.GetToken().Value, at: at}, nil
	case *ast.TagNode:
		return nil, c.src.errorf(at, "the tag %s is not read: take it out", n.GetToken().Value)
	}
	return nil, c.src.errorf(at, "YAML of a kind that is not read here: write keys, lists and single values")
}

func (c *converter) alias(n *ast.AliasNode, at nnvet.Location, depth int) (*value, error) {
	if absent(n.Value) {
		return nil, c.src.errorf(at, "an alias without a name")
	}
	name := n.Value.GetToken().Value
	target, ok := c.anchors[name]
	if !ok {
		return nil, c.src.errorf(at, "no anchor &%s stands before the alias *%s", name, name)
	}
	return c.value(target, depth+1)
}

func (c *converter) mapping(entries []*ast.MappingValueNode, at nnvet.Location, flow bool, end *token.Token, depth int) (*value, error) {
	v := &value{form: mapping, at: at}
	for i, e := range entries {
		key, ok := e.Key.(ast.ScalarNode)
		if _, merge := e.Key.(*ast.MergeKeyNode); merge || !ok {
			return nil, c.src.errorf(c.at(e.Key), "a key must be a name; merge keys and keys of several parts are not read")
		}
		w, err := c.value(e.Value, depth+1)
		if err != nil {
			return nil, err
		}
		k := entry{name: key.GetToken().Value, at: c.at(key), value: w}
		if w.form == nothing {
			w.at = k.at
		}
		if i == 0 && !flow {
			v.at = k.at
		}
		v.keys = append(v.keys, k)
		if !flow {
			v.extend(w)
		}
	}
	v.close(c.src, end)
	return v, nil
}

func (c *converter) list(n *ast.SequenceNode, at nnvet.Location, depth int) (*value, error) {
	v := &value{form: list, at: at}
	for _, item := range n.Values {
		w, err := c.value(item, depth+1)
		if err != nil {
			return nil, err
		}
		v.items = append(v.items, w)
		if !n.IsFlowStyle {
			v.extend(w)
		}
	}
	if n.IsFlowStyle {
		v.close(c.src, n.End)
	}
	return v, nil
}

// extend makes a value end where its last part does.
func (v *value) extend(last *value) {
	if e := last.at.EndLine; e > v.at.Line || e == v.at.Line && last.at.EndCol >= v.at.Col {
		v.at.EndLine, v.at.EndCol = last.at.EndLine, last.at.EndCol
	}
}

// close makes a value end behind its closing bracket.
func (v *value) close(src *source, end *token.Token) {
	if end == nil || end.Position == nil {
		return
	}
	if at := src.place(end.Position.Line, end.Position.Column, end.Value); at.Col > 0 {
		v.at.EndLine, v.at.EndCol = at.EndLine, at.EndCol
	}
}
