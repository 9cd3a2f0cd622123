package save

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/goccy/go-yaml"

	"github.com/nnvet/nnvet/internal/engine"
)

// networkDoc is a network as a model file describes it: enough to build it
// again, and to know what its outputs mean.
type networkDoc struct {
	Input  []int      `json:"input"`
	Layers []layerDoc `json:"layers"`
	Loss   lossDoc    `json:"loss"`
}

type lossDoc struct {
	Kind      engine.LossKind `json:"kind"`
	Delta     float64         `json:"delta,omitempty"`
	Smoothing float64         `json:"smoothing,omitempty"`
}

// layerDoc is a layer under the names that an experiment file has for it.
type layerDoc struct {
	Kind     string          `json:"kind"`
	Name     string          `json:"name,omitempty"`
	Settings json.RawMessage `json:"settings,omitempty"`
	Body     []layerDoc      `json:"body,omitempty"`
}

// describe writes down the network of a spec.
func describe(s engine.Spec) (string, error) {
	layers, err := describeLayers(s.Layers)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(networkDoc{s.Input, layers, lossDoc{s.Loss.Kind, s.Loss.Delta, s.Loss.Smoothing}})
	return string(text), err
}

func describeLayers(nodes []engine.Node) ([]layerDoc, error) {
	docs := make([]layerDoc, len(nodes))
	for i, n := range nodes {
		docs[i] = layerDoc{Kind: n.Layer.Kind(), Name: n.Name}
		var err error
		if block, ok := n.Layer.(*engine.Residual); ok {
			docs[i].Body, err = describeLayers(block.Body)
		} else {
			docs[i].Settings, err = yaml.MarshalWithOptions(n.Layer, yaml.JSON(), yaml.OmitZero())
		}
		if err != nil {
			return nil, fmt.Errorf("layers[%d] %s: %w", i, docs[i].Kind, err)
		}
		if docs[i].Settings = bytes.TrimSpace(docs[i].Settings); string(docs[i].Settings) == "{}" {
			docs[i].Settings = nil
		}
	}
	return docs, nil
}

// understand is the inverse of describe. Whether the network can be built is
// for [engine.New] to say.
func understand(text string) (engine.Spec, error) {
	var doc networkDoc
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&doc); err != nil {
		return engine.Spec{}, err
	}
	layers, err := understandLayers(doc.Layers)
	loss := engine.Loss{Kind: doc.Loss.Kind, Delta: doc.Loss.Delta, Smoothing: doc.Loss.Smoothing}
	return engine.Spec{Input: doc.Input, Layers: layers, Loss: loss}, err
}

func understandLayers(docs []layerDoc) ([]engine.Node, error) {
	nodes := make([]engine.Node, len(docs))
	for i, d := range docs {
		layer, err := d.layer()
		if err != nil {
			return nil, fmt.Errorf("layers[%d] %.40s: %w", i, d.Kind, err)
		}
		nodes[i] = engine.Node{Name: d.Name, Layer: layer}
	}
	return nodes, nil
}

func (d layerDoc) layer() (engine.Layer, error) {
	for _, k := range engine.Kinds() {
		if k.Name != d.Kind {
			continue
		}
		layer := k.New()
		if block, ok := layer.(*engine.Residual); ok {
			var err error
			block.Body, err = understandLayers(d.Body)
			return block, err
		}
		if len(d.Settings) == 0 {
			return layer, nil
		}
		err := yaml.UnmarshalWithOptions(d.Settings, layer, yaml.Strict())
		startless(layer)
		return layer, err
	}
	return nil, fmt.Errorf("this nnvet has no such layer; use the one that wrote the file, or a newer one")
}

// startless makes weights start at zero: the file has them, and to draw them
// first takes longer than to read them.
func startless(layer engine.Layer) {
	zero := engine.Init{Kind: "zero"}
	switch l := layer.(type) {
	case *engine.Dense:
		l.Init, l.BiasInit = zero, zero
	case *engine.Conv2D:
		l.Init, l.BiasInit = zero, zero
	case *engine.Embedding:
		l.Init = zero
	}
}
