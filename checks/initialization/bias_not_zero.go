package initialization

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed bias_not_zero.md
var biasNotZeroDoc string

// BiasNotZero finds hidden layers whose biases start so far from zero that
// they drown what comes in.
var BiasNotZero = nnvet.Check{
	ID:       "NN0906",
	Name:     "bias-not-zero",
	Pitfall:  nnvet.Initialization,
	Doc:      biasNotZeroDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedSeries(nnvet.WeightMean, ""), nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: harmLimits(
		nnvet.Limit{Name: "rms", Default: 1, Source: "a healthy layer puts out numbers with a standard deviation of about 1, which a larger bias outweighs; PyTorch's own start stays below"},
		nnvet.Limit{Name: "below", Default: 1, Source: "convention: at so many standard deviations below zero, 84 % of a unit's sums are negative, which a ReLU cuts off"},
	),
	Explains: []string{"NN0902", "NN0903", "NN0602", "NN0801", "NN0802", "NN0803", "NN0904", "NN0201", "NN1002"},
	Run:      biasNotZero,
}

// A lean is the biases of one stage as they start.
type lean struct {
	nnvet.Stage
	mean, rms float64
	key       nnvet.Key
	below     float64 // how many standard deviations of the layer's outputs all of them lie below zero; NaN where they do not, or that was not recorded
}

// where says where they start: their mean, or their spread where that is more.
func (b *lean) where() string {
	if math.Abs(b.mean) < b.rms/2 {
		return "rms " + figure(b.rms)
	}
	return figure(b.mean)
}

func biasNotZero(p *nnvet.Pass) {
	var worst lean
	var off []lean
	judged := 0
	for _, s := range p.Trace.Stages() {
		b, ok := biases(p.Trace, s)
		if !ok || s.Last || s.Normed { // predictions may well start off zero, and a normalization takes a bias away
			continue
		}
		judged++
		if !(b.rms <= worst.rms) {
			worst = b
		}
		if b.rms > p.Limit("rms") || b.below > p.Limit("below") {
			off = append(off, b)
		}
	}
	if judged == 0 {
		p.Skip("the biases of no hidden layer were recorded at step 0")
		return
	}
	p.Measured("bias %s", short(worst.rms))
	if len(off) == 0 {
		return
	}
	h, err := harmOf(p, true)
	switch {
	case err != nil:
		p.Skip("the biases of layer %s start at rms %s, but %v", off[0].Layer.Name, figure(off[0].rms), err)
	case h.trained:
		p.Measured("trained")
	default:
		reportBias(p, off, h)
	}
}

// biases returns how the biases of a stage start, if that was recorded.
func biases(t *nnvet.Trace, s nnvet.Stage) (lean, bool) {
	name := s.Layer.Name + ".bias"
	b := lean{Stage: s, key: nnvet.Key{Quantity: nnvet.WeightMean, Site: name}, below: math.NaN()}
	b.mean = first(t, b.key)
	std := first(t, nnvet.Key{Quantity: nnvet.WeightStd, Site: name})
	b.rms = math.Hypot(b.mean, std)
	if math.IsNaN(b.rms) {
		return b, false
	}
	if b.mean < 0 && std <= 1e-3*-b.mean {
		b.below = -b.mean / first(t, nnvet.Key{Quantity: nnvet.ActStd, Site: s.Layer.Name})
	}
	return b, true
}

func reportBias(p *nnvet.Pass, off []lean, h harm) {
	t, b := p.Trace, off[0]
	f := nnvet.Finding{
		Severity:   h.severity,
		Confidence: 0.7,
		Site:       b.Layer.Name,
		Source:     b.Layer.Source,
		Label:      "its biases start at " + b.where(),
		Brief:      "bias " + short(b.rms),
		Message:    fmt.Sprintf("biases do not start at zero: those of layer %s have mean %s and rms %s", b.Layer.Name, figure(b.mean), figure(b.rms)),
		Evidence:   []nnvet.Evidence{{What: "rms of the biases at step 0", Saw: b.rms, Key: b.key, Limit: "rms"}},
	}
	if b.below > p.Limit("below") {
		f.Confidence = 0.8
		f.Message += fmt.Sprintf(", %s standard deviations of its outputs below zero", short(b.below))
		f.Evidence[0] = nnvet.Evidence{What: "standard deviations of the outputs that the biases lie below zero", Saw: b.below, Key: b.key, Limit: "below"}
	}
	if len(off) > 1 {
		f.Message += fmt.Sprintf("; %d layers start so", len(off))
	}
	f.Message += "; " + h.says
	f.Evidence = append(f.Evidence, h.evidence)
	if c := onlyCall(t, "bias", "constant_", "fill_", "normal_", "uniform_", "ones_"); c != nil && !t.OfFile() {
		f.Source, f.Label = c.Source, "starts biases off zero"
	}
	zero := nnvet.Treatment{Action: t.Say(nnvet.Words{
		Program: fmt.Sprintf("start the biases of layer %s at 0, not %s: nn.init.zeros_(layer.bias)", b.Layer.Name, b.where()),
		File:    fmt.Sprintf("start the biases of layer %s at 0, not %s: bias_init: zero, or without a bias_init", b.Layer.Name, b.where()),
	})}
	for _, b := range off {
		zero.Settings = append(zero.Settings, nnvet.Setting{Name: "bias init", Site: b.Layer.Name, From: b.where(), To: "0"})
	}
	zero.Edits = zeroBias(t, off)
	f.Treatments = []nnvet.Treatment{zero}
	p.Report(f)
}

// zeroBias returns the edits that start biases at zero: every bias_init of an
// experiment file, or the value of a program's only constant_ on a bias.
func zeroBias(t *nnvet.Trace, off []lean) []nnvet.Edit {
	if !t.OfFile() {
		a, ok := onlyCall(t, "bias", "constant_").Arg("val")
		if !ok || a.Source.Col == 0 {
			return nil
		}
		return []nnvet.Edit{{At: a.Source, New: "0.0"}}
	}
	var edits []nnvet.Edit
	for _, b := range off {
		a, ok := t.CallAt(b.Layer.Source).Arg("bias_init")
		if !ok {
			return nil
		}
		if len(edits) == 0 || edits[len(edits)-1].At != a.Source {
			edits = append(edits, nnvet.Edit{At: a.Source, New: "zero"})
		}
	}
	return edits
}
