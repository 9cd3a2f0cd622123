package initialization

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed first_loss_off.md
var firstLossOffDoc string

// FirstLossOff finds networks that begin far worse than a constant.
var FirstLossOff = nnvet.Check{
	ID:       "NN0904",
	Name:     "first-loss-off",
	Pitfall:  nnvet.Initialization,
	Doc:      firstLossOffDoc,
	Severity: nnvet.Warning,
	Needs:    []nnvet.Need{nnvet.NeedHead},
	Limits: []nnvet.Limit{
		{Name: "off", Default: 0.9, Source: "200 healthy small networks: -0.12 to 0.63 decades"},
		{Name: "off-error", Default: 2, Source: "convention: a squared loss 100 times that of the mean is a start ten standard deviations away"},
	},
	Explains: []string{"NN0201"},
	Run: func(p *nnvet.Pass) {
		h, err := p.Trace.MainHead()
		if err != nil {
			p.Skip("%v", err)
			return
		}
		b, err := p.Trace.Baseline(h, nnvet.Train)
		if err != nil {
			p.Skip("%v", err)
			return
		}
		s := p.Trace.TrainLoss(h)
		if s.Len() == 0 || s.Steps[0] != 0 || s.Every > 1 {
			p.Skip("the loss of step 0 was not recorded by itself")
			return
		}
		first := s.Values[0]
		if !stat.Finite(first) {
			p.Skip("the first loss is not finite")
			return
		}
		off := math.Log10(first / b.Loss)
		p.Measured("%sx", short(first/b.Loss))
		// A start far below the baseline is a network that was trained before.
		if off > p.Limit("off") {
			report(p, h, s, b, off)
		}
	},
}

func report(p *nnvet.Pass, h *nnvet.Head, s *nnvet.Series, b nnvet.Baseline, off float64) {
	first := s.Values[0]
	f := nnvet.Finding{
		Source:     h.Source,
		Span:       nnvet.Span{},
		Brief:      short(first/b.Loss) + "x",
		Confidence: 0.9,
		Message:    fmt.Sprintf("the first loss is %s, %s times the %s of %s", figure(first), short(first/b.Loss), figure(b.Loss), b.How),
		Evidence: []nnvet.Evidence{
			{What: "first loss over that of a constant", Saw: off, Unit: "decades", Limit: "off", Lo: -0.12, Hi: 0.63},
			{What: "first loss", Saw: first, Key: s.Key},
			{What: "loss of " + b.How, Saw: b.Loss},
		},
	}
	if l := lastLayer(p.Trace, h); l != nil {
		f.Site = l.Name
		f.Source = l.Source
	}
	if off > p.Limit("off-error") {
		f.Severity = nnvet.Error
	}
	if c, err := p.Trace.Course(nnvet.Train); err == nil && p.Trace.Run.Ended != nnvet.Running && recovered(p.Trace, c) {
		f.Severity = nnvet.Note
		f.Message += "; it was soon made up for"
	}
	if std := p.Trace.Series(nnvet.Key{Quantity: nnvet.PredStd, Site: h.Name, Split: nnvet.Train}); std.Len() > 0 && std.Steps[0] == 0 {
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "std of the first predictions", Saw: std.Values[0], Key: std.Key})
	}
	f.Treatments = betterStart(p, h)
	p.Report(f)
}

// lastLayer returns the layer whose outputs the loss is nearest to, or nil.
func lastLayer(t *nnvet.Trace, h *nnvet.Head) *nnvet.Layer {
	for i := len(h.Chain) - 1; i >= 0; i-- {
		if name := h.Chain[i].Layer; name != "" {
			return t.Layer(name)
		}
	}
	return nil
}

// betterStart says how to begin nearer to the constant: by the last bias, where
// outputs of zero would themselves be that far off, else by smaller outputs.
func betterStart(p *nnvet.Pass, h *nnvet.Head) []nnvet.Treatment {
	smaller := smallerStart(p.Trace, h)
	y := p.Trace.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
	if y == nil || p.Trace.OfFile() && h.Loss == nnvet.CrossEntropy { // bias_init is one value for all classes
		return []nnvet.Treatment{smaller}
	}
	b, err := p.Trace.Baseline(h, nnvet.Train)
	zero, bias := blank(h.Loss, y)
	if err != nil || !(math.Log10(zero/b.Loss) > p.Limit("off")) {
		return []nnvet.Treatment{smaller}
	}
	return []nnvet.Treatment{{Action: "start the bias of the last layer at " + bias}, smaller}
}

// smallerStart returns the treatment of a last layer that says too much. In an
// experiment file what starts it may be written.
func smallerStart(t *nnvet.Trace, h *nnvet.Head) nnvet.Treatment {
	out := nnvet.Treatment{Action: t.Say(nnvet.Words{
		Program: "start the last layer smaller, after he or xavier with a zero bias in the others; and look first at the scale of the inputs, which passes through",
		File:    "start the last layer smaller, init: {lecun_normal: 0.1}, and without a bias_init; and look first at the scale of the inputs, which passes through",
	})}
	l := lastLayer(t, h)
	if l == nil || !t.OfFile() {
		return out
	}
	call := t.CallAt(l.Source)
	if a, ok := call.Arg("init"); ok {
		out.Edits = append(out.Edits, nnvet.Edit{At: a.Source, New: "{lecun_normal: 0.1}"})
	}
	if a, ok := call.Arg("bias_init"); ok {
		out.Edits = append(out.Edits, nnvet.Edit{At: a.Source, New: "zero"})
	}
	return out
}

// blank returns the loss of a network whose outputs are all zero, NaN where it
// is not known, and the bias that spares it.
func blank(k nnvet.LossKind, y *nnvet.Profile) (loss float64, bias string) {
	m := y.All()
	switch k {
	case nnvet.CrossEntropy:
		return math.Log(float64(len(y.Classes))), "the logarithm of each class's share: " + logs(y.Classes)
	case nnvet.BCELogits:
		return math.Ln2, fmt.Sprintf("the log odds of a one, log(p / (1 - p)) = %.3g", math.Log(m.Mean/(1-m.Mean)))
	case nnvet.MSE:
		return m.RMS() * m.RMS(), "the mean of the targets" + mean(y)
	case nnvet.L1:
		return math.Abs(m.Mean), "the median of the targets" // about, and that is all it has to be
	}
	return math.NaN(), ""
}

func mean(y *nnvet.Profile) string {
	if len(y.Columns) > 1 || y.Of > 1 {
		return ", one of each output"
	}
	return ", " + figure(y.All().Mean)
}

// logs writes the logarithms of the shares of a few classes, each counted once
// more than it was seen, since a class may be missing from what was looked at.
func logs(classes []int64) string {
	const few = 4
	n := int64(len(classes))
	for _, c := range classes {
		n += c
	}
	var each []string
	for _, c := range classes[:min(len(classes), few)] {
		each = append(each, fmt.Sprintf("%.2g", math.Log(float64(c+1)/float64(n))))
	}
	if len(classes) > few {
		each = append(each, "...")
	}
	return strings.Join(each, ", ")
}

// short writes a ratio to two digits: 8.3, 240, 1e+06.
func short(v float64) string {
	if v >= 1 && v < 1e5 {
		return fmt.Sprint(stat.Signif(v, 2))
	}
	return fmt.Sprintf("%.1g", v)
}

// figure writes v to three digits, without an exponent while it is of a usual
// size.
func figure(v float64) string {
	if a := math.Abs(v); a >= 1e-4 && a < 1e7 {
		return fmt.Sprint(stat.Signif(v, 3))
	}
	return fmt.Sprintf("%.3g", v)
}
