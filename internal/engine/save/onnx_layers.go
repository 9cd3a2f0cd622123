package save

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet/internal/engine"
)

// layer adds the nodes of a layer.
func (x *exporter) layer(i int, v value) (value, error) {
	d, g := &x.layers[i], &x.graph
	plain := func(op string, attributes ...attribute) (value, error) { // works on each number, wherever it lies
		v.name = g.add(op, d.Name, []string{v.name}, attributes...)
		return v, nil
	}
	setting := func(name string) float32 { return float32(d.Settings[name]) }
	switch l := d.Layer.(type) {
	case *engine.Dense:
		return x.dense(d, g.transpose(v, false)), nil
	case *engine.Conv2D:
		return x.conv(d, l, g.transpose(v, true)), nil
	case *engine.MaxPool:
		return x.pool("MaxPool", d, l.Size, l.Stride, g.transpose(v, true)), nil
	case *engine.AvgPool:
		return x.pool("AveragePool", d, l.Size, l.Stride, g.transpose(v, true)), nil
	case *engine.GlobalAvgPool:
		return x.globalPool(d, v), nil
	case *engine.Embedding:
		return x.embedding(d, v), nil
	case *engine.BatchNorm:
		return x.batchNorm(d, v), nil
	case *engine.LayerNorm:
		return x.layerNorm(d, g.transpose(v, false)), nil
	case *engine.Flatten:
		return x.flatten(d, v), nil
	case *engine.Residual:
		return x.residual(i, v)
	case *engine.PReLU:
		v.name = g.add("PRelu", d.Name, []string{v.name, x.perChannel(d, "weight", v)})
		return v, nil
	case *engine.Clamp:
		lo, hi := g.floats(d.Name+".lo", nil, float32(l.Lo)), g.floats(d.Name+".hi", nil, float32(l.Hi))
		v.name = g.add("Clip", d.Name, []string{v.name, lo, hi})
		return v, nil
	case *engine.GELU:
		return x.gelu(d, v), nil
	case *engine.SiLU:
		gate := g.add("Sigmoid", d.Name+".gate", []string{v.name})
		v.name = g.add("Mul", d.Name, []string{v.name, gate})
		return v, nil
	case *engine.Softmax:
		if v.planar {
			return plain("Softmax", attribute{"axis", 1})
		}
		return plain("Softmax", attribute{"axis", -1})
	case *engine.Dropout:
		return v, nil
	case *engine.ReLU:
		return plain("Relu")
	case *engine.LeakyReLU:
		return plain("LeakyRelu", attribute{"alpha", setting("negative_slope")})
	case *engine.ELU:
		return plain("Elu", attribute{"alpha", setting("alpha")})
	case *engine.SELU:
		return plain("Selu")
	case *engine.Tanh:
		return plain("Tanh")
	case *engine.Sigmoid:
		return plain("Sigmoid")
	case *engine.Softplus:
		return plain("Softplus")
	case *engine.Round:
		return plain("Round")
	}
	return v, fmt.Errorf("layer %s: a %s is not exported to ONNX", d.Name, d.Layer.Kind())
}

// tensor adds a parameter, in PyTorch's layout, and returns its name; "" where
// the layer has none of that name.
func (x *exporter) tensor(d *engine.Described, name string) string {
	p := x.params[d.Name+"."+name]
	if p == nil {
		return ""
	}
	values := make([]float32, len(p.Value))
	p.Export(values)
	return x.graph.floats(p.Name, p.Shape, values...)
}

// perChannel adds a parameter of one number a channel, shaped so that it meets
// the channels of the value. One number for all meets anything.
func (x *exporter) perChannel(d *engine.Described, name string, v value) string {
	p := x.params[d.Name+"."+name]
	return x.graph.floats(p.Name, channels(len(p.Value), v), p.Value...)
}

func channels(n int, v value) []int {
	if v.planar {
		return []int{n, 1, 1}
	}
	return []int{n}
}

// dense is a Gemm for rows of features, and a product over the last dimension
// for rows of more dimensions, which Gemm does not take.
func (x *exporter) dense(d *engine.Described, v value) value {
	g := &x.graph
	if len(v.shape) == 1 {
		in := []string{v.name, x.tensor(d, "weight")}
		if bias := x.tensor(d, "bias"); bias != "" {
			in = append(in, bias)
		}
		v.name = g.add("Gemm", d.Name, in, attribute{"transB", 1})
		return v
	}
	p := x.params[d.Name+".weight"]
	weight := g.floats(p.Name, []int{p.Shape[1], p.Shape[0]}, p.Value...) // which the engine has as [in, out]
	bias := x.tensor(d, "bias")
	if bias == "" {
		v.name = g.add("MatMul", d.Name, []string{v.name, weight})
		return v
	}
	product := g.add("MatMul", d.Name+".product", []string{v.name, weight})
	v.name = g.add("Add", d.Name, []string{product, bias})
	return v
}

// embedding looks up tokens, which come as numbers like any input.
func (x *exporter) embedding(d *engine.Described, v value) value {
	tokens := x.graph.add("Cast", d.Name+".tokens", []string{v.name}, attribute{"to", elemInt64})
	v.name = x.graph.add("Gather", d.Name, []string{x.tensor(d, "weight"), tokens})
	return v
}

// residual adds the block's input to what its body makes of it, in the layout
// that the body leaves.
func (x *exporter) residual(i int, v value) (value, error) {
	body, err := x.chain(i, v)
	if err != nil {
		return v, err
	}
	around := x.graph.transpose(v, body.planar)
	body.name = x.graph.add("Add", x.layers[i].Name, []string{around.name, body.name})
	return body, nil
}

// gelu is x times half of 1+erf(x/√2).
func (x *exporter) gelu(d *engine.Described, v value) value {
	g := &x.graph
	constant := func(name string, c float32) string { return g.floats(d.Name+name, nil, c) }
	scaled := g.add("Mul", d.Name+".scaled", []string{v.name, constant(".scale", 1/math.Sqrt2)})
	erf := g.add("Erf", d.Name+".erf", []string{scaled})
	share := g.add("Add", d.Name+".share", []string{erf, constant(".one", 1)})
	half := g.add("Mul", d.Name+".half", []string{v.name, constant(".by", 0.5)})
	v.name = g.add("Mul", d.Name, []string{half, share})
	return v
}

// batchNorm uses the running statistics. Where channels are not the second
// dimension, as BatchNormalization wants them, they come down to a factor and
// a summand.
func (x *exporter) batchNorm(d *engine.Described, v value) value {
	g, eps := &x.graph, d.Settings["eps"]
	if v.planar || len(v.shape) == 1 {
		in := []string{v.name, x.tensor(d, "weight"), x.tensor(d, "bias"), x.tensor(d, "running_mean"), x.tensor(d, "running_var")}
		v.name = g.add("BatchNormalization", d.Name, in, attribute{"epsilon", float32(eps)})
		return v
	}
	param := func(name string) []float32 { return x.params[d.Name+"."+name].Value }
	weight, bias, mean, variance := param("weight"), param("bias"), param("running_mean"), param("running_var")
	factor, summand := make([]float32, len(weight)), make([]float32, len(weight))
	for c := range factor {
		f := float64(weight[c]) / math.Sqrt(float64(variance[c])+eps)
		factor[c], summand[c] = float32(f), float32(float64(bias[c])-float64(mean[c])*f)
	}
	n := []int{len(weight)}
	scaled := g.add("Mul", d.Name+".scaled", []string{v.name, g.floats(d.Name+".factor", n, factor...)})
	v.name = g.add("Add", d.Name, []string{scaled, g.floats(d.Name+".summand", n, summand...)})
	return v
}

// layerNorm normalizes the features of each position.
func (x *exporter) layerNorm(d *engine.Described, v value) value {
	in := []string{v.name, x.tensor(d, "weight"), x.tensor(d, "bias")}
	v.name = x.graph.add("LayerNormalization", d.Name, in, attribute{"axis", -1}, attribute{"epsilon", float32(d.Settings["eps"])})
	return v
}
