package engine

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// An Init says how the values of a parameter start. Settings that are 0 mean
// their defaults.
type Init struct {
	Kind  string  `yaml:"kind" doc:"name of the initializer"`
	Gain  float64 `yaml:"gain" doc:"factor of every value, for the kinds that follow the layer's size; 1"`
	Mean  float64 `yaml:"mean" doc:"of normal"`
	Std   float64 `yaml:"std" doc:"standard deviation of normal; 1"`
	Lo    float64 `yaml:"lo" doc:"lower bound of uniform"`
	Hi    float64 `yaml:"hi" doc:"upper bound of uniform; 1 where lo is 0 too"`
	Value float64 `yaml:"value" doc:"of constant"`
}

// fans are the inputs that one unit adds up, and the units that one input
// goes to. For a convolution both count the area of the kernel.
type fans struct{ in, out int }

// An initializer fills a parameter.
type initializer struct {
	name, what string
	fill       func(p *Param, i Init, rng *rand.Rand)
}

// initializers lists them all. The names in brackets are those of PyTorch.
func initializers() []initializer {
	scaled := func(draw func(*Param, float64, *rand.Rand), std func(fans) float64) func(*Param, Init, *rand.Rand) {
		return func(p *Param, i Init, rng *rand.Rand) { draw(p, i.Gain*std(p.fans), rng) }
	}
	he := func(f fans) float64 { return math.Sqrt(2 / float64(f.in)) }
	lecun := func(f fans) float64 { return math.Sqrt(1 / float64(f.in)) }
	xavier := func(f fans) float64 { return math.Sqrt(2 / float64(f.in+f.out)) }
	return []initializer{
		{"he_normal", "normal, std sqrt(2/inputs): keeps the size of what passes ReLU (He et al. 2015)", scaled(normal, he)},
		{"he_uniform", "uniform with the std of he_normal", scaled(uniform, he)},
		{"lecun_normal", "normal, std sqrt(1/inputs): for tanh, selu and no activation (LeCun et al. 1998)", scaled(normal, lecun)},
		{"lecun_uniform", "uniform with the std of lecun_normal", scaled(uniform, lecun)},
		{"xavier_normal", "normal, std sqrt(2/(inputs+outputs)) (Glorot and Bengio 2010)", scaled(normal, xavier)},
		{"xavier_uniform", "uniform with the std of xavier_normal", scaled(uniform, xavier)},
		{"orthogonal", "rows, or columns, of length gain at right angles (Saxe et al. 2013)", orthogonal},
		{"zero", "all 0: every unit of a layer then stays like the others", func(p *Param, _ Init, _ *rand.Rand) { clear(p.Value) }},
		{"constant", "all value", func(p *Param, i Init, _ *rand.Rand) { fill(p.Value, float32(i.Value)) }},
		{"uniform", "uniform between lo and hi", func(p *Param, i Init, rng *rand.Rand) {
			for j := range p.Value {
				p.Value[j] = float32(i.Lo + float64(rng.Float64()*(i.Hi-i.Lo)))
			}
		}},
		{"normal", "normal of mean and std", func(p *Param, i Init, rng *rand.Rand) {
			for j := range p.Value {
				p.Value[j] = float32(i.Mean + float64(rng.NormFloat64()*i.Std))
			}
		}},
		// kaiming_uniform_(a=sqrt(5)) of the weights comes to this bound as well
		{"pytorch", "PyTorch's default: uniform within 1/sqrt(inputs), for weights and biases", scaled(uniform, func(f fans) float64 {
			return math.Sqrt(1 / float64(3*f.in))
		})},
		{"keras", "Keras's default: xavier_uniform for weights, 0 for biases", scaled(uniform, xavier)},
	}
}

// Initializers returns the name of each initializer and one sentence on it.
func Initializers() [][2]string {
	var all [][2]string
	for _, i := range initializers() {
		all = append(all, [2]string{i.name, i.what})
	}
	return all
}

// complete sets what is 0 to its default.
func (i Init) complete() Init {
	if i.Gain == 0 {
		i.Gain = 1
	}
	if i.Std == 0 {
		i.Std = 1
	}
	if i.Lo == 0 && i.Hi == 0 {
		i.Hi = 1
	}
	return i
}

func (i Init) check() error {
	var names []string
	for _, known := range initializers() {
		names = append(names, known.name)
	}
	switch {
	case i.Kind == "" && i != Init{}:
		return fmt.Errorf("an initializer without a kind; give one of %s", strings.Join(names, ", "))
	case i.Kind != "" && !slices.Contains(names, i.Kind):
		return fmt.Errorf("initializer %q is none of %s", i.Kind, strings.Join(names, ", "))
	case i.Std < 0:
		return fmt.Errorf("initializer %s: std %g is negative; give 0 or more", i.Kind, i.Std)
	case i.Hi < i.Lo:
		return fmt.Errorf("initializer %s: hi %g is below lo %g; exchange them", i.Kind, i.Hi, i.Lo)
	}
	for _, v := range []float64{i.Gain, i.Mean, i.Std, i.Lo, i.Hi, i.Value} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("initializer %s: a setting is %g; give finite numbers", i.Kind, v)
		}
	}
	return nil
}

// bias returns how the biases start beside weights that start as i says.
func (i Init) bias(own Init) Init {
	switch {
	case own.Kind != "":
		return own
	case i.Kind == "pytorch":
		return Init{Kind: "pytorch"}
	}
	return Init{Kind: "zero"}
}

func (p *Param) initialize(rng *rand.Rand) {
	for _, i := range initializers() {
		if i.name == p.start.Kind {
			i.fill(p, p.start.complete(), rng)
		}
	}
}

func fill(x []float32, v float32) {
	for i := range x {
		x[i] = v
	}
}

func normal(p *Param, std float64, rng *rand.Rand) {
	for i := range p.Value {
		p.Value[i] = float32(rng.NormFloat64() * std)
	}
}

func uniform(p *Param, std float64, rng *rand.Rand) {
	bound := std * math.Sqrt(3)
	for i := range p.Value {
		p.Value[i] = float32((2*rng.Float64() - 1) * bound)
	}
}

// orthogonal draws normal values and makes the shorter side of the matrix, of
// units × their inputs, orthonormal by the modified Gram-Schmidt process, in
// float64: what rounding leaves is far below float32.
func orthogonal(p *Param, i Init, rng *rand.Rand) {
	rows, cols := p.matrix()
	long, short := max(rows, cols), min(rows, cols)
	vectors := make([]float64, short*long)
	for v := range short {
		x := vectors[v*long : (v+1)*long]
		for j := range x {
			x[j] = rng.NormFloat64()
		}
		for u := range v {
			project(x, vectors[u*long:(u+1)*long])
		}
		normalize(x)
	}
	for r := range rows {
		for c := range cols {
			at := r*long + c // rows are the vectors
			if rows > cols {
				at = c*long + r
			}
			p.Value[r*cols+c] = float32(i.Gain * vectors[at])
		}
	}
}

// matrix returns the extents of the values as a matrix in memory.
func (p *Param) matrix() (rows, cols int) {
	if len(p.Shape) < 2 {
		return 1, times(p.Shape...)
	}
	if p.layout == outLast {
		return times(p.Shape[1:]...), p.Shape[0]
	}
	return p.Shape[0], times(p.Shape[1:]...)
}

// project takes off x what it has of the direction of u, which has length 1.
func project(x, u []float64) {
	dot := 0.0
	for j, v := range u {
		dot += float64(v * x[j])
	}
	for j, v := range u {
		x[j] -= float64(dot * v)
	}
}

func normalize(x []float64) {
	squares := 0.0
	for _, v := range x {
		squares += float64(v * v)
	}
	length := math.Sqrt(squares)
	for j := range x {
		x[j] /= length
	}
}
