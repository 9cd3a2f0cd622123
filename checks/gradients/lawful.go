package gradients

import (
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// A law says how large a layer's weights should start.
type law struct {
	say     nnvet.Words
	std     float64
	written string // "sqrt(2/64)"
}

// lawOf returns the law that suits what stands behind a stage: xavier's for
// activations that are flat at both ends, he's for the others.
func lawOf(s *nnvet.Stage) law {
	if s.Activation == "tanh" || s.Activation == "sigmoid" {
		return law{
			nnvet.Words{Program: "nn.init.xavier_normal_(layer.weight)", File: "init: xavier_normal"},
			math.Sqrt(2 / float64(s.FanIn+s.FanOut)), fmt.Sprintf("sqrt(2/(%d+%d))", s.FanIn, s.FanOut),
		}
	}
	return heFor(s)
}

// heFor returns he's law.
func heFor(s *nnvet.Stage) law {
	return law{
		nnvet.Words{Program: `nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")`, File: "init: he_normal"},
		math.Sqrt(2 / float64(s.FanIn)), fmt.Sprintf("sqrt(2/%d)", s.FanIn),
	}
}

// stdAt0 returns the root mean square of a stage's weights at step 0, NaN where
// it is not known.
func stdAt0(t *nnvet.Trace, s *nnvet.Stage) float64 {
	return math.Hypot(at0(t, nnvet.WeightStd, s.Weight.Name), at0(t, nnvet.WeightMean, s.Weight.Name))
}

func at0(t *nnvet.Trace, q nnvet.Quantity, site string) float64 {
	if s := t.Series(nnvet.Key{Quantity: q, Site: site}); s.Len() > 0 && s.Steps[0] == 0 && s.Every <= 1 {
		return s.Values[0]
	}
	return math.NaN()
}

// mostOff is how far weights may start from their law before that is the
// likeliest reason: a third to three times the variance, as for
// weights-off-their-law; PyTorch's own start is within six.
const mostOff = 6

// restart returns the treatment of a stage whose weights start off their law,
// if they do.
func restart(t *nnvet.Trace, s *nnvet.Stage) (nnvet.Treatment, bool) {
	l, std := lawOf(s), stdAt0(t, s)
	if off := std * std / (l.std * l.std); !(off > mostOff || off < 1/(1.1*mostOff)) || std == 0 {
		return nnvet.Treatment{}, false
	}
	from, to := fmt.Sprint(stat.Signif(std, 3)), fmt.Sprint(stat.Signif(l.std, 3))
	out := nnvet.Treatment{
		Action:   fmt.Sprintf("start the weights of layer %s with std %s = %s, not %s: %s", s.Layer.Name, l.written, to, from, t.Say(l.say)),
		Settings: []nnvet.Setting{{Name: "weight init", Site: s.Layer.Name, From: "std " + from, To: "std " + to}},
	}
	if a, ok := t.CallAt(s.Layer.Source).Arg("init"); ok && t.OfFile() {
		out.Edits = []nnvet.Edit{{At: a.Source, New: l.say.File[len("init: "):]}}
	}
	return out, true
}

// rescale returns the treatment of inputs that are far too large, if they are:
// ten times what networks are made for.
func rescale(t *nnvet.Trace) (nnvet.Treatment, bool) {
	x := t.Profile(nnvet.Input, nnvet.Train)
	if x == nil || len(x.Columns) == 0 {
		return nnvet.Treatment{}, false
	}
	m := x.All()
	if !(m.RMS() > 10) || m.Whole && x.Layout == "values" {
		return nnvet.Treatment{}, false
	}
	mean, std := fmt.Sprint(stat.Signif(m.Mean, 3)), fmt.Sprint(stat.Signif(m.Std, 3))
	return nnvet.Treatment{
		Action: t.Say(nnvet.Words{
			Program: fmt.Sprintf("standardize the inputs first, they have mean %s and std %s: (x - mean) / std of each column, of the training rows", mean, std),
			File:    fmt.Sprintf(`standardize the inputs first, they have mean %s and std %s: data.transform, "*": standardize`, mean, std),
		}),
		Settings: []nnvet.Setting{{Name: "inputs", From: "std " + std, To: "standardize"}},
	}, true
}
