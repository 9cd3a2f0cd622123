package picture

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// Healthy sizes of a signal behind a layer at the start: half a decade to
// either side of 1, by convention.
const signalLo, signalHi = 0.3, 3

// signalThroughDepth draws the spread of every layer's outputs at the first
// look, and of the gradients that come back to them.
func signalThroughDepth(s *subject) *drawing {
	var names []string
	var fore, back []float64
	for _, st := range s.Stages() {
		a, g := s.at(nnvet.ActStd, st.Layer.Name), s.at(nnvet.ActGrad, st.Layer.Name)
		if a == nil && g == nil {
			continue
		}
		names, fore, back = append(names, short(st.Layer.Name)), append(fore, first(a)), append(back, first(g))
	}
	if len(names) < 2 {
		return nil
	}
	relative := relativeTo(back) // a gradient's own size depends on the loss
	y, ok := inDecades(fore, relative, []float64{signalLo, signalHi})
	if !ok || len(positive(fore)) == 0 {
		return nil
	}
	d := newDrawing("signal", "Signal through the layers at the start", 280)
	d.x, d.y = scale{linear, 0.5, float64(len(names)) + 0.5}, y
	d.axisX("layer", whole)
	d.axisY("standard deviation at the first look", num)
	d.bandY(signalLo, signalHi, "healthy")
	xs := make([]float64, len(names))
	d.table.Head = []string{"layer", "outputs, std", "gradient, beside the last layer's"}
	for i, n := range names {
		xs[i] = float64(i + 1)
		d.row(n, num(fore[i]), num(relative[i]))
		d.dot("ink", d.px(xs[i]), d.py(fore[i]), 3.2, n+": std "+num(fore[i]))
		if !stat.Finite(fore[i]) {
			d.cross("yours", d.px(xs[i]), d.in.y0+6, n+": "+num(fore[i]))
		}
	}
	d.line("", xs, fore)
	d.line("dim dash", xs, relative)
	d.labelEnd("tink", xs, fore, "outputs, forward")
	if len(positive(relative)) > 1 {
		d.label("tdim", d.px(xs[0]), d.py(relative[0]), "gradients, backward")
	}
	rate := math.Pow(fore[len(fore)-1]/fore[0], 1/float64(len(fore)-1))
	d.say("The outputs' standard deviation goes from %s behind %s to %s behind %s: %s times a layer%s.", num(fore[0]), names[0], num(fore[len(fore)-1]), names[len(names)-1], num(stat.Signif(rate, 2)), backwards(relative))
	return d
}

// relativeTo returns the values over the last one that is above 0.
func relativeTo(xs []float64) []float64 {
	out := make([]float64, len(xs))
	by := nan
	for _, v := range xs {
		if v > 0 && stat.Finite(v) {
			by = v
		}
	}
	for i, v := range xs {
		out[i] = v / by
	}
	return out
}

func backwards(relative []float64) string {
	if !stat.Finite(relative[0]) {
		return ""
	}
	return fmt.Sprintf("; the gradient at the first is %s times the last layer's", num(stat.Signif(relative[0], 2)))
}

// whole writes numbers that are whole, and nothing of others.
func whole(v float64) string {
	if v != math.Trunc(v) {
		return ""
	}
	return num(v)
}

// weightsAndLaw draws the spread of each layer's weights at the first look
// beside what the laws of Glorot, LeCun and He give for its size.
func weightsAndLaw(s *subject) *drawing {
	type layer struct {
		name                   string
		std, glorot, lecun, he float64
	}
	var names []string
	var all []layer
	var known [][]float64
	for _, st := range s.Stages() {
		w := s.at(nnvet.WeightStd, st.Weight.Name)
		if w == nil || st.FanIn < 1 {
			continue
		}
		in, out := float64(st.FanIn), float64(st.FanOut)
		l := layer{short(st.Layer.Name), first(w), math.Sqrt(2 / (in + out)), math.Sqrt(1 / in), math.Sqrt(2 / in)}
		all = append(all, l)
		names = append(names, l.name)
		known = append(known, []float64{l.std, l.glorot, l.lecun / math.Sqrt(3), l.he})
	}
	x, ok := inDecades(known...)
	if len(all) == 0 || !ok {
		return nil
	}
	d := newDrawing("weights-law", "Weights at the start, and the usual laws", 0)
	d.named("row", names, 130)
	row := d.rows(len(all), 4, 20)
	d.x = x
	d.axisX("standard deviation of a layer's weights (log)", num)
	d.rect("band", box{4, 5, 14, 15}, "")
	d.text("axis", 18, 13.5, start, "from the default of PyTorch to He's law")
	d.table.Head = []string{"layer", "weights, std", "Glorot", "LeCun", "He"}
	worst, far := 0, 0.0
	for i, l := range all {
		y := d.in.y0 + row*(float64(i)+0.5)
		d.writes("row", d.in.x0-8, y+4, end, cutFront("row", l.name, d.in.x0-12))
		// PyTorch draws from a uniform law of this standard deviation.
		lo, hi := math.Min(l.lecun/math.Sqrt(3), l.glorot), math.Max(l.he, l.glorot)
		d.rect("band", box{d.px(lo), y - row*0.35, d.px(hi), y + row*0.35}, fmt.Sprintf("usual: %s to %s", num(lo), num(hi)))
		class := "ink"
		if !(l.std >= lo/1.3 && l.std <= hi*1.3) {
			class = "ink yours"
		}
		d.dot(class, d.px(l.std), y, math.Min(4, row*0.4), l.name+": "+num(l.std))
		d.row(l.name, num(l.std), num(l.glorot), num(l.lecun), num(l.he))
		if f := math.Abs(math.Log(l.std / l.he)); f > far || math.IsNaN(f) {
			worst, far = i, f
		}
	}
	w := all[worst]
	d.say("Of %s, %s is furthest from He's law: its weights begin with a standard deviation of %s, where the law gives %s.", count(len(all), "layer"), w.name, num(w.std), num(w.he))
	return d
}
