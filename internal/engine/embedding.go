package engine

import (
	"fmt"
	"math"
)

// Embedding replaces each token, a whole number, by a vector of its own that is
// trained.
type Embedding struct {
	Tokens int  `yaml:"tokens" doc:"how many tokens there are: they are 0 up to one less"`
	Units  int  `yaml:"units" doc:"length of a vector"`
	Init   Init `yaml:"init" doc:"how vectors start; normal with std 1"`
}

func (*Embedding) Kind() string { return "embedding" }

func (l *Embedding) about(Shape) about {
	return about{"Embedding", map[string]float64{"num_embeddings": float64(l.Tokens), "embedding_dim": float64(l.Units)}}
}

func (l *Embedding) build(b *builder, in Shape) (op, Shape, error) {
	if len(in) != 1 {
		return nil, nil, fmt.Errorf("needs rows of [tokens] and gets %v; make it the first layer", in)
	}
	if b.learns {
		return nil, nil, fmt.Errorf("stands behind layers with parameters, which cannot learn through it; make it the first layer")
	}
	if err := checkSize("tokens", l.Tokens); err != nil {
		return nil, nil, err
	}
	if err := checkSize("units", l.Units); err != nil {
		return nil, nil, err
	}
	if err := l.Init.check(); err != nil {
		return nil, nil, err
	}
	start := l.Init
	switch start.Kind {
	case "", "pytorch":
		start = Init{Kind: "normal"}
	case "keras":
		start = Init{Kind: "uniform", Lo: -0.05, Hi: 0.05}
	}
	at := LayerError{Path: b.path, Kind: l.Kind(), Source: b.layers[b.current].Source}
	o := &embedding{wrong: b.wrong, at: at, tokens: l.Tokens, units: l.Units, perRow: in[0]}
	o.weight = b.param("weight", asIs, start, fans{l.Tokens, l.Units}, l.Tokens, l.Units)
	b.array(&o.y, times(b.rows, o.perRow, o.units))
	return o, Shape{in[0], l.Units}, nil
}

type embedding struct {
	wrong                 *firstError
	at                    LayerError // without an error
	tokens, units, perRow int
	weight                *Param
	x, y                  []float32
}

func (o *embedding) forward(x []float32, rows int, _ bool) []float32 {
	y := o.y[:rows*o.perRow*o.units]
	for i, v := range x {
		to := y[i*o.units : (i+1)*o.units]
		if token, ok := o.token(v); ok {
			copy(to, o.weight.Value[token*o.units:])
			continue
		}
		at := o.at
		at.Err = fmt.Errorf("row %d of a batch, column %d: %g is no token: an embedding of %d takes whole numbers of 0 to %d; count the tokens again, or do not normalize them",
			i/o.perRow, i%o.perRow, v, o.tokens, o.tokens-1)
		o.wrong.note(&at)
		fill(to, float32(math.NaN()))
	}
	o.x = x
	return y
}

func (o *embedding) token(v float32) (int, bool) {
	if !(v >= 0 && v < float32(o.tokens)) {
		return 0, false
	}
	return int(v), float32(int(v)) == v
}

func (o *embedding) backward(dy []float32, _ int) []float32 {
	clear(o.weight.Grad)
	for i, v := range o.x {
		token, ok := o.token(v)
		if !ok {
			continue
		}
		grad := o.weight.Grad[token*o.units : (token+1)*o.units]
		for j, d := range dy[i*o.units : (i+1)*o.units] {
			grad[j] += d
		}
	}
	return nil
}
