package initialization

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed weights_off_their_law.md
var weightsOffDoc string

// WeightsOff finds weights that start far larger or smaller than any law of
// initialization has them.
var WeightsOff = nnvet.Check{
	ID:       "NN0905",
	Name:     "weights-off-their-law",
	Pitfall:  nnvet.Initialization,
	Doc:      weightsOffDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedSeries(nnvet.WeightStd, ""), nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: harmLimits(
		nnvet.Limit{Name: "factor", Default: 3, Source: "convention: a third to three times the variance of the law; with fewer layers than 8 as much is made up for in training"},
		nnvet.Limit{Name: "together", Default: 1, Source: "measured on small MLPs: signals that drift by less than a decade in all are healthy"},
		nnvet.Limit{Name: "extreme", Default: 30, Source: "convention: five times too large or too small; N(0, 1) and N(0, 0.01^2), measured to cost 1.25 and 0.25 skill, are past it from 60 inputs on"},
		nnvet.Limit{Name: "layers", Default: 8, Source: "measured on small MLPs: PyTorch's own start, a sixth of he's variance, reached skill 0.93 at 8 layers, 0.65 at 16 and 0.03 at 32"},
		nnvet.Limit{Name: "weights", Default: 16, Source: "the variance of fewer is not known to a factor of 3: chi-squared, 1 in 1000"},
	),
	Explains: []string{"NN0902", "NN0903", "NN0601", "NN0602", "NN0603", "NN0801", "NN0802", "NN0803", "NN0804", "NN0805", "NN0904", "NN0201", "NN1002", "NN0906"},
	Run:      weightsOff,
}

// An offset is a beginning with how far its variance is from that of the law
// nearest to it, as a factor: above 1 where it is too large.
type offset struct {
	beginning
	factor float64
}

func weightsOff(p *nnvet.Pass) {
	all := beginnings(p.Trace)
	if len(all) == 0 {
		p.Skip("the weights of no dense or convolutional layer were recorded at step 0")
		return
	}
	deep := plainDepth(p.Trace) > int(p.Limit("layers"))
	worst := offset{factor: 1}
	var off []beginning
	judged, together := 0, 0.0 // decades by which the layers scale a signal, beyond what their laws do
	for _, b := range all {
		if b.Normed || float64(b.Weight.Shape[0]*b.FanIn) < p.Limit("weights") {
			continue
		}
		judged++
		o := offset{b, nearest(p.Trace, &b, deep)}
		if b.Last && o.factor < 1 { // a last layer may start as small as it likes
			continue
		}
		if far(o.factor) > far(worst.factor) {
			worst = o
		}
		if own, _ := suits(p.Trace, &b.Stage); !b.Last {
			together += math.Log10(b.rms / own.std(&b.Stage))
		}
		if far(o.factor) > p.Limit("factor") {
			off = append(off, b)
		}
	}
	if judged == 0 {
		p.Measured("norm")
		return
	}
	p.Measured("%sx law", short(worst.factor))
	extreme := far(worst.factor) >= p.Limit("extreme")
	if len(off) == 0 || !extreme && math.Abs(together) < p.Limit("together") {
		return
	}
	h, err := harmOf(p, worst.factor > 1)
	switch {
	case err != nil:
		p.Skip("the weights of layer %s start at %s times the variance of the nearest law, but %v", worst.Layer.Name, short(worst.factor), err)
	case h.trained:
		p.Measured("trained")
	case h.severity > nnvet.Note || extreme:
		reportOff(p, worst, off, h)
	}
}

// far returns a factor as one above 1.
func far(factor float64) float64 { return math.Max(factor, 1/factor) }

// nearest returns the variance of a beginning over that of the law nearest to
// it. Any of them will do in a network of few layers, and PyTorch's own start
// too; in a deep one of ReLUs only he's keeps the signal.
func nearest(t *nnvet.Trace, b *beginning, deep bool) float64 {
	laws := []law{he, lecun, xavier}
	own, _ := suits(t, &b.Stage)
	if deep && own.File == he.File && !b.Last {
		laws = []law{he}
	}
	best := math.Inf(1)
	for _, l := range laws {
		std := l.std(&b.Stage)
		if f := b.rms * b.rms / (std * std); far(f) < far(best) {
			best = f
		}
	}
	// PyTorch's is uniform within 1/sqrt(inputs), which is just the limit away from lecun's.
	torch := b.rms * b.rms * 3 * float64(b.FanIn)
	if !deep && far(torch) < 1.5 {
		return math.Max(best, 1/3.)
	}
	return best
}

// plainDepth returns how many hidden stages the signal passes unaided: 0 where
// normalization or skip connections carry it.
func plainDepth(t *nnvet.Trace) int {
	n := 0
	for _, s := range t.Stages() {
		if s.Normed {
			return 0
		}
		if !s.Last {
			n++
		}
	}
	if skips(t) > 0 {
		return 0
	}
	return n
}

// skips returns how many additions of the graph join two branches that both
// come from data: residual connections.
func skips(t *nnvet.Trace) int {
	n := 0
	for _, node := range t.Graph {
		branches := 0
		for _, i := range node.Inputs {
			if t.Graph[i].Kind != "leaf" {
				branches++
			}
		}
		if node.Kind == "add" && branches > 1 {
			n++
		}
	}
	return n
}

func reportOff(p *nnvet.Pass, worst offset, off []beginning, h harm) {
	how, size := "too large", worst.factor
	if size < 1 {
		how, size = "too small", 1/size
	}
	l, why := suits(p.Trace, &worst.Stage)
	f := nnvet.Finding{
		Severity:   h.severity,
		Confidence: 0.7,
		Site:       worst.Layer.Name,
		Source:     worst.Layer.Source,
		Label:      "starts " + how,
		Brief:      short(worst.factor) + "x law",
		Message: fmt.Sprintf("weights start %s: those of layer %s have std %s, where %s asks for %s and no law is nearer than %s times the variance",
			how, worst.Layer.Name, figure(worst.rms), why, figure(l.std(&worst.Stage)), short(size)),
		Evidence: []nnvet.Evidence{
			{What: "variance of the weights over that of the nearest law, the larger over the smaller", Saw: size, Key: worst.key, Limit: "factor"},
			h.evidence,
		},
	}
	if len(off) > 1 {
		f.Message += fmt.Sprintf("; %d layers do", len(off))
	}
	f.Message += "; " + h.says
	switch extreme := size >= p.Limit("extreme"); {
	case extreme && h.severity > nnvet.Note:
		f.Confidence = 0.85
	case !extreme: // no loss of a size that it alone would explain
		f.Severity, f.Confidence = min(h.severity, nnvet.Warning), 0.5
	}
	if c := onlyCall(p.Trace, "weight", "normal_", "uniform_", "trunc_normal_"); c != nil {
		f.Source, f.Label = c.Source, "starts weights "+how
	}
	f.Treatments = []nnvet.Treatment{restart(p.Trace, off)}
	if tr, ok := rectify(p.Trace); ok {
		f.Treatments = append(f.Treatments, tr)
	}
	p.Report(f)
}

// rectify returns the treatment of a chain of sigmoids. Each passes at most a
// quarter of a gradient, so that behind a few of them no start of the weights
// is enough (Glorot and Bengio 2010, sections 3.1 and 4).
func rectify(t *nnvet.Trace) (nnvet.Treatment, bool) {
	const few = 4 // together they pass 1/256
	n := 0
	for _, s := range t.Stages() {
		if s.Activation == "sigmoid" && !s.Last {
			n++
		}
	}
	if n < few {
		return nnvet.Treatment{}, false
	}
	return nnvet.Treatment{
		Action: t.Say(nnvet.Words{
			Program: fmt.Sprintf("make the %d hidden sigmoids ReLU, as a sigmoid passes at most 1/4 of a gradient, and start the weights by He: %s", n, he.Program),
			File:    fmt.Sprintf("make the %d hidden sigmoids relu, as a sigmoid passes at most 1/4 of a gradient, with init: %s", n, he.File),
		}),
		Settings: []nnvet.Setting{{Name: "activation", From: "sigmoid", To: "relu"}, {Name: "weight init", To: he.name()}},
	}, true
}
