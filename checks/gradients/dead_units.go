package gradients

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed dead_units.md
var deadUnitsDoc string

// DeadUnits finds layers whose units get no gradient, whatever comes in, where
// that keeps the network from learning.
var DeadUnits = nnvet.Check{
	ID:       "NN0801",
	Name:     "dead-units",
	Pitfall:  nnvet.Gradients,
	Doc:      deadUnitsDoc,
	Severity: nnvet.Warning,
	Needs: []nnvet.Need{{What: "gradients", Has: func(t *nnvet.Trace) bool {
		return nnvet.NeedSeries(nnvet.Dead, "").Has(t) || nnvet.NeedSeries(nnvet.GradNorm, "").Has(t)
	}}},
	Limits: []nnvet.Limit{
		{Name: "all", Default: 0.99, Source: "nothing passes a layer all of whose units are dead; 1 in 100 is left for chance"},
		{Name: "share", Default: 0.4, Source: "measured on small MLPs: 1 of 200 healthy runs had a layer past it"},
		{Name: "apart", Default: 100, Source: "measured on small MLPs: dead units stay dead over so many steps, resting ones do not"},
		{Name: "batches", Default: 8, Source: "measured on small MLPs: on fewer, units that rest look dead"},
		nnvet.HealthySkill, noFall,
	},
	Explains: []string{"NN0201"},
	Run:      deadUnits,
}

// A deadLayer is a layer with the share of its units that were dead at two
// looks at it.
type deadLayer struct {
	name  string
	share float64
	key   nnvet.Key
	span  nnvet.Span // from the first of the looks to the last
}

func deadUnits(p *nnvet.Pass) {
	looked := deadLayers(p.Trace, int64(p.Limit("apart")), int(p.Limit("batches")))
	if len(looked) == 0 {
		p.Short("it takes two windows of 1000 rows that end %.0f steps apart", p.Limit("apart"))
		return
	}
	worst := slices.MaxFunc(looked, func(a, b deadLayer) int {
		if a.share < b.share {
			return -1
		}
		return 1
	})
	p.Measured("dead %.0f%%", 100*worst.share)
	if worst.share < p.Limit("share") {
		return
	}
	c, err := p.Trace.Course(nnvet.Train)
	if err != nil {
		p.Skip("%.0f %% of the units of layer %s are dead, but %v", 100*worst.share, worst.name, err)
		return
	}
	if whole := atLeast(looked, p.Limit("all")); len(whole) > 0 {
		reportWhole(p, whole, c)
	} else if noProgress(p, c) {
		reportPart(p, atLeast(looked, p.Limit("share")), worst, c)
	}
}

// deadLayers returns the layers that two looks apart enough tell of, in the
// order of the network. The rows of an embedding are not units: most tokens
// are rare.
func deadLayers(t *nnvet.Trace, apart int64, batches int) []deadLayer {
	var out []deadLayer
	for i := range t.Layers {
		l := &t.Layers[i]
		if strings.HasPrefix(l.Kind, "Embedding") {
			continue
		}
		d, ok := windows(t.Series(nnvet.Key{Quantity: nnvet.Dead, Site: l.Name}), apart)
		if !ok {
			d, ok = silence(t, l.Name, apart, batches)
		}
		if ok {
			d.name = l.Name
			out = append(out, d)
		}
	}
	return out
}

// windows compares the last window with the nearest one that is apart enough.
// A unit counts that is dead in both, as far as the shares tell.
func windows(s *nnvet.Series, apart int64) (deadLayer, bool) {
	if s.Len() == 0 {
		return deadLayer{}, false
	}
	last, share := s.Last()
	for i := s.Len() - 1; i >= 0; i-- {
		if last-s.Steps[i] >= apart && share >= 0 && share <= 1 && s.Values[i] >= 0 { // neither NaN
			return deadLayer{share: math.Min(share, s.Values[i]), key: s.Key, span: nnvet.Span{From: s.Steps[i], To: last}}, true
		}
	}
	return deadLayer{}, false
}

// silence finds a layer all of whose gradients were exactly zero at every late
// look, where there were too few looks to fill two windows. Of a whole layer,
// fewer rows say as much.
func silence(t *nnvet.Trace, layer string, apart int64, batches int) (deadLayer, bool) {
	d := deadLayer{share: 1, span: nnvet.Span{From: -1}}
	looks := math.MaxInt
	for i := range t.Params {
		q := &t.Params[i]
		if q.Layer != layer || !q.Trainable {
			continue
		}
		s := t.Series(nnvet.Key{Quantity: nnvet.GradNorm, Site: q.Name})
		from := s.Len()
		for from > 0 && s.Values[from-1] == 0 {
			from--
		}
		if from == s.Len() {
			return d, false
		}
		if len(q.Shape) >= 2 {
			d.key = s.Key
		}
		d.span.From, d.span.To = max(d.span.From, s.Steps[from]), s.Steps[s.Len()-1]
		looks = min(looks, s.Len()-from)
	}
	return d, d.key.Site != "" && looks >= batches && d.span.To-d.span.From >= apart
}

func atLeast(layers []deadLayer, share float64) []deadLayer {
	return slices.DeleteFunc(slices.Clone(layers), func(d deadLayer) bool { return d.share < share })
}

// reportWhole reports layers that nothing passes. No gradient gets behind such
// a layer, so that all before it look dead too, and no input gets past it.
func reportWhole(p *nnvet.Pass, whole []deadLayer, c nnvet.Course) {
	at := atFault(p.Trace, whole)
	worst := whole[at]
	f := finding(p, worst)
	f.Severity, f.Confidence = nnvet.Error, 0.95
	f.Message = fmt.Sprintf("units are dead: %.0f %% of those of layer %s got no gradient by step %d, and still none by step %d",
		100*worst.share, worst.name, worst.span.From, worst.span.To)
	if others := names(slices.Delete(whole, at, at+1)); len(others) > 0 {
		f.Message += fmt.Sprintf("; so nothing reaches %s", layers(others))
	}
	f.Evidence[0].Limit = "all"
	f.Evidence = append(f.Evidence, c.Evidence(""))
	if c.Skill() >= p.Limit("skill") { // it goes round the layer, or the loss is solved to the last bit
		f.Severity = nnvet.Note
		f.Message += "; the network has learned all the same"
	}
	p.Report(f)
}

// atFault returns which of the layers that nothing passes brought that about:
// the last one whose biases start too low, or else the last.
func atFault(t *nnvet.Trace, whole []deadLayer) int {
	for i, d := range slices.Backward(whole) {
		if _, low := lowBias(t, d.name); low {
			return i
		}
	}
	return len(whole) - 1
}

// reportPart reports layers many of whose units are dead, where training came
// to nothing.
func reportPart(p *nnvet.Pass, many []deadLayer, worst deadLayer, c nnvet.Course) {
	f := finding(p, worst)
	f.Confidence = 0.6 // the others live: it can have another reason
	f.Message = fmt.Sprintf("units are dead: %.0f %% of those of layer %s got no gradient by step %d, and still none by step %d", 100*worst.share, worst.name, worst.span.From, worst.span.To)
	if len(many) > 1 {
		f.Message += fmt.Sprintf(", the most of %s", layers(names(many)))
	}
	f.Message += "; " + c.Ended()
	f.Evidence[0].Limit = "share"
	f.Evidence = append(f.Evidence,
		c.Evidence("skill"),
		c.Falling("flat"))
	p.Report(f)
}

func finding(p *nnvet.Pass, d deadLayer) nnvet.Finding {
	f := nnvet.Finding{
		Site:     d.name,
		Source:   sourceOf(p.Trace, d.name),
		Label:    fmt.Sprintf("%.0f %% of its units are dead", 100*d.share),
		Span:     d.span,
		Brief:    fmt.Sprintf("dead %.0f%%", 100*d.share),
		Evidence: []nnvet.Evidence{{What: "dead units", Saw: d.share, Key: d.key, Lo: 0, Hi: 0.21}},
	}
	stage := stageOf(p.Trace, d.name)
	f.Treatments = append(f.Treatments, upstream(p.Trace, d.name, stage)...)
	if stage == nil || slices.Contains([]string{"", "relu", "hardtanh", "clamp"}, stage.Activation) {
		f.Treatments = append(f.Treatments, slope(p.Trace, d.name))
	}
	return f
}

// upstream says what killed the units, as far as the trace tells: biases, the
// inputs or the weights, from the start on; or else a long step.
func upstream(t *nnvet.Trace, layer string, stage *nnvet.Stage) []nnvet.Treatment {
	var out []nnvet.Treatment
	if b, ok := lowBias(t, layer); ok {
		return append(out, b)
	}
	if r, ok := rescale(t); ok {
		out = append(out, r)
	}
	if stage != nil {
		if r, ok := restart(t, stage); ok {
			out = append(out, r)
		}
	}
	if len(out) > 0 {
		return out
	}
	lower := lowerRate(t) // a long step threw the units there
	lower.Action += ", and see that the inputs have mean 0 and standard deviation 1"
	return append(out, lower)
}

// stageOf returns the stage of a layer, or nil.
func stageOf(t *nnvet.Trace, layer string) *nnvet.Stage {
	stages := t.Stages()
	for i := range stages {
		if stages[i].Layer.Name == layer {
			return &stages[i]
		}
	}
	return nil
}

// slope returns the treatment that keeps units from dying at all.
func slope(t *nnvet.Trace, layer string) nnvet.Treatment {
	out := nnvet.Treatment{
		Action: t.Say(nnvet.Words{
			Program: "give the units a slope below zero: nn.LeakyReLU(0.01) in place of nn.ReLU()",
			File:    "give the units a slope below zero: leaky_relu in the place of relu",
		}),
		Settings: []nnvet.Setting{{Name: "activation", Site: layer, From: "relu", To: "leaky_relu(0.01)"}},
	}
	if at, ok := reluBehind(t, layer).Name(); ok {
		out.Edits = []nnvet.Edit{{At: at, New: "leaky_relu"}}
	}
	return out
}

// reluBehind returns the call that names the ReLU behind a layer in the list
// of an experiment file, or nil.
func reluBehind(t *nnvet.Trace, layer string) *nnvet.Call {
	i := slices.IndexFunc(t.Layers, func(l nnvet.Layer) bool { return l.Name == layer })
	for _, l := range t.Layers[i+1:] {
		switch l.Kind {
		case "ReLU":
			if t.OfFile() { // elsewhere layers may run in another order
				return t.CallAt(l.Source)
			}
		case "Linear", "Conv2d":
			return nil
		}
	}
	return nil
}

// lowBias returns the treatment of a layer whose biases start far below zero.
// That no unit survives; methods of initialization start them at zero.
func lowBias(t *nnvet.Trace, layer string) (nnvet.Treatment, bool) {
	s := t.Series(nnvet.Key{Quantity: nnvet.WeightMean, Site: layer + ".bias"})
	if s.Len() == 0 || !(s.Values[0] < -1) {
		return nnvet.Treatment{}, false
	}
	from := fmt.Sprintf("%.3g", s.Values[0])
	out := nnvet.Treatment{
		Action:   fmt.Sprintf("start the biases of layer %s at 0: their mean is %s", layer, from),
		Settings: []nnvet.Setting{{Name: "bias init", Site: layer, From: from, To: "0"}},
	}
	if a, ok := biasStart(t, layer); ok {
		out.Edits = []nnvet.Edit{{At: a.Source, New: t.Say(nnvet.Words{Program: "0.0", File: "zero"})}}
	}
	return out, true
}

// biasStart returns what starts the biases of a layer: the bias_init of an
// experiment file, or the value in a program's only call of constant_ on a bias.
func biasStart(t *nnvet.Trace, layer string) (a nnvet.Arg, ok bool) {
	if l := t.Layer(layer); t.OfFile() && l != nil {
		return t.CallAt(l.Source).Arg("bias_init")
	}
	for i := range t.Calls {
		c := &t.Calls[i]
		if c.Func != "constant_" || len(c.Args) == 0 || !strings.HasSuffix(c.Args[0].Text, "bias") {
			continue
		}
		if ok {
			return nnvet.Arg{}, false
		}
		a, ok = c.Arg("val")
	}
	return a, ok && a.Source.Col > 0
}

func names(layers []deadLayer) []string {
	out := make([]string, len(layers))
	for i, d := range layers {
		out[i] = d.name
	}
	return out
}
