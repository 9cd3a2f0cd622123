package picture

import (
	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// depthSweep draws scores against the number of layers, as raced or as the
// experiments of the pitfall gave them.
func depthSweep(s *subject) *drawing {
	if d := (sweep{name: "depth-sweep", title: "Score against depth", x: "hidden layers", knob: "hidden layers", kind: linear, one: "depth", small: true}).draw(s); d != nil {
		return d
	}
	return sweep{name: "depth-sweep", title: "Score against depth", x: "hidden layers, beside yours", kind: twos, one: "depth", small: true}.draw(s, "NN1001")
}

// gradientByDepth draws the gradient that reaches each layer at the first look
// and at the last.
func gradientByDepth(s *subject) *drawing {
	return s.byDepth(byDepth{name: "gradient-by-depth", title: "Gradient through the layers", y: "gradient rms of the weights (log)", of: nnvet.GradRMS, weights: true,
		say: "At the last look the weights of %s get a gradient of %s, those of %s one of %s."})
}

// alikeByDepth draws how alike a layer's outputs for two inputs are.
func alikeByDepth(s *subject) *drawing {
	return s.byDepth(byDepth{name: "alike-by-depth", title: "How alike outputs for two inputs are", y: "mean cosine between rows", of: nnvet.ActCosine,
		say: "At the last look the outputs of %s for two inputs have a cosine of %s, those of %s one of %s; at 1 they cannot be told apart."})
}

// A byDepth is a picture of a quantity against the place of a layer.
type byDepth struct {
	name, title, y, say string
	of                  nnvet.Quantity
	weights             bool // measured in weights, on a logarithmic axis; else in layers
}

func (s *subject) byDepth(b byDepth) *drawing {
	var names []string
	var begin, finish []float64
	for _, st := range s.Stages() {
		site := st.Layer.Name
		if b.weights {
			site = st.Weight.Name
		}
		if x := s.at(b.of, site); x != nil {
			names, begin, finish = append(names, short(st.Layer.Name)), append(begin, first(x)), append(finish, last(x))
		}
	}
	if _, _, ok := extent(begin, finish); len(names) < 2 || !ok {
		return nil
	}
	d := newDrawing(b.name, b.title, 240)
	d.x = scale{linear, 0.5, float64(len(names)) + 0.5}
	d.y = onLine(begin, finish)
	if y, ok := inDecades(begin, finish); b.weights && ok {
		d.y = y
	}
	d.axisX("layer", whole)
	d.axisY(b.y, num)
	xs := make([]float64, len(names))
	d.table.Head = []string{"layer", "first look", "last look"}
	for i, n := range names {
		xs[i] = float64(i + 1)
		d.row(n, num(begin[i]), num(finish[i]))
		if stat.Finite(finish[i]) {
			d.dot("ink", d.px(xs[i]), d.py(finish[i]), 3, n+": "+num(finish[i]))
		} else {
			d.cross("yours", d.px(xs[i]), d.in.y0+6, n+": "+num(finish[i]))
		}
	}
	d.line("dim dash", xs, begin)
	d.line("", xs, finish)
	d.labelEnd("tink", xs, finish, "at the last look")
	d.label("tdim", d.px(xs[0]), d.py(begin[0]), "at the first")
	end := len(names) - 1
	d.say(b.say, names[0], num(finish[0]), names[end], num(finish[end]))
	return d
}
