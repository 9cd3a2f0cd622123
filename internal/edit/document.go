package edit

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/nnvet/nnvet/internal/experiment"
)

// A document is the text of a YAML file with the places of its parts, and the
// changes that were asked for.
type document struct {
	text    string // with line ends of one byte
	lines   []int  // where each begins
	crs     []int  // line ends that have two bytes in the file
	root    *ast.MappingNode
	changes []change // of text
}

// errPlace reports a part that is written in a form that is not edited.
var errPlace = errors.New("it is written in a form that is not edited, such as with an anchor or an alias")

// readDocument reads a text of one map. Columns are counted without a byte order mark.
func readDocument(text string) (d *document, err error) {
	defer func() {
		if r := recover(); r != nil { // the parser slips on damaged files
			d, err = nil, errors.New("not YAML")
		}
	}()
	d = &document{lines: []int{len(text) - len(strings.TrimPrefix(text, "\ufeff"))}}
	for i, at := 0, 0; i < len(text); i++ {
		if strings.HasPrefix(text[i:], "\r\n") {
			d.crs = append(d.crs, at)
			continue
		}
		if at++; text[i] == '\n' {
			d.lines = append(d.lines, at)
		}
	}
	d.text = strings.ReplaceAll(text, "\r\n", "\n")
	file, err := parser.ParseBytes([]byte(d.text[d.lines[0]:]), 0)
	if err != nil {
		return nil, err
	}
	for _, doc := range file.Docs {
		if m := mappingOf(doc.Body); m != nil {
			d.root = m
			return d, nil
		}
	}
	return nil, errors.New("it holds no keys")
}

// mappingOf returns a node as a map, or nil. The parser gives a map of one key
// in a form of its own.
func mappingOf(n ast.Node) *ast.MappingNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n
	case *ast.MappingValueNode:
		return &ast.MappingNode{BaseNode: &ast.BaseNode{}, Values: []*ast.MappingValueNode{n}}
	}
	return nil
}

func absent(n ast.Node) bool {
	if n == nil || reflect.ValueOf(n).IsNil() {
		return true
	}
	_, null := n.(*ast.NullNode)
	return null
}

func keyOf(e *ast.MappingValueNode) string { return e.Key.GetToken().Value }

// entry returns the entry of a key, or nil.
func entry(m *ast.MappingNode, key string) *ast.MappingValueNode {
	if m == nil {
		return nil
	}
	i := slices.IndexFunc(m.Values, func(e *ast.MappingValueNode) bool { return keyOf(e) == key })
	if i < 0 {
		return nil
	}
	return m.Values[i]
}

// offset returns the byte that a token begins at. Its column counts characters.
func (d *document) offset(t *token.Token) (int, error) {
	if t == nil || t.Position == nil || t.Position.Line < 1 || t.Position.Line > len(d.lines) {
		return 0, errPlace
	}
	at := d.lines[t.Position.Line-1]
	for range t.Position.Column - 1 {
		if at >= len(d.text) || d.text[at] == '\n' {
			return 0, errPlace
		}
		_, n := utf8.DecodeRuneInString(d.text[at:])
		at += n
	}
	return at, nil
}

// span returns the bytes of a node.
func (d *document) span(n ast.Node) (from, to int, err error) {
	switch n := n.(type) {
	case *ast.MappingNode:
		if n.IsFlowStyle {
			return d.between(n.GetToken(), n.End)
		}
		return d.around(n.Values[0].Key, n.Values[len(n.Values)-1])
	case *ast.MappingValueNode:
		if absent(n.Value) {
			from, to, err = d.span(n.Key)
			if i := strings.IndexByte(d.text[to:], ':'); err == nil && i >= 0 {
				to += i + 1
			}
			return from, to, err
		}
		return d.around(n.Key, n.Value)
	case *ast.SequenceNode:
		if n.IsFlowStyle {
			return d.between(n.GetToken(), n.End)
		}
		if len(n.Values) == 0 {
			return 0, 0, errPlace
		}
		return d.around(n.Values[0], n.Values[len(n.Values)-1])
	case *ast.AnchorNode, *ast.AliasNode, *ast.LiteralNode, *ast.TagNode:
		return 0, 0, errPlace
	}
	return d.scalar(n.GetToken())
}

func (d *document) between(first, last *token.Token) (from, to int, err error) {
	if from, err = d.offset(first); err == nil {
		to, err = d.offset(last)
	}
	return from, to + 1, err
}

func (d *document) around(first, last ast.Node) (from, to int, err error) {
	if from, _, err = d.span(first); err == nil {
		_, to, err = d.span(last)
	}
	return from, to, err
}

func (d *document) scalar(t *token.Token) (from, to int, err error) {
	from, err = d.offset(t)
	if err != nil {
		return 0, 0, err
	}
	rest := d.text[from:]
	if t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType {
		n := experiment.Quoted(rest)
		if n == 0 {
			return 0, 0, errPlace
		}
		return from, from + n, nil
	}
	if t.Value == "" || !strings.HasPrefix(rest, t.Value) {
		return 0, 0, errPlace
	}
	return from, from + len(t.Value), nil
}

func (d *document) edit(from, to int, text string) {
	if c := (change{from, to, text}); !slices.Contains(d.changes, c) {
		d.changes = append(d.changes, c)
	}
}

// ofFile returns the changes as those of the file's bytes.
func (d *document) ofFile() []change {
	bytes := func(at int) int {
		before, _ := slices.BinarySearch(d.crs, at)
		return at + before
	}
	out := make([]change, len(d.changes))
	for i, c := range d.changes {
		if len(d.crs) > 0 {
			c.text = strings.ReplaceAll(c.text, "\n", "\r\n")
		}
		out[i] = change{bytes(c.from), bytes(c.to), c.text}
	}
	return out
}

// replace writes text in the place of a node.
func (d *document) replace(n ast.Node, text string) error {
	from, to, err := d.span(n)
	if err == nil {
		d.edit(from, to, text)
	}
	return err
}

// set gives a key of a map a value. A new key stands behind the last one that
// comes before it in the order, or behind all where no order is given.
func (d *document) set(m *ast.MappingNode, key, value string, order ...string) error {
	e := entry(m, key)
	if e == nil {
		return d.add(m, key+": "+value, before(m, key, order))
	}
	if absent(e.Value) {
		_, to, err := d.span(e)
		if err == nil {
			d.edit(to, to, " "+value)
		}
		return err
	}
	return d.replace(e.Value, value)
}

// before returns the entry that a new key stands behind, or nil.
func before(m *ast.MappingNode, key string, order []string) *ast.MappingValueNode {
	var last *ast.MappingValueNode
	for _, k := range order {
		if k == key {
			break
		}
		if e := entry(m, k); e != nil {
			last = e
		}
	}
	return last
}

// add writes a new entry behind another one, nil for the last, in the map's own form.
func (d *document) add(m *ast.MappingNode, text string, behind *ast.MappingValueNode) error {
	if len(m.Values) == 0 {
		from, _, err := d.span(m)
		if err == nil {
			d.edit(from+1, from+1, text)
		}
		return err
	}
	if behind == nil {
		behind = m.Values[len(m.Values)-1]
	}
	_, to, err := d.span(behind)
	if err != nil {
		return err
	}
	if m.IsFlowStyle {
		d.edit(to, to, ", "+text)
		return nil
	}
	from, _, err := d.span(m.Values[0].Key)
	if err == nil {
		d.addLine(to, from, text)
	}
	return err
}

// addLine writes a line behind the one that holds the byte `at`, with the
// indentation of what begins at `like`.
func (d *document) addLine(at, like int, text string) {
	indent := strings.Repeat(" ", utf8.RuneCountInString(d.text[d.lineStart(like):like]))
	end := strings.IndexByte(d.text[at:], '\n')
	if end < 0 {
		d.edit(len(d.text), len(d.text), "\n"+indent+text)
		return
	}
	d.edit(at+end+1, at+end+1, indent+text+"\n")
}

func (d *document) lineStart(at int) int {
	i, _ := slices.BinarySearch(d.lines, at+1)
	return d.lines[max(i-1, 0)]
}

// drop takes an entry out of a map, which must have others.
func (d *document) drop(m *ast.MappingNode, key string) error {
	i := slices.IndexFunc(m.Values, func(e *ast.MappingValueNode) bool { return keyOf(e) == key })
	if i < 0 || len(m.Values) == 1 {
		return errPlace
	}
	from, to, err := d.span(m.Values[i])
	if err != nil {
		return err
	}
	if !m.IsFlowStyle {
		start, end := d.lineStart(from), strings.IndexByte(d.text[to:], '\n')
		if strings.TrimSpace(d.text[start:from]) != "" {
			return errPlace // as in "- key: value"
		}
		if end < 0 {
			end = len(d.text) - to - 1
		}
		d.edit(start, to+end+1, "")
		return nil
	}
	if i > 0 {
		_, from, err = d.span(m.Values[i-1])
	} else {
		to, _, err = d.span(m.Values[1])
	}
	if err == nil {
		d.edit(from, to, "")
	}
	return err
}
