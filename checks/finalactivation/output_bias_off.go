package finalactivation

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed output_bias_off.md
var biasDoc string

// OutputBiasOff finds networks that must first learn how common things are,
// which the bias of the last layer could say from the start.
var OutputBiasOff = nnvet.Check{
	ID:       "NN0709",
	Name:     "output-bias-off",
	Pitfall:  nnvet.FinalActivation,
	Doc:      biasDoc,
	Severity: nnvet.Note,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedHead, nnvet.NeedProfile(nnvet.Target)},
	Limits: []nnvet.Limit{
		{Name: "off", Default: 0.9, Source: "200 healthy small networks: the first loss lies -0.12 to 0.63 decades from that of a constant"},
		{Name: "scale", Default: 0.7, Source: "small synthetic networks: |log10 rms| is at most 0.04 in healthy targets; past that their scale is the matter"},
		{Name: "wasted", Default: 0.1, Source: "convention: a tenth of the training is more than a warm-up takes"},
		{Name: "steps", Default: 50, Source: "convention: a tenth of fewer is lost in the noise of single batches"},
		nnvet.NoSkill,
	},
	Explains: []string{"NN0904"},
	AtEnd:    true,
	Run:      outputBiasOff,
}

func outputBiasOff(p *nnvet.Pass) {
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
	y := p.Trace.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
	zero, begin := blank(h, y)
	if y == nil || math.IsNaN(zero) {
		p.Skip("what %s gives of outputs that say nothing is not known", h.Name)
		return
	}
	s := p.Trace.TrainLoss(h)
	if s.Len() == 0 || s.Steps[0] != 0 || s.Every > 1 || !stat.Finite(s.Values[0]) {
		p.Skip("the loss of step 0 was not recorded by itself")
		return
	}
	off, began := math.Log10(zero/b.Loss), math.Log10(s.Values[0]/b.Loss)
	p.Measured("%.2gx", zero/b.Loss)
	if off > p.Limit("off") && began > p.Limit("off") {
		reportBias(p, h, b, y, s, off, begin)
	}
}

// A start is where a bias should begin.
type start struct {
	value string // of a single output; "" of several
	words string
}

func one(v float64, words string) start {
	value := fmt.Sprintf("%.3g", v)
	return start{value, value + ", " + words}
}

// blank returns the loss of a network whose last layer says 0 of every row, NaN
// where it is not known, and what its bias should be.
func blank(h *nnvet.Head, y *nnvet.Profile) (loss float64, begin start) {
	op := first(h)
	if y == nil || op == nil {
		return math.NaN(), start{}
	}
	raw := op.Kind == "linear" || op.Kind == "conv"
	m := y.All()
	switch {
	case h.Loss == nnvet.CrossEntropy && raw && len(y.Classes) > 1:
		return math.Log(float64(len(y.Classes))), start{words: "the logarithms of the classes' shares, " + logs(y.Classes)}
	case h.Loss == nnvet.BCELogits && raw, h.Loss == nnvet.BCE && op.Kind == "sigmoid":
		if len(y.Columns) == 1 {
			return math.Ln2, one(math.Log(m.Mean/(1-m.Mean)), fmt.Sprintf("the log odds of a one, ln(%.3g / %.3g)", m.Mean, 1-m.Mean))
		}
		return math.Ln2, start{words: "the log odds of each label, ln(p / (1 - p)) of its share p"}
	case h.Loss == nnvet.MSE && raw:
		if len(y.Columns) == 1 {
			return m.RMS() * m.RMS(), one(m.Mean, "the mean of the targets")
		}
		return m.RMS() * m.RMS(), start{words: "the mean of each target"}
	}
	return math.NaN(), start{}
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

func reportBias(p *nnvet.Pass, h *nnvet.Head, b nnvet.Baseline, y *nnvet.Profile, s *nnvet.Series, off float64, begin start) {
	t := p.Trace
	op := first(h)
	for i := range h.Chain { // the layer is behind the sigmoid
		if h.Chain[i].Kind == "linear" || h.Chain[i].Kind == "conv" {
			op = &h.Chain[i]
		}
	}
	f := nnvet.Finding{
		Confidence: 0.8,
		Site:       op.Layer,
		Source:     place(t, h, op),
		Label:      "its bias starts at 0",
		Brief:      fmt.Sprintf("%.2gx", s.Values[0]/b.Loss),
		Message: fmt.Sprintf("outputs of 0 are %.2g times as wrong as %s, and the network starts so: the bias of the last layer could know it from the start",
			math.Pow(10, off), b.How),
		Evidence: []nnvet.Evidence{
			{What: "loss of outputs of 0 over that of a constant", Saw: off, Unit: "decades", Limit: "off", Lo: -0.12, Hi: 0.63},
			{What: "first loss", Saw: s.Values[0], Key: s.Key},
			{What: "loss of " + b.How, Saw: b.Loss},
		},
		Treatments: []nnvet.Treatment{{Action: "start the bias of the last layer at " + begin.words}},
	}
	if begin.value != "" {
		f.Treatments[0].Settings = []nnvet.Setting{{Name: "output bias", Site: op.Layer, From: "0", To: begin.value}}
		if t.OfFile() {
			f.Treatments[0].Action += fmt.Sprintf("; of a last layer that the file writes, bias_init: {constant: %s}", begin.value)
		}
	}
	if q := t.Param(op.Layer + ".bias"); op.Layer != "" && q == nil && t.Param(op.Layer+".weight") != nil {
		f.Label = "it has no bias"
		f.Treatments[0].Action = "give the last layer a bias, and start it at " + begin.words
	}
	if steps, share, reached := wasted(s, b.Loss*(1-p.Limit("learned"))); reached && s.Len() >= int(p.Limit("steps")) {
		f.Span.To = steps
		f.Message += fmt.Sprintf("; %d steps went into learning it", steps)
		numbers := h.Loss == nnvet.MSE && math.Abs(math.Log10(y.All().RMS())) >= p.Limit("scale") // the scale of the targets is the matter
		if share >= p.Limit("wasted") && !numbers {
			f.Severity = nnvet.Warning
			f.Evidence = append(f.Evidence, nnvet.Evidence{What: "share of steps above the loss of a constant", Saw: share, Key: s.Key, Limit: "wasted"})
		}
	}
	p.Report(f)
}

// wasted returns how many steps it took the loss, as the mean of a fiftieth of
// the run, to come down to a goal.
func wasted(s *nnvet.Series, goal float64) (steps int64, share float64, reached bool) {
	w := min(max(s.Len()/50, 1), 20)
	last, _ := s.Last()
	for i := 0; i+w <= s.Len(); i++ {
		if stat.Mean(s.Values[i:i+w]) <= goal {
			steps = s.Steps[i] - s.Steps[0]
			return steps, float64(steps) / float64(last-s.Steps[0]+1), true
		}
	}
	return 0, 0, false
}
