package normalization

import (
	"math"
	"slices"

	"github.com/nnvet/nnvet"
)

// seen returns the root mean square of what the first layer with weights was
// given at the first step, as its outputs tell: with weights drawn about 0,
// the mean square of the outputs is the number of inputs times the mean
// squares of inputs and weights. It is within a factor of two of the truth.
// Where it is far from what the network was fed, the network scales its inputs
// by itself.
func seen(t *nnvet.Trace, x *nnvet.Profile) (rms float64, ok bool) {
	w := firstWeight(t)
	if w == nil || !takes(w, x) {
		return 0, false
	}
	fan := 1.0
	for _, n := range w.Shape[1:] {
		fan *= float64(n)
	}
	mean, okMean := atStart(t, nnvet.WeightMean, w.Name)
	std, okStd := atStart(t, nnvet.WeightStd, w.Name)
	outMean, okOut := atStart(t, nnvet.ActMean, w.Layer)
	outStd, okOutStd := atStart(t, nnvet.ActStd, w.Layer)
	if !okMean || !okStd || !okOut || !okOutStd || !(std > 0) || math.Abs(mean) > 0.3*std {
		return 0, false
	}
	if b, s, ok := biasAtStart(t, w.Layer); ok {
		// What remains beside a bias that varies is not known better than to a hundredth.
		outMean, outStd = outMean-b, math.Sqrt(math.Max(outStd*outStd-s*s, s*s/100))
	}
	rms = math.Sqrt((outMean*outMean + outStd*outStd) / (fan * (mean*mean + std*std)))
	return rms, finite(rms) && rms > 0
}

// firstWeight returns the first weight of a network of dense layers or convolutions.
func firstWeight(t *nnvet.Trace) *nnvet.Param {
	for i := range t.Params {
		w := &t.Params[i]
		if len(w.Shape) < 2 {
			continue
		}
		l := t.Layer(w.Layer)
		if l == nil || !slices.Contains([]string{"Linear", "Conv1d", "Conv2d", "Conv3d"}, l.Kind) {
			return nil
		}
		return w
	}
	return nil
}

// takes reports whether a weight is of the width of an input.
func takes(w *nnvet.Param, x *nnvet.Profile) bool {
	if x.Of == w.Shape[1] {
		return true
	}
	row := 1
	for _, n := range x.Shape[min(1, len(x.Shape)):] {
		row *= n
	}
	return row == w.Shape[1]
}

// atStart returns the figure of the first step, before any update.
func atStart(t *nnvet.Trace, q nnvet.Quantity, site string) (float64, bool) {
	s := t.Series(nnvet.Key{Quantity: q, Site: site})
	if s.Len() == 0 || s.Steps[0] != 0 || !finite(s.Values[0]) {
		return 0, false
	}
	return s.Values[0], true
}

func biasAtStart(t *nnvet.Trace, layer string) (mean, std float64, ok bool) {
	mean, okMean := atStart(t, nnvet.WeightMean, layer+".bias")
	std, okStd := atStart(t, nnvet.WeightStd, layer+".bias")
	return mean, std, okMean && okStd
}

// rescaled reports whether the network brings what it is fed to another scale,
// and what its first layer is given then.
func rescaled(t *nnvet.Trace, x *nnvet.Profile) (rms float64, ok bool) {
	rms, ok = seen(t, x)
	fed := x.All().RMS()
	const apart = 0.7 // decades, of which the estimate itself takes 0.3
	return rms, ok && fed > 0 && math.Abs(math.Log10(rms/fed)) >= apart
}
