package engine

import (
	"errors"
	"fmt"
	"strings"
)

// maxDepth bounds residual blocks within residual blocks.
const maxDepth = 32

// A scope is where a chain of layers stands.
type scope struct {
	path   string // "layers", "layers[2].body"
	prefix string // of the names: "residual1."
	parent int    // index of the block; -1 for the network
	after  []Node // what follows the block
}

// inner returns the scope of the body of the layer under construction.
func (b *builder) inner() scope {
	return scope{b.path + ".body", b.layers[b.current].Name + ".", b.current, b.after}
}

// chain builds layers one after another, and returns the shape that comes out.
func (b *builder) chain(nodes []Node, in Shape, at scope) (chain, Shape, error) {
	c := chain{outputs: make([][]float32, len(nodes)), first: len(nodes), tap: b.tap}
	if strings.Count(at.prefix, ".") > maxDepth {
		return c, nil, fmt.Errorf("blocks within more than %d blocks; nest fewer", maxDepth)
	}
	counts := make(map[string]int)
	b.takeReLU = nil // a block's input also goes around it, so what comes before keeps its output
	for i, node := range nodes {
		index, path := len(b.layers), fmt.Sprintf("%s[%d]", at.path, i)
		b.current, b.path, b.after = index, path, append(nodes[i+1:len(nodes):len(nodes)], at.after...)
		o, out, err := b.node(node, in, at, counts)
		if err != nil {
			return c, nil, blame(path, node, err)
		}
		if b.learns {
			c.first = min(c.first, i)
		}
		c.ops, c.layers = append(c.ops, o), append(c.layers, index)
		in = out
	}
	b.takeReLU = nil
	return c, in, nil
}

func (b *builder) node(node Node, in Shape, at scope, counts map[string]int) (op, Shape, error) {
	if node.Layer == nil {
		return nil, nil, errors.New("no layer")
	}
	name, err := b.name(node, at.prefix, counts)
	if err != nil {
		return nil, nil, err
	}
	shown, index := node.Layer.about(in), b.current
	_, block := node.Layer.(*Residual)
	b.layers = append(b.layers, Described{
		Name: name, Layer: node.Layer, Class: shown.class, Settings: shown.settings,
		Source: node.Source, Parent: at.parent, In: in, Leaf: !block,
	})
	b.before, b.takeReLU = b.takeReLU, nil
	o, out, err := node.Layer.build(b, in)
	if err != nil {
		return nil, nil, err
	}
	if err := out.check(); err != nil {
		return nil, nil, fmt.Errorf("its output: %w", err)
	}
	b.layers[index].Out = out
	return o, out, nil
}

// name returns the name of a layer, which a dot ends in parameters.
func (b *builder) name(node Node, prefix string, counts map[string]int) (string, error) {
	kind := node.Layer.Kind()
	counts[kind]++
	own := node.Name
	if own == "" {
		own = fmt.Sprint(strings.TrimSuffix(kind, "2d"), counts[kind])
	}
	if strings.ContainsAny(own, ".\x00\n") {
		return "", fmt.Errorf("name %q has a dot or a line end in it; leave it out", own)
	}
	name := prefix + own
	if b.names[name] {
		return "", fmt.Errorf("name %q is taken by another layer; give each its own", name)
	}
	b.names[name] = true
	return name, nil
}

// blame says which layer an error is about, unless it says so already.
func blame(path string, node Node, err error) error {
	if inner := (*LayerError)(nil); errors.As(err, &inner) {
		return err
	}
	e := &LayerError{Path: path, Source: node.Source, Err: err}
	if node.Layer != nil {
		e.Kind = node.Layer.Kind()
	}
	return e
}

// defaultInit returns how weights start where nobody says: by the activation
// that their outputs go to, whatever normalizes, drops or pools them before.
func (b *builder) defaultInit() Init {
	for _, next := range b.after {
		switch next.Layer.(type) {
		case *ReLU, *LeakyReLU, *PReLU, *ELU, *GELU, *SiLU:
			return Init{Kind: "he_normal"}
		case *BatchNorm, *LayerNorm, *Dropout, *Flatten, *MaxPool, *AvgPool, *GlobalAvgPool:
			continue
		}
		return Init{Kind: "lecun_normal"}
	}
	return Init{Kind: "lecun_normal"}
}
