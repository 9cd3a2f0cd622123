package initialization

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed special_parameters_off.md
var specialParametersDoc string

// SpecialParameters finds parameters with a right start of their own that
// start elsewhere: slopes of PReLU, scales and shifts of normalizations,
// forget gates.
var SpecialParameters = nnvet.Check{
	ID:       "NN0907",
	Name:     "special-parameters-off",
	Pitfall:  nnvet.Initialization,
	Doc:      specialParametersDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedSeries(nnvet.WeightMean, ""), nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: harmLimits(
		nnvet.Limit{Name: "slope", Default: 1, Source: "at a slope of 1 a PReLU is the identity; He et al. 2015 start at 0.25"},
		nnvet.Limit{Name: "scale", Default: 3, Source: "convention: a scale of 1 is the start of every framework; three times as much or as little passes through each block anew"},
		nnvet.Limit{Name: "shift", Default: 1, Source: "a normalized value has standard deviation 1, which a larger shift outweighs"},
		nnvet.Limit{Name: "forget", Default: 0.5, Source: "Jozefowicz, Zaremba and Sutskever 2015: a forget gate starts at bias 1; PyTorch's own start is below 1/sqrt(units)"},
	),
	Explains: []string{"NN0902", "NN0903", "NN0602", "NN0801", "NN0802", "NN0803", "NN0804", "NN0904", "NN0201"},
	Run:      specialParameters,
}

// A special is a parameter that starts where it should not.
type special struct {
	param     *nnvet.Param
	layer     *nnvet.Layer
	mean, rms float64
	what      string // "slope"
	limit     string
	to        string // where it should start
	code      string // that sets it there
	mild      bool   // worth a note, whatever the harm
}

func specialParameters(p *nnvet.Pass) {
	t := p.Trace
	var off []special
	judged := 0
	for i := range t.Params {
		q := &t.Params[i]
		l := t.Layer(q.Layer)
		mean := first(t, nnvet.Key{Quantity: nnvet.WeightMean, Site: q.Name})
		std := first(t, nnvet.Key{Quantity: nnvet.WeightStd, Site: q.Name})
		if l == nil || math.IsNaN(mean) || math.IsNaN(std) {
			continue
		}
		name := q.Name[strings.LastIndex(q.Name, ".")+1:]
		s, is, wrong := judgeSpecial(p, l.Kind, name, mean, std)
		if !is {
			continue
		}
		judged++
		if wrong {
			s.param, s.layer, s.mean, s.rms = q, l, mean, math.Hypot(mean, std)
			off = append(off, s)
		}
	}
	if judged == 0 {
		p.Skip("the network has no parameters with a start of their own, or they were not recorded at step 0")
		return
	}
	p.Measured("%d of %d", len(off), judged)
	if len(off) == 0 {
		return
	}
	h, err := harmOf(p, true)
	if err != nil {
		p.Skip("%s starts at mean %s, but %v", off[0].param.Name, figure(off[0].mean), err)
		return
	}
	off = slices.DeleteFunc(off, func(s special) bool { return s.mild && h.severity == nnvet.Note })
	if h.trained || len(off) == 0 {
		return
	}
	reportSpecial(p, off, h)
}

// judgeSpecial says whether a parameter is one with a start of its own, and
// whether it starts elsewhere. A scale of zero is a residual branch that starts
// silent; one that varies a little was trained before.
func judgeSpecial(p *nnvet.Pass, kind, name string, mean, std float64) (s special, is, wrong bool) {
	scale := p.Limit("scale")
	constant := std <= 1e-3*math.Abs(mean)
	switch {
	case kind == "PReLU" && name == "weight":
		s = special{what: "slope", limit: "slope", to: "0.25", code: "nn.init.constant_(layer.weight, 0.25)"}
		return s, true, mean < 0 || mean >= p.Limit("slope")
	case strings.Contains(kind, "Norm") && name == "weight":
		s = special{what: "scale", limit: "scale", to: "1", code: "nn.init.ones_(layer.weight)"}
		return s, true, constant && mean != 0 && !(mean > 1/scale && mean < scale) || mean < 2*std && std > 1/scale
	case strings.Contains(kind, "Norm") && name == "bias":
		s = special{what: "shift", limit: "shift", to: "0", code: "nn.init.zeros_(layer.bias)"}
		return s, true, math.Abs(mean) > p.Limit("shift")
	case kind == "LSTM" && strings.HasPrefix(name, "bias_ih"):
		s = special{what: "bias of the gates", limit: "forget", to: "1 in the second quarter, the forget gate, and 0 elsewhere",
			code: "layer.bias_ih_l0.data.zero_(); layer.bias_ih_l0.data[h:2*h] = 1, with h = layer.hidden_size", mild: true}
		return s, true, math.Hypot(mean, std) < p.Limit("forget") && !(mean > 0.2) // a quarter of ones has mean 0.25
	}
	return s, false, false
}

func reportSpecial(p *nnvet.Pass, off []special, h harm) {
	s := off[0]
	f := nnvet.Finding{
		Severity:   h.severity,
		Confidence: 0.6,
		Site:       s.layer.Name,
		Source:     s.layer.Source,
		Label:      fmt.Sprintf("its %s starts at %s", s.what, figure(s.mean)),
		Brief:      fmt.Sprintf("%d off", len(off)),
		Message:    fmt.Sprintf("the %s of layer %s (%s) starts at mean %s instead of %s", s.what, s.layer.Name, s.layer.Kind, figure(s.mean), s.to),
		Evidence: []nnvet.Evidence{
			{What: s.what + " at step 0, mean", Saw: s.mean, Key: nnvet.Key{Quantity: nnvet.WeightMean, Site: s.param.Name}, Limit: s.limit},
			h.evidence,
		},
	}
	if s.mild {
		f.Severity, f.Confidence = nnvet.Note, 0.4
	}
	if len(off) > 1 {
		f.Message += fmt.Sprintf("; %d such parameters are off", len(off))
	}
	f.Message += "; " + h.says
	action := nnvet.Treatment{Action: fmt.Sprintf("start the %s of layer %s at %s: %s", s.what, s.layer.Name, s.to, s.code)}
	f.Treatments = []nnvet.Treatment{action}
	p.Report(f)
}
