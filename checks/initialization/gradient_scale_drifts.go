package initialization

import (
	_ "embed"
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
)

//go:embed gradient_scale_drifts.md
var gradientDriftsDoc string

// GradientDrifts finds networks whose gradient grows or fades on its way back
// through the layers before any training, for the size of their weights.
var GradientDrifts = nnvet.Check{
	ID:       "NN0903",
	Name:     "gradient-scale-drifts",
	Pitfall:  nnvet.Initialization,
	Doc:      gradientDriftsDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs: []nnvet.Need{
		{What: "gradients of layers' outputs at step 0", Has: atStart(nnvet.ActGrad)}, nnvet.NeedSeries(nnvet.Loss, nnvet.Train),
	},
	Limits: harmLimits(
		nnvet.Limit{Name: "drift", Default: 1, Source: "measured on small MLPs: healthy ones are at -0.13 to 0.36 decades"},
		nnvet.Limit{Name: "costs", Default: 2, Source: "measured on small MLPs: up to 2 decades cost at most 0.04 skill, 4 to 6 cost 0.2 to 0.3, more than 10 all of it"},
	),
	Explains: []string{"NN0601", "NN0602", "NN0603", "NN0801", "NN0803", "NN0804", "NN0805", "NN0904", "NN0201"},
	Run:      gradientDrifts,
}

// atStart returns what tells that a quantity was recorded at step 0.
func atStart(q nnvet.Quantity) func(*nnvet.Trace) bool {
	return func(t *nnvet.Trace) bool {
		for s := range t.All(q) {
			if s.Len() > 0 && s.Steps[0] == 0 {
				return true
			}
		}
		return false
	}
}

func gradientDrifts(p *nnvet.Pass) {
	// A norm over the units, which he's law keeps where widths differ; a root mean square it does not.
	ps := passage(p.Trace, nnvet.ActGrad, func(s *nnvet.Stage) float64 { return math.Sqrt(float64(s.Units())) })
	if ps = ofOneKind(ps); len(ps) < 2 {
		p.Skip("it takes two hidden layers of one kind, dense or convolutional, that get a gradient at step 0")
		return
	}
	if normed(ps) {
		p.Measured("norm")
		return
	}
	at, last := ps[0], ps[len(ps)-1]
	drift := last.log - at.log
	p.Measured("%sx", decades(-drift))
	if !(math.Abs(drift) > p.Limit("drift")) {
		return
	}
	if drift > 0 && flattens(ps) { // not for its weights
		return
	}
	h, err := harmOf(p, drift < 0)
	if err != nil {
		p.Skip("the gradient changes %s-fold on its way back, but %v", decades(-drift), err)
		return
	}
	if h.trained {
		return
	}
	how := "fades"
	if drift < 0 {
		how = "grows"
	}
	f := nnvet.Finding{
		Severity:   h.severity,
		Confidence: 0.75,
		Site:       at.Layer.Name,
		Source:     at.Layer.Source,
		Label:      "the gradient here is " + decades(-drift) + " times the last layer's",
		Brief:      decades(-drift) + "x",
		Message: fmt.Sprintf("the gradient %s on its way back: at step 0 its norm is %s at layer %s and %s at layer %s, %d layers before; %s",
			how, figure(math.Pow(10, last.log)), last.Layer.Name, figure(math.Pow(10, at.log)), at.Layer.Name, len(ps)-1, h.says),
		Evidence: []nnvet.Evidence{
			{What: "decades from the gradient at the first hidden layer to that at the last, either way", Saw: math.Abs(drift), Unit: "decades", Key: nnvet.Key{Quantity: nnvet.ActGrad}, Limit: "drift", Lo: 0, Hi: 0.36},
			h.evidence,
		},
		Treatments: steady(p.Trace, -drift/float64(len(ps)-1)),
	}
	switch costs := math.Abs(drift) > p.Limit("costs"); {
	case !costs: // whatever keeps the run from learning, it is not this
		f.Severity = nnvet.Note
	case h.severity == nnvet.Warning:
		f.Severity = nnvet.Error
	}
	if f.Severity > nnvet.Note {
		f.Evidence[0].Limit = "costs"
	}
	p.Report(f)
}

// ofOneKind returns the dense stages or the convolutional ones, those that are
// more. A convolution's gradient is spread over positions, of which a trace does
// not tell how many there are, so that one cannot be held against a dense layer's.
func ofOneKind(ps []point) []point {
	convolves := func(at point) bool { return len(at.Weight.Shape) > 2 }
	dense := slices.DeleteFunc(slices.Clone(ps), convolves)
	if 2*len(dense) >= len(ps) {
		return dense
	}
	return slices.DeleteFunc(slices.Clone(ps), func(at point) bool { return !convolves(at) })
}

// flattens reports whether most hidden stages end in a sigmoid, which passes
// at most a quarter of a gradient however its weights start.
func flattens(ps []point) bool {
	n := 0
	for _, p := range ps {
		if p.Activation == "sigmoid" {
			n++
		}
	}
	return 2*n > len(ps)
}
