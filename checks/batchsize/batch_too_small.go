package batchsize

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed batch_too_small.md
var tooSmallDoc string

// TooSmall finds batches too small for batch normalization, or so small that
// noise owns every step.
var TooSmall = nnvet.Check{
	ID:       "NN0502",
	Name:     "batch-too-small",
	Pitfall:  nnvet.BatchSize,
	Doc:      tooSmallDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedSeries(nnvet.BatchRows, ""), nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: []nnvet.Limit{
		{Name: "norm", Default: 8, Source: "Wu and He 2018: the error of batch normalization rises fast below 8 rows; a mean of n rows is off by 1/sqrt(n) of a standard deviation"},
		{Name: "hardly", Default: 4, Source: "measured in the casebook's part to learn from: batch normalization over 2 rows cost 0.05 of skill or more in 16 of 17 tasks"},
		{Name: "noise", Default: 0.1, Source: "McCandlish et al. 2018: at a tenth of the noise scale, ten elevenths of a step are noise"},
		{Name: "fast", Default: 0.032, Source: "measured on small MLPs: the largest median of update over weight in 200 healthy runs, 10^-1.5"},
		nnvet.HealthySkill, nnvet.NoSkill,
	},
	Explains: []string{"NN0209", "NN0201"},
	AtEnd:    true,
	Run:      tooSmall,
}

func tooSmall(p *nnvet.Pass) {
	run, ok := planOf(p.Trace)
	if !ok {
		p.Skip("the rows of a batch are not known")
		return
	}
	p.Measured("batch %s", number(run.batch))
	rows := run.batch / math.Max(run.passes, 1) // normalization sees one pass
	if norm := batchNorm(p.Trace); norm != nil && rows < p.Limit("norm") {
		starved(p, run, rows, norm)
		return
	}
	noisy(p, run)
}

// batchNorm returns the first layer that normalizes over nothing but rows, or nil.
func batchNorm(t *nnvet.Trace) *nnvet.Layer {
	for i := range t.Layers {
		if l := &t.Layers[i]; strings.HasPrefix(l.Kind, "BatchNorm1d") {
			return l
		}
	}
	return nil
}

// starved judges a normalization over a few rows by what it does to other rows
// than those it was over.
func starved(p *nnvet.Pass, run plan, rows float64, norm *nnvet.Layer) {
	train, err := p.Trace.Course(nnvet.Train)
	if err != nil {
		p.Skip("%v", err)
		return
	}
	c, split := train, "training"
	if val, err := p.Trace.Course(nnvet.Validation); err == nil {
		c, split = val, "validation"
	}
	f := nnvet.Finding{
		Confidence: 0.7,
		Site:       norm.Name,
		Source:     norm.Source,
		Label:      fmt.Sprintf("normalizes over %s rows", number(rows)),
		Span:       nnvet.Span{From: c.Steps[0], To: c.Steps[c.Len()-1]},
		Brief:      fmt.Sprintf("norm of %s", number(rows)),
		Message:    fmt.Sprintf("the batch is too small for batch normalization: layer %s takes its means over %s rows; %s", norm.Name, number(rows), c.Ended()),
		Evidence: []nnvet.Evidence{
			{What: "rows that a normalization is over", Saw: rows, Limit: "norm"},
			{What: "skill at the end on " + split + " rows", Saw: c.Skill(), Key: c.Key, Limit: "skill"},
		},
	}
	switch {
	case rows <= p.Limit("hardly"):
		f.Evidence[0].Limit = "hardly"
	case c.Skill() >= p.Limit("skill"):
		f.Severity = nnvet.Note
	}
	to := math.Max(16, 2*p.Limit("norm"))
	f.Treatments = []nnvet.Treatment{
		run.change(p.Trace, to, ""),
		{Action: "normalize each row by itself: " + p.Trace.Say(nnvet.Words{Program: "nn.LayerNorm or nn.GroupNorm in the place of nn.BatchNorm1d", File: "layer_norm in the place of batch_norm"})},
	}
	p.Report(f)
}

// noisy looks for steps that are long and mostly noise, in a run that does not
// come down.
func noisy(p *nnvet.Pass, run plan) {
	noise, ok := noiseOf(p.Trace)
	if !ok || run.batch >= p.Limit("noise")*noise.rows { // a lower bound will do
		return
	}
	c, err := p.Trace.Course(nnvet.Train)
	if err != nil || c.Skill() >= p.Limit("skill") || math.IsInf(c.Skill(), -1) {
		return
	}
	pace := paceOf(p.Trace)
	if !(pace > p.Limit("fast")) {
		return // small steps average the noise by themselves
	}
	to := math.Pow(2, math.Round(math.Log2(noise.rows/4)))
	f := nnvet.Finding{
		Confidence: 0.6,
		Source:     place(p.Trace, run),
		Label:      fmt.Sprintf("%s rows a batch", number(run.batch)),
		Span:       noise.span,
		Brief:      fmt.Sprintf("batch %s", number(run.batch)),
		Message: fmt.Sprintf("the batch is too small for steps of this length: of %s rows, noise is %s times the gradient, and a step changes the weights by %.2g %% of their norm; %s",
			number(run.batch), number(noise.rows/run.batch), 100*pace, c.Ended()),
		Evidence: []nnvet.Evidence{
			{What: "batch over the gradients' noise scale", Saw: run.batch / noise.rows, Key: nnvet.Key{Quantity: nnvet.RowGrad}, Limit: "noise"},
			{What: "update over weight, median", Saw: pace, Key: nnvet.Key{Quantity: nnvet.Update}, Limit: "fast"},
			c.Evidence("skill"),
		},
		Treatments: []nnvet.Treatment{
			run.change(p.Trace, to, ""),
			{Action: fmt.Sprintf("keep the batch, and lower the learning rate %s-fold: many short steps average as one large batch does", number(math.Ceil(pace/0.002)))},
		},
	}
	if c.Skill() <= p.Limit("learned") {
		f.Severity = nnvet.Error
	}
	p.Report(f)
}
