package gradients

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed exploding_gradients.md
var explodingDoc string

// Exploding finds gradients that grow on their way back through the layers, or
// from step to step until training fails.
var Exploding = nnvet.Check{
	ID:       "NN0804",
	Name:     "exploding-gradients",
	Pitfall:  nnvet.Gradients,
	Doc:      explodingDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs: []nnvet.Need{{What: "gradients", Has: func(t *nnvet.Trace) bool {
		return needPassage.Has(t) || nnvet.NeedSeries(nnvet.GradNorm, "").Has(t)
	}}, nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: []nnvet.Limit{
		{Name: "drift", Default: 1, Source: "measured on small MLPs: healthy ones are at -0.13 to 0.36 decades"},
		{Name: "drift-error", Default: 2, Source: "measured on small MLPs: up to 2 decades cost at most 0.04 skill, 4 to 6 cost 0.2 to 0.3"},
		{Name: "growth", Default: 100, Source: "convention: two decades, as from layer to layer"},
		{Name: "rise", Default: 4, Source: "the stop rule of fastai's range test: 4 times the best smoothed loss"},
		nnvet.HealthySkill,
	},
	Explains: []string{"NN0805", "NN0201"},
	Run:      exploding,
}

func exploding(p *nnvet.Pass) {
	w, err := passageOf(p.Trace)
	back := math.NaN()
	if err == nil {
		back = -w.typical()
		p.Measured("%sx", times(back))
	}
	g := growthOf(p.Trace)
	if err != nil && math.IsNaN(g.times) {
		p.Skip("%v, or the norms of gradients at several steps", err)
		return
	}
	deep, grew := back > p.Limit("drift"), g.times > p.Limit("growth")
	if !deep && !grew {
		return
	}
	c, ok, err := suffers(p)
	switch {
	case err != nil:
		p.Skip("gradients grow, but %v", err)
	case !ok:
	case deep:
		reportBack(p, &w, back, c)
	case c.BlowUp(p.Limit("rise")) >= 0: // gradients of a network that learns to be certain grow too, from next to nothing
		reportGrowth(p, g, c)
	}
}

func reportBack(p *nnvet.Pass, w *passage, back float64, c nnvet.Course) {
	f := nnvet.Finding{
		Severity:   nnvet.Warning,
		Confidence: w.confidence(),
		Site:       w.first.Layer.Name,
		Source:     w.first.Layer.Source,
		Label:      times(back) + " times the gradient of the last hidden layer",
		Span:       w.span(),
		Brief:      times(back) + "x",
		Message: fmt.Sprintf("gradients explode: that at layer %s is %s times that at layer %s, %d layers behind; %s",
			w.first.Layer.Name, times(back), w.last.Layer.Name, w.between, c.Ended()),
		Evidence: []nnvet.Evidence{{What: w.what() + ", backwards", Saw: back, Unit: "decades", Key: w.key, Limit: "drift", Lo: -0.36, Hi: 0.13}, c.Evidence("skill")},
	}
	if back > p.Limit("drift-error") {
		f.Severity, f.Evidence[0].Limit = nnvet.Error, "drift-error"
	}
	stages := p.Trace.Stages()
	for i := range stages {
		if r, ok := restart(p.Trace, &stages[i]); ok {
			f.Treatments = append(f.Treatments, r)
			break
		}
	}
	f.Treatments = append(f.Treatments, normalize(p.Trace), guard(p.Trace, growthOf(p.Trace)))
	p.Report(f)
}

// A growth is how the norm of all gradients together went over training.
type growth struct {
	times float64 // the largest over the median of the first tenth; NaN where too few steps were looked at
	start float64 // that median
	peak  int64   // where it was largest
	usual float64 // the ninth decile
}

// growthOf sums the parameters' gradients at every step at which all of them
// were looked at.
func growthOf(t *nnvet.Trace) growth {
	squares := make(map[int64]float64)
	count := make(map[int64]int)
	var steps []int64
	params := 0
	for s := range t.All(nnvet.GradNorm) {
		params++
		for i, step := range s.Steps {
			if count[step] == 0 && params == 1 {
				steps = append(steps, step)
			}
			squares[step] += s.Values[i] * s.Values[i]
			count[step]++
		}
	}
	g := growth{times: math.NaN()}
	var kept []int64
	var norms []float64
	for _, step := range steps {
		if v := math.Sqrt(squares[step]); count[step] == params && stat.Finite(v) {
			kept, norms = append(kept, step), append(norms, v)
		}
	}
	const few = 10
	if len(norms) < few {
		return g
	}
	g.start, g.usual = stat.Median(norms[:max(3, len(norms)/10)]), stat.Quantile(norms, 0.9)
	largest := 0.0
	for i, v := range norms {
		if v > largest {
			largest, g.peak = v, kept[i]
		}
	}
	if g.start > 0 {
		g.times = largest / g.start
	}
	return g
}

func reportGrowth(p *nnvet.Pass, g growth, c nnvet.Course) {
	key := nnvet.Key{Quantity: nnvet.GradNorm}
	p.Report(nnvet.Finding{
		Severity:   nnvet.Error,
		Confidence: 0.6, // what made them grow, a rate or data, is another question
		Span:       nnvet.Span{From: g.peak, To: max(g.peak, p.Trace.Run.Steps-1)},
		Brief:      times(math.Log10(g.times)) + "x",
		Message: fmt.Sprintf("gradients explode: their norm grows from %.3g at the start to %.3g at step %d, %v-fold; %s",
			g.start, g.start*g.times, g.peak, stat.Signif(g.times, 2), c.Ended()),
		Evidence:   []nnvet.Evidence{{What: "largest norm of the gradients over that of the first steps", Saw: g.times, Key: key, Limit: "growth"}, c.Evidence("skill")},
		Treatments: []nnvet.Treatment{lowerRate(p.Trace), guard(p.Trace, g)},
	})
}

// guard returns the treatment that bounds single steps, at what the norm
// usually stays below.
func guard(t *nnvet.Trace, g growth) nnvet.Treatment {
	at := 1.0
	if g.usual > 0 && stat.Finite(g.usual) {
		at = stat.Signif(math.Min(g.usual, 10*g.start), 2)
	}
	return nnvet.Treatment{
		Action: t.Say(nnvet.Words{
			Program: fmt.Sprintf("as a guard, not a cure, bound the gradients: nn.utils.clip_grad_norm_(model.parameters(), %v) before the step", at),
			File:    fmt.Sprintf("as a guard, not a cure, bound the gradients: clip: {norm: %v}", at),
		}),
		Settings: []nnvet.Setting{{Name: "clip", From: "none", To: fmt.Sprint(at)}},
	}
}
