package batchsize

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed batch_too_small.md
var tooSmallDoc string

// TooSmall finds batches too small for batch normalization, or so small that
// noise owns steps that are not short enough to average it.
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
		{Name: "rows", Default: 8, Source: "as for batch normalization; the noise scale of sound runs of the casebook's part to learn from, past their first tenth, was above 14 rows in 95 of 100"},
		{Name: "jitter", Default: 3.5e-3, Source: "measured in the casebook's part to learn from: in 83 sound runs in batches of 1 to 8 rows, but for those that explain nine tenths, update over weight was at most 2.8e-3 of the square root of the rows; rates 3 and 10 times too high gave 3.0e-3 to 53e-3"},
		{Name: "fits", Default: 0.9, Source: "convention: where nine tenths are explained, the noise did no harm"},
		nnvet.HealthySkill, nnvet.NoSkill, nnvet.Wanders,
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
	if !noisy(p, run) && run.batch < p.Limit("rows") {
		jittery(p, run)
	}
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
		{Action: "normalize each row by itself: " + p.Trace.Say(nnvet.Words{Program: "nn.LayerNorm or nn.GroupNorm in the place of nn.BatchNorm1d", File: "layer_norm in the place of batch_norm"}),
			Settings: []nnvet.Setting{{Name: "norm", From: "batch", To: "layer"}}},
	}
	p.Report(f)
}

// jittery looks for steps over next to no rows that are too long for their
// noise. Of so few rows nearly all of a step is noise, which sinks with the
// square root of the rows; how far weights may be thrown by it does not. It
// takes no noise scale, which one row cannot tell. A low skill alone is no harm
// of theirs: what is noise in the targets nothing explains. Where the steps do
// harm, the validation loss wanders; where it does not, or nobody looked, this is
// a note.
func jittery(p *nnvet.Pass, run plan) {
	c, err := p.Trace.Course(nnvet.Train)
	if err != nil || c.Scale.How == "" || !(c.Skill() < p.Limit("fits")) || math.IsInf(c.Skill(), -1) {
		return
	}
	pace := paceOf(p.Trace)
	jitter := pace / math.Sqrt(run.batch)
	if !(jitter > p.Limit("jitter")) {
		return
	}
	const usualRows = 32
	shorter := math.Ceil(3 * jitter / p.Limit("jitter")) // to the middle of what sound runs have
	wander, wanders := p.Restless()
	f := nnvet.Finding{
		Severity:   nnvet.Warning,
		Confidence: 0.65,
		Source:     place(p.Trace, run),
		Label:      fmt.Sprintf("%s a batch", counted(run.batch)),
		Span:       nnvet.Span{From: c.Steps[0], To: c.Steps[c.Len()-1]},
		Brief:      fmt.Sprintf("batch %s", number(run.batch)),
		Message: fmt.Sprintf("the batch is too small for steps of this length: the gradient of %s is mostly noise, and a step changes the weights by %.2g %% of their norm; %s",
			counted(run.batch), 100*pace, c.Ended()),
		Evidence: []nnvet.Evidence{
			{What: "rows a batch", Saw: run.batch, Key: nnvet.Key{Quantity: nnvet.BatchRows}, Limit: "rows"},
			{What: "update over weight, median, over the square root of the rows", Saw: jitter, Key: nnvet.Key{Quantity: nnvet.Update}, Limit: "jitter"},
			c.Evidence("fits"),
		},
		Treatments: []nnvet.Treatment{
			run.change(p.Trace, usualRows, ""),
			{
				Action:   fmt.Sprintf("keep the batch, and lower the learning rate %s-fold, for as many more epochs as the loss then still falls: many short steps average as one large batch does", number(shorter)),
				Settings: slower(p.Trace, shorter),
			},
		},
	}
	switch {
	case c.Skill() <= p.Limit("learned"):
		f.Severity, f.Evidence[2] = nnvet.Error, c.Evidence("learned")
	case wanders:
		f.Message += "; the validation loss wanders from one evaluation to the next"
		f.Evidence = append(f.Evidence, wander)
	default:
		f.Severity = nnvet.Note
	}
	p.Report(f)
}

// slower is the setting of a learning rate that is lower by a factor; none where
// the rate was not recorded.
func slower(t *nnvet.Trace, factor float64) []nnvet.Setting {
	for s := range t.All(nnvet.Rate) {
		if s.Len() > 0 {
			if from := stat.Quantile(s.Values, 1); from > 0 && stat.Finite(from) {
				return []nnvet.Setting{{Name: "lr", From: fmt.Sprint(from), To: fmt.Sprint(stat.Signif(from/factor, 1))}}
			}
		}
	}
	return nil
}

// counted writes a number of rows: "1 row", "4 rows".
func counted(rows float64) string {
	if rows == 1 {
		return "1 row"
	}
	return number(rows) + " rows"
}

// noisy looks for steps that are long and mostly noise, in a run that does not
// come down. It reports whether it found them.
func noisy(p *nnvet.Pass, run plan) bool {
	noise, ok := noiseOf(p.Trace)
	if !ok || run.batch >= p.Limit("noise")*noise.rows { // a lower bound will do
		return false
	}
	c, err := p.Trace.Course(nnvet.Train)
	if err != nil || c.Skill() >= p.Limit("skill") || math.IsInf(c.Skill(), -1) {
		return false
	}
	pace := paceOf(p.Trace)
	if !(pace > p.Limit("fast")) {
		return false // small steps average the noise by themselves
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
	return true
}
