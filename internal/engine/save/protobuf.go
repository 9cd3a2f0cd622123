package save

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// The messages of ONNX as far as a network needs them. Field numbers are those
// of onnx.proto; messages are built inside out, as bytes.

// Versions that ONNX Runtime has read since 2022: opset 17 brought
// LayerNormalization, and 8 is the format of its time.
const (
	irVersion = 8
	opset     = 17
)

// Types of elements and of attributes.
const (
	elemFloat = 1
	elemInt64 = 7

	attrFloat = 1
	attrInt   = 2
	attrInts  = 7
)

// A message is a protobuf message that is being built.
type message []byte

func (m *message) text(field protowire.Number, s string) {
	*m = protowire.AppendString(protowire.AppendTag(*m, field, protowire.BytesType), s)
}

func (m *message) integer(field protowire.Number, v int64) {
	*m = protowire.AppendVarint(protowire.AppendTag(*m, field, protowire.VarintType), uint64(v))
}

func (m *message) float(field protowire.Number, v float32) {
	*m = protowire.AppendFixed32(protowire.AppendTag(*m, field, protowire.Fixed32Type), math.Float32bits(v))
}

func (m *message) inside(field protowire.Number, inner message) {
	*m = protowire.AppendBytes(protowire.AppendTag(*m, field, protowire.BytesType), inner)
}

// encode returns the ModelProto of a graph.
func (g *graph) encode(version string, metadata [][2]string) []byte {
	var ops message
	ops.text(1, "")
	ops.integer(2, opset)

	var m message
	m.integer(1, irVersion)
	m.text(2, "nnvet")
	m.text(3, version)
	m.inside(7, g.message())
	m.inside(8, ops)
	for _, pair := range metadata {
		var e message
		e.text(1, pair[0])
		e.text(2, pair[1])
		m.inside(14, e)
	}
	return m
}

// message returns the GraphProto.
func (g *graph) message() message {
	var m message
	for i := range g.nodes {
		m.inside(1, g.nodes[i].message())
	}
	m.text(2, "network")
	for i := range g.constants {
		m.inside(5, g.constants[i].message())
	}
	m.inside(11, valueInfo(g.input))
	m.inside(12, valueInfo(g.output))
	return m
}

// message returns the NodeProto.
func (n *node) message() message {
	var m message
	for _, in := range n.in {
		m.text(1, in)
	}
	m.text(2, n.out)
	m.text(3, n.out) // a name of its own is of use in error messages only
	m.text(4, n.op)
	for _, a := range n.attributes {
		m.inside(5, a.message())
	}
	return m
}

// message returns the AttributeProto.
func (a attribute) message() message {
	var m message
	m.text(1, a.name)
	switch v := a.value.(type) {
	case float32:
		m.float(2, v)
		m.integer(20, attrFloat)
	case int:
		m.integer(3, int64(v))
		m.integer(20, attrInt)
	case []int:
		for _, i := range v {
			m.integer(8, int64(i))
		}
		m.integer(20, attrInts)
	}
	return m
}

// message returns the TensorProto.
func (c *constant) message() message {
	var m message
	for _, extent := range c.shape {
		m.integer(1, int64(extent))
	}
	raw := make([]byte, 0, max(len(c.floats)*4, len(c.ints)*8))
	for _, v := range c.floats {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	for _, v := range c.ints {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	if c.ints != nil {
		m.integer(2, elemInt64)
	} else {
		m.integer(2, elemFloat)
	}
	m.text(8, c.name)
	m.inside(9, raw)
	return m
}

// valueInfo returns the ValueInfoProto of float32 rows, of any number.
func valueInfo(v value) message {
	var rows message
	rows.text(2, "rows")
	var shape message
	shape.inside(1, rows)
	for _, extent := range v.shape {
		var dim message
		dim.integer(1, int64(extent))
		shape.inside(1, dim)
	}
	var tensor message
	tensor.integer(1, elemFloat)
	tensor.inside(2, shape)
	var kind message
	kind.inside(1, tensor)
	var m message
	m.text(1, v.name)
	m.inside(2, kind)
	return m
}
